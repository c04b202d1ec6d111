//! What the document says of answers in the ledger's dialect.

use std::collections::BTreeMap;

use berth_shared::http::{Access, Endpoint};
use lambda_http::http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::operation::request_id;

/// A refusal in the ledger's dialect: ten fields, all always written.
#[expect(dead_code, reason = "a schema: the body is written field by field")]
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub(super) struct LedgerProblem {
    /// The refusal's name for programs; `NA` where callers are told nothing.
    code: String,
    /// One sentence.
    cause: String,
    /// The trace once more, where it helps to find the refusal.
    correlation_id: Option<String>,
    /// The trace of the request.
    trace_id: Option<String>,
    /// What the ledger knows of the refusal.
    context: BTreeMap<String, String>,
    /// The things it is about: type and name.
    resources: Vec<[String; 2]>,
    /// What kind of refusal it is; -1 where callers are told nothing.
    error_category: i32,
    /// The gRPC status code.
    grpc_code_value: Option<i32>,
    /// How long to wait before the same request again: `1 second`.
    retry_info: Option<String>,
    /// Whether nothing was done for sure.
    definite_answer: Option<bool>,
}

/// The answers of an endpoint of the ledger's dialect.
pub(super) fn responses(endpoint: &Endpoint, answers: &mut SchemaGenerator) -> Value {
    answers.subschema_for::<LedgerProblem>();
    let mut responses = Map::new();
    let schema = (endpoint.response)(answers).to_value();
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let definition = name.and_then(|name| answers.definitions().get(name)).unwrap_or(&schema);
    let is_text = definition["type"] == "string";
    let mut success = json!({ "description": endpoint.summary, "headers": { "X-Request-Id": request_id() } });
    if schema != json!(false) {
        let media_type = if is_text { "text/plain" } else { "application/json" };
        success["content"] = json!({ media_type: { "schema": schema } });
    }
    responses.insert(endpoint.success.to_string(), success);
    for (status, description) in refusals(endpoint) {
        let mut content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/LedgerProblem" } } });
        if status == 400 {
            content["text/plain"] = json!({ "schema": { "type": "string" } });
        }
        if status == 503 && is_text {
            content = json!({ "text/plain": { "schema": { "type": "string" } } });
        }
        let mut headers = json!({ "X-Request-Id": request_id() });
        if status == 503 {
            headers["Retry-After"] = json!({ "description": "Seconds to wait.", "schema": { "type": "string" } });
        }
        let refusal = json!({ "description": description, "headers": headers, "content": content });
        responses.insert(status.to_string(), refusal);
    }
    Value::Object(responses)
}

/// The statuses of refusals, with what they say.
fn refusals(endpoint: &Endpoint) -> Vec<(u16, &'static str)> {
    let mut refusals = vec![(500, "Something went wrong")];
    if !endpoint.permissions().is_empty() {
        refusals.push((503, "The store did not answer in time"));
    }
    if let Access::Ledger(_) = endpoint.access {
        refusals.extend([
            (400, "The request is wrong, or does not fit the state; a text where it cannot be decoded"),
            (401, "The request is unauthenticated"),
            (403, "The caller may not"),
        ]);
        let names_user = endpoint.path.contains("{user-id}") || endpoint.method == Method::POST;
        if names_user || endpoint.method == Method::PATCH {
            refusals.push((404, "There is no such party or user"));
        }
    }
    if endpoint.method == Method::PATCH {
        refusals.push((409, "The party is not in the version that was seen"));
    }
    refusals.sort_unstable();
    refusals
}
