//! Responses of the ledger dialect in the OpenAPI document.

use std::collections::BTreeMap;

use berth_shared::http::{Access, Endpoint};
use lambda_http::http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::operation::request_id;

/// Error response of the ledger API. All ten members are always present.
#[expect(dead_code, reason = "a schema: the body is written field by field")]
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub(super) struct LedgerProblem {
    /// Machine-readable error code; `NA` if the error is not disclosed.
    code: String,
    /// Explanation for developers, in English.
    cause: String,
    /// Correlation identifier, equal to `traceId`; `null` if the error has none.
    correlation_id: Option<String>,
    /// Trace identifier of the request; `null` if the error has none.
    trace_id: Option<String>,
    /// Further details of the error by name, for example `category`.
    context: BTreeMap<String, String>,
    /// Resources that the error concerns, each as its type and its identifier.
    resources: Vec<[String; 2]>,
    /// Canton error category; -1 if the error is not disclosed.
    error_category: i32,
    /// gRPC status code; `null` if the error has none.
    grpc_code_value: Option<i32>,
    /// Time to wait before a retry, for example `1 second`; `null` if a retry does not help.
    retry_info: Option<String>,
    /// Whether it is certain that the request had no effect; `null` if unknown.
    definite_answer: Option<bool>,
}

/// Returns the responses of an endpoint of the ledger dialect, and adds their schemas to `schemas`.
pub(super) fn responses(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<LedgerProblem>();
    let mut responses = Map::new();
    let schema = (endpoint.response)(schemas).to_value();
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let definition = name.and_then(|name| schemas.definitions().get(name)).unwrap_or(&schema);
    let is_text = definition["type"] == "string";
    let mut success = json!({ "description": endpoint.summary, "headers": { "X-Request-Id": request_id() } });
    if schema != json!(false) {
        let media_type = if is_text { "text/plain" } else { "application/json" };
        success["content"] = json!({ media_type: { "schema": schema } });
    }
    responses.insert(endpoint.success.to_string(), success);
    for (status, description) in errors(endpoint) {
        let mut content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/LedgerProblem" } } });
        if status == 400 {
            content["text/plain"] = json!({ "schema": { "type": "string" } });
        }
        if status == 415 || (status == 503 && is_text) {
            content = json!({ "text/plain": { "schema": { "type": "string" } } });
        }
        let mut headers = json!({ "X-Request-Id": request_id() });
        if status == 503 {
            headers["Retry-After"] =
                json!({ "description": "Seconds to wait before a retry.", "schema": { "type": "string" } });
        }
        let error = json!({ "description": description, "headers": headers, "content": content });
        responses.insert(status.to_string(), error);
    }
    Value::Object(responses)
}

/// Returns the status codes of errors, each with its description.
fn errors(endpoint: &Endpoint) -> Vec<(u16, &'static str)> {
    let mut errors = vec![(500, "Internal error.")];
    if !endpoint.permissions().is_empty() {
        errors.push((503, "DynamoDB did not respond in time. Retry the request."));
    }
    if let Access::Ledger(_) = endpoint.access {
        errors.extend([
            (
                400,
                "The request is invalid or conflicts with the current state. The body is plain text if the request cannot \
                 be decoded.",
            ),
            (401, "The request has no valid credential."),
            (403, "The credential does not have the required right."),
        ]);
        let names_user = endpoint.path.contains("{user-id}") || endpoint.method == Method::POST;
        if names_user || endpoint.method == Method::PATCH {
            errors.push((404, "The party or user does not exist."));
        }
    }
    if matches!(endpoint.method, Method::POST | Method::PATCH) {
        errors.push((415, "The body has a `Content-Encoding`."));
    }
    if endpoint.method == Method::PATCH {
        errors.push((409, "The current version of the party differs from `resourceVersion`."));
    }
    errors.sort_unstable();
    errors
}
