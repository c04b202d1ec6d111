//! `GET /openapi.json`

use std::future::ready;

use berth_shared::http::{Access, Endpoint, Handler, Response};
use lambda_http::http::Method;

/// The OpenAPI document as checked in. A test compares it with the generated one.
const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The endpoint openapi.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "openapi",
    "/openapi.json",
    Access::Public,
    200,
    Handler::Rest(|_| Box::pin(ready(Ok(Response::from_json(DOCUMENT))))),
)
.summary("Get the OpenAPI document")
.description("Returns this description of the API as OpenAPI 3.1.")
.returns::<crate::schemas::OpenApiDocument>();
