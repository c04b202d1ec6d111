//! `GET /v2/parties`

use berth_shared::{
    domain::MAX_HINT,
    http::{Access, Endpoint, Handler, LedgerRight, Parameter, PayloadBudget, StoreAction},
    ledger::{LedgerError, LedgerHandler, LedgerRequest, LedgerResult, PageToken, check_party_filter},
    store::{Family, ListedParties, ListedParty},
};
use lambda_http::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::{
    version::MAX_PAGE,
    view::{PARTIES_PROVIDER, PartyDetails},
};

/// The endpoint list-ledger-parties.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "list-ledger-parties",
    "/v2/parties",
    Access::Ledger(LedgerRight::Admin),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("List parties")
.description(
    "Returns parties in byte order of their identifiers. Parties created under `/v1` are included; \
     their hint is their identifier there. A platform key lists the parties of all identity providers, \
     an organization key those of its own. Annotations are returned only for parties of the given \
     identity provider. A page of 5 MB ends early: follow `nextPageToken` until it is empty.",
)
.store(&[
    StoreAction::Query.on(&[Family::LedgerRows, Family::Tenant, Family::LedgerHints, Family::PartyPointers]),
    StoreAction::BatchGetItem.on(&[Family::Tenant]),
])
.query(&[
    PARTIES_PROVIDER,
    Parameter {
        name: "filter-party",
        description: "Return only parties whose identifier begins with this text, at most 185 characters.",
        schema: crate::schemas::ledger_prefix,
    },
    Parameter {
        name: "pageSize",
        description: "Maximum number of parties on the page, 0 to 10000. Default and meaning of 0: 10000.",
        schema: page_size,
    },
    Parameter::new::<String>(
        "pageToken",
        "Position of the page: `nextPageToken` of the previous page. Empty or omitted: the first \
         page.",
    ),
])
.returns::<PartiesPage>();

/// Number of parties that are read at once. A party has up to 400 KB.
const CHUNK: usize = 100;

fn page_size(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": MAX_PAGE })
}

/// Page of a list of parties.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LedgerPartyList")]
struct PartiesPage {
    /// Parties, in byte order of their identifiers.
    party_details: Vec<PartyDetails>,
    /// Token of the next page; empty on the last page. A page may have fewer parties than `pageSize`, and a token.
    next_page_token: String,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let size = request.query_number("pageSize")?;
    request.admin()?;
    let size = match usize::try_from(size) {
        Ok(0) => MAX_PAGE,
        Ok(size) if size <= MAX_PAGE => size,
        Ok(_) => {
            let cause = format!("Page size must not exceed the server's maximum of {MAX_PAGE}");
            return Err(LedgerError::invalid_argument(cause).into());
        }
        Err(_) => return Err(LedgerError::invalid_argument("Page size must be non-negative").into()),
    };
    let after = PageToken::open(request.query("pageToken"))?;
    let filter = request.query("filter-party");
    check_party_filter(filter, MAX_HINT)?;
    let viewer = request.viewer(request.query("identity-provider-id")).await?;
    let deployment = request.deployment().await?;
    // The hint is a prefix only if the filter has no `::`. Text after `::` must be a prefix of the namespace that all
    // parties share.
    let (prefix, rest) =
        filter.rsplit_once("::").map_or((filter.to_owned(), ""), |(hint, rest)| (format!("{hint}::"), rest));
    let namespace = deployment.namespace.to_string();
    if !namespace.starts_with(rest) {
        return Ok(Some(request.respond(&PartiesPage { party_details: Vec::new(), next_page_token: String::new() })?));
    }
    let owner = request.user()?.owner;
    let ListedParties { mut rows, next } =
        request.store().list_ledger_parties(owner, after.as_deref(), &prefix, size).await?;
    // The filter `a::1` matches the id of the hint `a`. The hint `a:` is found by the prefix `a::` too, but does not match.
    let id = |row: &ListedParty| format!("{}::{namespace}", row.hint);
    rows.retain(|row| id(row).starts_with(filter));
    let mut page =
        PartiesPage { party_details: Vec::with_capacity(rows.len()), next_page_token: token(next.as_deref()) };
    let mut budget = PayloadBudget::default();
    let mut last: Option<&ListedParty> = None;
    let is_local = viewer == Some(deployment.organization_id);
    for chunk in rows.chunks(CHUNK) {
        let shown: Vec<_> = chunk.iter().filter(|row| viewer == Some(row.organization_id)).collect();
        let parties = request.store().parties_of_rows(&shown).await?;
        for row in chunk {
            let details = match parties.get(&row.party_id) {
                Some(party) => PartyDetails::new(request, deployment, party),
                // The party was deleted since.
                None if viewer == Some(row.organization_id) => continue,
                None => PartyDetails::redacted(id(row), is_local),
            };
            // The first party of a page always fits.
            if !details.fits(&mut budget)? {
                page.next_page_token = token(last.map(|last| last.hint.as_str()));
                return Ok(Some(request.respond(&page)?));
            }
            page.party_details.push(details);
            last = Some(row);
        }
    }
    Ok(Some(request.respond(&page)?))
}

/// Returns the token of the page after the party with this hint; empty if there is none.
fn token(after: Option<&str>) -> String {
    after.map(PageToken::seal).unwrap_or_default()
}
