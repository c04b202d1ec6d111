//! `GET /v2/parties/participant-id`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The endpoint get-participant-id.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "get-participant-id",
    "/v2/parties/participant-id",
    Access::Ledger(LedgerRight::Any),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Get the participant identifier")
.description("Returns the identifier of the participant. Its namespace is that of every party allocated here.")
.returns::<ParticipantId>();

/// Identifier of the participant.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ParticipantIdResponse")]
#[serde(rename_all = "camelCase")]
struct ParticipantId {
    /// Identifier of the participant: `participant::` and the namespace that all party identifiers share.
    participant_id: String,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let participant_id = request.deployment().await?.namespace.participant();
    Ok(Some(request.respond(&ParticipantId { participant_id })?))
}
