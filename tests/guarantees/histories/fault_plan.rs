//! Faults of a request of the workload: none, one DynamoDB request, every DynamoDB request, or a client that
//! disconnects.

use std::time::Duration;

use super::recorder::Rng;
use crate::harness::{Fault, RequestBuilder, TestResponse, Wire};

/// The faults of one request.
#[derive(Debug, Clone)]
pub enum FaultPlan {
    None,
    /// One DynamoDB request fails, after this many that succeed.
    Once(u64, Fault),
    /// All DynamoDB requests fail, after this many that succeed.
    Persistent(u64, Fault),
    /// The client disconnects after this time.
    Disconnect(Duration),
}

/// Probability of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultRate {
    /// Of 100 requests: 11 with a single fault, 2 with persistent faults, 3 with a client that disconnects.
    High,
    /// Of 100 requests: 11 with a single fault.
    Low,
}

impl FaultPlan {
    pub fn draw(rng: &mut Rng, rate: FaultRate) -> Self {
        let (kind, after, brief) = (rng.below(100), rng.below(3), Duration::from_millis(rng.below(25)));
        let fault = match rng.below(9) {
            0 => Fault::ConnectionRefused,
            1 => Fault::ResetBefore,
            2 => Fault::ResetAfter,
            3 => Fault::ResponseLost,
            4 => Fault::Truncated,
            5 => Fault::Torn,
            6 => Fault::throttled(),
            7 => Fault::error(500, "InternalServerError"),
            _ => Fault::Delayed(brief),
        };
        match kind {
            0..11 => Self::Once(after, fault),
            _ if rate == FaultRate::Low => Self::None,
            // A delay is never persistent.
            11..13 if !matches!(fault, Fault::Delayed(_)) => Self::Persistent(after, fault),
            13..16 => Self::Disconnect(brief),
            _ => Self::None,
        }
    }

    /// Returns the name of the fault.
    pub fn kind(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Once(_, fault) | Self::Persistent(_, fault) => fault.kind(),
            Self::Disconnect(_) => "ClientDisconnected".to_owned(),
        }
    }

    /// Sends a request with the faults. Returns the response, or `None` if the outcome is unknown, and the number of
    /// DynamoDB
    /// requests that failed or of disconnects.
    pub async fn send(&self, request: RequestBuilder, request_id: &str, wire: &Wire) -> (Option<TestResponse>, usize) {
        let request = request.header("x-request-id", request_id);
        let fault = match self {
            Self::None => return (with_known_outcome(request.send().await), 0),
            Self::Disconnect(after) => {
                let response = tokio::time::timeout(*after, request.send()).await.ok();
                let disconnected = usize::from(response.is_none());
                return (response.and_then(with_known_outcome), disconnected);
            }
            Self::Once(_, fault) | Self::Persistent(_, fault) => fault.clone(),
        };
        let (mut at, plan) = (0, self.clone());
        wire.plan(request_id, move |_| {
            at += 1;
            let due = match plan {
                Self::Once(after, _) => at == after + 1,
                Self::Persistent(after, _) => at > after,
                Self::None | Self::Disconnect(_) => false,
            };
            due.then(|| fault.clone())
        });
        let response = request.send().await;
        (with_known_outcome(response), wire.end_plan(request_id))
    }
}

/// Returns the response if it reports the outcome of the request: 503 does not.
fn with_known_outcome(response: TestResponse) -> Option<TestResponse> {
    assert!(response.status != 500, "{response:?}");
    if response.status == 503 {
        assert_eq!(response.header("retry-after"), Some("1"), "{response:?}");
        return None;
    }
    Some(response)
}
