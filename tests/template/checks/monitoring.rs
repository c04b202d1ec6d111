//! Log groups, alarms and the dashboard.

use std::collections::BTreeSet;

use berth::template::logical_id;
use berth_functions::ENDPOINTS;
use serde_json::{Value, json};

use super::{Findings, of_type};

/// Limit of CloudWatch: metrics in the expression of an alarm.
const MAX_METRICS: usize = 10;

pub(super) fn check(template: &Value, findings: &mut Findings) {
    logs(template, findings);
    alarms(template, findings);
    function_errors(template, findings);
    dashboard(template, findings);
}

/// Every log group has a retention, and the access log has neither paths nor headers.
fn logs(template: &Value, findings: &mut Findings) {
    let groups = of_type(template, "AWS::Logs::LogGroup");
    let ids: Vec<_> = groups.keys().collect();
    findings.equal("the log groups", &json!(ids), &json!(["AccessLogs", "FunctionLogs"]));
    for (id, group) in &groups {
        let days = json!({ "Ref": "LogRetentionDays" });
        findings.equal(format!("{id}: RetentionInDays"), &group["Properties"]["RetentionInDays"], &days);
    }
    let settings = &template["Resources"]["Api"]["Properties"]["AccessLogSettings"];
    let destination = json!({ "Fn::GetAtt": ["AccessLogs", "Arn"] });
    findings.equal("Api: DestinationArn", &settings["DestinationArn"], &destination);
    let format = settings["Format"].as_str().unwrap_or_default();
    if serde_json::from_str::<Value>(format).is_err() {
        findings.add(format!("the lines of the access log are not JSON: {format}"));
    }
    let known = [
        "error.responseType",
        "identity.sourceIp",
        "integrationErrorMessage",
        "integrationLatency",
        "requestId",
        "requestTime",
        "responseLatency",
        "responseLength",
        "routeKey",
        "status",
    ];
    for variable in format.split("$context.").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
        if !known.contains(&variable) {
            findings.add(format!("the access log has {variable}"));
        }
    }
}

fn alarms(template: &Value, findings: &mut Findings) {
    let alarms = of_type(template, "AWS::CloudWatch::Alarm");
    for (id, alarm) in &alarms {
        findings.equal(format!("{id}: Condition"), &alarm["Condition"], &json!("HasAlarms"));
        for actions in ["AlarmActions", "OKActions"] {
            let topic = json!([{ "Ref": "AlarmTopicArn" }]);
            findings.equal(format!("{id}: {actions}"), &alarm["Properties"][actions], &topic);
        }
        let comparison = &alarm["Properties"]["ComparisonOperator"];
        findings.equal(format!("{id}: ComparisonOperator"), comparison, &json!("GreaterThanThreshold"));
        // No requests, no data: the API is not in use.
        let missing = &alarm["Properties"]["TreatMissingData"];
        findings.equal(format!("{id}: TreatMissingData"), missing, &json!("notBreaching"));
    }
    let api = json!([{ "Name": "ApiId", "Value": { "Ref": "Api" } }]);
    let environment = json!([{ "Name": "environment", "Value": { "Ref": "Environment" } }]);
    let expected = [
        ("AWS/ApiGateway", "5xx", &api, json!(0)),
        ("AWS/ApiGateway", "Latency", &api, json!({ "Ref": "LatencyAlarmMilliseconds" })),
        ("AWS/Lambda", "Throttles", &Value::Null, json!(0)),
        ("Berth", "conflicts", &environment, json!(100)),
    ];
    for (namespace, metric, dimensions, threshold) in expected {
        let watched = alarms.values().map(|alarm| &alarm["Properties"]).any(|alarm| {
            alarm["Namespace"] == namespace
                && alarm["MetricName"] == metric
                && alarm["Dimensions"] == *dimensions
                && alarm["Threshold"] == threshold
        });
        if !watched {
            findings.add(format!("no alarm watches {metric} of {namespace}"));
        }
    }
}

/// Every function is in one alarm that sums the errors of several.
fn function_errors(template: &Value, findings: &mut Findings) {
    let mut watched = BTreeSet::new();
    for (id, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        let properties = &alarm["Properties"];
        let Some([sum, metrics @ ..]) = properties["Metrics"].as_array().map(Vec::as_slice) else { continue };
        if metrics.len() > MAX_METRICS {
            findings.add(format!("{id} has {} metrics, the limit is {MAX_METRICS}", metrics.len()));
        }
        let terms: Vec<_> = (1..=metrics.len()).map(|at| format!("FILL(m{at}, 0)")).collect();
        let expression = format!("SUM([{}])", terms.join(", "));
        let expected = json!({ "Id": "errors", "Label": "Errors", "Expression": expression, "ReturnData": true });
        findings.equal(format!("{id}: expression"), sum, &expected);
        for (at, metric) in metrics.iter().enumerate() {
            let function = &metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"];
            let expected = json!({
                "Id": format!("m{}", at + 1),
                "Label": metric["Label"],
                "ReturnData": false,
                "MetricStat": {
                    "Stat": "Sum",
                    "Period": 300,
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": "Errors",
                        "Dimensions": [{ "Name": "FunctionName", "Value": { "Ref": function } }],
                    },
                },
            });
            findings.equal(format!("{id}: metric {at}"), metric, &expected);
            watched.extend(function.as_str());
        }
        let expected = [("EvaluationPeriods", 2), ("DatapointsToAlarm", 1), ("Threshold", 0)];
        for (member, expected) in expected {
            findings.equal(format!("{id}: {member}"), &properties[member], &json!(expected));
        }
    }
    for id in ENDPOINTS.iter().map(logical_id).filter(|id| !watched.contains(id.as_str())) {
        findings.add(format!("no alarm watches the errors of {id}"));
    }
}

/// The dashboard is optional, and its body is JSON with widgets.
fn dashboard(template: &Value, findings: &mut Findings) {
    let dashboard = &template["Resources"]["Overview"];
    findings.equal("Overview: Condition", &dashboard["Condition"], &json!("HasDashboard"));
    let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"].as_str().unwrap_or_default();
    let body = serde_json::from_str::<Value>(body).unwrap_or_default();
    if body["widgets"].as_array().is_none_or(Vec::is_empty) {
        findings.add("the dashboard has no widgets");
    }
}
