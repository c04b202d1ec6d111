//! Everything that an endpoint lacks, without running its tests:
//!
//!     cargo xtask missing get-role
//!
//! Without the variable, every endpoint is checked. A run of tests prints the documented responses that they have not
//! seen, for example with `-- get_role`; a run of all tests checks them.

use std::fs;

use berth_functions::{ENDPOINTS, FALLBACK};
use berth_shared::http::{Access, Endpoint};
use macro_rules_attribute::apply;
use serde_json::Value;

use super::{costs, events, isolation::locations::try_ledger_id_locations};
use crate::harness::{
    TestCase, api_test,
    samples::{SampleRequest, Tenant, try_id_locations},
    test_module,
};
use crate::ledger;

/// Endpoints without a row in docs/costs.md. This list may only become shorter.
const WITHOUT_COSTS: [&str; 14] = [
    "asset",
    "authenticated-user",
    "connected-synchronizers",
    "console",
    FALLBACK,
    "get-ledger-user",
    "get-oauth-metadata",
    "ledger-livez",
    "ledger-readyz",
    "ledger-version",
    "list-ledger-user-rights",
    "openapi",
    "root",
    "update-ledger-party",
];
const OPENAPI: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json"));
const TEMPLATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"));

#[apply(api_test)]
async fn endpoint_coverage() {
    let only = std::env::var("BERTH_ENDPOINT").ok();
    let selected = |endpoint: &&Endpoint| only.as_ref().is_none_or(|only| only == endpoint.name);
    let endpoints: Vec<_> = ENDPOINTS.iter().filter(selected).collect();
    assert!(!endpoints.is_empty(), "{only:?} is not in the endpoint list");
    let (checked_in, current) = (serde_json::from_str(OPENAPI).expect("JSON"), berth_functions::openapi::document());
    let mut gaps = Vec::new();
    for endpoint in endpoints {
        let contract = contract(endpoint, &checked_in, &current);
        // The ids of a request are read from the file, so nothing is known about them before it is up to date.
        let locations = if contract.is_ok() { locations(endpoint) } else { Ok(()) };
        let found = [
            written(endpoint),
            contract,
            template(endpoint),
            event(endpoint),
            sample(endpoint),
            locations,
            cost(endpoint),
            address(endpoint),
        ];
        gaps.extend(found.into_iter().filter_map(Result::err).map(|gap| format!("{}: {gap}", endpoint.name)));
    }
    assert!(gaps.is_empty(), "{} gaps:\n  {}", gaps.len(), gaps.join("\n  "));
}

/// The result of a check: `Ok`, or what is missing.
type Check = Result<(), String>;

fn ensure(holds: bool, gap: &str) -> Check {
    if holds { Ok(()) } else { Err(gap.to_owned()) }
}

/// The texts that the skeleton leaves empty are written.
fn written(endpoint: &Endpoint) -> Check {
    ensure(!endpoint.summary.is_empty(), "no summary")?;
    ensure(!endpoint.description.is_empty(), "no description")
}

fn contract(endpoint: &Endpoint, checked_in: &Value, current: &Value) -> Check {
    if endpoint.name == FALLBACK {
        return Ok(());
    }
    let method = endpoint.method.as_str().to_ascii_lowercase();
    let operation = |document: &Value| document["paths"][endpoint.path][&method].clone();
    ensure(operation(current).is_object(), "no operation in the generated OpenAPI document")?;
    ensure(operation(checked_in) == operation(current), "openapi.json is out of date: cargo xtask generate")
}

fn template(endpoint: &Endpoint) -> Check {
    let resource = format!("\n  {}:\n", berth::template::logical_id(endpoint));
    let section = |text: &str| {
        let (_, rest) = text.split_once(&resource)?;
        Some(rest.lines().take_while(|line| line.is_empty() || line.starts_with("   ")).collect::<Vec<_>>().join("\n"))
    };
    let current = section(&berth::template::render(ENDPOINTS).map_err(|error| error.to_string())?);
    ensure(current.is_some(), "no function in the generated template")?;
    ensure(section(TEMPLATE) == current, "template.yaml is out of date: cargo xtask generate")
}

fn event(endpoint: &Endpoint) -> Check {
    let gap = || "events/ is out of date: cargo xtask generate".to_owned();
    let file = events::directory().join(format!("{}.json", endpoint.name));
    let current = fs::read_to_string(file).map_err(|_| gap())?;
    if current == events::text(endpoint)? { Ok(()) } else { Err(gap()) }
}

fn sample(endpoint: &Endpoint) -> Check {
    match endpoint.access {
        Access::Public | Access::MachineClient | Access::OAuth => Ok(()),
        Access::Ledger(_) => ledger::sample_body(endpoint, "party::1220").map(drop),
        Access::Scope(_) => {
            let body = SampleRequest::body_of(endpoint, &Tenant::placeholder())?;
            ensure(body.is_some() == endpoint.body.is_some(), "the sample has the wrong body")
        }
    }
}

/// Checks that the location of every id is known, so that isolation tests replace it with another tenant's.
fn locations(endpoint: &Endpoint) -> Check {
    match endpoint.access {
        Access::Public | Access::MachineClient | Access::OAuth => Ok(()),
        Access::Ledger(_) => try_ledger_id_locations(endpoint).map(drop),
        Access::Scope(_) => try_id_locations(endpoint).map(drop),
    }
}

fn cost(endpoint: &Endpoint) -> Check {
    let rows = costs::WRITTEN.lines().filter_map(|line| line.strip_prefix("| "));
    let names = rows.map(|row| row.split([' ', ',']).next().unwrap_or_default());
    match (names.into_iter().any(|name| name == endpoint.name), WITHOUT_COSTS.contains(&endpoint.name)) {
        (false, false) => {
            Err("no row in docs/costs.md: add a request to tests/guarantees/costs.rs, then cargo xtask generate"
                .to_owned())
        }
        (true, true) => Err("it has a row in docs/costs.md: remove it from WITHOUT_COSTS".to_owned()),
        _ => Ok(()),
    }
}

/// Checks that a REST endpoint has tests in the module of its resource and verb.
fn address(endpoint: &Endpoint) -> Check {
    let Access::Scope(_) = endpoint.access else { return Ok(()) };
    let module = test_module(endpoint.name).ok_or("the name has no verb")?;
    let mut names = inventory::iter::<TestCase>.into_iter().map(|case| case.name);
    let is_there = names.any(|name| name.contains(&format!("{module}::")));
    ensure(is_there, &format!("no test in tests/{}.rs", module.replace("::", "/")))
}
