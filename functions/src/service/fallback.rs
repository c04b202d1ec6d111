//! `$default`: what no route matches.

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

/// Its name.
pub(crate) const NAME: &str = "fallback";

/// The endpoint fallback. Unknown paths and wrong methods are told without a credential: which there are is public.
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
    "An unknown path is 404, a method that a path does not have 405 with `Allow`; OPTIONS answers with \
                  `Allow`.",
)
.errors(&[Code::RouteNotFound, Code::MethodNotAllowed]);

/// The same in the ledger's dialect, which refuses with texts.
pub(crate) fn in_ledger(
    request: &LedgerRequest,
) -> Pin<Box<dyn Future<Output = LedgerResult<Option<Value>>> + Send + '_>> {
    Box::pin(ready(refuse(request)))
}

fn refuse(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
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
        return Err(Error::new(Code::RouteNotFound, "No endpoint has this path"));
    };
    if request.method() == Method::OPTIONS {
        return Ok(Response::default());
    }
    Err(Error::new(Code::MethodNotAllowed, format!("This path has {allowed}")))
}
