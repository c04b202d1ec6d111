//! `GET /`

use std::future::ready;

use berth_shared::http::{Access, Document, Endpoint, Handler};
use lambda_http::http::Method;

use super::console::CONTENT_SECURITY_POLICY;
use crate::schemas::ServiceDescription;

/// The representation depends on what the client accepts.
const REPRESENTATION: Document = Document { vary: "Accept, Accept-Encoding", ..Document::PUBLIC };

/// The representations, the default first.
static REPRESENTATIONS: [Document; 2] = [
    Document {
        content_type: "application/json",
        digest: env!("ROOT_DIGEST"),
        identity: include_bytes!(concat!(env!("OUT_DIR"), "/root.json")),
        gzip: include_bytes!(concat!(env!("OUT_DIR"), "/root.json.gz")),
        brotli: include_bytes!(concat!(env!("OUT_DIR"), "/root.json.br")),
        ..REPRESENTATION
    },
    Document {
        content_type: "text/html",
        digest: env!("CONSOLE_ROOT_DIGEST"),
        identity: include_bytes!(concat!(env!("OUT_DIR"), "/root.html")),
        gzip: include_bytes!(concat!(env!("OUT_DIR"), "/root.html.gz")),
        brotli: include_bytes!(concat!(env!("OUT_DIR"), "/root.html.br")),
        content_security_policy: Some(CONTENT_SECURITY_POLICY),
        ..REPRESENTATION
    },
];

/// The endpoint root.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "root",
    "/",
    Access::Public,
    200,
    Handler::Rest(|request| Box::pin(ready(Ok(request.preferred_document(&REPRESENTATIONS))))),
)
.summary("Describe the service")
.description("Returns the name and the version of the service, and links to its documents: as JSON, or as a page if the client prefers `text/html`.")
.returns_resource::<ServiceDescription>()
.response_types(&["application/json", "text/html"])
.response_example(
    r#"{
        "name": "Berth",
        "version": "1.0.0",
        "links": {"console": "/console", "openapi": "/openapi.json", "health": "/v1/healthz"}
    }"#,
);
