//! `GET /livez`

use std::future::ready;

use berth_shared::{
    http::{Access, Endpoint, Handler},
    ledger::LedgerHandler,
};
use lambda_http::http::Method;

/// The endpoint ledger-livez.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "ledger-livez",
    "/livez",
    Access::Public,
    200,
    Handler::Other(&LedgerHandler(|_| Box::pin(ready(Ok(None))))),
)
.summary("Check that the service runs")
.description("Returns an empty response.");
