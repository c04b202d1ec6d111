//! `$default`: what no route matches.

use std::{
    future::{Future, ready},
    pin::Pin,
};

use berth_shared::{
    Error, Result,
    error::Code,
    http::{Access, Answer, Call, Endpoint, Handler},
    ledger::{LedgerCall, LedgerFailure, LedgerResult},
};
use lambda_http::http::{Method, StatusCode};
use schemars::json_schema;
use serde_json::Value;

use crate::routes::methods;

/// The row of fallback. Unknown paths and wrong methods are told without a credential: which there are is public.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "fallback",
    method: Method::OPTIONS,
    path: "$default",
    access: Access::Public,
    success: 204,
    store: &[],
    summary: "Answer what no route matches",
    description: "An unknown path is 404, a method that a path does not have 405 with `Allow`; OPTIONS answers with \
                  `Allow`.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    answer: |_| json_schema!({}),
    refusals: &[Code::RouteNotFound, Code::MethodNotAllowed],
    examples: ("", ""),
    handler: Handler::Rest(|call| Box::pin(ready(handle(call)))),
};

/// The same in the ledger's dialect, which refuses with texts.
pub(crate) fn in_ledger(call: &LedgerCall) -> Pin<Box<dyn Future<Output = LedgerResult<Option<Value>>> + Send + '_>> {
    Box::pin(ready(refuse(call)))
}

fn refuse(call: &LedgerCall) -> LedgerResult<Option<Value>> {
    let text = |status, text: String| Err(LedgerFailure::Text(status, text));
    let Some(allowed) = methods(call.path_text()) else {
        return text(StatusCode::NOT_FOUND, "The requested resource could not be found.".to_owned());
    };
    if call.method() == Method::OPTIONS {
        return Ok(None);
    }
    text(StatusCode::METHOD_NOT_ALLOWED, format!("HTTP method not allowed, supported methods: {allowed}"))
}

fn handle(call: &Call) -> Result<Answer> {
    let Some(allowed) = methods(call.path_text()) else {
        return Err(Error::refused(Code::RouteNotFound, "No endpoint has this path"));
    };
    if call.method() == Method::OPTIONS {
        return Ok(Answer::default());
    }
    Err(Error::refused(Code::MethodNotAllowed, format!("This path has {allowed}")))
}
