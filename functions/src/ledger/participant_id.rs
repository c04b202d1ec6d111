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
    summary: "Get the id of the participant",
    description: "Its namespace is that of every party allocated here.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<ParticipantId>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
};

/// Who the participant is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ParticipantId {
    /// `berth::` and the namespace of every party's id.
    participant_id: String,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let participant_id = request.deployment().await?.namespace.participant();
    Ok(Some(request.answer(&ParticipantId { participant_id })?))
}
