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
    summary: "Tell that the service answers",
    description: "Needs no credential and does not ask the store: it tells that the service answers, and its version.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<Health>,
    errors: &[],
    examples: ("", r#"{"status": "ok", "version": "1.0.0"}"#),
    handler: Handler::Rest(|request| Box::pin(ready(handle(request)))),
};

/// That the service answers.
#[derive(Debug, Serialize, JsonSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The version of Berth.
    version: &'static str,
}

fn handle(_: &Request) -> Result<Response> {
    Response::new(&Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
