//! Metrics in the line of a request, in CloudWatch's embedded metric format.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, ser::SerializeMap};

/// The namespace of all metrics.
const NAMESPACE: &str = "Berth";
/// What every request counts for. Not by endpoint: each combination costs by the month, Lambda's own metrics are by
/// function already, and a query of the log finds the rest.
const OF_REQUESTS: Directive = Directive {
    namespace: NAMESPACE,
    dimensions: &[&["environment"]],
    metrics: &[
        Metric { name: "requests", unit: Unit::Count },
        Metric { name: "errors", unit: Unit::Count },
        Metric { name: "refusals", unit: Unit::Count },
        Metric { name: "conflicts", unit: Unit::Count },
        Metric { name: "retries", unit: Unit::Count },
        Metric { name: "readUnits", unit: Unit::Count },
        Metric { name: "writeUnits", unit: Unit::Count },
        Metric { name: "duration", unit: Unit::Milliseconds },
        Metric { name: "coldStarts", unit: Unit::Count },
    ],
};
/// What a line with a code counts for beside that. There are few codes, so there are few metrics.
const OF_CODES: &[&[&str]] = &[&["environment", "code"]];
/// A request that failed, by its code.
const ERRORS_BY_CODE: Directive =
    Directive { namespace: NAMESPACE, dimensions: OF_CODES, metrics: &[Metric { name: "errors", unit: Unit::Count }] };
/// A request that was refused, by its code.
const REFUSALS_BY_CODE: Directive = Directive {
    namespace: NAMESPACE,
    dimensions: OF_CODES,
    metrics: &[Metric { name: "refusals", unit: Unit::Count }],
};

/// What has been seen of a request's line, as far as metrics need it.
#[derive(Debug, Default)]
pub(super) struct Seen {
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

/// The member `_aws`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    /// Milliseconds since the epoch.
    timestamp: u64,
    cloud_watch_metrics: &'a [Directive],
}

impl Seen {
    pub(super) fn number(&mut self, name: &str, value: u64) {
        if name == "status" {
            self.status = value;
        }
    }

    pub(super) fn truth(&mut self, name: &str, value: bool) {
        if name == "cold_start" {
            self.is_cold = value;
        }
    }

    pub(super) fn text(&mut self, name: &str) {
        self.has_code |= name == "code";
    }

    /// Writes the metrics that the line itself does not hold, and what makes metrics of them.
    pub(super) fn write<M: SerializeMap>(&self, members: &mut M) -> Result<(), M::Error> {
        let (is_error, is_refusal) = (self.status >= 500, (400..500).contains(&self.status));
        members.serialize_entry("requests", &1)?;
        members.serialize_entry("errors", &u8::from(is_error))?;
        members.serialize_entry("refusals", &u8::from(is_refusal))?;
        members.serialize_entry("coldStarts", &u8::from(self.is_cold))?;
        let by_code = if is_error { ERRORS_BY_CODE } else { REFUSALS_BY_CODE };
        let directives = [OF_REQUESTS, by_code];
        let count = if self.has_code && (is_error || is_refusal) { 2 } else { 1 };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = u64::try_from(since.as_millis()).unwrap_or_default();
        members.serialize_entry("_aws", &Metadata { timestamp, cloud_watch_metrics: &directives[..count] })
    }
}
