//! Metrics in request lines, in CloudWatch's embedded metric format.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, ser::SerializeMap};

/// Namespace of all metrics.
const NAMESPACE: &str = "Berth";
/// Metrics of every request. They have no dimension for the endpoint: CloudWatch charges for each combination, Lambda has
/// its own metrics by function, and a query of the log can group by endpoint.
const REQUEST_METRICS: Directive = Directive {
    namespace: NAMESPACE,
    dimensions: &[&["environment"]],
    metrics: &[
        Metric { name: "requests", unit: Unit::Count },
        Metric { name: "serverErrors", unit: Unit::Count },
        Metric { name: "clientErrors", unit: Unit::Count },
        Metric { name: "conflicts", unit: Unit::Count },
        Metric { name: "retries", unit: Unit::Count },
        Metric { name: "readUnits", unit: Unit::Count },
        Metric { name: "writeUnits", unit: Unit::Count },
        Metric { name: "duration", unit: Unit::Milliseconds },
        Metric { name: "coldStarts", unit: Unit::Count },
    ],
};
/// Dimensions of the metrics by error code. The number of codes limits the number of metrics.
const CODE_DIMENSIONS: &[&[&str]] = &[&["environment", "code"]];
/// Server errors by code.
const SERVER_ERRORS_BY_CODE: Directive = Directive {
    namespace: NAMESPACE,
    dimensions: CODE_DIMENSIONS,
    metrics: &[Metric { name: "serverErrors", unit: Unit::Count }],
};
/// Client errors by code.
const CLIENT_ERRORS_BY_CODE: Directive = Directive {
    namespace: NAMESPACE,
    dimensions: CODE_DIMENSIONS,
    metrics: &[Metric { name: "clientErrors", unit: Unit::Count }],
};

/// Values of a request line that its metrics depend on.
#[derive(Debug, Default)]
pub(super) struct RequestMetrics {
    status: u64,
    is_cold: bool,
    has_code: bool,
}

#[derive(Debug, Clone, Copy, Serialize)]
enum Unit {
    Count,
    Milliseconds,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: &'static [&'static [&'static str]],
    metrics: &'static [Metric],
}

/// Value of the member `_aws`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    /// Milliseconds since the epoch.
    timestamp: u64,
    cloud_watch_metrics: &'a [Directive],
}

impl RequestMetrics {
    pub(super) fn record_number(&mut self, name: &str, value: u64) {
        if name == "status" {
            self.status = value;
        }
    }

    pub(super) fn record_bool(&mut self, name: &str, value: bool) {
        if name == "cold_start" {
            self.is_cold = value;
        }
    }

    pub(super) fn record_text(&mut self, name: &str) {
        self.has_code |= name == "code";
    }

    /// Writes the metrics that are not fields of the line, and the member `_aws`, which declares all metrics.
    pub(super) fn write<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        let (is_server_error, is_client_error) = (self.status >= 500, (400..500).contains(&self.status));
        members.serialize_entry("requests", &1)?;
        members.serialize_entry("serverErrors", &u8::from(is_server_error))?;
        members.serialize_entry("clientErrors", &u8::from(is_client_error))?;
        members.serialize_entry("coldStarts", &u8::from(self.is_cold))?;
        let by_code = if is_server_error { SERVER_ERRORS_BY_CODE } else { CLIENT_ERRORS_BY_CODE };
        let directives = [REQUEST_METRICS, by_code];
        let count = if self.has_code && (is_server_error || is_client_error) { 2 } else { 1 };
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = u64::try_from(elapsed.as_millis()).unwrap_or_default();
        members.serialize_entry("_aws", &Metadata { timestamp, cloud_watch_metrics: &directives[..count] })
    }
}
