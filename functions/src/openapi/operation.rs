//! Operations of the OpenAPI document.

use std::collections::BTreeMap;

use berth_shared::{
    credentials::Scope,
    error::Code,
    http::{Access, Endpoint, LedgerRight, PAGING, Parameter, PathParameter},
};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    errors_of, ledger, oauth,
    portable::{camel_case, request_schema},
    request_schemas,
};
use crate::schemas::Page;

/// Generates the operation of `endpoint`.
///
/// Adds the schemas of its responses and parameters to `schemas`, and the schema of its request body to `requests`.
pub(super) fn operation(
    endpoint: &Endpoint,
    schemas: &mut SchemaGenerator,
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
            Access::MachineClient => json!([{ "machineClient": [] }, {}]),
            Access::OAuth => json!([{ "machineClient": [] }, { "apiKey": [] }, {}]),
        },
        "parameters": parameters(endpoint, schemas),
        "responses": responses(endpoint, schemas),
    });
    if let Some(body) = endpoint.body {
        let name = request_schema(endpoint.name);
        let mut content = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
        requests.insert(name, (body.schema)(&mut request_schemas()).to_value());
        if let Some(example) = example(endpoint.request_example) {
            content["example"] = example;
        }
        let mut media_types = json!({ "application/json": content });
        if endpoint.dialect() == Some("oauth") {
            media_types["application/x-www-form-urlencoded"] = media_types["application/json"].clone();
        }
        operation["requestBody"] = json!({ "required": body.required, "content": media_types });
    }
    if let Access::Scope(scope) = endpoint.access {
        operation["x-required-scope"] = json!(scope.as_str());
    }
    operation
}

fn tag(endpoint: &Endpoint) -> &'static str {
    match endpoint.access {
        Access::Scope(scope) => scope.as_str().split(':').next().unwrap_or_default(),
        _ => endpoint.dialect().unwrap_or("service"),
    }
}

fn description(endpoint: &Endpoint) -> String {
    let scope = match endpoint.access {
        Access::Public => "Requires no credential.".to_owned(),
        Access::Scope(scope) => format!("Required scope: `{scope}`."),
        Access::MachineClient => "Requires the credentials of a machine client.".to_owned(),
        Access::OAuth => "Requires the credentials of a machine client, or an API key or access token.".to_owned(),
        Access::Ledger(LedgerRight::Admin) => format!("Required scope: `{}`.", Scope::LedgerAdmin),
        Access::Ledger(LedgerRight::Any) => {
            format!("Required scope: `{}` or `{}`.", Scope::LedgerRead, Scope::LedgerAdmin)
        }
    };
    format!("{}\n\n{scope}", endpoint.description)
}

fn parameters(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Vec<Value> {
    let mut parameters: Vec<Value> = endpoint
        .path_parameters()
        .filter_map(PathParameter::find)
        .map(|PathParameter { name, description, schema, .. }| {
            json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema(schemas) })
        })
        .collect();
    let paging = PAGING.iter().filter(|_| endpoint.paged);
    parameters.extend(endpoint.query.iter().chain(paging).map(|Parameter { name, description, schema }| {
        let mut parameter =
            json!({ "name": name, "in": "query", "description": description, "schema": schema(schemas) });
        if endpoint.paged && *name == "limit" {
            let max = endpoint.max_limit;
            parameter["description"] = json!(format!("Maximum number of rows on the page, 1 to {max}. Default: 20."));
            parameter["schema"]["maximum"] = json!(max);
        }
        parameter
    }));
    parameters.extend(headers(endpoint).into_iter().map(|(name, description)| {
        json!({ "name": name, "in": "header", "description": description, "schema": header_schema(name) })
    }));
    parameters
}

/// Returns the schema of a header. Headers that are ignored if malformed can have any value.
fn header_schema(name: &str) -> Value {
    match name {
        // With or without quotes.
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

/// Returns the names and descriptions of the headers that an endpoint reads.
fn headers(endpoint: &Endpoint) -> Vec<(&'static str, &'static str)> {
    let mut headers = vec![(
        "X-Request-Id",
        "Identifier for the request: 1 to 128 of `A-Za-z0-9._-`. Default: a generated identifier.",
    )];
    if endpoint.dialect() == Some("oauth") {
        return headers;
    }
    if endpoint.dialect().is_some() {
        headers.push(("traceparent", "Trace of the request (W3C Trace Context)."));
        return headers;
    }
    let is_public = matches!(endpoint.access, Access::Public);
    if is_public && !endpoint.accepts_if_none_match() {
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
        headers.push((
            "If-None-Match",
            "`ETag`s of the versions that the client has cached. If one is current, the status is 304.",
        ));
    }
    if endpoint.accepts_if_none_match() && !is_public {
        headers.push((
            "Cache-Control",
            "`no-cache` requests the current state, if the endpoint otherwise reads with eventual consistency.",
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

fn responses(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Value {
    match endpoint.dialect() {
        Some("oauth") => return oauth::responses(endpoint, schemas),
        Some(_) => return ledger::responses(endpoint, schemas),
        None => {}
    }
    let mut responses = Map::new();
    let success = json!({
        "description": endpoint.summary,
        "headers": response_headers(endpoint),
        "content": success_content(endpoint, schemas),
    });
    responses.insert(endpoint.success.to_string(), success);
    if endpoint.accepts_if_none_match() {
        let headers = json!({ "ETag": text_header("Version of the resource."), "X-Request-Id": request_id() });
        responses
            .insert("304".to_owned(), json!({ "description": "The cached version is current.", "headers": headers }));
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in errors_of(endpoint) {
        by_status.entry(code.status()).or_default().push(code);
    }
    responses.extend(
        by_status.into_iter().map(|(status, codes)| (status.to_string(), error_response(status, &codes, endpoint))),
    );
    Value::Object(responses)
}

/// Returns the media types of the response to a success, each with its schema.
fn success_content(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Value {
    let mut content = json!({ "schema": (endpoint.response)(schemas) });
    if let Some(example) = example(endpoint.response_example) {
        content["example"] = example;
    }
    let page = json!({ "schema": schemas.subschema_for::<Page>() });
    let (first, others) = endpoint.response_types.split_first().unwrap_or((&"application/json", &[]));
    let is_json = *first == "application/json";
    let others = others.iter().map(|other| ((*other).to_owned(), if is_json { page.clone() } else { content.clone() }));
    let all: Map<String, Value> = others.chain([((*first).to_owned(), content.clone())]).collect();
    Value::Object(all)
}

fn response_headers(endpoint: &Endpoint) -> Value {
    let mut headers = json!({ "X-Request-Id": request_id() });
    if endpoint.tagged {
        headers["ETag"] = text_header("Version of the resource, for `If-Match` and `If-None-Match`.");
    }
    if endpoint.success == 201 {
        headers["Location"] = text_header("Path of the created resource.");
    }
    if endpoint.accepts_idempotency_key() {
        headers["Idempotency-Replayed"] = text_header(
            "`true` if this is the recorded response to an earlier request with the same `Idempotency-Key`.",
        );
    }
    if endpoint.paged {
        headers["Link"] = text_header(
            "`rel=\"next\"`: URL of the next page, with `offset` or `cursor` like this request. Absent on the last page.",
        );
    }
    headers
}

fn error_response(status: u16, codes: &[Code], endpoint: &Endpoint) -> Value {
    let names: Vec<_> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
    let mut headers = json!({ "X-Request-Id": request_id() });
    match status {
        401 => headers["WWW-Authenticate"] = text_header("Authentication scheme: always `Bearer`."),
        503 => headers["Retry-After"] = text_header("Seconds to wait before a retry."),
        _ => {}
    }
    let mut response = json!({
        "description": names.join(", "),
        "headers": headers,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if let (403, Access::Scope(scope)) = (status, endpoint.access) {
        response["content"]["application/problem+json"]["example"] = insufficient_scope(scope);
    }
    response
}

fn insufficient_scope(scope: Scope) -> Value {
    let detail = format!("The API key does not have the scope {scope}");
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
    text_header("Identifier of the request.")
}

fn text_header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

fn example(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
