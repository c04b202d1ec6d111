//! `POST /v2/parties`

use berth_shared::{
    domain::{Hint, Party, PartyType},
    http::{Access, Endpoint, Handler, LedgerRight, StoreAction},
    id::PartyId,
    ledger::{
        Annotations, Category, LedgerError, LedgerHandler, LedgerRequest, LedgerResult, check_ledger_string,
        check_new_annotations, check_user_id, merged, storable, unknown_provider,
    },
    store::{ActingUser, Family, MAX_RIGHTS, NotAllocated},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::view::{ObjectMetaInput, PartyDetails, PartyResponse, unknown_user};

/// The endpoint allocate-ledger-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::POST,
    "allocate-ledger-party",
    "/v2/parties",
    Access::Ledger(LedgerRight::Admin),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Allocate a party")
.description(
    "Creates a party with the identifier `<hint>::<namespace>`. It belongs to the organization that \
     the identity provider stands for and can hold roles. A hint can be used only once. With `userId`, \
     the user gets the right to act as the party; a user has at most 1000 rights.",
)
.store(&[
    StoreAction::PutItem.on(&[
        Family::Tenant,
        Family::PartyPointers,
        Family::LedgerHints,
        Family::LedgerRows,
        Family::LedgerRights,
    ]),
    StoreAction::UpdateItem.on(&[Family::Tenant, Family::LedgerRights]),
    StoreAction::ConditionCheckItem.on(&[Family::PartyPointers]),
    StoreAction::Query.on(&[Family::Tenant]),
])
.serde_body::<AllocateParty>()
.returns::<PartyResponse>()
.request_example(r#"{"partyIdHint": "Alice", "localMetadata": {"annotations": {"region": "emea"}}}"#);

/// Annotation with the type of a party. The default is `ORGANIZATION`.
const TYPE: &str = "berth/type";

/// Party to allocate. Every member is optional.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "AllocateLedgerPartyRequest")]
#[serde(rename_all = "camelCase")]
struct AllocateParty {
    /// First part of the identifier: 1 to 185 of `A-Za-z0-9:-_` and space, without `::`. If it is omitted, `null` or empty,
    /// a hint is generated.
    party_id_hint: Option<String>,
    /// Annotations of the party; `null` means none. `resourceVersion` must be empty or omitted.
    local_metadata: Option<ObjectMetaInput>,
    /// Identity provider that the party will belong to: the identifier of an organization. Empty, `null` or omitted: your
    /// own organization, or the default one with a platform key.
    #[serde(default)]
    #[schemars(schema_with = "crate::schemas::nullable_ledger_provider")]
    identity_provider_id: Option<String>,
    /// Synchronizer. Empty, `null` or omitted: the only one, which `GET /v2/state/connected-synchronizers` returns.
    synchronizer_id: Option<String>,
    /// User to grant the right to act as the party: only your own, which has at most 1000 rights.
    /// Empty, `null` or omitted: none.
    user_id: Option<String>,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let body: AllocateParty = request.body()?;
    let user = request.admin()?;
    let provider = body.identity_provider_id.unwrap_or_default();
    // Missing rights on the identity provider are reported before invalid members.
    let organization = request.provider(&provider).await;
    if let Err(denied) = &organization
        && denied.is_permission()
    {
        return organization.map(|_| None);
    }
    let hint = match body.party_id_hint.filter(|hint| !hint.is_empty()) {
        Some(hint) => Hint::parse(&hint)?,
        None => Hint::generated(request.random()?),
    };
    let ObjectMetaInput { resource_version, annotations } = body.local_metadata.unwrap_or_default();
    if resource_version.is_some_and(|version| !version.is_empty()) {
        let cause = "field local_metadata.resource_version must be not set";
        return Err(LedgerError::invalid_argument(cause).into());
    }
    let annotations = annotations.unwrap_or_default();
    check_new_annotations(&annotations, "local_metadata.annotations")?;
    check_ledger_string("identity_provider_id", &provider)?;
    let synchronizer_id = body.synchronizer_id.unwrap_or_default();
    check_synchronizer(&synchronizer_id)?;
    let user_id = body.user_id.unwrap_or_default();
    check_user_id(&user_id)?;
    let organization = organization?;
    let deployment = request.deployment().await?;
    let error = if !user_id.is_empty() && user_id != user.id {
        Some(unknown_user("checking user's existence", &user_id))
    } else if !synchronizer_id.is_empty() && synchronizer_id != deployment.namespace.synchronizer() {
        let cause = format!("This participant is not connected to the synchronizer {synchronizer_id}");
        Some(LedgerError::new(Category::FailedPrecondition, "NOT_CONNECTED_TO_SYNCHRONIZER", cause))
    } else {
        None
    };
    if let Some(error) = error {
        // An identity provider that does not exist is reported before these errors. On success, the write checks it.
        let exists = request.store().organization(organization).await?.is_some();
        return Err(if exists { error } else { unknown_provider(&provider) }.into());
    }
    // An admin right is one of the rights of a user.
    let most = MAX_RIGHTS - u64::from(user.is_admin);
    let acting = Some(ActingUser { id: &user_id, most }).filter(|_| !user_id.is_empty());
    let party = new_party(request, organization, &hint, &annotations)?;
    match request.store().allocate_ledger_party(&party, &hint, acting, &request.write()?).await? {
        Ok(()) => {
            let party_details = PartyDetails::new(request, deployment, &party);
            Ok(Some(request.respond(&PartyResponse { party_details })?))
        }
        Err(NotAllocated::UnknownProvider) => Err(unknown_provider(&provider).into()),
        Err(NotAllocated::TooManyRights) => Err(too_many_rights(&user_id).into()),
        Err(NotAllocated::ExistsElsewhere) => {
            Err(LedgerError::permission_denied("the party belongs to another identity provider").into())
        }
        Err(NotAllocated::Exists) => {
            let namespace = deployment.namespace.shortened();
            let cause =
                format!("Party already exists: party {}::{namespace} is already allocated on this node", hint.as_str());
            Err(LedgerError::invalid_argument(cause).correlated().into())
        }
    }
}

/// Creates the error `TOO_MANY_USER_RIGHTS`.
fn too_many_rights(user: &str) -> LedgerError {
    let cause = format!("granting user rights for a new party failed, as user \"{user}\" would have too many rights.");
    LedgerError::new(Category::FailedPrecondition, "TOO_MANY_USER_RIGHTS", cause).about("USER", user)
}

/// Checks the form of a synchronizer id: empty, or a name and a namespace.
///
/// # Errors
/// `INVALID_FIELD`
fn check_synchronizer(id: &str) -> LedgerResult<()> {
    if id.is_empty() {
        return Ok(());
    }
    check_ledger_string("synchronizer_id", id)?;
    match id.split_once("::") {
        Some((name, namespace)) if !name.is_empty() && !namespace.is_empty() && !namespace.contains("::") => Ok(()),
        _ => Err(LedgerError::invalid_field("synchronizer_id", format!("Invalid unique identifier {id}")).into()),
    }
}

/// Creates the party to store.
///
/// # Errors
/// `INVALID_ARGUMENT` if the annotations exceed the size limit in their stored form.
fn new_party(
    request: &LedgerRequest,
    organization: berth_shared::id::OrganizationId,
    hint: &Hint,
    annotations: &Annotations,
) -> LedgerResult<Party> {
    let kind = match annotations.get(TYPE).map(String::as_str) {
        Some("INDIVIDUAL") => PartyType::Individual,
        _ => PartyType::Organization,
    };
    let id = PartyId::new(request.now(), request.random()?);
    let metadata = merged(&berth_shared::domain::Metadata::default(), annotations);
    if !storable(&metadata) {
        // The annotations are within the limit, but their JSON encoding is not, because of escapes.
        return Err(LedgerError::invalid_argument(
            "annotations cannot be stored: too many of their characters are escaped in JSON",
        )
        .into());
    }
    Ok(Party::on_ledger(id, organization, hint.clone(), kind, metadata, request.now()))
}
