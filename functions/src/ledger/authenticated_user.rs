//! `GET /v2/authenticated-user`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight, schema_of},
    ledger::{LedgerCall, LedgerResult},
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
    summary: "Get the user who calls",
    description: "The user that the token stands for.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    answer: schema_of::<UserAnswer>,
    refusals: &[],
    examples: ("", ""),
    handler: Handler::Ledger(|call| Box::pin(handle(call))),
};

async fn handle(call: &LedgerCall) -> LedgerResult<Option<Value>> {
    let user = UserAnswer::new(call, call.deployment().await?, call.user()?);
    Ok(Some(call.answer(&user)?))
}
