//! `GET /openapi.json`

use std::future::ready;

use berth_shared::http::{Access, Document, Endpoint, Handler};
use lambda_http::http::Method;

/// The OpenAPI document as checked in. A test compares it with the generated one.
static DOCUMENT: Document = Document {
    content_type: "application/json",
    digest: env!("OPENAPI_DIGEST"),
    identity: include_bytes!("../../../openapi.json"),
    gzip: include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz")),
    brotli: include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.br")),
    ..Document::PUBLIC
};

/// The endpoint openapi.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "openapi",
    "/openapi.json",
    Access::Public,
    200,
    Handler::Rest(|request| Box::pin(ready(Ok(request.document(&DOCUMENT))))),
)
.summary("Get the OpenAPI document")
.description(
    "Returns this description of the API as OpenAPI 3.1, compressed if the client accepts `br` or `gzip`. Caches can \
     use it for five minutes.",
)
.returns_resource::<crate::schemas::OpenApiDocument>();
