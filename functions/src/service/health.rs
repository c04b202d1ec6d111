//! `GET /v1/healthz`

use std::future::ready;

use berth_shared::{
    Result,
    http::{Access, Endpoint, Handler, Request, Response, schema_of},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

/// The row of health.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "health",
    method: Method::GET,
    path: "/v1/healthz",
    access: Access::Public,
    success: 200,
    store: &[],
    summary: "Check the health of the service",
    description: "Returns that the service responds, and its version. The table is not queried.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<Health>,
    errors: &[],
    examples: ("", r#"{"status": "ok", "version": "1.0.0"}"#),
    handler: Handler::Rest(|request| Box::pin(ready(handle(request)))),
};

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
