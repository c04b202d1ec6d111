//! Berth's endpoints: one file each, grouped by resource, and the list of them all.
//!
//! Everything else is derived from the list: the handler that `bootstrap` runs, the routes of the local server,
//! `openapi.json`, and the tests of all endpoints. docs/adding-an-endpoint.md describes how to add an endpoint.

mod api_keys;
mod audit;
pub mod cors;
mod docks;
mod groups;
mod ledger;
pub mod logs;
mod machine_clients;
mod oauth;
pub mod openapi;
mod organizations;
mod parties;
mod recipients;
mod roles;
mod routes;
mod schemas;
mod service;

use berth_shared::{
    Service,
    http::{Endpoint, Handler, respond},
    ledger::LedgerHandler,
};
use lambda_http::{Body, Request, RequestExt, http::Response};

pub use routes::{allowed_methods, route};
pub use service::console::asset_paths;

/// Every endpoint.
pub static ENDPOINTS: &[Endpoint] = &[
    organizations::create::ENDPOINT,
    organizations::list::ENDPOINT,
    organizations::get::ENDPOINT,
    organizations::update::ENDPOINT,
    organizations::delete::ENDPOINT,
    organizations::list_roles::ENDPOINT,
    docks::create::ENDPOINT,
    docks::list::ENDPOINT,
    docks::get::ENDPOINT,
    docks::update::ENDPOINT,
    docks::delete::ENDPOINT,
    docks::list_parties::ENDPOINT,
    parties::create::ENDPOINT,
    parties::list::ENDPOINT,
    parties::get::ENDPOINT,
    parties::update::ENDPOINT,
    parties::delete::ENDPOINT,
    roles::assign::ENDPOINT,
    roles::list::ENDPOINT,
    roles::revoke::ENDPOINT,
    roles::check::ENDPOINT,
    roles::get::ENDPOINT,
    recipients::create::ENDPOINT,
    recipients::create_batch::ENDPOINT,
    recipients::list::ENDPOINT,
    recipients::get::ENDPOINT,
    recipients::update::ENDPOINT,
    recipients::delete::ENDPOINT,
    groups::create::ENDPOINT,
    groups::list::ENDPOINT,
    groups::get::ENDPOINT,
    groups::update::ENDPOINT,
    groups::delete::ENDPOINT,
    groups::list_recipients::ENDPOINT,
    groups::add_recipients::ENDPOINT,
    groups::remove_recipients::ENDPOINT,
    groups::remove_recipient::ENDPOINT,
    api_keys::create::ENDPOINT,
    api_keys::list::ENDPOINT,
    api_keys::get::ENDPOINT,
    api_keys::update::ENDPOINT,
    api_keys::rotate::ENDPOINT,
    api_keys::revoke::ENDPOINT,
    audit::list::ENDPOINT,
    audit::entity::ENDPOINT,
    audit::create::ENDPOINT,
    machine_clients::create::ENDPOINT,
    machine_clients::list::ENDPOINT,
    machine_clients::get::ENDPOINT,
    machine_clients::update::ENDPOINT,
    machine_clients::rotate::ENDPOINT,
    machine_clients::delete::ENDPOINT,
    ledger::allocate::ENDPOINT,
    ledger::list::ENDPOINT,
    ledger::participant_id::ENDPOINT,
    ledger::get::ENDPOINT,
    ledger::update::ENDPOINT,
    ledger::authenticated_user::ENDPOINT,
    ledger::get_user::ENDPOINT,
    ledger::list_rights::ENDPOINT,
    ledger::synchronizers::ENDPOINT,
    ledger::version::ENDPOINT,
    ledger::livez::ENDPOINT,
    ledger::readyz::ENDPOINT,
    oauth::issue::ENDPOINT,
    oauth::introspect::ENDPOINT,
    oauth::revoke::ENDPOINT,
    oauth::metadata::ENDPOINT,
    service::health::ENDPOINT,
    service::openapi::ENDPOINT,
    service::root::ENDPOINT,
    service::console::ENDPOINT,
    service::console::ASSET,
    service::fallback::ENDPOINT,
];

/// Name of the endpoint of API Gateway's `$default` route.
pub const FALLBACK: &str = service::fallback::NAME;

/// Returns the endpoint with this name.
pub fn find(name: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.name == name)
}

/// Responds to a request to `endpoint`.
pub async fn handle(endpoint: &'static Endpoint, service: &Service, request: Request) -> Response<Body> {
    // The fallback serves paths and methods that no route matches, in the dialect that the path belongs to.
    let is_fallback = endpoint.name == FALLBACK;
    let path = request.raw_http_path();
    let allow = if is_fallback { allowed_methods(path) } else { None };
    let handler = if is_fallback && routes::is_ledger(path) {
        Handler::Other(&LedgerHandler(service::fallback::handle_ledger))
    } else {
        endpoint.handler
    };
    match handler {
        Handler::Rest(handler) => respond(endpoint, handler, service, request, allow).await,
        Handler::Other(dialect) => dialect.respond(endpoint, service, request, allow).await,
    }
}
