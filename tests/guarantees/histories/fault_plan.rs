//! What goes wrong with a request of the workload: nothing, one DynamoDB request, every DynamoDB request, or the
//! client's own patience.

use std::time::Duration;

use super::recorder::Rng;
use crate::harness::{Fault, RequestBuilder, TestResponse, Wire};

/// What a request meets.
#[derive(Debug, Clone)]
pub enum FaultPlan {
    None,
    /// One DynamoDB request, after so many that go well, meets the fault.
    Once(u64, Fault),
    /// From that call on all do.
    Persistent(u64, Fault),
    /// The client goes away.
    Cut(Duration),
}

/// What calls may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultRate {
    /// Of a hundred calls: eleven gusts, two storms, three clients that go away.
    High,
    /// Of a hundred calls: eleven gusts.
    Low,
}

impl FaultPlan {
    pub fn draw(rng: &mut Rng, rate: FaultRate) -> Self {
        let (kind, after, brief) = (rng.below(100), rng.below(3), Duration::from_millis(rng.below(25)));
        let fault = match rng.below(9) {
            0 => Fault::Refused,
            1 => Fault::ResetBefore,
            2 => Fault::ResetAfter,
            3 => Fault::AnswerLost,
            4 => Fault::Cut,
            5 => Fault::Torn,
            6 => Fault::throttled(),
            7 => Fault::error(500, "InternalServerError"),
            _ => Fault::Delayed(brief),
        };
        match kind {
            0..11 => Self::Once(after, fault),
            _ if rate == FaultRate::Low => Self::None,
            // What is only late never becomes a storm.
            11..13 if !matches!(fault, Fault::Delayed(_)) => Self::Persistent(after, fault),
            13..16 => Self::Cut(brief),
            _ => Self::None,
        }
    }

    /// What goes wrong in it, in short.
    pub fn kind(&self) -> String {
        match self {
            Self::None => "Fair".to_owned(),
            Self::Once(_, fault) | Self::Persistent(_, fault) => fault.kind(),
            Self::Cut(_) => "CallerAway".to_owned(),
        }
    }

    /// Sends a request through it: the response, unless there is none that tells what became of it; and how many requests of the
    /// store met a fault, or that the client went away.
    pub async fn send(&self, request: RequestBuilder, request_id: &str, wire: &Wire) -> (Option<TestResponse>, usize) {
        let request = request.header("x-request-id", request_id);
        let fault = match self {
            Self::None => return (answered(request.send().await), 0),
            Self::Cut(after) => {
                let response = tokio::time::timeout(*after, request.send()).await.ok();
                let away = usize::from(response.is_none());
                return (response.and_then(answered), away);
            }
            Self::Once(_, fault) | Self::Persistent(_, fault) => fault.clone(),
        };
        let (mut at, plan) = (0, self.clone());
        wire.plan(request_id, move |_| {
            at += 1;
            let due = match plan {
                Self::Once(after, _) => at == after + 1,
                Self::Persistent(after, _) => at > after,
                Self::None | Self::Cut(_) => false,
            };
            due.then(|| fault.clone())
        });
        let response = request.send().await;
        (answered(response), wire.end_plan(request_id))
    }
}

/// A response that tells what became of the request; 503 does not.
fn answered(response: TestResponse) -> Option<TestResponse> {
    assert!(response.status != 500, "{response:?}");
    if response.status == 503 {
        assert_eq!(response.header("retry-after"), Some("1"), "{response:?}");
        return None;
    }
    Some(response)
}
