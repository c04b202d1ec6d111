//! `PATCH /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::{Email, ExternalRef, MetadataPatch, Name, PartyPatch, PartyType, Patch},
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    id,
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;

use super::view::{self, PartyView, tag};

/// The row of update-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "update-party",
    method: Method::PATCH,
    path: "/v1/organizations/{orgId}/parties/{partyId}",
    access: Access::Scope(Scope::PartiesWrite),
    success: 200,
    store: &[
        StoreAction::GetItem.on(&[Family::Tenant, Family::Platform]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::ExternalRefs]),
        StoreAction::PutItem.on(&[Family::ExternalRefs]),
        StoreAction::DeleteItem.on(&[Family::ExternalRefs]),
    ],
    summary: "Update a party",
    description: "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an \
                  optional member. `metadata` is merged key by key.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<UpdateParty>()),
    response: schema_of::<PartyView>,
    errors: &[],
    examples: (r#"{"email": null, "metadata": {"tier": "preferred"}}"#, view::EXAMPLE),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// Changes to a party, as a JSON merge patch.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "UpdatePartyRequest", rename_all = "camelCase")]
struct UpdateParty {
    /// New type of the party: `INDIVIDUAL` or `ORGANIZATION`.
    #[schemars(rename = "type", with = "PartyType", default)]
    kind: Option<PartyType>,
    /// New full name or company name, 1 to 200 characters.
    #[schemars(with = "Name", default)]
    name: Option<Name>,
    /// E-mail address of the primary contact, at most 254 characters. `null` removes it.
    #[schemars(with = "Option<Email>")]
    email: Patch<Email>,
    /// Identifier that an external authority assigned, 1 to 256 characters. `null` removes it.
    #[schemars(with = "Option<ExternalRef>")]
    external_ref: Patch<ExternalRef>,
    /// Changes to the custom attributes; `null` removes all of them.
    #[schemars(with = "Option<MetadataPatch>")]
    metadata: Patch<MetadataPatch>,
}

impl Body for UpdateParty {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            kind: fields.non_nullable("type"),
            name: fields.non_nullable("name"),
            email: fields.patch("email"),
            external_ref: fields.patch("externalRef"),
            metadata: fields.patch("metadata"),
        })
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let UpdateParty { kind, name, email, external_ref, metadata } = request.body()?;
    let patch = PartyPatch { kind, name, email, external_ref, metadata };
    let (organization, id, store) = (request.organization()?, request.path("partyId")?, request.store());
    loop {
        let before = store.party(organization, id).await?.ok_or_else(Error::not_found::<id::Party>)?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now()).map_err(|wrong| request.invalid(&wrong))?;
        // Where another change came between reading and writing, this one is merged into it.
        if after == before || store.update_party(&before, &after, &request.write()?).await? {
            let view = PartyView::new(&after, request.deployment().await?);
            return Ok(Response::new(&view)?.tagged(tag(&after)));
        }
    }
}
