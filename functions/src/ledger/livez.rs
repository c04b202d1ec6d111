//! `GET /livez`

use std::future::ready;

use berth_shared::{
    http::{Access, Endpoint, Handler},
    ledger::LedgerHandler,
};
use lambda_http::http::Method;
use schemars::json_schema;

/// The row of ledger-livez.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "ledger-livez",
    method: Method::GET,
    path: "/livez",
    access: Access::Public,
    success: 200,
    store: &[],
    summary: "Check that the service runs",
    description: "Returns an empty response.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: |_| json_schema!(false),
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|_| Box::pin(ready(Ok(None))))),
};
