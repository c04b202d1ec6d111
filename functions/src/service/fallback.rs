//! `$default`: what no route matches.

use std::future::ready;

use berth_shared::{
    Error, Result,
    error::Code,
    http::{Access, Answer, Call, Endpoint, Handler},
};
use lambda_http::http::Method;
use schemars::json_schema;

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

fn handle(call: &Call) -> Result<Answer> {
    let Some(allowed) = methods(call.path_text()) else {
        return Err(Error::refused(Code::RouteNotFound, "No endpoint has this path"));
    };
    if call.method() == Method::OPTIONS {
        return Ok(Answer::default());
    }
    Err(Error::refused(Code::MethodNotAllowed, format!("This path has {allowed}")))
}
