//! Checks of a template. Each returns a sentence for every finding.

mod api;
mod functions;
mod monitoring;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use berth_functions::ENDPOINTS;
use berth_shared::http::Endpoint;
use serde_json::{Map, Value, json};

/// Limit of CloudFormation: resources per stack.
const MAX_RESOURCES: usize = 500;

/// Returns every finding in the template of the deployment.
pub fn findings(template: &Value) -> Vec<String> {
    let mut findings = Findings { sentences: findings_of(template, ENDPOINTS), ..Findings::default() };
    api::contract(template, &mut findings);
    findings.sentences
}

/// Returns every finding in the template of `endpoints`.
pub fn findings_of(template: &Value, endpoints: &[Endpoint]) -> Vec<String> {
    let mut findings = Findings::default();
    functions::check(template, endpoints, &mut findings);
    api::check(template, endpoints, &mut findings);
    table::check(template, &mut findings);
    monitoring::check(template, endpoints, &mut findings);
    parameters(template, &mut findings);
    conditions(template, &mut findings);
    resource_count(template, &mut findings);
    no_others(template, &mut findings);
    findings.sentences
}

/// The findings so far.
#[derive(Default)]
struct Findings {
    sentences: Vec<String>,
    /// Logical ids of the resources that were compared.
    compared: BTreeSet<String>,
}

impl Findings {
    fn add(&mut self, finding: impl Into<String>) {
        self.sentences.push(finding.into());
    }

    /// Adds a finding unless `actual` is `expected`.
    fn equal(&mut self, place: impl Display, actual: &Value, expected: &Value) {
        if actual != expected {
            self.add(format!("{place} is {actual}, expected {expected}"));
        }
    }
}

/// Members that a person reads, and those that another check compares.
const FREE: [&str; 5] = ["AlarmDescription", "DashboardBody", "DefinitionBody", "Description", "Metadata"];

impl Findings {
    /// Adds a finding for each member of a resource, and of its properties, that differs from the expected one.
    fn resource(&mut self, template: &Value, id: &str, expected: &Value) {
        self.compared.insert(id.to_owned());
        let resource = &template["Resources"][id];
        self.members(id, resource, expected, &["Properties"]);
        self.members(id, &resource["Properties"], &expected["Properties"], &[]);
    }

    /// Adds a finding for each member of an object that differs from the expected one, but for `ignored` members.
    fn members(&mut self, place: &str, actual: &Value, expected: &Value, ignored: &[&str]) {
        let names = [expected, actual].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
        let names: BTreeSet<_> = names.filter(|name| !FREE.contains(&name.as_str())).collect();
        for name in names.into_iter().filter(|name| !ignored.contains(&name.as_str())) {
            self.equal(format!("{place}: {name}"), &actual[name], &expected[name]);
        }
    }
}

/// Returns the resources of a type, by logical id.
fn of_type<'a>(template: &'a Value, kind: &str) -> BTreeMap<&'a str, &'a Value> {
    let resources = template["Resources"].as_object().expect("an object").iter();
    resources.filter(|(_, resource)| resource["Type"] == kind).map(|(id, resource)| (id.as_str(), resource)).collect()
}

fn parameters(template: &Value, findings: &mut Findings) {
    for (name, parameter) in template["Parameters"].as_object().expect("an object") {
        if !parameter["Description"].is_string() || parameter["Default"].is_null() {
            findings.add(format!("the parameter {name} lacks a description or a default"));
        }
    }
}

fn conditions(template: &Value, findings: &mut Findings) {
    let is = |parameter: &str, value: &str| json!({ "Fn::Equals": [{ "Ref": parameter }, value] });
    let given = |parameter: &str| json!({ "Fn::Not": [is(parameter, "")] });
    let expected = json!({
        "CreatesTable": is("CreateTable", "true"),
        "HasTableKey": given("TableKeyArn"),
        "HasLogKey": given("LogKeyArn"),
        "HasDomain": given("DomainName"),
        "HasCors": given("CorsOrigins"),
        "IsTraced": is("Tracing", "true"),
        "HasAlarms": given("AlarmTopicArn"),
        "HasDashboard": is("Dashboard", "true"),
    });
    findings.members("Conditions", &template["Conditions"], &expected, &[]);
}

/// Every resource was compared with an expected one.
fn no_others(template: &Value, findings: &mut Findings) {
    for (id, resource) in template["Resources"].as_object().expect("an object") {
        if !findings.compared.contains(id) {
            findings.add(format!("{id} ({}) is not expected", resource["Type"]));
        }
    }
}

/// Counts the resources that SAM's transform keeps, and the stage that it adds. `lint.sh` counts after the transform.
fn resource_count(template: &Value, findings: &mut Findings) {
    let count = template["Resources"].as_object().expect("an object").len() + 1;
    if count > MAX_RESOURCES {
        findings.add(format!("{count} resources exceed the limit of a stack, {MAX_RESOURCES}"));
    }
}
