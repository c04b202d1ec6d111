//! `events/`: for every endpoint, the HTTP API event of a successful request, for `sam local invoke -e`.
//!
//! `cargo xtask generate` generates the files from the endpoint list. These tests compare them with it.

use std::{collections::BTreeSet, fs, path::PathBuf};

use berth_functions::{ENDPOINTS, FALLBACK};
use berth_shared::http::{Access, Endpoint, PATH_PARAMETERS, PathParameter};
use lambda_http::{Request, RequestExt, request::LambdaRequest};
use macro_rules_attribute::apply;
use serde_json::{Map, Value, json};

use crate::harness::{api_test, generated};

/// The placeholder of the credential. The placeholders of ids are in the table of path parameters. Replace them in the
/// text
/// before you send an event.
const KEY: &str = "${BERTH_KEY}";

pub fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../events"))
}

/// Returns the names of the files, without `.json`.
fn files() -> BTreeSet<String> {
    let names = fs::read_dir(directory()).expect("events/ is there").map(|file| file.expect("a file").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    names
        .map(|name| name.strip_suffix(".json").unwrap_or_else(|| panic!("{name} is not an event")).to_owned())
        .collect()
}

#[apply(api_test)]
async fn every_endpoint_has_an_up_to_date_event() {
    if std::env::var_os("BERTH_REGENERATE").is_some() {
        for endpoint in ENDPOINTS {
            let path = directory().join(format!("{}.json", endpoint.name));
            generated::write(path, &text(endpoint).expect("an event"));
        }
    }
    assert_eq!(files(), ENDPOINTS.iter().map(|endpoint| endpoint.name.to_owned()).collect());
    for endpoint in ENDPOINTS {
        let current = fs::read_to_string(directory().join(format!("{}.json", endpoint.name))).expect("it can be read");
        assert_eq!(
            current,
            text(endpoint).expect("an event"),
            "events/{}.json is out of date: cargo xtask generate",
            endpoint.name
        );
    }
}

/// The decoder of the functions accepts every event, and the router agrees with its route.
#[apply(api_test)]
async fn every_event_is_routed_to_its_endpoint() {
    for name in files() {
        let current = fs::read_to_string(directory().join(format!("{name}.json"))).expect("it can be read");
        let event: Value = serde_json::from_str(&current).expect("JSON");
        let request: Request = serde_json::from_str::<LambdaRequest>(&current).expect("an event").into();
        let path = request.raw_http_path().to_owned();
        assert_eq!(path, event["rawPath"], "{name}");
        let routed = berth_functions::route(request.method(), &path);
        if name == FALLBACK {
            assert!(routed.is_none(), "{name}");
            assert_eq!(event["routeKey"], "$default");
            continue;
        }
        let (endpoint, parameters) = routed.unwrap_or_else(|| panic!("{name} has no route"));
        assert_eq!(endpoint.name, name);
        assert_eq!(event["routeKey"], format!("{} {}", endpoint.method, endpoint.path));
        assert_eq!(event["requestContext"]["routeKey"], event["routeKey"]);
        let given = request.path_parameters();
        assert_eq!(given.iter().count(), parameters.len(), "{name}");
        for (parameter, value) in parameters {
            assert_eq!(given.first(parameter), Some(value.as_str()), "{name}");
        }
        let declared: usize =
            event["headers"]["content-length"].as_str().map_or(0, |text| text.parse().expect("a number"));
        assert_eq!(declared, filled(event["body"].as_str().unwrap_or_default()).len(), "{name}");
    }
}

/// Returns the text of an endpoint's event, or an error if the endpoint lacks something.
pub fn text(endpoint: &Endpoint) -> Result<String, String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(&event(endpoint)?).expect("JSON")))
}

/// Returns `text` with values in the placeholders.
fn filled(text: &str) -> String {
    let placeholders = PATH_PARAMETERS.iter().map(|parameter| (parameter.placeholder, parameter.sample));
    placeholders.chain([(KEY, "")]).fold(text.to_owned(), |text, (placeholder, value)| text.replace(placeholder, value))
}

/// Returns the body of a successful request: the documented example with placeholders for ids.
fn body(endpoint: &Endpoint) -> Result<Option<Value>, String> {
    if endpoint.body.is_none() {
        return Ok(None);
    }
    let mut body = match endpoint.name {
        "update-ledger-party" => json!({
            "partyDetails": {
                "party": "${LEDGER_PARTY}",
                "identityProviderId": "${ORG_ID}",
                "localMetadata": { "annotations": { "tier": "gold" } },
            },
            "updateMask": { "paths": ["local_metadata.annotations"] },
        }),
        _ => serde_json::from_str(endpoint.request_example).map_err(|_| "the request body has no example")?,
    };
    place_ids(&mut body);
    Ok(Some(body))
}

/// Replaces the ids of an example with placeholders.
fn place_ids(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(place_ids),
        Value::Array(elements) => elements.iter_mut().for_each(place_ids),
        Value::String(text) => {
            let (prefix, _) = text.split_once("_01HQ").unwrap_or_default();
            let fits = |known: &&PathParameter| !prefix.is_empty() && known.sample.starts_with(&format!("{prefix}_"));
            if let Some(parameter) = PATH_PARAMETERS.iter().find(fits) {
                *text = parameter.placeholder.to_owned();
            }
        }
        _ => {}
    }
}

/// Returns the HTTP API event (payload format 2.0) of a request to `endpoint`.
fn event(endpoint: &Endpoint) -> Result<Value, String> {
    let (key, mut path) = if endpoint.name == FALLBACK {
        (endpoint.path.to_owned(), "/v1/docks".to_owned())
    } else {
        (format!("{} {}", endpoint.method, endpoint.path), endpoint.path.to_owned())
    };
    let mut parameters = Map::new();
    for name in endpoint.path_parameters() {
        let known = PathParameter::find(name);
        let placeholder = known.ok_or_else(|| format!("{name} is not a path parameter"))?.placeholder;
        path = path.replace(&format!("{{{name}}}"), placeholder);
        parameters.insert(name.to_owned(), json!(placeholder));
    }
    let body = body(endpoint)?.map(|body| body.to_string());
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": if endpoint.paged { "limit=20&offset=0" } else { "" },
        "headers": headers(endpoint, body.as_deref()),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": endpoint.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": key,
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_584_039_838_390_u64,
        },
    });
    if endpoint.paged {
        event["queryStringParameters"] = json!({ "limit": "20", "offset": "0" });
    }
    if let Some(body) = body {
        event["body"] = json!(body);
    }
    if !parameters.is_empty() {
        event["pathParameters"] = json!(parameters);
    }
    event["isBase64Encoded"] = json!(false);
    Ok(event)
}

/// Returns the headers of a client, and those that API Gateway adds.
fn headers(endpoint: &Endpoint, body: Option<&str>) -> Value {
    let mut headers = json!({
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br",
        "content-length": body.map_or(0, |body| filled(body).len()).to_string(),
        "host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "user-agent": "curl/8.5.0",
        "x-amzn-trace-id": "Root=1-5e6a86ce-0f2d5c3b4a69788796a5b4c3",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    });
    if endpoint.access != Access::Public {
        headers["authorization"] = json!(format!("Bearer {KEY}"));
    }
    if body.is_some() {
        headers["content-type"] = json!("application/json");
    }
    headers
}
