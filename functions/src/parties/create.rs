//! `POST /v1/organizations/{orgId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{Email, ExternalRef, Metadata, Name, Party, PartyDraft, PartyType},
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;

use super::view::{self, PartyView, tag};

/// The row of create-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "create-party",
    method: Method::POST,
    path: "/v1/organizations/{orgId}/parties",
    access: Access::Scope(Scope::PartiesWrite),
    success: 201,
    store: &[
        StoreAction::PutItem.on(&[Family::Tenant, Family::PartyPointers, Family::ExternalRefs]),
        StoreAction::UpdateItem.on(&[Family::Tenant]),
        StoreAction::GetItem.on(&[Family::Platform]),
    ],
    summary: "Create a party",
    description: "Makes a counterparty of an organization: a person or a company that takes part in docks once it is \
                  given roles. Neither name nor e-mail address nor external reference need be unique.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<CreateParty>()),
    response: schema_of::<PartyView>,
    errors: &[],
    examples: (
        r#"{"type": "ORGANIZATION", "name": "First American Title", "email": "closing@example.com", "externalRef": "EIN:94-1234567", "metadata": {"tier": "preferred"}}"#,
        view::EXAMPLE,
    ),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// A new party.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct CreateParty {
    /// Person or company.
    #[schemars(rename = "type")]
    kind: PartyType,
    /// Full name or company name.
    name: Name,
    /// Primary contact.
    email: Option<Email>,
    /// Its identifier with an authority outside.
    external_ref: Option<ExternalRef>,
    /// Your own attributes.
    metadata: Option<Metadata>,
}

impl Body for CreateParty {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("type");
        let name = fields.required("name");
        let email = fields.optional("email");
        let external_ref = fields.optional("externalRef");
        let metadata = fields.optional("metadata");
        Some(Self { kind: kind?, name: name?, email, external_ref, metadata })
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let CreateParty { kind, name, email, external_ref, metadata } = request.body()?;
    let draft = PartyDraft { kind, name, email, external_ref, metadata: metadata.unwrap_or_default() };
    let party = Party::new(request.new_id()?, request.organization()?, draft, request.now());
    let path = format!("/v1/organizations/{}/parties/{}", party.organization_id, party.id);
    let answer = Response::new(&PartyView::new(&party, request.deployment().await?))?.at(path).tagged(tag(&party));
    request.store().create_party(&party, &request.write_with_response(&answer)?).await?;
    Ok(answer)
}
