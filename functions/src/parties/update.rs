//! `PATCH /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::{Email, ExternalRef, MetadataPatch, Name, PartyPatch, PartyType, Patch},
    http::{Access, Answer, Body, BodyOf, Call, Endpoint, Fields, Handler, StoreAction, schema_of},
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
    summary: "Change a party",
    description: "A JSON merge patch: members that are not named stay, `null` takes an optional one away. `metadata` is \
                  merged key by key.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodyOf::of::<UpdateParty>()),
    answer: schema_of::<PartyView>,
    refusals: &[],
    examples: (r#"{"email": null, "metadata": {"tier": "preferred"}}"#, view::EXAMPLE),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

/// Changes to a party.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct UpdateParty {
    /// Person or company.
    #[schemars(rename = "type", with = "PartyType", default)]
    kind: Option<PartyType>,
    /// Full name or company name.
    #[schemars(with = "Name", default)]
    name: Option<Name>,
    /// Primary contact.
    #[schemars(with = "Option<Email>")]
    email: Patch<Email>,
    /// Its identifier with an authority outside.
    #[schemars(with = "Option<ExternalRef>")]
    external_ref: Patch<ExternalRef>,
    /// Changes to your own attributes; `null` empties them.
    #[schemars(with = "Option<MetadataPatch>")]
    metadata: Patch<MetadataPatch>,
}

impl Body for UpdateParty {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            kind: fields.kept("type"),
            name: fields.kept("name"),
            email: fields.patch("email"),
            external_ref: fields.patch("externalRef"),
            metadata: fields.patch("metadata"),
        })
    }
}

async fn handle(call: &Call) -> Result<Answer> {
    let UpdateParty { kind, name, email, external_ref, metadata } = call.body()?;
    let patch = PartyPatch { kind, name, email, external_ref, metadata };
    let (organization, id, store) = (call.organization()?, call.path("partyId")?, call.store());
    loop {
        let before = store.party(organization, id).await?.ok_or_else(Error::not_found::<id::Party>)?;
        call.require_match(before.version)?;
        let after = before.patched(patch.clone(), call.now()).map_err(|wrong| call.invalid(&wrong))?;
        // Where another change came between reading and writing, this one is merged into it.
        if after == before || store.update_party(&before, &after, &call.write()?).await? {
            let view = PartyView::new(&after, call.deployment().await?);
            return Ok(Answer::new(&view)?.tagged(tag(&after)));
        }
    }
}
