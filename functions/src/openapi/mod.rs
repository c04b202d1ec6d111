//! The contract: OpenAPI 3.1, made from the endpoint list and the types in it.

mod ledger;
mod operation;
mod refusals;

use berth_shared::http::Problem;
use schemars::{
    SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::{Map, Value, json};

use crate::{ENDPOINTS, FALLBACK};

pub use refusals::refusals;

const ABOUT: &str = "Berth is the directory that tells which counterparties take part in which workspaces, in which \
role, and since when. Organizations own docks (workspaces) and parties (counterparties); a party is distributor or \
recipient in docks.\n\nEvery request carries `Authorization: Bearer` and an API key. Every refusal has the one shape \
`Problem`. Lists are newest first and are paged by `limit` and `offset`, or by `cursor`, which costs the same wherever \
a page lies. Every POST takes an `Idempotency-Key`. Unknown members of bodies and unknown parameters are ignored; \
`Prefer: handling=strict` refuses them.";

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut answers = answers();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.name != FALLBACK) {
        let operation = operation::operation(endpoint, &mut answers);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_ascii_lowercase()] = operation;
    }
    answers.subschema_for::<Problem>();
    let mut schemas: Vec<_> = answers.take_definitions(true).into_iter().collect();
    schemas.sort_by(|(one, _), (other, _)| one.cmp(other));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Berth",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
        },
        "servers": [{ "url": "/" }],
        "tags": [
            { "name": "organizations", "description": "Tenants." },
            { "name": "docks", "description": "Workspaces of an organization." },
            { "name": "parties", "description": "Counterparties of an organization." },
            { "name": "roles", "description": "What a party is in a dock, and since when." },
            { "name": "api-keys", "description": "Credentials." },
            { "name": "ledger", "description": "The same parties in the dialect of Canton's JSON Ledger API." },
            { "name": "service", "description": "The service itself." },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas.into_iter().collect::<Map<_, _>>(),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: `dk_live_…` in production, `dk_test_…` in sandboxes.",
                },
            },
        },
    })
}

/// Makes schemas of answers: what is always written is required.
fn answers() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = Contract::Serialize;
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings.into_generator()
}

/// Makes schemas of bodies, whole: one type may be required here what it is not in answers, under the same name.
fn bodies() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_that_is_checked_in_is_the_one_that_is_made() {
        let checked_in: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
        assert!(checked_in == document(), "openapi.json is stale; run: cargo run -- openapi > openapi.json");
    }

    #[test]
    fn what_is_read_of_a_body_is_what_its_schema_says() {
        for endpoint in ENDPOINTS {
            let Some(body) = endpoint.body else { continue };
            let schema = (body.schema)(&mut bodies()).to_value();
            let members: BTreeSet<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
            let required: BTreeSet<_> = required.iter().filter_map(Value::as_str).collect();
            let Some(names_read) = body.names_read else { continue };
            let (read, needed) = names_read();
            assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), members, "{}", endpoint.name);
            assert_eq!(needed.into_iter().collect::<BTreeSet<_>>(), required, "{}", endpoint.name);
        }
    }

    #[test]
    fn every_example_is_json() {
        for endpoint in ENDPOINTS {
            for example in [endpoint.examples.0, endpoint.examples.1].into_iter().filter(|text| !text.is_empty()) {
                assert!(serde_json::from_str::<Value>(example).is_ok(), "{}: {example}", endpoint.name);
            }
        }
    }
}
