//! `POST /v1/organizations/{orgId}/roles/check`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{
        RoleName,
        object::{Items, Required},
    },
    http::{Endpoint, Request, Response, StoreAction},
    id::{DockId, PartyId, RoleId},
    store::{CheckedRole, Family},
};
use schemars::JsonSchema;
use serde::Serialize;

/// Maximum number of checks per request: the limit of `BatchGetItem`.
const MAX_CHECKS: usize = 100;

/// The endpoint check-roles.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("check-roles", "/v1/organizations/{orgId}/roles/check", Scope::RolesRead, |request| {
        Box::pin(handle(request))
    })
    .success(200)
    .summary("Check roles")
    .description(
        "Returns whether parties hold roles in docks: 1 to 100 checks per request, with results in the \
         order of the checks. A party or dock that does not exist, or belongs to another organization, \
         yields `assigned: false`, as does another dock for a credential that is bound to a dock.",
    )
    .restricts_dock_bound()
    .store(&[
        StoreAction::BatchGetItem.on(&[Family::DockRoles]),
        StoreAction::Query.on(&[Family::Deletions]),
        StoreAction::GetItem.on(&[Family::Tenant]),
    ])
    .body::<CheckRoles>()
    .returns::<CheckedRoles>()
    .request_example(
        r#"{"checks": [{"dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
            "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY", "role": "DISTRIBUTOR"}]}"#,
    )
    .response_example(
        r#"{
            "results": [{
                "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                "role": "DISTRIBUTOR",
                "assigned": true,
                "roleId": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS"
            }]
        }"#,
    );

berth_shared::object! {
    /// Roles to check.
    struct CheckRoles {
        /// Roles to check, 1 to 100.
        checks: Required<Items<RoleCheck, 1, MAX_CHECKS>>,
    }
}

berth_shared::object! {
    /// Role of a party in a dock to check.
    struct RoleCheck {
        /// Dock in which the role is checked.
        dock_id: Required<DockId>,
        /// Party whose role is checked.
        party_id: Required<PartyId>,
        /// Role to check: `DISTRIBUTOR` or `RECIPIENT`.
        role: Required<RoleName>,
    }
}

/// Results of a check of roles.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CheckRolesResponse")]
struct CheckedRoles {
    /// Results, in the order of the checks.
    results: Vec<CheckedRoleView>,
}

/// Result of the check of one role.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RoleCheckResult")]
struct CheckedRoleView {
    /// Dock of the check.
    dock_id: DockId,
    /// Party of the check.
    party_id: PartyId,
    /// Role of the check.
    role: RoleName,
    /// Whether the party holds the role now.
    assigned: bool,
    /// Identifier of the role; `null` if the role is not held.
    role_id: Option<RoleId>,
}

async fn handle(request: &Request) -> Result<Response> {
    let CheckRoles { checks: Items(checks) } = request.body()?;
    let to_checked = |check: &RoleCheck| CheckedRole { dock: check.dock_id, party: check.party_id, role: check.role };
    let roles: Vec<_> = checks.iter().map(to_checked).collect();
    let organization = request.organization()?;
    let caller = request.caller()?;
    let is_own = caller.owner.organization().is_some();
    let within_reach: Vec<_> = roles.iter().filter(|checked| caller.reaches(checked.dock)).copied().collect();
    let held = request.store().check_roles(organization, is_own, &within_reach).await?;
    let result = |checked: &CheckedRole| CheckedRoleView {
        dock_id: checked.dock,
        party_id: checked.party,
        role: checked.role,
        assigned: held.contains_key(checked),
        role_id: held.get(checked).copied(),
    };
    Response::new(&CheckedRoles { results: roles.iter().map(result).collect() })
}
