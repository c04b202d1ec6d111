//! Responses of the OAuth dialect in the OpenAPI document.

use berth_shared::http::{Access, Endpoint};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::operation::request_id;

/// Error response of OAuth 2.0 (RFC 6749, section 5.2).
#[expect(dead_code, reason = "a schema: the body is written field by field")]
#[derive(JsonSchema)]
pub(super) struct OAuthProblem {
    /// Error code of OAuth 2.0, for example `invalid_client`.
    error: String,
    /// Explanation for developers, in English.
    error_description: String,
    /// HTTP status code.
    #[schemars(rename = "statusCode")]
    status_code: u16,
    /// Explanation for developers, equal to `error_description`.
    message: String,
    /// Identifier of the request.
    #[schemars(rename = "requestId")]
    request_id: String,
}

/// Returns the responses of an endpoint of the OAuth dialect, and adds their schemas to `schemas`.
pub(super) fn responses(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    let schema = (endpoint.response)(schemas).to_value();
    let mut success = json!({ "description": endpoint.summary, "headers": { "X-Request-Id": request_id() } });
    if schema != json!(false) {
        let mut content = json!({ "schema": schema });
        if let Ok(example) = serde_json::from_str::<Value>(endpoint.response_example) {
            content["example"] = example;
        }
        success["content"] = json!({ "application/json": content });
    }
    responses.insert(endpoint.success.to_string(), success);
    for (status, description) in errors(endpoint) {
        schemas.subschema_for::<OAuthProblem>();
        let mut headers = json!({ "X-Request-Id": request_id() });
        if matches!(status, 429 | 503) {
            headers["Retry-After"] =
                json!({ "description": "Seconds to wait before a retry.", "schema": { "type": "string" } });
        }
        let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/OAuthProblem" } } });
        responses
            .insert(status.to_string(), json!({ "description": description, "headers": headers, "content": content }));
    }
    Value::Object(responses)
}

/// Returns the status codes of errors, each with its description.
fn errors(endpoint: &Endpoint) -> Vec<(u16, &'static str)> {
    let common = [
        (413, "`invalid_request`: the body is larger than 256 KiB."),
        (415, "`invalid_request`: the body is neither a form nor JSON, or it is compressed."),
        (500, "`server_error`: internal error."),
        (503, "`temporarily_unavailable`: DynamoDB did not respond in time. Retry the request."),
    ];
    let own: &[(u16, &str)] = match endpoint.access {
        Access::MachineClient => &[
            (400, "`invalid_request`, `unsupported_grant_type` or `invalid_scope`."),
            (401, "`invalid_client`: the identifier or the secret of the machine client is wrong, or it has expired."),
            (403, "`unauthorized_client`: the machine client is deactivated."),
            (429, "`slow_down`: the machine client has obtained 10 tokens within a minute."),
        ],
        Access::OAuth => &[
            (400, "`invalid_request`: a parameter is missing or repeated."),
            (401, "`invalid_client` or `invalid_token`: the credential is missing or invalid."),
            (403, "`insufficient_scope` or `unauthorized_client`: the credential does not permit the operation."),
        ],
        _ => return Vec::new(),
    };
    own.iter().copied().chain(common).collect()
}
