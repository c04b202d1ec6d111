//! `GET /readyz`

use berth_shared::{
    Error,
    http::{Access, Endpoint, Handler, StoreAction},
    ledger::{LedgerFailure, LedgerHandler, LedgerRequest, LedgerResult},
    store::Family,
};
use lambda_http::http::{Method, StatusCode};
use serde_json::Value;

/// The row of ledger-readyz.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "ledger-readyz",
    method: Method::GET,
    path: "/readyz",
    access: Access::Public,
    success: 200,
    store: &[StoreAction::GetItem.on(&[Family::Platform])],
    summary: "Check that the service is ready",
    description: "Reads one item of the table and returns one line for each check, followed by the result.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: crate::schemas::readiness_report,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
};

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    // Asked anew each time: whether the store answers now is what is to be known.
    match request.store().deployment().await {
        Ok(_) => Ok(Some(Value::String("[+] ledger ok (SERVING)\nreadyz check passed".to_owned()))),
        Err(Error::Unavailable(cause)) => {
            tracing::error!(%cause, "not ready");
            let text = "[-] ledger failed (NOT_SERVING)\nreadyz check failed";
            Err(LedgerFailure::Text(StatusCode::SERVICE_UNAVAILABLE, text.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
