//! Log groups, alarms and the dashboard.

use std::collections::{BTreeMap, BTreeSet};

use berth::template::logical_id;
use berth_shared::http::Endpoint;
use serde_json::{Value, json};

use super::{Findings, of_type};

/// Limit of CloudWatch: metrics in the expression of an alarm.
const MAX_METRICS: usize = 10;

pub(super) fn check(template: &Value, endpoints: &[Endpoint], findings: &mut Findings) {
    logs(template, findings);
    alarms(template, findings);
    function_errors(template, endpoints, findings);
    dashboard(template, findings);
}

/// The log groups have a retention and an optional key.
fn logs(template: &Value, findings: &mut Findings) {
    for (id, name) in
        [("AccessLogs", "/aws/vendedlogs/${AWS::StackName}/access"), ("FunctionLogs", "/berth/${AWS::StackName}")]
    {
        let group = json!({
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": { "Fn::Sub": name },
                "RetentionInDays": { "Ref": "LogRetentionDays" },
                "KmsKeyId": { "Fn::If": ["HasLogKey", { "Ref": "LogKeyArn" }, { "Ref": "AWS::NoValue" }] },
            },
        });
        findings.resource(template, id, &group);
    }
}

/// Returns the members that all alarms have. No data means that the API is not in use.
fn alarm(properties: Value) -> Value {
    let mut alarm = json!({
        "Type": "AWS::CloudWatch::Alarm",
        "Condition": "HasAlarms",
        "Properties": {
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{ "Ref": "AlarmTopicArn" }],
            "OKActions": [{ "Ref": "AlarmTopicArn" }],
        },
    });
    if let (Some(all), Value::Object(properties)) = (alarm["Properties"].as_object_mut(), properties) {
        all.extend(properties);
    }
    alarm
}

/// Returns an alarm on a metric: the sum in periods of 5 minutes.
fn sum(namespace: &Value, metric: &str, dimensions: Option<Value>, periods: u8, threshold: &Value) -> Value {
    let mut properties = json!({
        "Namespace": namespace,
        "MetricName": metric,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": periods,
        "Threshold": threshold,
    });
    if let Some(dimensions) = dimensions {
        properties["Dimensions"] = dimensions;
    }
    alarm(properties)
}

fn alarms(template: &Value, findings: &mut Findings) {
    let api = || Some(json!([{ "Name": "ApiId", "Value": { "Ref": "Api" } }]));
    let environment = Some(json!([{ "Name": "environment", "Value": { "Ref": "Environment" } }]));
    let latency = json!({
        "Namespace": "AWS/ApiGateway",
        "MetricName": "Latency",
        "Dimensions": api(),
        "ExtendedStatistic": "p99",
        "Period": 300,
        "EvaluationPeriods": 3,
        "Threshold": { "Ref": "LatencyAlarmMilliseconds" },
    });
    let mut expected = BTreeMap::from([
        ("ServerErrorsAlarm", sum(&json!("AWS/ApiGateway"), "5xx", api(), 1, &json!(0))),
        ("LatencyAlarm", alarm(latency)),
        ("ThrottlesAlarm", sum(&json!("AWS/Lambda"), "Throttles", None, 1, &json!(0))),
        ("ConflictsAlarm", sum(&json!("Berth"), "conflicts", environment, 3, &json!(100))),
    ]);
    let namespace = json!({ "Fn::Sub": "Berth/${AWS::StackName}" });
    for (id, filter, status) in [
        ("UnauthenticatedAlarm", "UnauthenticatedFilter", 401),
        ("ForbiddenAlarm", "ForbiddenFilter", 403),
        ("ThrottledAlarm", "ThrottledFilter", 429),
    ] {
        let metric = format!("status{status}");
        expected.insert(id, sum(&namespace, &metric, None, 1, &json!({ "Ref": "BurstAlarmCount" })));
        let transformation =
            json!({ "MetricNamespace": namespace, "MetricName": metric, "MetricValue": "1", "Unit": "Count" });
        let filter_of_status = json!({
            "Type": "AWS::Logs::MetricFilter",
            "Condition": "HasAlarms",
            "Properties": {
                "LogGroupName": { "Ref": "AccessLogs" },
                // The access log has the status as a string.
                "FilterPattern": format!("{{ $.status = \"{status}\" }}"),
                "MetricTransformations": [transformation],
            },
        });
        findings.resource(template, filter, &filter_of_status);
    }
    for (id, alarm) in &expected {
        findings.resource(template, id, alarm);
    }
}

/// Every function is in one alarm that sums the errors of several.
fn function_errors(template: &Value, endpoints: &[Endpoint], findings: &mut Findings) {
    let mut watched = BTreeSet::new();
    for (id, found) in of_type(template, "AWS::CloudWatch::Alarm") {
        let properties = &found["Properties"];
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
        let expected = alarm(json!({
            "Metrics": properties["Metrics"],
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 1,
            "Threshold": 0,
        }));
        findings.resource(template, id, &expected);
    }
    for id in endpoints.iter().map(logical_id).filter(|id| !watched.contains(id.as_str())) {
        findings.add(format!("no alarm watches the errors of {id}"));
    }
}

/// The dashboard is optional, and its body is JSON with widgets.
fn dashboard(template: &Value, findings: &mut Findings) {
    let dashboard = &template["Resources"]["Overview"];
    let expected = json!({
        "Type": "AWS::CloudWatch::Dashboard",
        "Condition": "HasDashboard",
        "Properties": { "DashboardName": { "Fn::Sub": "${AWS::StackName}-${AWS::Region}" } },
    });
    findings.resource(template, "Overview", &expected);
    let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"].as_str().unwrap_or_default();
    let body = serde_json::from_str::<Value>(body).unwrap_or_default();
    if body["widgets"].as_array().is_none_or(Vec::is_empty) {
        findings.add("the dashboard has no widgets");
    }
}
