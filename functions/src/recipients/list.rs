//! `GET /v1/docks/{dockId}/recipients`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{LowercaseEmail, Search, StakeholderClass},
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::PartyId,
    store::{Family, RecipientFilter},
};

use super::view::RecipientView;
use crate::docks::find::locate;

/// The endpoint list-recipients.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-recipients", "/v1/docks/{dockId}/recipients", Scope::RecipientsRead, |request| {
        Box::pin(handle(request))
    })
    .summary("List recipients")
    .description(
        "Returns the recipients of a dock, newest first. The cost of a search by `email` does not depend on \
         the number of recipients.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks, Family::Recipients, Family::Tenant]),
        StoreAction::Query.on(&[Family::DockRoles, Family::Recipients]),
        StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Tenant]),
    ])
    .query(&[
        Parameter::new::<LowercaseEmail>(
            "email",
            "Return only the recipient with this e-mail address, ignoring case. At most 254 characters.",
        ),
        Parameter {
            name: "search",
            description: "Return only recipients whose name or e-mail address contains this text, ignoring case and \
                          width. 1 to 200 characters.",
            schema: crate::schemas::search,
        },
        Parameter::new::<StakeholderClass>(
            "stakeholderClass",
            "Return only recipients with this relation to the documents: `mortgagee`, `agent`, `policyholder` or \
             `auditor`.",
        ),
        Parameter::new::<PartyId>("partyId", "Return only recipients that belong to this party."),
    ])
    .returns_page_of::<RecipientView>();

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let email = query.read("email", LowercaseEmail::parse);
    let search = query.read("search", Search::parse);
    let stakeholder_class = query.read("stakeholderClass", StakeholderClass::parse);
    let party = query.read_id("partyId");
    let paging = query.paging().await?;
    let (organization, dock) = locate(request).await?;
    let filter = RecipientFilter { email, search, stakeholder_class, party };
    let listed = request.store().list_recipients(organization, dock, &filter, &paging.page).await?;
    ListResponse::page(listed, &paging, |found| RecipientView::from(&found))
}
