//! `GET /v2/parties/{party}`

use berth_shared::{
    domain::LedgerPartyId,
    http::{Access, Endpoint, Handler, LedgerRight, Parameter, PayloadBudget, StoreAction},
    ledger::{LedgerError, LedgerHandler, LedgerRequest, LedgerResult},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::view::{PARTIES_PROVIDER, PartyDetails};

/// The endpoint get-ledger-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "get-ledger-party",
    "/v2/parties/{party}",
    Access::Ledger(LedgerRight::Any),
    200,
    Handler::Other(&LedgerHandler(|request| Box::pin(handle(request)))),
)
.summary("Get parties by identifier")
.description(
    "Returns the party in the path and those in `parties`. Identifiers that do not exist are left \
     out. Annotations are returned only for parties of the given identity provider. Parties with more \
     than 5 MB of annotations cannot be requested at once.",
)
.store(&[StoreAction::BatchGetItem.on(&[Family::LedgerHints, Family::PartyPointers, Family::Tenant])])
.query(&[
    Parameter {
        name: "parties",
        description: "Further party identifiers. The parameter may be repeated.",
        schema: crate::schemas::ledger_parties,
    },
    PARTIES_PROVIDER,
])
.returns::<PartiesFound>();

/// Parties found by identifier.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LedgerPartiesResponse")]
struct PartiesFound {
    /// Parties that exist, in byte order of their identifiers.
    party_details: Vec<PartyDetails>,
}

async fn handle(request: &LedgerRequest) -> LedgerResult<Option<Value>> {
    let user = request.user()?;
    let requested = std::iter::once(request.path("party")).chain(request.query_all("parties"));
    let ids = requested.map(LedgerPartyId::parse).collect::<Result<Vec<_>, _>>()?;
    let viewer = request.viewer(request.query("identity-provider-id")).await?;
    let deployment = request.deployment().await?;
    let namespace = deployment.namespace.to_string();
    let hints: Vec<_> = ids.into_iter().filter(|id| id.namespace == namespace).map(|id| id.hint).collect();
    let found = request.store().ledger_parties(&hints, user.owner).await?;
    let mut party_details = Vec::with_capacity(found.len());
    let mut budget = PayloadBudget::default();
    for party in &found {
        let details = if viewer == Some(party.organization_id) {
            PartyDetails::new(request, deployment, party)
        } else {
            let is_local = viewer == Some(deployment.organization_id);
            PartyDetails::redacted(request.party_id(&deployment.namespace, party), is_local)
        };
        if !details.fits(&mut budget)? {
            let cause = "The response would be larger than 5 MB; request fewer parties";
            return Err(LedgerError::invalid_argument(cause).into());
        }
        party_details.push(details);
    }
    party_details.sort_by(|one, other| one.party.cmp(&other.party));
    Ok(Some(request.respond(&PartiesFound { party_details })?))
}
