//! `GET /v1/healthz`

use std::future::ready;

use berth_shared::{
    Result,
    http::{Access, Endpoint, Handler, Request, Response},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

/// The endpoint health.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "health",
    "/v1/healthz",
    Access::Public,
    200,
    Handler::Rest(|request| Box::pin(ready(handle(request)))),
)
.summary("Check the health of the service")
.description("Returns that the service responds, and its version. The table is not queried.")
.returns::<Health>()
.response_example(r#"{"status": "ok", "version": "1.0.0"}"#);

/// Health of the service.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "HealthResponse")]
struct Health {
    /// Health of the service: always `ok`.
    status: &'static str,
    /// Version of Berth, for example `1.0.0`.
    version: &'static str,
}

fn handle(_: &Request) -> Result<Response> {
    Response::new(&Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
