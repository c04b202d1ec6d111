//! `GET /v1/organizations`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{Counts, Organization, Search, Slug},
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::OrganizationId,
    store::{Family, Listed, Page},
};

use super::view::OrganizationView;

/// The endpoint list-organizations.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-organizations", "/v1/organizations", Scope::OrganizationsRead, |request| {
        Box::pin(handle(request))
    })
    .summary("List organizations")
    .description(
        "Returns organizations, newest first. A platform key sees every organization, an organization key \
         only its own.",
    )
    .store(&[
        StoreAction::Query.on(&[Family::Organizations, Family::Platform, Family::Tenant]),
        StoreAction::GetItem.on(&[Family::Slugs]),
    ])
    .query(&[
        Parameter {
            name: "search",
            description: "Return only organizations whose name contains this text, ignoring case and width. 1 to \
                          200 characters.",
            schema: crate::schemas::search,
        },
        Parameter::new::<Slug>("slug", "Return only the organization with this slug."),
    ])
    .returns_page_of::<OrganizationView>();

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let search = query.read("search", Search::parse);
    let slug = query.read("slug", Slug::parse);
    let paging = query.paging().await?;
    let caller = request.caller()?.owner;
    let listed = match (slug, caller.organization()) {
        (None, None) => request.store().list_organizations(search.as_ref(), &paging.page).await?,
        (None, Some(own)) => list_one(request, own, search.as_ref(), None, &paging.page).await?,
        (Some(slug), _) => match request.store().slug_owner(&slug).await? {
            Some(owner) if caller.sees(owner) => {
                list_one(request, owner, search.as_ref(), Some(&slug), &paging.page).await?
            }
            _ => Listed::empty(),
        },
    };
    ListResponse::page(listed, &paging, |(organization, counts)| OrganizationView::new(&organization, counts))
}

/// Returns a list with the organization `id`, or an empty list if it does not match the filters.
async fn list_one(
    request: &Request,
    id: OrganizationId,
    search: Option<&Search>,
    slug: Option<&Slug>,
    page: &Page,
) -> Result<Listed<(Organization, Counts)>> {
    let found = request.store().organization(id).await?.filter(|(organization, _)| {
        search.is_none_or(|search| search.matches(organization.name.as_str()))
            && slug.is_none_or(|slug| organization.slug == *slug)
    });
    Ok(Listed::of_few(found.into_iter().collect(), page, |(organization, _)| organization.id.to_string()))
}
