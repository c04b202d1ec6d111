//! `POST /v1/organizations/{orgId}/roles/check`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{FromJson, RoleName, Wrong, unknown_members},
    http::{Access, Answer, Body, BodyOf, Call, Endpoint, Fields, Handler, StoreAction, schema_of},
    id::{DockId, PartyId, RoleId},
    json::Json,
    store::{CheckedRole, Family},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

/// The most roles of one call: what DynamoDB reads in one batch.
const MOST: usize = 100;

/// The row of check-roles.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "check-roles",
    method: Method::POST,
    path: "/v1/organizations/{orgId}/roles/check",
    access: Access::Scope(Scope::RolesRead),
    success: 200,
    store: &[
        StoreAction::BatchGetItem.on(&[Family::DockRoles]),
        StoreAction::GetItem.on(&[Family::Tenant, Family::Idempotency]),
    ],
    summary: "Check roles",
    description: "Whether parties hold roles in docks: up to 100 questions in one call, answered in their order. What \
                  does not exist, or is another organization's, is not assigned.",
    query: &[],
    paged: false,
    tagged: false,
    body: Some(BodyOf::of::<CheckRoles>()),
    answer: schema_of::<CheckedRoles>,
    refusals: &[],
    examples: (
        r#"{"checks": [{"dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", "partyId": "pty_01HQ3L5D6X0T8Z2CW5R9S1V4XY", "role": "DISTRIBUTOR"}]}"#,
        r#"{
            "results": [{
                "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                "partyId": "pty_01HQ3L5D6X0T8Z2CW5R9S1V4XY",
                "role": "DISTRIBUTOR",
                "assigned": true,
                "roleId": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS"
            }]
        }"#,
    ),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

/// Roles to ask about.
#[derive(Debug, JsonSchema)]
struct CheckRoles {
    /// The questions.
    checks: Checks,
}

/// The questions of a call.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
struct Checks(#[schemars(length(min = 1, max = 100))] Vec<Check>);

/// Whether a party holds a role in a dock.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct Check {
    /// The dock.
    dock_id: DockId,
    /// The party.
    party_id: PartyId,
    /// The role.
    role: RoleName,
}

impl Body for CheckRoles {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { checks: fields.required("checks")? })
    }
}

impl FromJson for Checks {
    fn from_json(json: &Json) -> Result<Self, Vec<Wrong>> {
        let Json::Array(elements) = json else { return Err(Wrong::here("must be an array")) };
        if !(1..=MOST).contains(&elements.len()) {
            return Err(Wrong::here(format!("must have 1 to {MOST} elements")));
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

    fn unknown(json: &Json) -> Vec<Wrong> {
        let Json::Array(elements) = json else { return Vec::new() };
        let unknown = |(at, element): (usize, &Json)| {
            Check::unknown(element).into_iter().map(move |wrong| wrong.under(at.to_string()))
        };
        elements.iter().enumerate().flat_map(unknown).collect()
    }
}

impl FromJson for Check {
    fn from_json(json: &Json) -> Result<Self, Vec<Wrong>> {
        let Json::Object(members) = json else { return Err(Wrong::here("must be an object")) };
        let mut wrong = Vec::new();
        let dock_id = member(members, "dockId", &mut wrong);
        let party_id = member(members, "partyId", &mut wrong);
        let role = member(members, "role", &mut wrong);
        match (dock_id, party_id, role) {
            (Some(dock_id), Some(party_id), Some(role)) => Ok(Self { dock_id, party_id, role }),
            _ => Err(wrong),
        }
    }

    fn unknown(json: &Json) -> Vec<Wrong> {
        unknown_members(json, &["dockId", "partyId", "role"])
    }
}

fn member<T: FromJson>(members: &[(String, Json)], name: &str, wrong: &mut Vec<Wrong>) -> Option<T> {
    let Some((_, value)) = members.iter().find(|(known, _)| known == name) else {
        wrong.push(Wrong::at(name, "is required"));
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

/// The answers, in the order of the questions.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckedRoles {
    /// The answers.
    results: Vec<CheckedRoleView>,
}

/// Whether a party holds a role in a dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CheckedRole")]
struct CheckedRoleView {
    /// The dock.
    dock_id: DockId,
    /// The party.
    party_id: PartyId,
    /// The role.
    role: RoleName,
    /// Whether the party holds it now.
    assigned: bool,
    /// The id of the role, if it is held.
    role_id: Option<RoleId>,
}

async fn handle(call: &Call) -> Result<Answer> {
    let CheckRoles { checks: Checks(checks) } = call.body()?;
    let asked = |check: &Check| CheckedRole { dock: check.dock_id, party: check.party_id, role: check.role };
    let roles: Vec<_> = checks.iter().map(asked).collect();
    let organization = call.organization()?;
    let is_own = call.caller()?.owner.organization().is_some();
    let held = call.store().check_roles(organization, is_own, &roles).await?;
    let result = |asked: &CheckedRole| CheckedRoleView {
        dock_id: asked.dock,
        party_id: asked.party,
        role: asked.role,
        assigned: held.contains_key(asked),
        role_id: held.get(asked).copied(),
    };
    let answer = Answer::new(&CheckedRoles { results: roles.iter().map(result).collect() })?;
    call.store().record_answer(&call.write_answering(&answer)?).await?;
    Ok(answer)
}
