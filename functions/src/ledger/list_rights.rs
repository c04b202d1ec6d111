//! `GET /v2/users/{user-id}/rights`

use berth_shared::{
    credentials::Owner,
    http::{Access, Endpoint, Handler, LedgerRight, StoreAction, schema_of},
    ledger::{LedgerHandler, LedgerRequest, LedgerResult, User},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::view::known_user;

/// The row of list-ledger-user-rights.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "list-ledger-user-rights",
    method: Method::GET,
    path: "/v2/users/{user-id}/rights",
    access: Access::Ledger(LedgerRight::Any),
    success: 200,
    store: &[StoreAction::Query.on(&[Family::LedgerRights])],
    summary: "List the rights of a user",
    description: "A caller knows one user: the one that the token stands for.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: schema_of::<Rights>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
};

/// What a user may do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerRights")]
struct Rights {
    /// The rights.
    rights: Vec<Right>,
}

/// A right: a kind by its name, with what it is about.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerRightKind")]
struct Right {
    /// `ParticipantAdmin`, `IdentityProviderAdmin`, or `CanActAs` with the party.
    kind: Map<String, Value>,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let user = known_user(request)?;
    let namespace = &request.deployment().await?.namespace;
    let mut rights: Vec<Right> = admin(user).into_iter().map(|name| right(name, &json!({}))).collect();
    let acts = request.store().ledger_rights(&user.id).await?;
    rights.extend(acts.iter().map(|hint| right("CanActAs", &json!({ "party": hint.in_namespace(namespace) }))));
    Ok(Some(request.answer(&Rights { rights })?))
}

fn admin(user: &User) -> Option<&'static str> {
    user.is_admin.then_some(match user.owner {
        Owner::Platform => "ParticipantAdmin",
        Owner::Organization(_) => "IdentityProviderAdmin",
    })
}

fn right(name: &str, value: &Value) -> Right {
    Right { kind: Map::from_iter([(name.to_owned(), json!({ "value": value }))]) }
}
