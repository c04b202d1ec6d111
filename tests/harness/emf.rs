//! CloudWatch's embedded metric format, as its public specification defines it.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema()).expect("a valid schema"));

/// Returns the violations of the format in a log line.
pub fn violations(line: &Value) -> Vec<String> {
    let mut violations: Vec<String> = SCHEMA.iter_errors(line).map(|error| error.to_string()).collect();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
        for dimension in directive["Dimensions"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten()
        {
            let value = dimension.as_str().and_then(|name| line[name].as_str()).unwrap_or_default();
            if !(1..=1024).contains(&value.len()) {
                violations.push(format!("the dimension {dimension} has no string value"));
            }
        }
        for metric in directive["Metrics"].as_array().into_iter().flatten() {
            let value = &line[metric["Name"].as_str().unwrap_or_default()];
            let many = value.as_array().is_some_and(|many| many.len() <= 100 && many.iter().all(Value::is_number));
            if !value.is_number() && !many {
                violations.push(format!("the metric {} has no numeric value", metric["Name"]));
            }
        }
    }
    violations
}

fn schema() -> Value {
    let units = [
        "Seconds",
        "Microseconds",
        "Milliseconds",
        "Bytes",
        "Kilobytes",
        "Megabytes",
        "Gigabytes",
        "Terabytes",
        "Bits",
        "Kilobits",
        "Megabits",
        "Gigabits",
        "Terabits",
        "Percent",
        "Count",
        "Bytes/Second",
        "Kilobytes/Second",
        "Megabytes/Second",
        "Gigabytes/Second",
        "Terabytes/Second",
        "Bits/Second",
        "Kilobits/Second",
        "Megabits/Second",
        "Gigabits/Second",
        "Terabits/Second",
        "Count/Second",
        "None",
    ];
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 1024 });
    json!({
        "type": "object",
        "required": ["_aws"],
        "properties": { "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "additionalProperties": false,
            "properties": {
                "Timestamp": { "type": "integer", "minimum": 0 },
                "CloudWatchMetrics": { "type": "array", "items": {
                    "type": "object",
                    "required": ["Namespace", "Dimensions", "Metrics"],
                    "additionalProperties": false,
                    "properties": {
                        "Namespace": name,
                        "Dimensions": { "type": "array", "minItems": 1, "items": {
                            "type": "array",
                            "maxItems": 30,
                            "uniqueItems": true,
                            "items": { "type": "string", "minLength": 1, "maxLength": 250 },
                        } },
                        "Metrics": { "type": "array", "maxItems": 100, "items": {
                            "type": "object",
                            "required": ["Name"],
                            "additionalProperties": false,
                            "properties": {
                                "Name": name,
                                "Unit": { "enum": units },
                                "StorageResolution": { "enum": [1, 60] },
                            },
                        } },
                    },
                } },
            },
        } },
    })
}
