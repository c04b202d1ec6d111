//! The paths of the API.

use berth_functions::FALLBACK;
use berth_shared::http::Endpoint;

pub const ORGANIZATIONS: &str = "/v1/organizations";
pub const DOCKS: &str = "/v1/docks";
pub const API_KEYS: &str = "/v1/api-keys";
pub const AUDIT_LOGS: &str = "/v1/audit/logs";
pub const OAUTH_TOKEN: &str = "/v1/oauth/token";
pub const OAUTH_INTROSPECT: &str = "/v1/oauth/introspect";
pub const OAUTH_REVOKE: &str = "/v1/oauth/revoke";
pub const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
pub const LEDGER_PARTIES: &str = "/v2/parties";

pub fn organization(organization: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}")
}

pub fn parties(organization: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/parties")
}

pub fn party(organization: &str, party: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/parties/{party}")
}

pub fn roles(organization: &str, party: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/parties/{party}/roles")
}

pub fn role(organization: &str, party: &str, role: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/parties/{party}/roles/{role}")
}

pub fn organization_roles(organization: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/roles")
}

pub fn role_checks(organization: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/roles/check")
}

pub fn dock(dock: &str) -> String {
    format!("{DOCKS}/{dock}")
}

pub fn dock_parties(dock: &str) -> String {
    format!("{DOCKS}/{dock}/parties")
}

pub fn recipients(dock: &str) -> String {
    format!("{DOCKS}/{dock}/recipients")
}

pub fn recipient(dock: &str, recipient: &str) -> String {
    format!("{DOCKS}/{dock}/recipients/{recipient}")
}

pub fn groups(dock: &str) -> String {
    format!("{DOCKS}/{dock}/groups")
}

pub fn group(dock: &str, group: &str) -> String {
    format!("{DOCKS}/{dock}/groups/{group}")
}

pub fn group_recipients(dock: &str, group: &str) -> String {
    format!("{DOCKS}/{dock}/groups/{group}/recipients")
}

pub fn api_key(key: &str) -> String {
    format!("{API_KEYS}/{key}")
}

pub fn entity_audit_logs(entity_type: &str, entity: &str) -> String {
    format!("{AUDIT_LOGS}/entity/{entity_type}/{entity}")
}

pub fn api_key_rotation(key: &str) -> String {
    format!("{API_KEYS}/{key}/rotate")
}

pub fn machine_clients(organization: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/machine-clients")
}

pub fn machine_client(organization: &str, client: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/machine-clients/{client}")
}

pub fn machine_client_rotation(organization: &str, client: &str) -> String {
    format!("{ORGANIZATIONS}/{organization}/machine-clients/{client}/rotate")
}

/// Returns the path of a ledger party. The id is inserted unchanged: encode it where necessary.
pub fn ledger_party(party: &str) -> String {
    format!("{LEDGER_PARTIES}/{party}")
}

pub fn ledger_user(user: &str) -> String {
    format!("/v2/users/{user}")
}

pub fn ledger_user_rights(user: &str) -> String {
    format!("/v2/users/{user}/rights")
}

/// Returns a path of an endpoint that needs no credential.
pub fn public(endpoint: &Endpoint) -> String {
    match endpoint.name {
        FALLBACK => DOCKS.to_owned(),
        "asset" => berth_functions::asset_paths().next().expect("an asset"),
        _ => endpoint.path.to_owned(),
    }
}
