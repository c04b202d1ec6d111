//! Validation of responses against the contract, `openapi.json`.
//!
//! Every response of every test must be documented: the status, the content type, every member of the body. Documented
//! responses that no test has seen are listed in `tests/harness/unseen.txt`, which may only become shorter.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{LazyLock, Mutex, OnceLock},
};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use super::TestResponse;

const UNSEEN: &str = include_str!("unseen.txt");

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);
/// Schemas of bodies, by operation, status and media type.
type Bodies = HashMap<(String, u16, String), BodySchema>;

static SEEN: Mutex<BTreeSet<(String, u16)>> = Mutex::new(BTreeSet::new());

struct Contract {
    document: Value,
    bodies: Bodies,
    problem: BodySchema,
}

/// Schema of a body. Its validator is compiled when the first test needs it, because most runs need few.
struct BodySchema {
    schema: Value,
    validator: OnceLock<Validator>,
}

impl BodySchema {
    const fn new(schema: Value) -> Self {
        Self { schema, validator: OnceLock::new() }
    }

    fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let mut schema = self.schema.clone();
            schema["components"] = CONTRACT.document["components"].clone();
            jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is valid")
        })
    }
}

impl Contract {
    fn read() -> Self {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json"));
        let mut document: Value = serde_json::from_str(text).expect("openapi.json is JSON");
        name_by_endpoint(&mut document);
        let mut whole = document["components"]["schemas"].clone();
        close(&mut whole);
        document["components"]["schemas"] = whole;
        let mut bodies = HashMap::new();
        for (_, _, operation) in operations(&document) {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                    let mut schema = content["schema"].clone();
                    if operation["operationId"] != "openapi" {
                        close(&mut schema);
                    }
                    let id = operation["operationId"].as_str().expect("operationId").to_owned();
                    let key = (id, status.parse().expect("status"), media_type.clone());
                    bodies.insert(key, BodySchema::new(schema));
                }
            }
        }
        let problem = BodySchema::new(json!({ "$ref": "#/components/schemas/Problem" }));
        Self { document, bodies, problem }
    }
}

/// Renames operations to the names of endpoints: `getParty` becomes `get-party`.
fn name_by_endpoint(document: &mut Value) {
    let paths = document["paths"].as_object_mut().expect("paths");
    for operation in paths.values_mut().flat_map(|path| path.as_object_mut().expect("operations").values_mut()) {
        let id = operation["operationId"].as_str().expect("operationId");
        let name = id.chars().fold(String::new(), |name, c| match c {
            'A'..='Z' => format!("{name}-{}", c.to_ascii_lowercase()),
            c => name + c.to_string().as_str(),
        });
        operation["operationId"] = json!(name);
    }
}

/// Forbids members that a schema does not name, and values that an extensible enumeration does not list. Clients accept
/// them, but no response may contain them.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object)
                && members.get("type").is_some_and(|kind| kind == "object")
                && !members.contains_key("additionalProperties")
            {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
            if let Some(values) = members.get("x-extensible-enum").cloned() {
                members.insert("enum".to_owned(), values);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}

/// Returns every operation: path, method and operation object.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["paths"].as_object().expect("paths").iter().flat_map(|(path, operations)| {
        operations
            .as_object()
            .expect("operations")
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Returns the operation that serves a request. HEAD is served by GET.
fn operation<'a>(document: &'a Value, method: &Method, path: &str) -> Option<&'a Value> {
    let method = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_ascii_lowercase() };
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template
                .iter()
                .zip(&path)
                .all(|(known, segment)| known == segment || (known.starts_with('{') && !segment.is_empty()))
    };
    // Paths with fewer parameters take precedence: `/roles/check` is not a role.
    let found = operations(document).filter(|(template, known, _)| *known == method && fits(template));
    found.min_by_key(|(template, ..)| template.matches('{').count()).map(|(.., operation)| operation)
}

/// Asserts that the contract documents a response.
#[track_caller]
pub fn check(method: &Method, target: &str, response: &TestResponse) {
    let path = target.split('?').next().unwrap_or_default();
    let shown =
        || format!("{method} {target} returned {} {}", response.status, String::from_utf8_lossy(&response.body));
    assert!(response.headers.contains_key("x-request-id"), "no request id: {}", shown());
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{}", shown());
    let Some(operation) = operation(&CONTRACT.document, method, path) else {
        // No such operation: the response is the fallback's.
        assert!(matches!(response.status, 204 | 404 | 405), "undocumented: {}", shown());
        let is_ledger = path.starts_with("/v2/") || ["/livez", "/readyz"].contains(&path);
        if is_ledger && response.status != 204 {
            assert_eq!(response.header("content-type"), Some("text/plain; charset=UTF-8"), "{}", shown());
        } else if response.status != 204 && method != Method::HEAD {
            check_body(&CONTRACT.problem, response, "application/problem+json", &shown());
        }
        return;
    };
    let id = operation["operationId"].as_str().expect("operationId").to_owned();
    let documented = &operation["responses"][response.status.to_string()];
    assert!(documented.is_object(), "{id} does not document this status: {}", shown());
    for (name, _) in documented["headers"].as_object().into_iter().flatten() {
        let optional = ["Link", "Idempotency-Replayed"].contains(&name.as_str());
        assert!(optional || response.headers.contains_key(name), "{id} lacks the header {name}: {}", shown());
    }
    match documented["content"].as_object() {
        Some(_) if method == Method::HEAD => assert!(response.body.is_empty(), "HEAD with a body: {}", shown()),
        // The test that requests an encoding compares the decoded body with the one that is validated here.
        Some(_) if response.headers.contains_key("content-encoding") => {}
        Some(_) => {
            // The ledger dialect adds the charset to `text/plain`.
            let media_type = response.header("content-type").unwrap_or_default();
            let known = media_type.strip_suffix("; charset=UTF-8").filter(|known| *known == "text/plain");
            let key = (id.clone(), response.status, known.unwrap_or(media_type).to_owned());
            let body = CONTRACT.bodies.get(&key);
            let body =
                body.unwrap_or_else(|| panic!("{id} does not document this media type: {media_type} {}", shown()));
            check_body(body, response, media_type, &shown());
        }
        None => assert!(response.body.is_empty(), "undocumented body: {}", shown()),
    }
    SEEN.lock().expect("no test panics here").insert((id, response.status));
}

#[track_caller]
fn check_body(schema: &BodySchema, response: &TestResponse, media_type: &str, shown: &str) {
    assert_eq!(response.header("content-type"), Some(media_type), "{shown}");
    let body = if media_type.ends_with("json") { response.json().clone() } else { json!(response.body_text()) };
    let errors: Vec<_> =
        schema.validator().iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "violates the contract: {errors:?}\n{shown}");
}

/// Returns whether the contract documents this status for an operation.
pub fn documents(operation: &str, status: u16) -> bool {
    let mut found = operations(&CONTRACT.document).filter(|(.., found)| found["operationId"] == operation);
    found.any(|(.., found)| found["responses"][status.to_string()].is_object())
}

/// Returns whether a test has seen this status of this operation.
fn seen(operation: &str, status: u16) -> bool {
    SEEN.lock().expect("no test panics here").contains(&(operation.to_owned(), status))
}

/// Returns the module of the tests of an endpoint: `api::parties::get` for `get-party`. `None` if its name has no verb.
pub fn test_module(endpoint: &str) -> Option<String> {
    let (verb, noun) = endpoint.split_once('-')?;
    let (resource, rest) =
        noun.split_once('-').filter(|(first, _)| !["api", "machine"].contains(first)).unwrap_or((noun, ""));
    let resources = match resource {
        "party" | "parties" => "parties".to_owned(),
        "audit" => "audit".to_owned(),
        other => format!("{}s", other.trim_end_matches('s').replace('-', "_")),
    };
    let name = [verb, rest].join("_").replace('-', "_");
    Some(format!("api::{resources}::{}", name.trim_end_matches('_')))
}

/// Prints the documented responses that no test has seen, for the endpoints whose tests were selected.
pub fn print_unseen_of(filter: &str) {
    for (_, _, operation) in operations(&CONTRACT.document) {
        let id = operation["operationId"].as_str().expect("operationId");
        let (filter, name) = (filter.replace('-', "_"), id.replace('-', "_"));
        let is_selected = |module: String| {
            module.ends_with(&format!("::{}", filter.trim_end_matches("::").trim_start_matches("api::")))
        };
        if !filter.contains(&name) && !test_module(id).is_some_and(is_selected) {
            continue;
        }
        for status in operation["responses"].as_object().expect("responses").keys() {
            if !seen(id, status.parse().expect("status")) {
                eprintln!("{id}: no selected test has seen the response {status}");
            }
        }
    }
}

/// Returns whether the unseen responses are exactly the listed ones, and prints the difference otherwise.
pub fn all_responses_were_seen() -> bool {
    let mut unseen = BTreeSet::new();
    for (_, _, operation) in operations(&CONTRACT.document) {
        let id = operation["operationId"].as_str().expect("operationId");
        let statuses = operation["responses"].as_object().expect("responses").keys();
        unseen.extend(
            statuses.filter(|status| !seen(id, status.parse().expect("status"))).map(|status| format!("{id} {status}")),
        );
    }
    let listed: BTreeSet<_> =
        UNSEEN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(ToOwned::to_owned).collect();
    for missing in unseen.difference(&listed) {
        eprintln!("no test has seen this response: {missing}");
    }
    for found in listed.difference(&unseen) {
        eprintln!("a test sees this response; remove it from tests/harness/unseen.txt: {found}");
    }
    unseen == listed
}
