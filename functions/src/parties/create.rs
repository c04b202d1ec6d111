//! `POST /v1/organizations/{orgId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{Email, ExternalRef, Metadata, Name, Party, PartyDraft, PartyType},
    http::{Access, Answer, Body, BodyOf, Call, Endpoint, Fields, Handler, StoreAction, schema_of},
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
    body: Some(BodyOf::of::<CreateParty>()),
    answer: schema_of::<PartyView>,
    refusals: &[],
    examples: (
        r#"{"type": "ORGANIZATION", "name": "First American Title", "email": "closing@example.com", "externalRef": "EIN:94-1234567", "metadata": {"tier": "preferred"}}"#,
        view::EXAMPLE,
    ),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
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

async fn handle(call: &Call) -> Result<Answer> {
    let CreateParty { kind, name, email, external_ref, metadata } = call.body()?;
    let draft = PartyDraft { kind, name, email, external_ref, metadata: metadata.unwrap_or_default() };
    let party = Party::new(call.new_id()?, call.organization()?, draft, call.now());
    let path = format!("/v1/organizations/{}/parties/{}", party.organization_id, party.id);
    let answer = Answer::new(&PartyView::new(&party, call.deployment().await?))?.at(path).tagged(tag(&party));
    call.store().create_party(&party, &call.write_answering(&answer)?).await?;
    Ok(answer)
}
