//! The scenario of README.md with the generator rust of OpenAPI Generator.

use std::{collections::HashMap, env, error::Error, fmt::Debug};

use berth_client::{
    apis::{
        Error as ClientError,
        api_keys_api::create_api_key,
        configuration::Configuration,
        docks_api::{create_dock, list_docks},
        organizations_api::{create_organization, update_organization},
        parties_api::{create_party, update_party},
        roles_api::{assign_role, list_roles},
    },
    models::{
        AssignRoleRequest, CreateApiKeyRequest, CreateDockRequest, CreateOrganizationRequest, CreatePartyRequest,
        Party, PartyType, Problem, ProblemMessage, RoleName, UpdateOrganizationRequest, UpdatePartyRequest,
        create_api_key_request::Scopes,
    },
};
use chrono::{SubsecRound, TimeDelta, Utc};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Configuration {
        base_path: env::var("BERTH_URL")?,
        bearer_access_token: Some(env::var("BERTH_KEY")?),
        ..Configuration::new()
    };

    let request = CreateOrganizationRequest {
        metadata: metadata("tier", "gold"),
        ..CreateOrganizationRequest::new("Client openapi-generator-rust".to_owned())
    };
    let organization = create_organization(&api, request, None, None, None).await?;
    let organization_id = Some(Some(organization.id.clone()));
    let request =
        CreateDockRequest { organization_id: organization_id.clone(), ..CreateDockRequest::new("Dock".to_owned()) };
    let dock = create_dock(&api, request, None, None, None).await?;
    assert_eq!(dock.domain, None);
    let request = CreatePartyRequest {
        email: Some(Some("party@example.com".to_owned())),
        external_ref: Some(Some("REF-1".to_owned())),
        metadata: metadata("region", "north"),
        ..CreatePartyRequest::new(PartyType::Organization, "Party".to_owned())
    };
    let party = create_party(&api, &organization.id, request, None, None, None).await?;

    let assign = async |role| {
        let request = AssignRoleRequest::new(dock.id.clone(), role);
        assign_role(&api, &organization.id, &party.id, request, None, None, None).await
    };
    let role = assign(RoleName::Distributor).await?;
    assign(RoleName::Recipient).await?;

    // Pagination.
    let (mut listed, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = list_roles(
            &api,
            &organization.id,
            &party.id,
            None,
            None,
            None,
            Some(1),
            None,
            cursor.as_deref(),
            None,
            None,
            None,
        )
        .await?;
        assert_eq!((page.data.len(), page.meta.total), (1, Some(2)));
        listed.extend(page.data.iter().map(|row| row.role));
        cursor = page.meta.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, [RoleName::Recipient, RoleName::Distributor]);

    // A patch with one member changes this member only.
    let request = UpdatePartyRequest { name: Some("Renamed party".to_owned()), ..UpdatePartyRequest::new() };
    let renamed = update_party(&api, &organization.id, &party.id, request, None, None, None).await?;
    let expected = Party { name: "Renamed party".to_owned(), updated_at: renamed.updated_at, ..party.clone() };
    assert_eq!(renamed, expected);

    // A member that is null is removed.
    let request = UpdatePartyRequest { email: Some(None), ..UpdatePartyRequest::new() };
    let removed = update_party(&api, &organization.id, &party.id, request, None, None, None).await?;
    assert_eq!(removed, Party { email: None, updated_at: removed.updated_at, ..renamed });

    let request =
        UpdateOrganizationRequest { metadata: metadata("region", "south"), ..UpdateOrganizationRequest::new() };
    let changed = update_organization(&api, &organization.id, request, None, None, None).await?;
    assert_eq!((&changed.name, &changed.slug), (&organization.name, &organization.slug));
    assert_eq!(json!(changed.metadata), json!({ "tier": "gold", "region": "south" }));
    assert_eq!(json!(changed._count), json!({ "docks": 1, "parties": 1, "machineClients": 0 }));

    let expires_at = (Utc::now() + TimeDelta::hours(1)).trunc_subsecs(3).fixed_offset();
    let request = CreateApiKeyRequest {
        organization_id,
        expires_at: Some(Some(expires_at)),
        ..CreateApiKeyRequest::new("Key".to_owned(), vec![Scopes::PartiesColonWrite, Scopes::RolesColonRead])
    };
    let key = create_api_key(&api, request, None, None, None).await?;
    assert!(key.key.is_some_and(|key| key.starts_with("dk_test_")));
    assert_eq!(key.scopes, ["parties:write", "roles:read"]);
    assert_eq!(key.expires_at, Some(expires_at));
    assert_eq!(key.revoked_at, None);

    // Errors are typed.
    let conflict = problem(409, assign(RoleName::Distributor).await)?;
    assert_eq!(conflict.code, "ROLE_ALREADY_ASSIGNED");
    assert_eq!(conflict.conflict_id, Some(Some(role.id)));

    let invalid = problem(400, list_docks(&api, None, None, None, None, Some("unknown"), None, None, None).await)?;
    assert_eq!(invalid.code, "VALIDATION_FAILED");
    assert!(matches!(invalid.message, ProblemMessage::ArrayVecString(_)));
    assert_eq!(invalid.errors.unwrap_or_default()[0].parameter.as_deref(), Some("cursor"));
    Ok(())
}

fn metadata(name: &str, value: &str) -> Option<Option<HashMap<String, Value>>> {
    Some(Some(HashMap::from_iter([(name.to_owned(), json!(value))])))
}

/// The body of an error response with this status.
///
/// The typed body of the generated error names the first status with this type, whatever the status was.
fn problem<Success, Body: Debug>(
    status: u16,
    result: Result<Success, ClientError<Body>>,
) -> Result<Problem, Box<dyn Error>> {
    match result {
        Err(ClientError::ResponseError(response)) if response.status == status => {
            Ok(serde_json::from_str(&response.content)?)
        }
        Err(error) => Err(format!("{error:?}").into()),
        Ok(_) => Err("the request succeeded".into()),
    }
}
