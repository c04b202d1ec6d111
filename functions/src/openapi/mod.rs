//! The OpenAPI 3.1 document, generated from the endpoint list and its types.

mod errors;
mod ledger;
mod oauth;
mod operation;
mod portable;
mod version_3_0;

use berth_shared::http::Problem;
use schemars::{
    SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::{Map, Value, json};

use crate::{ENDPOINTS, FALLBACK};

pub use errors::errors_of;

const ABOUT: &str = "Berth is a directory of counterparties, workspaces and roles, with their history. Organizations own \
docks (workspaces) and parties (counterparties). A party can hold the roles `DISTRIBUTOR` and `RECIPIENT` in docks.\n\n\
Requests are authenticated with an API key in `Authorization: Bearer`. Every error response under `/v1` has the schema \
`Problem`. Lists are sorted newest first and paginated by `limit` and `offset`, or by `cursor`, whose cost does not \
depend on the position of the page. Every POST under `/v1` that has an effect accepts an `Idempotency-Key`, of \
which each API key has its own. Unknown members of bodies and unknown parameters are ignored; \
`Prefer: handling=strict` rejects them.";

/// Generates the OpenAPI document.
#[must_use]
pub fn document() -> Value {
    let mut responses = response_schemas();
    let mut requests = Map::new();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.name != FALLBACK) {
        let operation = operation::operation(endpoint, &mut responses, &mut requests);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_ascii_lowercase()] = operation;
    }
    responses.subschema_for::<Problem>();
    let mut schemas: Vec<_> = responses.take_definitions(true).into_iter().chain(requests).collect();
    schemas.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Berth",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
        },
        "servers": [
            { "url": "http://127.0.0.1:3000", "description": "Local server, as started by `berth serve`." },
            {
                "url": "https://{apiId}.execute-api.{region}.amazonaws.com",
                "description": "Deployment on AWS.",
                "variables": {
                    "apiId": { "default": "api-id", "description": "Id of the HTTP API, an output of the stack." },
                    "region": { "default": "eu-central-1", "description": "AWS Region of the stack." },
                },
            },
        ],
        "tags": [
            { "name": "organizations", "description": "Organizations: the tenants of a deployment." },
            { "name": "docks", "description": "Docks: the workspaces of an organization." },
            { "name": "parties", "description": "Parties: the counterparties of an organization." },
            { "name": "roles", "description": "Roles of parties in docks, and their history." },
            { "name": "recipients", "description": "Recipients: the contacts of a dock, who may belong to a party." },
            { "name": "api-keys", "description": "API keys: the credentials of programs." },
            { "name": "machine-clients", "description": "Machine clients: OAuth 2.0 clients of an organization." },
            { "name": "oauth", "description": "Access tokens of machine clients, by the conventions of OAuth 2.0." },
            { "name": "ledger", "description": "The same parties by the conventions of Canton's JSON Ledger API." },
            { "name": "service", "description": "Health and contract of the service." },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas.into_iter().collect::<Map<_, _>>(),
            "securitySchemes": {
                "machineClient": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Client identifier and secret of a machine client.",
                },
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key or an access token: `dk_live_…` or `dyt_live_…` in production, `dk_test_…` or `dyt_test_…` in sandboxes.",
                },
            },
        },
    });
    portable::portable(&mut document);
    document["components"]["schemas"].as_object_mut().into_iter().for_each(portable::share_enumerations);
    document
}

/// The document as OpenAPI 3.0, for tools that do not read 3.1.
#[must_use]
pub fn document_3_0() -> Value {
    let mut document = document();
    version_3_0::downgrade(&mut document);
    document
}

/// Creates the generator of response schemas, in which members that are always present are required.
fn response_schemas() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = Contract::Serialize;
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings.into_generator()
}

/// Creates the generator of request schemas. They are inlined, because the same type can have other required members in
/// responses.
fn request_schemas() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_document_is_up_to_date() {
        let checked_in: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
        assert!(checked_in == document(), "openapi.json is stale; run: cargo run -- openapi > openapi.json");
    }

    #[test]
    fn every_parameter_and_member_is_described() {
        let document = document();
        let mut missing = Vec::new();
        visit(&document["paths"], "#/paths", &mut missing);
        visit(&document["components"], "#/components", &mut missing);
        assert!(missing.is_empty(), "without a description:\n{}", missing.join("\n"));
    }

    /// Collects members and parameters that have neither a description nor a reference to a described schema.
    fn visit(value: &Value, path: &str, missing: &mut Vec<String>) {
        let described = |value: &Value| {
            value["description"].as_str().is_some_and(|text| text.len() >= 8) || value["$ref"].is_string()
        };
        match value {
            Value::Object(members) => {
                let properties = members.get("properties").and_then(Value::as_object);
                if members.get("type").is_some_and(|kind| kind == "object") {
                    for (name, property) in properties.into_iter().flatten().filter(|(_, member)| !described(member)) {
                        missing.push(format!("{path}/properties/{name}: {property}"));
                    }
                }
                let is_parameter = members.contains_key("in") && members.contains_key("name");
                if is_parameter && !described(value) {
                    missing.push(path.to_owned());
                }
                for (name, member) in members.iter().filter(|(name, _)| !name.starts_with("example")) {
                    visit(member, &format!("{path}/{name}"), missing);
                }
            }
            Value::Array(elements) => {
                for (at, element) in elements.iter().enumerate() {
                    visit(element, &format!("{path}/{at}"), missing);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_example_is_valid_against_its_schema() {
        let document = document();
        let mut checked = 0;
        for operation in
            document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
        {
            let responses = operation["responses"].as_object().unwrap().values();
            for content in responses.chain([&operation["requestBody"]]).filter_map(|body| body["content"].as_object()) {
                for media in content.values().filter(|media| media.get("example").is_some()) {
                    let mut schema = media["schema"].clone();
                    schema["components"] = document["components"].clone();
                    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
                    let errors: Vec<_> =
                        validator.iter_errors(&media["example"]).map(|error| error.to_string()).collect();
                    assert!(errors.is_empty(), "{}: {errors:?}", operation["operationId"]);
                    checked += 1;
                }
            }
        }
        assert!(checked > 40, "{checked}");
    }

    #[test]
    fn every_body_has_a_schema_with_a_name() {
        let document = document();
        for operation in
            document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
        {
            let success =
                operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
            for body in success.map(|(_, response)| response).chain([&operation["requestBody"]]) {
                for (media_type, content) in body["content"].as_object().into_iter().flatten() {
                    let named = content["schema"]["$ref"].is_string();
                    assert!(named, "{} {media_type}", operation["operationId"]);
                }
            }
        }
    }

    #[test]
    fn every_example_is_json() {
        for endpoint in ENDPOINTS {
            for example in
                [endpoint.request_example, endpoint.response_example].into_iter().filter(|text| !text.is_empty())
            {
                assert!(serde_json::from_str::<Value>(example).is_ok(), "{}: {example}", endpoint.name);
            }
        }
    }
}
