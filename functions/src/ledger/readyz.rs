//! `GET /readyz`

use berth_shared::{
    Error,
    http::{Access, Endpoint, Handler, StoreAction},
    ledger::{LedgerFailure, LedgerHandler, LedgerRequest, LedgerResult},
    store::Family,
};
use lambda_http::http::{Method, StatusCode};
use serde_json::Value;

/// The endpoint ledger-readyz.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "ledger-readyz",
    "/readyz",
    Access::Public,
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Check that the service is ready")
.description("Reads one item of the table and returns one line for each check, followed by the result.")
.store(&[StoreAction::GetItem.on(&[Family::Platform])])
.returns::<crate::schemas::ReadinessReport>();

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    // Not cached: the check reports whether DynamoDB responds now.
    match request.store().check_reachable().await {
        Ok(()) => Ok(Some(Value::String("[+] ledger ok (SERVING)\nreadyz check passed".to_owned()))),
        Err(Error::Unavailable(cause)) => {
            tracing::error!(%cause, "not ready");
            let text = "[-] ledger failed (NOT_SERVING)\nreadyz check failed";
            Err(LedgerFailure::Text(StatusCode::SERVICE_UNAVAILABLE, text.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
