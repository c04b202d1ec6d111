//! The scenario of README.md with progenitor.

use std::{env, error::Error, time::Duration};

use berth_client_progenitor::{
    Client, Error as ClientError,
    types::{
        AssignRoleRequest, CreateApiKeyRequest, CreateApiKeyRequestScopesItem, CreateDockRequest,
        CreateOrganizationRequest, CreatePartyRequest, Party, PartyType, Problem, ProblemMessage, RoleName,
        UpdateOrganizationRequest, UpdatePartyRequest,
    },
};
use chrono::{SubsecRound, TimeDelta, Utc};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (url, key) = (env::var("BERTH_URL")?, env::var("BERTH_KEY")?);
    let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {key}"))?)]);
    let http = reqwest::Client::builder().default_headers(headers).timeout(Duration::from_secs(15)).build()?;
    let client = Client::new_with_client(&url, http.clone());

    let request = CreateOrganizationRequest::builder().name("Client progenitor").metadata(metadata("tier", "gold"));
    let organization = client.create_organization().body(request).send().await?.into_inner();
    let request = CreateDockRequest::builder().name("Dock").organization_id(Some(organization.id.parse()?));
    let dock = client.create_dock().body(request).send().await?.into_inner();
    assert_eq!(dock.domain, None);
    let request = CreatePartyRequest::builder()
        .type_(PartyType::Organization)
        .name("Party")
        .email(Some("party@example.com".parse()?))
        .external_ref(Some("REF-1".parse()?))
        .metadata(metadata("region", "north"));
    let party = client.create_party().org_id(organization.id.as_str()).body(request).send().await?.into_inner();

    let assign = async |role| {
        let request = AssignRoleRequest::builder().dock_id(dock.id.as_str()).role(role);
        client.assign_role().org_id(organization.id.as_str()).party_id(party.id.as_str()).body(request).send().await
    };
    let role = assign(RoleName::Distributor).await?.into_inner();
    assign(RoleName::Recipient).await?;

    // Pagination.
    let (mut listed, mut cursor) = (Vec::new(), None);
    loop {
        let mut request = client.list_roles().org_id(organization.id.as_str()).party_id(party.id.as_str()).limit(1);
        if let Some(cursor) = cursor {
            request = request.cursor(cursor);
        }
        let page = request.send().await?.into_inner();
        assert_eq!((page.data.len(), page.meta.total), (1, Some(2)));
        listed.extend(page.data.iter().map(|row| row.role));
        cursor = page.meta.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, [RoleName::Recipient, RoleName::Distributor]);

    // A patch with one member changes this member only.
    let request = UpdatePartyRequest::builder().name(Some("Renamed party".parse()?));
    let update = client.update_party().org_id(organization.id.as_str()).party_id(party.id.as_str()).body(request);
    let renamed = update.send().await?.into_inner();
    let expected = Party { name: "Renamed party".to_owned(), updated_at: renamed.updated_at.clone(), ..party.clone() };
    assert_eq!(json!(renamed), json!(expected));

    // A member that is null is removed. The generated type cannot hold null: it leaves out every `None`.
    assert_eq!(json!(UpdatePartyRequest { email: None, ..Default::default() }), json!({}));
    let path = format!("{url}/v1/organizations/{}/parties/{}", *organization.id, *party.id);
    let response = http.patch(path).json(&json!({ "email": null })).send().await?.error_for_status()?;
    let removed: Party = response.json().await?;
    assert_eq!(json!(removed), json!(Party { email: None, updated_at: removed.updated_at.clone(), ..renamed }));

    let request = UpdateOrganizationRequest::builder().metadata(metadata("region", "south"));
    let changed =
        client.update_organization().org_id(organization.id.as_str()).body(request).send().await?.into_inner();
    assert_eq!((&changed.name, &changed.slug), (&organization.name, &organization.slug));
    assert_eq!(json!(changed.metadata), json!({ "tier": "gold", "region": "south" }));
    assert_eq!(json!(changed.count), json!({ "docks": 1, "parties": 1, "machineClients": 0 }));

    let expires_at = (Utc::now() + TimeDelta::hours(1)).trunc_subsecs(3);
    let request = CreateApiKeyRequest::builder()
        .name("Key")
        .organization_id(Some(organization.id.parse()?))
        .scopes([CreateApiKeyRequestScopesItem::PartiesWrite, CreateApiKeyRequestScopesItem::RolesRead])
        .expires_at(expires_at);
    let key = client.create_api_key().body(request).send().await?.into_inner();
    assert!(key.key.is_some_and(|key| key.starts_with("dk_test_")));
    assert_eq!(json!(key.scopes), json!(["parties:write", "roles:read"]));
    assert_eq!(key.expires_at.map(|time| *time), Some(expires_at));
    assert!(key.revoked_at.is_none());

    // Errors are typed.
    let conflict = problem(409, assign(RoleName::Distributor).await.err())?;
    assert_eq!(*conflict.code, "ROLE_ALREADY_ASSIGNED");
    assert_eq!(conflict.conflict_id.as_deref(), Some(role.id.as_str()));

    let invalid = problem(400, client.list_docks().cursor("unknown").send().await.err())?;
    assert_eq!(*invalid.code, "VALIDATION_FAILED");
    assert_eq!(invalid.errors[0].parameter.as_deref(), Some("cursor"));
    assert!(matches!(invalid.message, ProblemMessage::Array(_)));
    Ok(())
}

fn metadata(name: &str, value: &str) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), json!(value))])
}

/// The body of an error response with this status.
fn problem(status: u16, error: Option<ClientError<Problem>>) -> Result<Problem, Box<dyn Error>> {
    match error {
        Some(ClientError::ErrorResponse(response)) if response.status() == status => Ok(response.into_inner()),
        Some(error) => Err(error.into()),
        None => Err("the request succeeded".into()),
    }
}
