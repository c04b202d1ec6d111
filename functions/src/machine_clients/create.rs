//! `POST /v1/organizations/{orgId}/machine-clients`

use berth_shared::{
    Result,
    credentials::{CredentialSubject, Scope, Scopes},
    domain::{Creator, MachineClient, MachineClientDraft, MachineClientOrigin, Violation},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    operator,
    store::{Family, MachineClientRecord},
};

use super::{
    find::require_scopes,
    view::{CREATED, CreatedMachineClientView, MachineClientView, tag},
};

/// The endpoint create-machine-client.
pub(crate) const ENDPOINT: Endpoint = Endpoint::post(
    "create-machine-client",
    "/v1/organizations/{orgId}/machine-clients",
    Scope::MachineClientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Create a machine client")
.description(
    "Creates an OAuth 2.0 client of an organization. `clientSecret` in the response is shown only once: only a digest \
     of it is stored. A repetition of the request with the same `Idempotency-Key` returns `null` instead. The client \
     exchanges its secret for access tokens at `POST /v1/oauth/token`.\n\nA credential can grant only scopes that it \
     holds itself, only until it expires itself, and only from networks from which it can be used itself.",
)
.store(&[
    StoreAction::ConditionCheckItem.on(&[
        Family::ApiKeys,
        Family::MachineClients,
        Family::AccessTokens,
        Family::Tenant,
    ]),
    StoreAction::UpdateItem.on(&[Family::Tenant]),
    StoreAction::PutItem.on(&[Family::MachineClients, Family::CredentialLineage, Family::Tenant]),
    StoreAction::GetItem.on(&[Family::Idempotency]),
])
.body::<MachineClientDraft>()
.returns_resource::<CreatedMachineClientView>()
.errors(&[Code::ScopeNotHeld, Code::DockNotFound, Code::PartyNotFound])
.request_example(
    r#"{"name": "Settlement service", "scopes": ["artifacts:read", "artifacts:write"],
        "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV"}"#,
)
.response_example(CREATED);

async fn handle(request: &Request) -> Result<Response> {
    let mut draft: MachineClientDraft = match request.body() {
        Ok(draft) => draft,
        Err(error) => {
            // `expiresAt` was valid in the first request, but may be in the past in its repetition.
            request.require_not_replayed().await?;
            return Err(error);
        }
    };
    let caller = request.caller()?;
    draft.allowed_ips = caller.allowed_ips.of_child(draft.allowed_ips).map_err(|violations| {
        let at_member = |violation: Violation| violation.under("allowedIps");
        request.invalid(&violations.into_iter().map(at_member).collect::<Vec<_>>())
    })?;
    draft.expires_at = draft.expires_at.or(caller.expires_at);
    let organization_id = request.organization()?;
    let scopes = draft.scopes.clone().unwrap_or_else(|| {
        let held = MachineClient::DEFAULT_SCOPES.into_iter().filter(|scope| caller.scopes.contains(*scope));
        Scopes::new(held.collect())
    });
    require_scopes(caller, &scopes, "create")?;
    if scopes.as_slice().is_empty() {
        let detail = "is required, because the credential holds none of the default scopes";
        return Err(request.invalid(&[Violation::at("scopes", detail)]));
    }
    let environment = request.service().verifier().environment();
    let origin = MachineClientOrigin {
        id: request.new_id()?,
        organization_id,
        environment,
        created_by: Creator::Credential(caller.id),
        now: request.now(),
    };
    let client = MachineClient::new(origin, draft, &scopes);
    let secret = operator::credential(environment, CredentialSubject::ClientSecret(client.id))?;
    let view = |secret| CreatedMachineClientView::new(MachineClientView::new(&client, None), secret);
    let response = Response::new(&view(Some(secret.reveal().to_owned())))?
        .recorded_as(&view(None))?
        .with_location(format!("/v1/organizations/{organization_id}/machine-clients/{}", client.id))
        .with_etag(tag(&client, None));
    let write = request.write_with_response(&response)?;
    let record = MachineClientRecord::new(client.clone(), &secret.digest());
    request.store().create_machine_client(&record, caller.into(), &write).await?;
    Ok(response)
}
