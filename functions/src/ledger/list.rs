//! `GET /v2/parties`

use berth_shared::{
    domain::MAX_HINT,
    http::{Access, Endpoint, Handler, LedgerRight, Parameter, StoreAction},
    ledger::{LedgerError, LedgerHandler, LedgerRequest, LedgerResult, PageToken, check_party_filter},
    store::Family,
};
use lambda_http::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::{version::MAX_PAGE, view::PartyDetails};

/// The endpoint list-ledger-parties.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(Method::GET, "list-ledger-parties", "/v2/parties", Access::Ledger(LedgerRight::Admin), 200, Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))))
    .summary("List the parties of an identity provider")
    .description("Returns parties in byte order of their identifiers. Parties created under `/v1` are included; \
                  their hint is their identifier there.")
    .store(&[
        StoreAction::Query.on(&[Family::LedgerRows, Family::Tenant]),
        StoreAction::BatchGetItem.on(&[Family::Tenant]),
    ])
    .query(&[
        Parameter {
            name: "identity-provider-id",
            description: "Identity provider: the identifier of an organization. Empty or omitted: your own organization, or the default one with a platform key.",
            schema: crate::schemas::ledger_provider,
        },
        Parameter {
            name: "filter-party",
            description: "Return only parties whose identifier begins with this text, at most 185 characters.",
            schema: crate::schemas::ledger_prefix,
        },
        Parameter {
            name: "pageSize",
            description: "Maximum number of parties on the page, 0 to 1000. Default and meaning of 0: 1000.",
            schema: page_size,
        },
        Parameter::new::<String>("pageToken", "Position of the page: `nextPageToken` of the previous page. Empty or omitted: the first page."),
    ])
    .returns::<PartiesPage>();

/// Maximum size of the metadata on a page, in bytes. A page ends early beyond it, to stay below Lambda's response limit of
/// 6 MB.
const MAX_BYTES: usize = 5 * 1024 * 1024;

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
    /// Token of the next page; empty on the last page.
    next_page_token: String,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let size = request.query_number("pageSize")?;
    request.admin()?;
    let size = match usize::try_from(size) {
        Ok(0) => MAX_PAGE,
        Ok(size) if size <= MAX_PAGE => size,
        Ok(_) => {
            let cause = format!("page_size must not exceed {MAX_PAGE}");
            return Err(LedgerError::invalid_argument(cause).into());
        }
        Err(_) => return Err(LedgerError::invalid_argument("page_size must be non-negative").into()),
    };
    let after = PageToken::open(request.query("pageToken"))?;
    let filter = request.query("filter-party");
    check_party_filter(filter, MAX_HINT)?;
    let organization = request.provider(request.query("identity-provider-id")).await?;
    let deployment = request.deployment().await?;
    // The hint is a prefix only if the filter has no `::`. Text after `::` must be a prefix of the namespace that all
    // parties share.
    let (prefix, rest) =
        filter.rsplit_once("::").map_or((filter.to_owned(), ""), |(hint, rest)| (format!("{hint}::"), rest));
    if !deployment.namespace.to_string().starts_with(rest) {
        return Ok(Some(request.respond(&PartiesPage { party_details: Vec::new(), next_page_token: String::new() })?));
    }
    let mut found = request.store().list_ledger_parties(organization, after.as_deref(), &prefix, size).await?;
    // The filter `a::1` matches the id of the hint `a`. The hint `a:` is found by the prefix `a::` too, but does not match.
    found.retain(|party| request.party_id(&deployment.namespace, party).starts_with(filter));
    let mut page = PartiesPage { party_details: Vec::with_capacity(found.len()), next_page_token: String::new() };
    let is_full = found.len() == size;
    let count = found.len();
    let mut bytes = 0;
    for (at, party) in found.iter().enumerate() {
        bytes += party.metadata.to_text().len();
        page.party_details.push(PartyDetails::new(request, deployment, party));
        let ends = bytes > MAX_BYTES && at + 1 < count;
        if ends || (is_full && at + 1 == count) {
            page.next_page_token = PageToken::seal(party);
        }
        if ends {
            break;
        }
    }
    Ok(Some(request.respond(&page)?))
}
