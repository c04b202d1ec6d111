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
    description: "Creates a counterparty of an organization: a person or a company that takes part in docks once \
                  it holds roles. Name, e-mail address and external reference need not be unique.",
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

/// Party to create.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "CreatePartyRequest", rename_all = "camelCase")]
struct CreateParty {
    /// Type of the party: `INDIVIDUAL` or `ORGANIZATION`.
    #[schemars(rename = "type")]
    kind: PartyType,
    /// Full name or company name, 1 to 200 characters. White space at both ends is removed.
    name: Name,
    /// E-mail address of the primary contact, at most 254 characters. `null` means none.
    email: Option<Email>,
    /// Identifier that an external authority assigned, for example a company number: 1 to 256 characters. `null` means none.
    external_ref: Option<ExternalRef>,
    /// Custom attributes. The default, also for `null`, is an empty object.
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
