//! One operation of the document.

use std::collections::BTreeMap;

use berth_shared::{
    credentials::Scope,
    error::Code,
    http::{Access, Endpoint, Handler, LedgerRight, PAGING, Parameter, PathParameter},
};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    bodies, ledger,
    portable::{camel_case, request_schema},
    refusals,
};

/// The operation of `endpoint`; the types of its answers go into `answers`.
///
/// The schema of its body goes into `requests`.
pub(super) fn operation(
    endpoint: &Endpoint,
    answers: &mut SchemaGenerator,
    requests: &mut Map<String, Value>,
) -> Value {
    let mut operation = json!({
        "operationId": camel_case(endpoint.name),
        "tags": [tag(endpoint)],
        "summary": endpoint.summary,
        "description": description(endpoint),
        "security": match endpoint.access {
            Access::Public => json!([]),
            Access::Scope(_) | Access::Ledger(_) => json!([{ "apiKey": [] }]),
        },
        "parameters": parameters(endpoint, answers),
        "responses": responses(endpoint, answers),
    });
    if let Some(body) = endpoint.body {
        let name = request_schema(endpoint.name);
        let mut content = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
        requests.insert(name, (body.schema)(&mut bodies()).to_value());
        if let Some(example) = example(endpoint.request_example) {
            content["example"] = example;
        }
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
    }
    if let Access::Scope(scope) = endpoint.access {
        operation["x-required-scope"] = json!(scope.as_str());
    }
    operation
}

fn tag(endpoint: &Endpoint) -> &'static str {
    match endpoint.access {
        _ if matches!(endpoint.handler, Handler::Other(_)) => "ledger",
        Access::Public | Access::Ledger(_) => "service",
        Access::Scope(scope) => scope.as_str().split(':').next().unwrap_or_default(),
    }
}

fn description(endpoint: &Endpoint) -> String {
    let scope = match endpoint.access {
        Access::Public => "Needs no credential.".to_owned(),
        Access::Scope(scope) => format!("Scope: `{scope}`."),
        Access::Ledger(LedgerRight::Admin) => format!("Scope: `{}`.", Scope::LedgerAdmin),
        Access::Ledger(LedgerRight::Any) => format!("Scope: `{}` or `{}`.", Scope::LedgerRead, Scope::LedgerAdmin),
    };
    format!("{}\n\n{scope}", endpoint.description)
}

fn parameters(endpoint: &Endpoint, answers: &mut SchemaGenerator) -> Vec<Value> {
    let mut parameters: Vec<Value> = endpoint
        .path_parameters()
        .filter_map(PathParameter::find)
        .map(|PathParameter { name, description, schema, .. }| {
            json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema(answers) })
        })
        .collect();
    let paging = PAGING.iter().filter(|_| endpoint.paged);
    parameters.extend(endpoint.query.iter().chain(paging).map(|Parameter { name, description, schema }| {
        json!({ "name": name, "in": "query", "description": description, "schema": schema(answers) })
    }));
    parameters.extend(headers(endpoint).into_iter().map(|(name, description)| {
        json!({ "name": name, "in": "header", "description": description, "schema": header_schema(name) })
    }));
    parameters
}

/// What a header may be. Those that are ignored where they are malformed may be anything.
fn header_schema(name: &str) -> Value {
    match name {
        // Bare or in quotes.
        "Idempotency-Key" => json!({
            "type": "string",
            "pattern": r#"^(?!""$)(?:[!-~]{1,255}|"[!-~]{1,255}")$"#,
        }),
        "If-Match" | "If-None-Match" => json!({
            "type": "string",
            "pattern": r#"^(?:\*|(?:W/)?"[!#-~]*"(?:, *(?:W/)?"[!#-~]*")*)$"#,
        }),
        _ => json!({ "type": "string" }),
    }
}

/// The headers that an endpoint reads.
fn headers(endpoint: &Endpoint) -> Vec<(&'static str, &'static str)> {
    let mut headers =
        vec![("X-Request-Id", "Identifier for the request: 1 to 128 of `A-Za-z0-9._-`. Without one, it is generated.")];
    if matches!(endpoint.handler, Handler::Other(_)) {
        headers.push(("traceparent", "The trace that the request belongs to (W3C Trace Context)."));
        return headers;
    }
    if matches!(endpoint.access, Access::Public) {
        return headers;
    }
    headers.push(("Prefer", "`handling=strict` rejects unknown members and parameters."));
    if endpoint.accepts_idempotency_key() {
        headers.push((
            "Idempotency-Key",
            "1 to 255 visible ASCII characters. A repeated request with the same key has one effect, for 24 hours.",
        ));
    }
    if endpoint.accepts_if_none_match() {
        headers.push(("If-None-Match", "`ETag`s that the client has. If one is current, the status is 304."));
        headers.push((
            "Cache-Control",
            "`no-cache` requests the latest state, where the endpoint may return an older one.",
        ));
    }
    if endpoint.accepts_if_match() {
        headers.push((
            "If-Match",
            "`ETag` of the version to change. If the current version is another, the status is 412.",
        ));
    }
    headers
}

fn responses(endpoint: &Endpoint, answers: &mut SchemaGenerator) -> Value {
    if let Handler::Other(_) = endpoint.handler {
        return ledger::responses(endpoint, answers);
    }
    let mut responses = Map::new();
    let mut content = json!({ "schema": (endpoint.response)(answers) });
    if let Some(example) = example(endpoint.response_example) {
        content["example"] = example;
    }
    let success = json!({
        "description": endpoint.summary,
        "headers": answer_headers(endpoint),
        "content": { "application/json": content },
    });
    responses.insert(endpoint.success.to_string(), success);
    if endpoint.accepts_if_none_match() {
        let headers = json!({ "ETag": text_header("The version."), "X-Request-Id": request_id() });
        responses.insert("304".to_owned(), json!({ "description": "It is as you hold it", "headers": headers }));
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in refusals(endpoint) {
        by_status.entry(code.status()).or_default().push(code);
    }
    responses
        .extend(by_status.into_iter().map(|(status, codes)| (status.to_string(), refusal(status, &codes, endpoint))));
    Value::Object(responses)
}

fn answer_headers(endpoint: &Endpoint) -> Value {
    let mut headers = json!({ "X-Request-Id": request_id() });
    if endpoint.tagged {
        headers["ETag"] = text_header("The version, for `If-Match` and `If-None-Match`.");
    }
    if endpoint.success == 201 {
        headers["Location"] = text_header("The path of what was made.");
    }
    if endpoint.accepts_idempotency_key() {
        headers["Idempotency-Replayed"] = text_header("`true` where this is the first answer again.");
    }
    if endpoint.paged {
        headers["Link"] = text_header("`rel=\"next\"`: the next page, reached the way this one was.");
    }
    headers
}

fn refusal(status: u16, codes: &[Code], endpoint: &Endpoint) -> Value {
    let names: Vec<_> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
    let mut headers = json!({ "X-Request-Id": request_id() });
    match status {
        401 => headers["WWW-Authenticate"] = text_header("`Bearer`"),
        503 => headers["Retry-After"] = text_header("Seconds to wait before the same request again."),
        _ => {}
    }
    let mut refusal = json!({
        "description": names.join(", "),
        "headers": headers,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if let (403, Access::Scope(scope)) = (status, endpoint.access) {
        refusal["content"]["application/problem+json"]["example"] = lacking(scope);
    }
    refusal
}

fn lacking(scope: Scope) -> Value {
    let detail = format!("The credential lacks the scope {scope}");
    json!({
        "type": "/problems/insufficient-scope",
        "title": "Forbidden",
        "status": 403,
        "detail": detail,
        "instance": "/v1/…",
        "code": Code::InsufficientScope.as_str(),
        "requestId": "req_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
        "statusCode": 403,
        "message": detail,
        "error": "Forbidden",
    })
}

pub(super) fn request_id() -> Value {
    text_header("The id of the request.")
}

fn text_header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

fn example(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
