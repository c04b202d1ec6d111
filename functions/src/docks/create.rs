//! `POST /v1/docks`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{Address, Color, Dock, DockDraft, Domain, Email, Name, Stylesheet, Text},
    error::Code,
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    id::{self, OrganizationId},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;

use super::view::{self, DockView, tag};

/// The row of create-dock.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "create-dock",
    method: Method::POST,
    path: "/v1/docks",
    access: Access::Scope(Scope::DocksWrite),
    success: 201,
    store: &[
        StoreAction::PutItem.on(&[Family::Tenant, Family::Docks, Family::Domains]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::Platform]),
    ],
    summary: "Create a dock",
    description: "Creates a workspace of an organization. A platform key must name the organization in \
                  `organizationId`; an organization's key may omit it.\n\nA domain belongs to at most one dock, \
                  whether as `domain` or as `customDomain`.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<CreateDock>()),
    response: schema_of::<DockView>,
    errors: &[Code::DomainAlreadyRegistered, Code::OrganizationNotFound],
    examples: (
        r##"{"organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "name": "Underwriting Division", "domain": "underwriting.example.com", "primaryColor": "#0066cc"}"##,
        view::EXAMPLE,
    ),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// Dock to create.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "CreateDockRequest", rename_all = "camelCase")]
struct CreateDock {
    /// Organization that will own the dock. Required with a platform key. With an organization's key the default, also for
    /// `null`, is that organization.
    organization_id: Option<OrganizationId>,
    /// Display name, 1 to 200 characters.
    name: Name,
    /// Domain name of at most 253 characters, in ASCII. It must not belong to another dock. `null` means none.
    domain: Option<Domain>,
    /// Domain name under which the pages of the dock are served. It must not belong to another dock. `null` means none.
    custom_domain: Option<Domain>,
    /// Legal name of the business that operates the dock, 1 to 200 characters. `null` means none.
    legal_name: Option<Name>,
    /// Legal form, for example `corporation`, `llc` or `partnership`: 1 to 64 characters. `null` means none.
    business_type: Option<Text<64>>,
    /// Tax number, 1 to 64 characters. `null` means none.
    tax_id: Option<Text<64>>,
    /// Number in the commercial register, 1 to 64 characters. `null` means none.
    registration_number: Option<Text<64>>,
    /// Telephone number, 1 to 32 characters. `null` means none.
    business_phone: Option<Text<32>>,
    /// E-mail address, at most 254 characters. `null` means none.
    business_email: Option<Email>,
    /// Address of the registered office. `null` means none.
    business_address: Option<Address>,
    /// Primary colour of the pages: `#` and 3 or 6 hexadecimal digits. `null` means none.
    primary_color: Option<Color>,
    /// Secondary colour of the pages: `#` and 3 or 6 hexadecimal digits. `null` means none.
    secondary_color: Option<Color>,
    /// Style sheet of the pages, at most 16 384 characters. It is stored and not interpreted. `null` means none.
    custom_css: Option<Stylesheet>,
}

impl Body for CreateDock {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let organization_id = fields.required_of_platform("organizationId");
        let name = fields.required("name");
        let domain = fields.optional("domain");
        let custom_domain = fields.optional("customDomain");
        let legal_name = fields.optional("legalName");
        let business_type = fields.optional("businessType");
        let tax_id = fields.optional("taxId");
        let registration_number = fields.optional("registrationNumber");
        let business_phone = fields.optional("businessPhone");
        let business_email = fields.optional("businessEmail");
        let business_address = fields.optional("businessAddress");
        let primary_color = fields.optional("primaryColor");
        let secondary_color = fields.optional("secondaryColor");
        let custom_css = fields.optional("customCss");
        Some(Self {
            organization_id,
            name: name?,
            domain,
            custom_domain,
            legal_name,
            business_type,
            tax_id,
            registration_number,
            business_phone,
            business_email,
            business_address,
            primary_color,
            secondary_color,
            custom_css,
        })
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let body: CreateDock = request.body()?;
    let organization = owner(request, body.organization_id)?;
    let dock = Dock::new(request.new_id()?, organization, body.profile(), request.now());
    let path = format!("/v1/docks/{}", dock.id);
    let answer = Response::new(&DockView::from(dock.clone()))?.at(path).tagged(tag(&dock));
    request.store().create_dock(&dock, &request.write_with_response(&answer)?).await?;
    Ok(answer)
}

/// The organization that the dock will belong to.
fn owner(request: &Request, named: Option<OrganizationId>) -> Result<OrganizationId> {
    match (request.caller()?.owner, named) {
        (Owner::Organization(own), None) => Ok(own),
        (owner, Some(named)) if owner.sees(named) => Ok(named),
        // A caller of the platform has named one, or the body would not have been read.
        _ => Err(Error::not_found::<id::Organization>()),
    }
}

impl CreateDock {
    fn profile(self) -> DockDraft {
        DockDraft {
            name: self.name,
            domain: self.domain,
            custom_domain: self.custom_domain,
            legal_name: self.legal_name,
            business_type: self.business_type,
            tax_id: self.tax_id,
            registration_number: self.registration_number,
            business_phone: self.business_phone,
            business_email: self.business_email,
            business_address: self.business_address,
            primary_color: self.primary_color,
            secondary_color: self.secondary_color,
            custom_css: self.custom_css,
        }
    }
}
