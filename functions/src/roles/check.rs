//! `POST /v1/organizations/{orgId}/roles/check`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{FromJson, RoleName, Violation, unknown_members},
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    id::{DockId, PartyId, RoleId},
    json::Json,
    store::{CheckedRole, Family},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

/// The most roles of one request: what DynamoDB reads in one batch.
const MOST: usize = 100;

/// The row of check-roles.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "check-roles",
    method: Method::POST,
    path: "/v1/organizations/{orgId}/roles/check",
    access: Access::Scope(Scope::RolesRead),
    success: 200,
    store: &[StoreAction::BatchGetItem.on(&[Family::DockRoles]), StoreAction::GetItem.on(&[Family::Tenant])],
    summary: "Check roles",
    description: "Returns whether parties hold roles in docks: 1 to 100 checks per request, with results in the \
                  order of the checks. A party or dock that does not exist, or belongs to another organization, \
                  yields `assigned: false`.",
    query: &[],
    paged: false,
    tagged: false,
    body: Some(BodySchema::of::<CheckRoles>()),
    response: schema_of::<CheckedRoles>,
    errors: &[],
    examples: (
        r#"{"checks": [{"dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY", "role": "DISTRIBUTOR"}]}"#,
        r#"{
            "results": [{
                "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                "role": "DISTRIBUTOR",
                "assigned": true,
                "roleId": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS"
            }]
        }"#,
    ),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// Roles to check.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "CheckRolesRequest")]
struct CheckRoles {
    /// Roles to check, 1 to 100.
    checks: Checks,
}

/// Roles to check, 1 to 100.
#[derive(Debug, JsonSchema)]
#[schemars(transparent, inline)]
struct Checks(#[schemars(length(min = 1, max = 100))] Vec<Check>);

/// Role of a party in a dock to check.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "RoleCheck", rename_all = "camelCase")]
struct Check {
    /// Dock in which the role is checked.
    dock_id: DockId,
    /// Party whose role is checked.
    party_id: PartyId,
    /// Role to check: `DISTRIBUTOR` or `RECIPIENT`.
    role: RoleName,
}

impl Body for CheckRoles {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { checks: fields.required("checks")? })
    }
}

impl FromJson for Checks {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Array(elements) = json else { return Err(Violation::new("must be an array")) };
        if !(1..=MOST).contains(&elements.len()) {
            return Err(Violation::new(format!("must have 1 to {MOST} elements")));
        }
        let mut wrong = Vec::new();
        let mut checks = Vec::with_capacity(elements.len());
        for (at, element) in elements.iter().enumerate() {
            match Check::from_json(element) {
                Ok(check) => checks.push(check),
                Err(details) => wrong.extend(details.into_iter().map(|detail| detail.under(at.to_string()))),
            }
        }
        if wrong.is_empty() { Ok(Self(checks)) } else { Err(wrong) }
    }

    fn unknown(json: &Json) -> Vec<Violation> {
        let Json::Array(elements) = json else { return Vec::new() };
        let unknown = |(at, element): (usize, &Json)| {
            Check::unknown(element).into_iter().map(move |wrong| wrong.under(at.to_string()))
        };
        elements.iter().enumerate().flat_map(unknown).collect()
    }
}

impl FromJson for Check {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Object(members) = json else { return Err(Violation::new("must be an object")) };
        let mut wrong = Vec::new();
        let dock_id = member(members, "dockId", &mut wrong);
        let party_id = member(members, "partyId", &mut wrong);
        let role = member(members, "role", &mut wrong);
        match (dock_id, party_id, role) {
            (Some(dock_id), Some(party_id), Some(role)) => Ok(Self { dock_id, party_id, role }),
            _ => Err(wrong),
        }
    }

    fn unknown(json: &Json) -> Vec<Violation> {
        unknown_members(json, &["dockId", "partyId", "role"])
    }
}

fn member<T: FromJson>(members: &[(String, Json)], name: &str, wrong: &mut Vec<Violation>) -> Option<T> {
    let Some((_, value)) = members.iter().find(|(known, _)| known == name) else {
        wrong.push(Violation::at(name, "is required"));
        return None;
    };
    match T::from_json(value) {
        Ok(value) => Some(value),
        Err(details) => {
            wrong.extend(details.into_iter().map(|detail| detail.under(name)));
            None
        }
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
    let CheckRoles { checks: Checks(checks) } = request.body()?;
    let asked = |check: &Check| CheckedRole { dock: check.dock_id, party: check.party_id, role: check.role };
    let roles: Vec<_> = checks.iter().map(asked).collect();
    let organization = request.organization()?;
    let is_own = request.caller()?.owner.organization().is_some();
    let held = request.store().check_roles(organization, is_own, &roles).await?;
    let result = |asked: &CheckedRole| CheckedRoleView {
        dock_id: asked.dock,
        party_id: asked.party,
        role: asked.role,
        assigned: held.contains_key(asked),
        role_id: held.get(asked).copied(),
    };
    let answer = Response::new(&CheckedRoles { results: roles.iter().map(result).collect() })?;
    request.store().record_response(&request.write_with_response(&answer)?).await?;
    Ok(answer)
}
