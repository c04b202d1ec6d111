//! `PATCH /v2/parties/{party}`

use berth_shared::{
    credentials::Owner,
    domain::{LedgerPartyId, Party},
    http::{Access, Endpoint, Handler, LedgerRight, StoreAction},
    ledger::{
        Annotations, Category, LedgerError, LedgerHandler, LedgerRequest, LedgerResult, MAX_ANNOTATIONS,
        annotations_size, check_annotations, merged, shown, storable, unknown_provider,
    },
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::view::{PartyAnswer, PartyDetails, SentMeta};

/// The endpoint update-ledger-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::PATCH,
    "update-ledger-party",
    "/v2/parties/{party}",
    Access::Ledger(LedgerRight::Admin),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Update a party")
.description(
    "Merges annotations into those of the party; an empty value removes its key. Without \
                  `resourceVersion` the update never conflicts, and concurrent updates are all applied.",
)
.store(&[
    StoreAction::BatchGetItem.on(&[Family::LedgerHints, Family::PartyPointers, Family::Tenant]),
    StoreAction::Query.on(&[Family::Tenant]),
    StoreAction::UpdateItem.on(&[Family::Tenant]),
])
.serde_body::<UpdateParty>()
.returns::<PartyAnswer>();

/// Changes to a party on the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "UpdateLedgerPartyRequest")]
#[serde(rename_all = "camelCase")]
struct UpdateParty {
    /// New state of the party. Only members in `updateMask` are applied.
    party_details: SentParty,
    /// Members of `partyDetails` to apply. Required, although omitting it or `null` is reported as `MISSING_FIELD` only.
    update_mask: Option<FieldMask>,
}

/// New state of a party on the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "LedgerPartyUpdate")]
#[serde(rename_all = "camelCase")]
struct SentParty {
    /// Identifier of the party. It must be the one in the path.
    party: String,
    /// Whether the party is hosted on this participant. It cannot be changed; the default, also for `null`, is `false`.
    is_local: Option<bool>,
    /// Annotations to merge, and the version that the update is based on. `null` means neither.
    local_metadata: Option<SentMeta>,
    /// Identity provider of the party, which cannot be changed. Empty, `null` or omitted: your own organization, or the
    /// default one with a platform key.
    #[serde(default)]
    #[schemars(schema_with = "crate::schemas::ledger_provider_sent")]
    identity_provider_id: Option<String>,
}

/// Members of a message, by their names in the protobuf definition.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "LedgerFieldMask")]
struct FieldMask {
    /// Paths of members, for example `local_metadata.annotations`. Each at most once, at least one; `null` means none.
    paths: Option<Vec<String>>,
}

/// Members that a mask can name.
const MEMBERS: [&str; 6] = [
    "party",
    "is_local",
    "identity_provider_id",
    "local_metadata",
    "local_metadata.annotations",
    "local_metadata.resource_version",
];

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let UpdateParty { party_details: sent, update_mask } = request.body()?;
    let id = request.path("party");
    if sent.party != id {
        let cause = format!("{id} does not match party in body {}", sent.party);
        return Err(LedgerError::invalid_argument(cause).by_json_layer().into());
    }
    request.admin()?;
    let ledger_id = LedgerPartyId::parse(id)?;
    let SentMeta { resource_version, annotations } = sent.local_metadata.unwrap_or_default();
    let seen = expected_version(&resource_version.unwrap_or_default())?;
    let annotations = annotations.unwrap_or_default();
    check_annotations(&annotations, true)?;
    let mask = update_mask.ok_or_else(|| LedgerError::missing_field("update_mask"))?.paths.unwrap_or_default();
    let provider = sent.identity_provider_id.unwrap_or_default();
    let owner = request.user()?.owner;
    let organization = request.provider(&provider).await?;
    let deployment = request.deployment().await?;
    if !provider.is_empty() && owner == Owner::Platform && request.store().organization(organization).await?.is_none() {
        return Err(unknown_provider(&provider).into());
    }
    check_mask(&mask, id)?;
    let names = |member: &str| mask.iter().any(|path| path == member);
    let merges = names("local_metadata") || names("local_metadata.annotations");
    let hint = (ledger_id.namespace == deployment.namespace.to_string()).then_some(ledger_id.hint);
    loop {
        let found = match &hint {
            Some(hint) => request.store().ledger_parties(std::slice::from_ref(hint), owner).await?.pop(),
            None => None,
        };
        let before = found.ok_or_else(|| unknown(id))?;
        // What is absent is false, as everywhere in the ledger's messages.
        if names("is_local") && !sent.is_local.unwrap_or_default() {
            return Err(refused(id, "is_local cannot be changed").into());
        }
        if before.organization_id != organization {
            return Err(refused(id, "identity_provider_id cannot be changed").into());
        }
        if seen.is_some_and(|seen| seen != before.version - 1) {
            let cause = format!("Update operation for party {id} failed due to a concurrent update to the same party");
            let error = LedgerError::new(Category::Contention, "CONCURRENT_PARTY_DETAILS_UPDATE_DETECTED", cause);
            return Err(error.about("PARTY", id).into());
        }
        let after = patched(request, &before, &annotations, merges, id)?;
        // Where another change came between reading and writing, this one is merged into it.
        if request.store().update_party(&before, &after, &request.write()?).await? {
            let party_details = PartyDetails::new(request, deployment, &after);
            return Ok(Some(request.answer(&PartyAnswer { party_details })?));
        }
    }
}

/// The party after the change. Every accepted change is a new version, even one that changes nothing.
fn patched(
    request: &LedgerRequest,
    before: &Party,
    annotations: &Annotations,
    merges: bool,
    id: &str,
) -> LedgerResult<Party> {
    let mut after = before.clone();
    if merges {
        after.metadata = merged(&before.metadata, annotations);
        let size = annotations_size(&shown(&after.metadata));
        if size > MAX_ANNOTATIONS || !storable(&after.metadata) {
            let cause = format!("Maximum annotations size of {} kb has been exceeded", MAX_ANNOTATIONS / 1024);
            let code = "MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED";
            return Err(LedgerError::new(Category::FailedPrecondition, code, cause).about("PARTY", id).into());
        }
    }
    after.version += 1;
    after.updated_at = request.now();
    Ok(after)
}

/// The version that the caller has seen; `None` where any will do.
fn expected_version(text: &str) -> LedgerResult<Option<u64>> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i64>() {
        // A version below zero was never given: it is stale like any other.
        Ok(version) => Ok(Some(u64::try_from(version).unwrap_or(u64::MAX))),
        Err(_) => Err(LedgerError::invalid_field(
            "party_details.local_metadata.resource_version",
            "Invalid resource version number",
        )
        .into()),
    }
}

fn check_mask(mask: &[String], id: &str) -> LedgerResult<()> {
    if mask.is_empty() {
        return Err(refused(id, "The update mask contains no entries").into());
    }
    for (at, path) in mask.iter().enumerate() {
        if !MEMBERS.contains(&path.as_str()) {
            return Err(refused(id, &format!("The update mask path: '{path}' is invalid")).into());
        }
        if mask[..at].contains(path) {
            return Err(refused(id, &format!("The update mask path: '{path}' is duplicated")).into());
        }
    }
    Ok(())
}

fn refused(id: &str, reason: &str) -> LedgerError {
    let cause = format!("Update operation for party {id} failed due to: {reason}");
    LedgerError::new(Category::InvalidArgument, "INVALID_PARTY_DETAILS_UPDATE_REQUEST", cause).about("PARTY", id)
}

fn unknown(id: &str) -> LedgerError {
    let cause = format!("Party: {id} was not found when updating a party record");
    LedgerError::new(Category::NotFound, "PARTY_NOT_FOUND", cause).about("PARTY", id)
}
