//! `GET /v2/users/{user-id}`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use serde_json::Value;

use super::view::{USER_PROVIDER, UserResponse, requested_user};

/// The endpoint get-ledger-user.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "get-ledger-user",
    "/v2/users/{user-id}",
    Access::Ledger(LedgerRight::Any),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Get a user")
.description("Returns a user. Only the authenticated user is visible.")
.query(&[USER_PROVIDER])
.returns::<UserResponse>();

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let user = requested_user(request, "getting user", request.query("identity-provider-id")).await?;
    Ok(Some(request.respond(&UserResponse::new(request, request.deployment().await?, user))?))
}
