//! `GET /v2/users/{user-id}/rights`

use berth_shared::{
    credentials::Owner,
    http::{Access, Endpoint, Handler, LedgerRight, StoreAction},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult, User},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::view::requested_user;

/// The endpoint list-ledger-user-rights.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "list-ledger-user-rights",
    "/v2/users/{user-id}/rights",
    Access::Ledger(LedgerRight::Any),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("List the rights of a user")
.description("Returns the rights of a user. Only the authenticated user is visible.")
.store(&[StoreAction::Query.on(&[Family::LedgerRights])])
.returns::<Rights>();

/// Rights of a user.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerRightList")]
struct Rights {
    /// Rights that the user holds.
    rights: Vec<Right>,
}

/// Right of a user.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerRight")]
struct Right {
    /// One member, named after the kind of the right: `ParticipantAdmin`, `IdentityProviderAdmin`, or `CanActAs` with the
    /// party. Clients must accept further kinds.
    kind: Map<String, Value>,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let user = requested_user(request, "list user rights", "").await?;
    let namespace = &request.deployment().await?.namespace;
    let mut rights: Vec<Right> = admin_right(user).into_iter().map(|name| right(name, &json!({}))).collect();
    let acts = request.store().ledger_rights(&user.id).await?;
    rights.extend(acts.iter().map(|hint| right("CanActAs", &json!({ "party": hint.in_namespace(namespace) }))));
    Ok(Some(request.respond(&Rights { rights })?))
}

/// Returns the name of the user's admin right; `None` if the user is no admin.
fn admin_right(user: &User) -> Option<&'static str> {
    user.is_admin.then_some(match user.owner {
        Owner::Platform => "ParticipantAdmin",
        Owner::Organization(_) => "IdentityProviderAdmin",
    })
}

fn right(name: &str, value: &Value) -> Right {
    Right { kind: Map::from_iter([(name.to_owned(), json!({ "value": value }))]) }
}
