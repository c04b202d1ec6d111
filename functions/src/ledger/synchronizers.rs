//! `GET /v2/state/connected-synchronizers`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight, schema_of},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The row of connected-synchronizers.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "connected-synchronizers",
    method: Method::GET,
    path: "/v2/state/connected-synchronizers",
    access: Access::Ledger(LedgerRight::Any),
    success: 200,
    store: &[],
    summary: "List the synchronizers that the participant is connected to",
    description: "There is one, always.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<ConnectedSynchronizers>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
};

/// What the participant is connected to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConnectedSynchronizers {
    /// The one synchronizer.
    connected_synchronizers: [Connected; 1],
}

/// A synchronizer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Synchronizer")]
struct Connected {
    /// Display name, 1 to 200 characters.
    synchronizer_alias: &'static str,
    /// Its id.
    synchronizer_id: String,
    /// What parties may do by way of this participant.
    permission: &'static str,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let synchronizer_id = request.deployment().await?.namespace.participant();
    let permission = "PARTICIPANT_PERMISSION_SUBMISSION";
    let synchronizer = Connected { synchronizer_alias: "berth", synchronizer_id, permission };
    Ok(Some(request.answer(&ConnectedSynchronizers { connected_synchronizers: [synchronizer] })?))
}
