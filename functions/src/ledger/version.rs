//! `GET /v2/version`

use std::future::ready;

use berth_shared::{
    http::{Access, Endpoint, Handler},
    ledger::{LedgerHandler, LedgerResult},
};
use lambda_http::http::Method;
use schemars::json_schema;
use serde_json::{Value, json};

/// The row of ledger-version.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "ledger-version",
    method: Method::GET,
    path: "/v2/version",
    access: Access::Public,
    success: 200,
    store: &[],
    summary: "Get the version of the ledger dialect",
    description: "Needs no token. Features tell what there is: parties in pages of at most 1000.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: |_| json_schema!({ "type": "object", "required": ["version", "features"], "properties": { "version": { "type": "string" }, "features": { "type": "object", "additionalProperties": true } } }),
    errors: &[],
    examples: ("", ""),
    handler: Handler::Other(&LedgerHandler(|_| Box::pin(ready(answer())))),
};

/// The most parties of a page.
pub(super) const MAX_PAGE: usize = 1000;
/// The version of the ledger's API that this dialect follows; with 3.4 every published client is content.
const API: &str = "3.4.11";

#[expect(clippy::unnecessary_wraps, reason = "it is a handler's answer")]
fn answer() -> LedgerResult<Option<Value>> {
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
