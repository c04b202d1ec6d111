//! Alarms: on failed invocations of the functions, and on bursts of responses with one status.

use berth_shared::http::Endpoint;
use serde_json::{Value, json};

use super::logical_id;

/// Maximum number of metrics in the expression of an alarm.
const METRICS_PER_ALARM: usize = 10;

/// Statuses whose bursts have an alarm: name in logical ids and metrics, status, and what a burst can mean.
const BURSTS: [(&str, u16, &str); 3] = [
    ("Unauthenticated", 401, "a client has a revoked key, or keys are being guessed"),
    ("Forbidden", 403, "a client lacks a scope, or a key is stolen"),
    ("Throttled", 429, "a client exceeds the limits of the API"),
];

/// Returns the alarms on errors of all functions.
pub(super) fn function_errors(endpoints: &[Endpoint]) -> impl Iterator<Item = (String, Value)> + '_ {
    let chunks = endpoints.chunks(METRICS_PER_ALARM).enumerate();
    chunks.map(|(at, endpoints)| (format!("FunctionErrors{}Alarm", at + 1), errors_alarm(endpoints)))
}

/// Returns the alarms on bursts of one status, each with the filter that counts its metric in the access log. The access
/// log has the responses of API Gateway itself, too.
pub(super) fn status_bursts() -> impl Iterator<Item = (String, Value)> {
    BURSTS.into_iter().flat_map(|(name, status, meaning)| {
        let (namespace, metric) = (json!({ "Fn::Sub": "Berth/${AWS::StackName}" }), format!("status{status}"));
        let filter = json!({
            "Type": "AWS::Logs::MetricFilter",
            "Condition": "HasAlarms",
            "Properties": {
                "LogGroupName": { "Ref": "AccessLogs" },
                "FilterPattern": format!("{{ $.status = \"{status}\" }}"),
                "MetricTransformations": [{
                    "MetricNamespace": namespace,
                    "MetricName": metric,
                    "MetricValue": "1",
                    "Unit": "Count",
                }],
            },
        });
        let alarm = json!({
            "Type": "AWS::CloudWatch::Alarm",
            "Condition": "HasAlarms",
            "Properties": {
                "AlarmDescription":
                    format!("More than BurstAlarmCount responses with status {status} in 5 minutes: {meaning}."),
                "Namespace": namespace,
                "MetricName": metric,
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": { "Ref": "BurstAlarmCount" },
                "ComparisonOperator": "GreaterThanThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": [{ "Ref": "AlarmTopicArn" }],
                "OKActions": [{ "Ref": "AlarmTopicArn" }],
            },
        });
        [(format!("{name}Filter"), filter), (format!("{name}Alarm"), alarm)]
    })
}

/// Returns the alarm on failed invocations of these endpoints' functions: panics, timeouts, crashes.
fn errors_alarm(endpoints: &[Endpoint]) -> Value {
    let names: Vec<_> = endpoints.iter().map(|endpoint| endpoint.name).collect();
    // A function that was not invoked has no data, which must not hide the errors of the others.
    let filled: Vec<_> = (1..=endpoints.len()).map(|at| format!("FILL(m{at}, 0)")).collect();
    let mut metrics = vec![json!({
        "Id": "errors",
        "Label": "Errors",
        "Expression": format!("SUM([{}])", filled.join(", ")),
        "ReturnData": true,
    })];
    metrics.extend(endpoints.iter().enumerate().map(|(at, endpoint)| {
        json!({
            "Id": format!("m{}", at + 1),
            "Label": endpoint.name,
            "ReturnData": false,
            "MetricStat": {
                "Stat": "Sum",
                "Period": 300,
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": "Errors",
                    "Dimensions": [{ "Name": "FunctionName", "Value": { "Ref": logical_id(endpoint) } }],
                },
            },
        })
    }));
    json!({
        "Type": "AWS::CloudWatch::Alarm",
        "Condition": "HasAlarms",
        "Properties": {
            "AlarmDescription": format!(
                "Invocations failed without a response (panic, timeout or crash) in one of these functions: {}.",
                names.join(", "),
            ),
            "Metrics": metrics,
            // FILL also fills the newest period if its data is late, so the alarm evaluates the period before it, too.
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{ "Ref": "AlarmTopicArn" }],
            "OKActions": [{ "Ref": "AlarmTopicArn" }],
        },
    })
}
