//! `$default`: the route of API Gateway for requests that match no other route.

use std::{
    future::{Future, ready},
    pin::Pin,
};

use berth_shared::{
    Error, Result,
    error::Code,
    http::{Access, Endpoint, Handler, Request, Response},
    ledger::{LedgerFailure, LedgerRequest, LedgerResult},
};
use lambda_http::http::{Method, StatusCode};
use serde_json::Value;

use crate::routes::allowed_methods;

/// Name of the endpoint.
pub(crate) const NAME: &str = "fallback";

/// The endpoint fallback. It needs no credential, because the existing paths and methods are public.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::OPTIONS,
    NAME,
    "$default",
    Access::Public,
    204,
    Handler::Rest(|request| Box::pin(ready(handle(request)))),
)
.summary("Respond to a request that matches no route")
.description(
    "Returns 404 for an unknown path, and 405 with `Allow` for a method that the path does not support. Returns 204 \
     with `Allow` for OPTIONS.",
)
.errors(&[Code::RouteNotFound, Code::MethodNotAllowed]);

/// Handles requests to unknown paths and methods in the ledger dialect, whose errors are plain text here.
pub(crate) fn handle_ledger(
    request: &LedgerRequest,
) -> Pin<Box<dyn Future<Output = LedgerResult<Option<Value>>> + Send + '_>> {
    Box::pin(ready(ledger_response(request)))
}

fn ledger_response(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let text = |status, text: String| Err(LedgerFailure::Text(status, text));
    let Some(allowed) = allowed_methods(request.path_text()) else {
        return text(StatusCode::NOT_FOUND, "The requested resource could not be found.".to_owned());
    };
    if request.method() == Method::OPTIONS {
        return Ok(None);
    }
    text(StatusCode::METHOD_NOT_ALLOWED, format!("HTTP method not allowed, supported methods: {allowed}"))
}

fn handle(request: &Request) -> Result<Response> {
    let Some(allowed) = allowed_methods(request.path_text()) else {
        return Err(Error::new(Code::RouteNotFound, "No endpoint matches this path"));
    };
    if request.method() == Method::OPTIONS {
        return Ok(Response::default());
    }
    Err(Error::new(Code::MethodNotAllowed, format!("This path supports only {allowed}")))
}
