//! Checks of a template. Each returns a sentence for every finding.

mod api;
mod functions;
mod monitoring;
mod table;

use std::{collections::BTreeMap, fmt::Display};

use serde_json::Value;

/// Limit of CloudFormation: resources per stack.
const MAX_RESOURCES: usize = 500;

/// Returns every finding in `template`.
pub fn findings(template: &Value) -> Vec<String> {
    let mut findings = Findings::default();
    functions::check(template, &mut findings);
    api::check(template, &mut findings);
    table::check(template, &mut findings);
    monitoring::check(template, &mut findings);
    parameters(template, &mut findings);
    resource_count(template, &mut findings);
    findings.0
}

/// The findings so far.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, finding: impl Into<String>) {
        self.0.push(finding.into());
    }

    /// Adds a finding unless `actual` is `expected`.
    fn equal(&mut self, place: impl Display, actual: &Value, expected: &Value) {
        if actual != expected {
            self.add(format!("{place} is {actual}, expected {expected}"));
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

/// Counts the resources that SAM's transform keeps, and the stage that it adds. `lint.sh` counts after the transform.
fn resource_count(template: &Value, findings: &mut Findings) {
    let count = template["Resources"].as_object().expect("an object").len() + 1;
    if count > MAX_RESOURCES {
        findings.add(format!("{count} resources exceed the limit of a stack, {MAX_RESOURCES}"));
    }
}
