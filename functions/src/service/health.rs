//! `GET /v1/healthz`

use std::future::ready;

use berth_shared::{
    Result,
    http::{Access, Answer, Call, Endpoint, Handler, schema_of},
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
    answer: schema_of::<Health>,
    refusals: &[],
    examples: ("", r#"{"status": "ok", "version": "1.0.0"}"#),
    handler: Handler::Rest(|call| Box::pin(ready(handle(call)))),
};

/// That the service answers.
#[derive(Debug, Serialize, JsonSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The version of Berth.
    version: &'static str,
}

fn handle(_: &Call) -> Result<Answer> {
    Answer::new(&Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
