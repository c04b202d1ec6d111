//! `GET /v2/authenticated-user`

use berth_shared::{
    http::{Access, Endpoint, Handler, LedgerRight},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult},
};
use lambda_http::http::Method;
use serde_json::Value;

use super::view::{USER_PROVIDER, UserResponse};

/// The endpoint authenticated-user.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "authenticated-user",
    "/v2/authenticated-user",
    Access::Ledger(LedgerRight::Any),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Get the authenticated user")
.description("Returns the user that the token or API key stands for.")
.query(&[USER_PROVIDER])
.returns::<UserResponse>();

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    request.check_own_provider(request.query("identity-provider-id")).await?;
    let user = UserResponse::new(request, request.deployment().await?, request.user()?);
    Ok(Some(request.respond(&user)?))
}
