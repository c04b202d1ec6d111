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
    description: "Makes a workspace of an organization. A key of the platform names the organization; an organization's \
                  key may leave it out.\n\nNo two docks have one domain, be it as `domain` or as `customDomain`.",
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

/// A new dock.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct CreateDock {
    /// The organization it belongs to; an organization's key may leave it out.
    organization_id: Option<OrganizationId>,
    /// Display name, 1 to 200 characters.
    name: Name,
    /// Its domain: no other dock's.
    domain: Option<Domain>,
    /// The domain its pages are served under: no other dock's.
    custom_domain: Option<Domain>,
    /// The legal name of the business behind it.
    legal_name: Option<Name>,
    /// The legal form: corporation, llc, partnership.
    business_type: Option<Text<64>>,
    /// The tax number.
    tax_id: Option<Text<64>>,
    /// The number in the commercial register.
    registration_number: Option<Text<64>>,
    /// The telephone number.
    business_phone: Option<Text<32>>,
    /// The e-mail address.
    business_email: Option<Email>,
    /// The seat.
    business_address: Option<Address>,
    /// The first colour of its pages.
    primary_color: Option<Color>,
    /// The second colour of its pages.
    secondary_color: Option<Color>,
    /// The style sheet of its pages.
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
