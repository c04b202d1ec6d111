//! `GET /openapi.json`

use std::future::ready;

use berth_shared::http::{Access, Endpoint, Handler, Response};
use lambda_http::http::Method;

/// The contract as it is checked in. A test holds it against the endpoint list.
const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The row of openapi.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "openapi",
    method: Method::GET,
    path: "/openapi.json",
    access: Access::Public,
    success: 200,
    store: &[],
    summary: "Get the OpenAPI document",
    description: "Returns this description of the API as OpenAPI 3.1.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: crate::schemas::openapi_document,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Rest(|_| Box::pin(ready(Ok(Response::of_text(DOCUMENT))))),
};
