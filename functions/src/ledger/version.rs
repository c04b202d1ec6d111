//! `GET /v2/version`

use std::future::ready;

use berth_shared::{
    http::{Access, Endpoint, Handler},
    ledger::{LedgerHandler, LedgerResult},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// The endpoint ledger-version.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::GET,
    "ledger-version",
    "/v2/version",
    Access::Public,
    200,
    Handler::Other(&LedgerHandler(|_| Box::pin(ready(response())))),
)
.summary("Get the version of the ledger API")
.description(
    "Returns the version of the ledger API and its features, for example the largest page of parties \
     (10000).",
)
.returns::<LedgerVersion>();

/// Version of the ledger API.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a schema: the body is a constant")]
struct LedgerVersion {
    /// Version of Canton's JSON Ledger API that this dialect follows.
    version: String,
    /// Features by name, each with its settings. Clients must accept further features.
    features: Map<String, Value>,
}

/// Maximum number of parties on a page.
pub(super) const MAX_PAGE: usize = 10_000;
/// Version of Canton's JSON Ledger API that this dialect follows. All published clients accept version 3.4.
const API: &str = "3.4.11";

#[expect(clippy::unnecessary_wraps, reason = "a handler returns a result")]
fn response() -> LedgerResult<Option<Value>> {
    Ok(Some(json!({
        "version": API,
        "features": {
            "experimental": {
                "staticTime": { "supported": false },
                "commandInspectionService": { "supported": false },
            },
            "userManagement": { "supported": true, "maxRightsPerUser": 1000, "maxUsersPageSize": 1000 },
            "partyManagement": { "maxPartiesPageSize": MAX_PAGE },
            "offsetCheckpoint": {
                "maxOffsetCheckpointEmissionDelay": { "seconds": 75, "nanos": 0, "unknownFields": { "fields": {} } },
            },
            "packageFeature": { "maxVettedPackagesPageSize": 100 },
        },
    })))
}
