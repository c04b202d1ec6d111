//! `GET /v2/parties/participant-id`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight, schema_of},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The row of get-participant-id.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "get-participant-id",
    method: Method::GET,
    path: "/v2/parties/participant-id",
    access: Access::Ledger(LedgerRight::Any),
    success: 200,
    store: &[],
    summary: "Get the participant identifier",
    description: "Returns the identifier of the participant. Its namespace is that of every party allocated here.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<ParticipantId>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
};

/// Identifier of the participant.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ParticipantIdResponse")]
#[serde(rename_all = "camelCase")]
struct ParticipantId {
    /// Identifier of the participant: `berth::` and the namespace that all party identifiers share.
    participant_id: String,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let participant_id = request.deployment().await?.namespace.participant();
    Ok(Some(request.answer(&ParticipantId { participant_id })?))
}
