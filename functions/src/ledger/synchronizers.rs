//! `GET /v2/state/connected-synchronizers`

use berth_shared::{
    domain::{Hint, LedgerPartyId},
    http::{Access, Endpoint, Handler, LedgerRight, Parameter, StoreAction},
    ledger::{LedgerError, LedgerHandler, LedgerRequest, LedgerResult},
    store::Family,
};
use lambda_http::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

/// The endpoint connected-synchronizers.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "connected-synchronizers",
    "/v2/state/connected-synchronizers",
    Access::Ledger(LedgerRight::Any),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("List connected synchronizers")
.description(
    "Returns the synchronizers that the participant is connected to: always one. With `party`, those on which the \
     party is hosted: that one, or none if the party does not exist.",
)
.store(&[
    StoreAction::BatchGetItem.on(&[Family::LedgerHints, Family::PartyPointers, Family::Tenant]),
    StoreAction::Query.on(&[Family::LedgerRights]),
])
.query(&[
    Parameter {
        name: "party",
        description: "Return only synchronizers on which this party is hosted, with the permission of the party. Empty or \
            omitted: all. A user that is not an admin needs a right on the party.",
        schema: party,
    },
    Parameter::new::<String>("participantId", "Participant that hosts `party`. Empty or omitted: this one."),
    Parameter {
        name: "identityProviderId",
        description: "Identity provider: the identifier of an organization. Empty or omitted: your own organization, or \
            the default one with a platform key.",
        schema: crate::schemas::ledger_provider,
    },
])
.returns::<ConnectedSynchronizers>();

/// Schema of the id of a party, which may be empty.
fn party(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9:_ -]{0,255}$" })
}

/// Synchronizers that the participant is connected to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConnectedSynchronizersResponse")]
#[serde(rename_all = "camelCase")]
struct ConnectedSynchronizers {
    /// Connected synchronizers: one, or none for a party that does not exist.
    connected_synchronizers: Vec<Connected>,
}

/// Synchronizer that the participant is connected to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Synchronizer")]
struct Connected {
    /// Short name of the synchronizer: always `berth`.
    synchronizer_alias: &'static str,
    /// Identifier of the synchronizer: `berth::` and the namespace of the participant.
    synchronizer_id: String,
    /// Permission of the party: `PARTICIPANT_PERMISSION_SUBMISSION`, or `PARTICIPANT_PERMISSION_UNSPECIFIED` without `party`.
    permission: &'static str,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let party = request.query("party");
    let namespace = &request.deployment().await?.namespace;
    let permission = if party.is_empty() {
        request.viewer(request.query("identityProviderId")).await?;
        Some("PARTICIPANT_PERMISSION_UNSPECIFIED")
    } else {
        is_hosted(request, party).await?.then_some("PARTICIPANT_PERMISSION_SUBMISSION")
    };
    let synchronizer_id = namespace.synchronizer();
    let connected = |permission| Connected { synchronizer_alias: "berth", synchronizer_id, permission };
    let connected_synchronizers = permission.map(connected).into_iter().collect();
    Ok(Some(request.respond(&ConnectedSynchronizers { connected_synchronizers })?))
}

/// Returns whether the party is hosted on the participant of the request.
///
/// # Errors
/// 403 if the user has no right on the party or on the identity provider, `INVALID_FIELD` for a malformed id.
async fn is_hosted(request: &LedgerRequest, party: &str) -> LedgerResult<bool> {
    let user = request.user()?;
    let deployment = request.deployment().await?;
    let namespace = deployment.namespace.to_string();
    let parsed = LedgerPartyId::parse(party);
    let hint = parsed.as_ref().ok().filter(|id| id.namespace == namespace).map(|id| &id.hint);
    if !user.reads_any_party {
        let rights: Vec<Hint> = request.store().ledger_rights(&user.id).await?;
        if !hint.is_some_and(|hint| rights.contains(hint)) {
            return Err(LedgerError::permission_denied("no right on the party").into());
        }
    }
    request.viewer(request.query("identityProviderId")).await?;
    if let Err(cause) = &parsed {
        return Err(LedgerError::invalid_field("party", cause).into());
    }
    let participant = request.query("participantId");
    if !participant.is_empty() {
        let id =
            LedgerPartyId::parse(participant).map_err(|cause| LedgerError::invalid_field("participant_id", cause))?;
        if id.namespace.is_empty() {
            let cause = format!("Invalid unique identifier {participant}");
            return Err(LedgerError::invalid_field("participant_id", cause).into());
        }
    }
    let is_here = participant.is_empty() || participant == deployment.namespace.participant();
    let Some(hint) = hint.filter(|_| is_here) else { return Ok(false) };
    Ok(!request.store().ledger_parties(std::slice::from_ref(hint), user.owner).await?.is_empty())
}
