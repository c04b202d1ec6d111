//! `GET /v2/users/{user-id}`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight, schema_of},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use serde_json::Value;

use super::view::{UserAnswer, known_user};

/// The row of get-ledger-user.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "get-ledger-user",
    method: Method::GET,
    path: "/v2/users/{user-id}",
    access: Access::Ledger(LedgerRight::Any),
    success: 200,
    store: &[],
    summary: "Get a user",
    description: "Returns a user. Only the authenticated user is visible.",
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
    let user = known_user(request)?;
    Ok(Some(request.answer(&UserAnswer::new(request, request.deployment().await?, user))?))
}
