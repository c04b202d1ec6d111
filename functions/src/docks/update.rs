//! `PATCH /v1/docks/{dockId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::{Address, Color, DockPatch, Domain, Email, Name, Stylesheet, Text},
    error::Code,
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    id,
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;

use super::{
    find::place,
    view::{self, DockView, tag},
};

/// The row of update-dock.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "update-dock",
    method: Method::PATCH,
    path: "/v1/docks/{dockId}",
    access: Access::Scope(Scope::DocksWrite),
    success: 200,
    store: &[
        StoreAction::GetItem.on(&[Family::Tenant, Family::Docks]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::Docks]),
        StoreAction::PutItem.on(&[Family::Domains]),
        StoreAction::DeleteItem.on(&[Family::Domains]),
    ],
    summary: "Update a dock",
    description: "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an \
                  optional member. `businessAddress` is replaced as a whole. A new `domain` is unverified.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<UpdateDock>()),
    response: schema_of::<DockView>,
    errors: &[Code::DomainAlreadyRegistered],
    examples: (r##"{"primaryColor": "#0066cc", "customDomain": null}"##, view::EXAMPLE),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// Changes to a dock, as a JSON merge patch.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "UpdateDockRequest", rename_all = "camelCase")]
#[expect(dead_code, reason = "the schema of the body: what is read of it is a DockPatch")]
struct UpdateDockSchema {
    /// Display name, 1 to 200 characters.
    #[schemars(with = "Name", default)]
    name: Option<Name>,
    /// Domain name of at most 253 characters, in ASCII. It must not belong to another dock. `null` removes it.
    domain: Option<Domain>,
    /// Domain name under which the pages of the dock are served. It must not belong to another dock. `null` removes it.
    custom_domain: Option<Domain>,
    /// Legal name of the business that operates the dock, 1 to 200 characters. `null` removes it.
    legal_name: Option<Name>,
    /// Legal form, for example `corporation`, `llc` or `partnership`: 1 to 64 characters. `null` removes it.
    business_type: Option<Text<64>>,
    /// Tax number, 1 to 64 characters. `null` removes it.
    tax_id: Option<Text<64>>,
    /// Number in the commercial register, 1 to 64 characters. `null` removes it.
    registration_number: Option<Text<64>>,
    /// Telephone number, 1 to 32 characters. `null` removes it.
    business_phone: Option<Text<32>>,
    /// E-mail address, at most 254 characters. `null` removes it.
    business_email: Option<Email>,
    /// Address of the registered office. `null` removes it.
    business_address: Option<Address>,
    /// Primary colour of the pages: `#` and 3 or 6 hexadecimal digits. `null` removes it.
    primary_color: Option<Color>,
    /// Secondary colour of the pages: `#` and 3 or 6 hexadecimal digits. `null` removes it.
    secondary_color: Option<Color>,
    /// Style sheet of the pages, at most 16 384 characters. It is stored and not interpreted. `null` removes it.
    custom_css: Option<Stylesheet>,
}

/// Changes to a dock.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "UpdateDock", with = "UpdateDockSchema")]
struct UpdateDock(DockPatch);

impl Body for UpdateDock {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(DockPatch {
            name: fields.non_nullable("name"),
            domain: fields.patch("domain"),
            custom_domain: fields.patch("customDomain"),
            legal_name: fields.patch("legalName"),
            business_type: fields.patch("businessType"),
            tax_id: fields.patch("taxId"),
            registration_number: fields.patch("registrationNumber"),
            business_phone: fields.patch("businessPhone"),
            business_email: fields.patch("businessEmail"),
            business_address: fields.patch("businessAddress"),
            primary_color: fields.patch("primaryColor"),
            secondary_color: fields.patch("secondaryColor"),
            custom_css: fields.patch("customCss"),
        }))
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let UpdateDock(patch) = request.body()?;
    let (organization, id) = place(request).await?;
    loop {
        let before = request.store().dock(organization, id).await?.ok_or_else(Error::not_found::<id::Dock>)?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now());
        // Where another change came between reading and writing, this one is merged into it.
        if after == before || request.store().update_dock(&before, &after, &request.write()?).await? {
            let tag = tag(&after);
            return Ok(Response::new(&DockView::from(after))?.tagged(tag));
        }
    }
}
