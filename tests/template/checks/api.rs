//! The routes of the API, their functions, and the permissions to invoke them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use berth::template::logical_id;
use berth_functions::FALLBACK;
use berth_shared::http::Endpoint;
use serde_json::{Map, Value, json};

use super::Findings;

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).expect("JSON"));

static METHODS: LazyLock<BTreeSet<String>> = LazyLock::new(documented_methods);
static HEADERS: LazyLock<BTreeSet<String>> = LazyLock::new(documented_headers);
static RESPONSE_HEADERS: LazyLock<BTreeSet<String>> = LazyLock::new(documented_response_headers);

/// Key of an operation for any method.
const ANY: &str = "x-amazon-apigateway-any-method";

pub(super) fn check(template: &Value, endpoints: &[Endpoint], findings: &mut Findings) {
    let routes = routes(template, findings);
    for endpoint in endpoints {
        let id = logical_id(endpoint);
        let found = routes.get(&id).cloned().unwrap_or_default();
        findings.equal(format!("{id}: routes"), &json!(found), &json!(expected_routes(endpoint)));
        permission(template, &id, &found, findings);
    }
    settings(template, findings);
    domain(template, findings);
}

/// Settings of the API: limits, CORS, access log.
fn settings(template: &Value, findings: &mut Findings) {
    // The access log has no paths, query strings and headers: they hold ids, names and credentials.
    let line = [
        ("time", "requestTime"),
        ("requestId", "requestId"),
        ("route", "routeKey"),
        ("status", "status"),
        ("ip", "identity.sourceIp"),
        ("millis", "responseLatency"),
        ("functionMillis", "integrationLatency"),
        ("bytes", "responseLength"),
        ("error", "error.responseType"),
        ("functionError", "integrationErrorMessage"),
    ];
    let properties = &template["Resources"]["Api"]["Properties"];
    let format = &properties["AccessLogSettings"]["Format"];
    let found: Option<BTreeMap<String, String>> = format.as_str().and_then(|text| serde_json::from_str(text).ok());
    let expected = line.map(|(name, variable)| (name.to_owned(), format!("$context.{variable}")));
    findings.equal("Api: Format", &json!(found), &json!(BTreeMap::from(expected)));

    // Everybody can read the document, and it is large.
    let few = json!({ "ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20 });
    let cors = json!({
        "AllowOrigins": { "Fn::Split": [",", { "Ref": "CorsOrigins" }] },
        "AllowMethods": *METHODS,
        "AllowHeaders": *HEADERS,
        "ExposeHeaders": *RESPONSE_HEADERS,
        "MaxAge": 3600,
    });
    let expected = json!({
        "Type": "AWS::Serverless::HttpApi",
        "Properties": {
            "StageName": "$default",
            "DefaultRouteSettings": {
                "ThrottlingRateLimit": { "Ref": "ThrottlingRate" },
                "ThrottlingBurstLimit": { "Ref": "ThrottlingBurst" },
            },
            "RouteSettings": { "GET /openapi.json": few, "HEAD /openapi.json": few },
            "CorsConfiguration": { "Fn::If": ["HasCors", cors, { "Ref": "AWS::NoValue" }] },
            "AccessLogSettings": { "DestinationArn": { "Fn::GetAtt": ["AccessLogs", "Arn"] }, "Format": format },
        },
    });
    findings.resource(template, "Api", &expected);
    let body = &properties["DefinitionBody"];
    let expected = json!({
        "openapi": "3.0.1",
        "info": { "title": { "Ref": "AWS::StackName" }, "description": "Berth", "version": "1.0" },
        "paths": body["paths"],
    });
    findings.equal("Api: DefinitionBody", body, &expected);
}

/// The custom domain name.
fn domain(template: &Value, findings: &mut Findings) {
    let configuration = json!({
        "CertificateArn": { "Ref": "DomainCertificateArn" },
        "EndpointType": "REGIONAL",
        "SecurityPolicy": "TLS_1_2",
    });
    let domain = json!({
        "Type": "AWS::ApiGatewayV2::DomainName",
        "Condition": "HasDomain",
        "Properties": {
            "DomainName": { "Ref": "DomainName" },
            "DomainNameConfigurations": [configuration],
        },
    });
    findings.resource(template, "Domain", &domain);
    let mapping = json!({
        "Type": "AWS::ApiGatewayV2::ApiMapping",
        "Condition": "HasDomain",
        "Properties": {
            "ApiId": { "Ref": "Api" },
            "DomainName": { "Ref": "Domain" },
            "Stage": { "Ref": "Api.Stage" },
        },
    });
    findings.resource(template, "DomainMapping", &mapping);
}

/// Returns the operations of the contract.
fn operations() -> impl Iterator<Item = &'static Value> {
    let paths = CONTRACT["paths"].as_object().expect("an object").values();
    paths.flat_map(|operations| operations.as_object().expect("an object").values())
}

/// Returns the methods of the contract, and HEAD, which each GET has.
fn documented_methods() -> BTreeSet<String> {
    let paths = CONTRACT["paths"].as_object().expect("an object").values();
    let methods = paths.flat_map(|operations| operations.as_object().expect("an object").keys());
    methods.map(|method| method.to_uppercase()).chain(["HEAD".to_owned()]).collect()
}

/// Returns the request headers of the contract, and those that OpenAPI does not treat as parameters.
fn documented_headers() -> BTreeSet<String> {
    let parameters = operations().filter_map(|operation| operation["parameters"].as_array()).flatten();
    let headers = parameters.filter(|parameter| parameter["in"] == "header");
    let names = headers.map(|header| header["name"].as_str().expect("a name").to_lowercase());
    names.chain(["authorization", "content-type"].map(ToOwned::to_owned)).collect()
}

/// Returns the response headers of the contract, except the one that browsers evaluate themselves.
fn documented_response_headers() -> BTreeSet<String> {
    let responses = operations().flat_map(|operation| operation["responses"].as_object().expect("an object").values());
    let headers = responses.filter_map(|response| response["headers"].as_object()).flat_map(|headers| headers.keys());
    headers.map(|name| name.to_lowercase()).filter(|name| name != "www-authenticate").collect()
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
        if operations.as_object().is_none_or(Map::is_empty) {
            findings.add(format!("{path} has no operations"));
        }
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
    findings.resource(template, &format!("{id}Permission"), &expected);
}

/// The routes are the operations of openapi.json, each GET with its HEAD.
pub(super) fn contract(template: &Value, findings: &mut Findings) {
    let routes: BTreeSet<_> = routes(template, &mut Findings::default()).into_values().flatten().collect();
    let mut documented = BTreeSet::from(["$default".to_owned()]);
    for (path, operations) in CONTRACT["paths"].as_object().expect("an object") {
        for method in operations.as_object().expect("an object").keys() {
            documented.insert(format!("{} {path}", method.to_ascii_uppercase()));
            if method == "get" {
                documented.insert(format!("HEAD {path}"));
            }
        }
    }
    for missing in documented.difference(&routes) {
        findings.add(format!("openapi.json has {missing}, but the API has no such route"));
    }
    for surplus in routes.difference(&documented) {
        findings.add(format!("the API has the route {surplus}, but openapi.json has no such operation"));
    }
}
