//! `GET /v2/state/connected-synchronizers`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
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
.description("Returns the synchronizers that the participant is connected to. There is always exactly one.")
.returns::<ConnectedSynchronizers>();

/// Synchronizers that the participant is connected to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConnectedSynchronizersResponse")]
#[serde(rename_all = "camelCase")]
struct ConnectedSynchronizers {
    /// Connected synchronizers: always exactly one.
    connected_synchronizers: [Connected; 1],
}

/// Synchronizer that the participant is connected to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Synchronizer")]
struct Connected {
    /// Short name of the synchronizer: always `berth`.
    synchronizer_alias: &'static str,
    /// Identifier of the synchronizer: that of the participant.
    synchronizer_id: String,
    /// Permission of parties on this participant: always `PARTICIPANT_PERMISSION_SUBMISSION`.
    permission: &'static str,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let synchronizer_id = request.deployment().await?.namespace.participant();
    let permission = "PARTICIPANT_PERMISSION_SUBMISSION";
    let synchronizer = Connected { synchronizer_alias: "berth", synchronizer_id, permission };
    Ok(Some(request.respond(&ConnectedSynchronizers { connected_synchronizers: [synchronizer] })?))
}
