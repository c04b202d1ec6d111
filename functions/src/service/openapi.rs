//! `GET /openapi.json`

use std::future::ready;

use berth_shared::http::{Access, Endpoint, Handler, Response};
use lambda_http::http::Method;

/// The contract as it is checked in. A test holds it against the endpoint list.
const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The endpoint openapi.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "openapi",
    "/openapi.json",
    Access::Public,
    200,
    Handler::Rest(|_| Box::pin(ready(Ok(Response::of_text(DOCUMENT))))),
)
.summary("Get the OpenAPI document")
.description("Returns this description of the API as OpenAPI 3.1.")
.returns::<crate::schemas::OpenApiDocument>();
