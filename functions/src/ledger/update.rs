//! `PATCH /v2/parties/{party}`

use berth_shared::{
    credentials::Owner,
    domain::{LedgerPartyId, Party},
    http::{Access, Endpoint, Handler, LedgerRight, StoreAction},
    ledger::{
        Annotations, Category, LedgerError, LedgerHandler, LedgerRequest, LedgerResult, MAX_ANNOTATIONS,
        annotations_size, check_annotations_patch, merged, shown, storable, unknown_provider,
    },
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::view::{ObjectMetaInput, PartyDetails, PartyResponse};

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
.returns::<PartyResponse>();

/// Changes to a party on the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "UpdateLedgerPartyRequest")]
#[serde(rename_all = "camelCase")]
struct UpdateParty {
    /// New state of the party. Only members in `updateMask` are applied. Required: a request without it, or with `null`,
    /// does not match the party in the path.
    party_details: Option<PartyUpdate>,
    /// Members of `partyDetails` to apply. Required, although omitting it or `null` is reported as `MISSING_FIELD` only.
    update_mask: Option<FieldMask>,
}

/// New state of a party on the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "LedgerPartyUpdate")]
#[serde(rename_all = "camelCase")]
struct PartyUpdate {
    /// Identifier of the party. It must be the one in the path; omitted, it is empty.
    #[serde(default)]
    party: String,
    /// Whether the party is hosted on this participant. It cannot be changed; the default, also for `null`, is `false`.
    is_local: Option<bool>,
    /// Annotations to merge, and the version that the update is based on. `null` means neither.
    local_metadata: Option<ObjectMetaInput>,
    /// Identity provider of the party, which cannot be changed. Empty, `null` or omitted: your own organization, or the
    /// default one with a platform key.
    #[serde(default)]
    #[schemars(schema_with = "crate::schemas::nullable_ledger_provider")]
    identity_provider_id: Option<String>,
}

/// Members of a message, by their names in the protobuf definition.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "LedgerFieldMask")]
struct FieldMask {
    /// Paths of members, for example `local_metadata.annotations`. Each at most once, at least one; `null` means none.
    paths: Option<Vec<String>>,
}

/// Paths that an update mask can contain.
const MASK_PATHS: [&str; 6] = [
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
    let sent = match sent {
        Some(sent) if sent.party == id => sent,
        other => {
            let found = other.map_or("None".to_owned(), |other| format!("Some(PartyDetails({}))", other.party));
            let cause = format!("{id} does not match party in body {found}");
            return Err(LedgerError::invalid_argument(cause).by_json_layer().into());
        }
    };
    request.admin()?;
    let ledger_id = LedgerPartyId::parse(id)?;
    let ObjectMetaInput { resource_version, annotations } = sent.local_metadata.unwrap_or_default();
    let expected = expected_version(&resource_version.unwrap_or_default())?;
    let annotations = annotations.unwrap_or_default();
    check_annotations_patch(&annotations, "party_details.local_metadata.annotations")?;
    let mask = update_mask.ok_or_else(|| LedgerError::missing_field("update_mask"))?.paths.unwrap_or_default();
    let provider = sent.identity_provider_id.unwrap_or_default();
    let owner = request.user()?.owner;
    let organization = request.provider(&provider).await?;
    let deployment = request.deployment().await?;
    if !provider.is_empty() && owner == Owner::Platform && request.store().organization(organization).await?.is_none() {
        return Err(unknown_provider(&provider).into());
    }
    check_mask(&mask, id)?;
    let in_mask = |member: &str| mask.iter().any(|path| path == member);
    let merge_annotations = in_mask("local_metadata") || in_mask("local_metadata.annotations");
    let hint = (ledger_id.namespace == deployment.namespace.to_string()).then_some(ledger_id.hint);
    loop {
        let found = match &hint {
            Some(hint) => request.store().ledger_parties(std::slice::from_ref(hint), owner).await?.pop(),
            None => None,
        };
        let before = found.ok_or_else(|| party_not_found(id))?;
        // The default of an absent member is `false`, as in protobuf.
        if in_mask("is_local") && !sent.is_local.unwrap_or_default() {
            return Err(invalid_update(id, "is_local cannot be changed").into());
        }
        if before.organization_id != organization {
            return Err(invalid_update(id, "Use UpdatePartyIdentityProviderId to change identity provider IDs").into());
        }
        if expected.is_some_and(|expected| expected != before.version - 1) {
            let cause =
                format!("Update operation for party '{id}' failed due to a concurrent update to the same party");
            let error = LedgerError::new(Category::Contention, "CONCURRENT_PARTY_DETAILS_UPDATE_DETECTED", cause);
            return Err(error.about("PARTY", id).into());
        }
        let after = patched(request, &before, &annotations, merge_annotations, id)?;
        // If the party changed since the read, read it again and apply the update to the new state.
        if request.store().update_party(&before, &after, &request.write()?).await? {
            let party_details = PartyDetails::new(request, deployment, &after);
            return Ok(Some(request.respond(&PartyResponse { party_details })?));
        }
    }
}

/// Returns the party after the update. Every accepted update increments the version, even if it changes nothing.
///
/// # Errors
/// `MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED`
fn patched(
    request: &LedgerRequest,
    before: &Party,
    annotations: &Annotations,
    merge_annotations: bool,
    id: &str,
) -> LedgerResult<Party> {
    let mut after = before.clone();
    if merge_annotations {
        after.metadata = merged(&before.metadata, annotations);
        let size = annotations_size(&shown(&after.metadata));
        if size > MAX_ANNOTATIONS || !storable(&after.metadata) {
            let cause = format!("Maximum annotations size for party '{id}' has been exceeded");
            let code = "MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED";
            return Err(LedgerError::new(Category::FailedPrecondition, code, cause).about("PARTY", id).into());
        }
    }
    after.version += 1;
    after.updated_at = request.now();
    Ok(after)
}

/// Parses `resourceVersion`: the version that the update is based on, or `None` if it is empty.
///
/// # Errors
/// `INVALID_FIELD` if the text is not an integer.
fn expected_version(text: &str) -> LedgerResult<Option<u64>> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i64>() {
        // A negative version never matches, so the update conflicts.
        Ok(version) => Ok(Some(u64::try_from(version).unwrap_or(u64::MAX))),
        Err(_) => Err(LedgerError::invalid_field(
            "party_details.local_metadata.resource_version",
            "Invalid resource version number",
        )
        .into()),
    }
}

/// Checks that the update mask has at least one path, that every path is known, and that none is repeated.
///
/// # Errors
/// `INVALID_PARTY_DETAILS_UPDATE_REQUEST`
fn check_mask(mask: &[String], id: &str) -> LedgerResult<()> {
    if mask.is_empty() {
        return Err(invalid_update(id, "The update mask contains no entries").into());
    }
    // Every path is looked up before duplicates are counted.
    if let Some(unknown) = mask.iter().find(|path| !MASK_PATHS.contains(&path.as_str())) {
        let reason = format!("The update path: '{}' points to an unknown field.", abbreviated(unknown));
        return Err(invalid_update(id, &reason).into());
    }
    let duplicate = mask.iter().enumerate().find(|(at, path)| mask[..*at].contains(path));
    if let Some((_, path)) = duplicate {
        return Err(invalid_update(id, &format!("The update path: '{path}' is duplicated.")).into());
    }
    Ok(())
}

/// Abbreviates a path of more than 53 characters to 50 and an ellipsis.
fn abbreviated(path: &str) -> String {
    if path.chars().count() <= 53 { path.to_owned() } else { path.chars().take(50).chain("...".chars()).collect() }
}

/// Creates the error `INVALID_PARTY_DETAILS_UPDATE_REQUEST`.
fn invalid_update(id: &str, reason: &str) -> LedgerError {
    let cause = format!("Update operation for party '{id}' failed due to: {reason}");
    LedgerError::new(Category::InvalidArgument, "INVALID_PARTY_DETAILS_UPDATE_REQUEST", cause).about("PARTY", id)
}

/// Creates the error `PARTY_NOT_FOUND`.
fn party_not_found(id: &str) -> LedgerError {
    let cause = format!("Party: {id} was not found when updating a party record");
    LedgerError::new(Category::NotFound, "PARTY_NOT_FOUND", cause).about("PARTY", id)
}
