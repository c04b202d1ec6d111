//! The routes of the API, their functions, and the permissions to invoke them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use berth::template::logical_id;
use berth_functions::{ENDPOINTS, FALLBACK};
use berth_shared::http::Endpoint;
use serde_json::{Value, json};

use super::Findings;

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).expect("JSON"));

/// Key of an operation for any method.
const ANY: &str = "x-amazon-apigateway-any-method";

pub(super) fn check(template: &Value, findings: &mut Findings) {
    let routes = routes(template, findings);
    for endpoint in ENDPOINTS {
        let id = logical_id(endpoint);
        let found = routes.get(&id).cloned().unwrap_or_default();
        findings.equal(format!("{id}: routes"), &json!(found), &json!(expected_routes(endpoint)));
        permission(template, &id, &found, findings);
    }
    contract(&routes.into_values().flatten().collect(), findings);
}

/// Returns the routes of an endpoint: `METHOD /path`, or `$default`.
fn expected_routes(endpoint: &Endpoint) -> BTreeSet<String> {
    if endpoint.name == FALLBACK {
        return BTreeSet::from(["$default".to_owned()]);
    }
    let head = (endpoint.method == "GET").then(|| format!("HEAD {}", endpoint.path));
    std::iter::once(format!("{} {}", endpoint.method, endpoint.path)).chain(head).collect()
}

/// Returns the routes of the API by the logical id of their function.
fn routes(template: &Value, findings: &mut Findings) -> BTreeMap<String, BTreeSet<String>> {
    let mut routes: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let body = &template["Resources"]["Api"]["Properties"]["DefinitionBody"];
    for (path, operations) in body["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let integration = &operation["x-amazon-apigateway-integration"];
            let uri = integration["uri"]["Fn::Sub"].as_str().unwrap_or_default();
            let id = uri.rsplit_once("${").and_then(|(_, rest)| rest.split_once(".Arn}")).map_or("", |(id, _)| id);
            let route = if method == ANY { path.clone() } else { format!("{} {path}", method.to_ascii_uppercase()) };
            findings.equal(format!("the operation of {route}"), operation, &expected_operation(path, method, id));
            routes.entry(id.to_owned()).or_default().insert(route);
        }
    }
    routes
}

/// Returns the operation that integrates a function.
fn expected_operation(path: &str, method: &str, id: &str) -> Value {
    let arn = format!("${{{id}.Arn}}");
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/";
    let mut operation = json!({
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "payloadFormatVersion": "2.0",
            "uri": { "Fn::Sub": format!("{uri}{arn}/invocations") },
        },
    });
    if method == ANY {
        operation["isDefaultRoute"] = json!(true);
    }
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<_> = names.map(|name| json!({ "name": name, "in": "path", "required": true })).collect();
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    operation
}

/// One permission allows exactly this API to invoke the function, for the path of its routes.
fn permission(template: &Value, id: &str, routes: &BTreeSet<String>, findings: &mut Findings) {
    let pattern = |path: &str| -> String {
        let segments = path.split('/').map(|segment| if segment.starts_with('{') { "*" } else { segment });
        segments.collect::<Vec<_>>().join("/")
    };
    let routes: Vec<_> = routes.iter().filter_map(|route| route.split_once(' ')).collect();
    let source = match routes.as_slice() {
        // A request of the route $default has any method and path.
        [] => "*".to_owned(),
        [(method, path)] => format!("{method}{}", pattern(path)),
        // GET and HEAD: one pattern cannot name both.
        [(_, path), ..] => format!("*{}", pattern(path)),
    };
    let expected = json!({
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": { "Ref": id },
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {
                "Fn::Sub": format!(
                    "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/*/{source}"
                ),
            },
        },
    });
    findings.equal(format!("{id}Permission"), &template["Resources"][format!("{id}Permission")], &expected);
}

/// The routes are the operations of openapi.json, each GET with its HEAD.
fn contract(routes: &BTreeSet<String>, findings: &mut Findings) {
    let mut documented = BTreeSet::from(["$default".to_owned()]);
    for (path, operations) in CONTRACT["paths"].as_object().expect("an object") {
        for method in operations.as_object().expect("an object").keys() {
            documented.insert(format!("{} {path}", method.to_ascii_uppercase()));
            if method == "get" {
                documented.insert(format!("HEAD {path}"));
            }
        }
    }
    for missing in documented.difference(routes) {
        findings.add(format!("openapi.json has {missing}, but the API has no such route"));
    }
    for surplus in routes.difference(&documented) {
        findings.add(format!("the API has the route {surplus}, but openapi.json has no such operation"));
    }
}
