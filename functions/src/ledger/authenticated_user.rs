//! `GET /v2/authenticated-user`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight, schema_of},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use serde_json::Value;

use super::view::UserAnswer;

/// The row of authenticated-user.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "authenticated-user",
    method: Method::GET,
    path: "/v2/authenticated-user",
    access: Access::Ledger(LedgerRight::Any),
    success: 200,
    store: &[],
    summary: "Get the authenticated user",
    description: "Returns the user that the token or API key stands for.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<UserAnswer>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
};

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let user = UserAnswer::new(request, request.deployment().await?, request.user()?);
    Ok(Some(request.answer(&user)?))
}
