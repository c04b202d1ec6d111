//! `GET /readyz`

use berth_shared::{
    Error,
    http::{Access, Endpoint, Handler, StoreAction},
    ledger::{LedgerFailure, LedgerHandler, LedgerRequest, LedgerResult},
    store::Family,
};
use lambda_http::http::{Method, StatusCode};
use schemars::json_schema;
use serde_json::Value;

/// The row of ledger-readyz.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "ledger-readyz",
    method: Method::GET,
    path: "/readyz",
    access: Access::Public,
    success: 200,
    store: &[StoreAction::GetItem.on(&[Family::Platform])],
    summary: "Tell that the service can serve",
    description: "A line for each check, and a verdict.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: |_| json_schema!({ "type": "string" }),
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
