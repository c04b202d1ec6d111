//! `POST /v1/organizations/{orgId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{Party, PartyDraft},
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

use super::view::{self, PartyView, tag};

/// The endpoint create-party.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-party", "/v1/organizations/{orgId}/parties", Scope::PartiesWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Create a party")
    .description(
        "Creates a counterparty of an organization: a person or a company that takes part in docks once \
         it holds roles. Name, e-mail address and external reference need not be unique.",
    )
    .store(&[
        StoreAction::PutItem.on(&[Family::Tenant, Family::PartyPointers, Family::ExternalRefs]),
        StoreAction::UpdateItem.on(&[Family::Tenant]),
        StoreAction::GetItem.on(&[Family::Deployment]),
    ])
    .body::<PartyDraft>()
    .returns_resource::<PartyView>()
    .request_example(
        r#"{"type": "ORGANIZATION", "name": "First American Title",
            "email": "closing@example.com", "externalRef": "EIN:94-1234567", "metadata": {"tier": "preferred"}}"#,
    )
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let draft: PartyDraft = request.body()?;
    let party = Party::new(request.new_id()?, request.organization()?, draft, request.now());
    let path = format!("/v1/organizations/{}/parties/{}", party.organization_id, party.id);
    let response =
        Response::new(&PartyView::new(&party, request.deployment().await?))?.with_location(path).with_etag(tag(&party));
    request.store().create_party(&party, &request.write_with_response(&response)?).await?;
    Ok(response)
}
