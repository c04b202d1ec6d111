//! Schemas that several endpoints share, and schemas of bodies that have no Rust type.

use std::borrow::Cow;

use berth_shared::http::ledger_party;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

/// Schema of a search text.
pub(crate) fn search(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": 200 })
}

/// OpenAPI document.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[expect(dead_code, reason = "a schema: the body is openapi.json")]
pub(crate) struct OpenApiDocument {
    /// Version of the OpenAPI Specification that the document follows.
    openapi: String,
    /// Title, version and description of the API.
    info: Map<String, Value>,
    /// Operations by path and method.
    paths: Map<String, Value>,
}

/// Name, version and documents of the service.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a schema: the body is a constant")]
pub(crate) struct ServiceDescription {
    /// Name of the service: always `Berth`.
    name: String,
    /// Version of Berth, for example `1.0.0`.
    version: String,
    /// Paths of the documents of the service.
    links: ServiceLinks,
}

/// Paths of the documents of a service.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a schema: the body is a constant")]
pub(crate) struct ServiceLinks {
    /// Path of the console.
    console: String,
    /// Path of the OpenAPI document.
    openapi: String,
    /// Path of the health check.
    health: String,
}

/// Page for browsers.
pub(crate) struct Page;

impl JsonSchema for Page {
    fn schema_name() -> Cow<'static, str> {
        "Page".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "Page for browsers, as HTML." })
    }
}

/// Asset of the console.
pub(crate) struct ConsoleAsset;

impl JsonSchema for ConsoleAsset {
    fn schema_name() -> Cow<'static, str> {
        "ConsoleAsset".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "Module, style sheet or icon of the console." })
    }
}

/// Plain-text body of `GET /readyz`.
pub(crate) struct ReadinessReport;

impl JsonSchema for ReadinessReport {
    fn schema_name() -> Cow<'static, str> {
        "ReadinessReport".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "One line for each check, and a last line with the result." })
    }
}

/// Schema of a list of ledger party ids.
pub(crate) fn ledger_parties(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": ledger_party(generator) })
}

/// Schema of a prefix of ledger party ids.
pub(crate) fn ledger_prefix(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9:_ -]{0,185}$" })
}

/// Pattern of the id of an identity provider.
const LEDGER_PROVIDER: &str = "^[A-Za-z0-9#:_/ -]{0,255}$";

/// Schema of the id of an identity provider. The empty string selects the default.
pub(crate) fn ledger_provider(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": LEDGER_PROVIDER })
}

/// Schema of the id of an identity provider in a request body, where it may also be `null`.
pub(crate) fn nullable_ledger_provider(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "pattern": LEDGER_PROVIDER })
}
