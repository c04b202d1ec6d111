//! `GET /readyz`

use berth_shared::{
    http::{Access, Endpoint, Handler, StoreAction},
    ledger::{LedgerCall, LedgerResult},
    store::Family,
};
use lambda_http::http::Method;
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
    answer: |_| json_schema!({ "type": "string" }),
    refusals: &[],
    examples: ("", ""),
    handler: Handler::Ledger(|call| Box::pin(handle(call))),
};

async fn handle(call: &LedgerCall) -> LedgerResult<Option<Value>> {
    // Asked anew each time: whether the store answers now is what is to be known.
    call.store().deployment().await?;
    Ok(Some(Value::String("[+] ledger ok (SERVING)\nreadyz check passed".to_owned())))
}
