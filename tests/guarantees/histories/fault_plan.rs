//! What goes wrong with a call of the workload: nothing, one call of the store, every call of the store, or the
//! caller's own patience.

use std::time::Duration;

use super::recorder::Dice;
use crate::harness::{Answer, Call, Fault, Wire};

/// What a call meets.
#[derive(Debug, Clone)]
pub enum Weather {
    Fair,
    /// One call of the store, after so many that go well, meets the fault.
    Gust(u64, Fault),
    /// From that call on all do.
    Storm(u64, Fault),
    /// The caller goes away.
    Cut(Duration),
}

/// What calls may meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Climate {
    /// Of a hundred calls: eleven gusts, two storms, three callers that go away.
    Rough,
    /// Of a hundred calls: eleven gusts.
    Mild,
}

impl Weather {
    pub fn drawn(dice: &mut Dice, climate: Climate) -> Self {
        let (kind, after, brief) = (dice.below(100), dice.below(3), Duration::from_millis(dice.below(25)));
        let fault = match dice.below(9) {
            0 => Fault::Refused,
            1 => Fault::ResetBefore,
            2 => Fault::ResetAfter,
            3 => Fault::AnswerLost,
            4 => Fault::Cut,
            5 => Fault::Torn,
            6 => Fault::throttled(),
            7 => Fault::refusal(500, "InternalServerError"),
            _ => Fault::Delayed(brief),
        };
        match kind {
            0..11 => Self::Gust(after, fault),
            _ if climate == Climate::Mild => Self::Fair,
            // What is only late never becomes a storm.
            11..13 if !matches!(fault, Fault::Delayed(_)) => Self::Storm(after, fault),
            13..16 => Self::Cut(brief),
            _ => Self::Fair,
        }
    }

    /// What goes wrong in it, in short.
    pub fn kind(&self) -> String {
        match self {
            Self::Fair => "Fair".to_owned(),
            Self::Gust(_, fault) | Self::Storm(_, fault) => fault.kind(),
            Self::Cut(_) => "CallerAway".to_owned(),
        }
    }

    /// Sends a call through it: the answer, unless there is none that tells what became of it; and how many calls of the
    /// store met a fault, or that the caller went away.
    pub async fn send(&self, call: Call, request: &str, wire: &Wire) -> (Option<Answer>, usize) {
        let call = call.header("x-request-id", request);
        let fault = match self {
            Self::Fair => return (answered(call.send().await), 0),
            Self::Cut(after) => {
                let answer = tokio::time::timeout(*after, call.send()).await.ok();
                let away = usize::from(answer.is_none());
                return (answer.and_then(answered), away);
            }
            Self::Gust(_, fault) | Self::Storm(_, fault) => fault.clone(),
        };
        let (mut at, weather) = (0, self.clone());
        wire.plan(request, move |_| {
            at += 1;
            let due = match weather {
                Self::Gust(after, _) => at == after + 1,
                Self::Storm(after, _) => at > after,
                Self::Fair | Self::Cut(_) => false,
            };
            due.then(|| fault.clone())
        });
        let answer = call.send().await;
        (answered(answer), wire.unplan(request))
    }
}

/// An answer that tells what became of the call; 503 does not.
fn answered(answer: Answer) -> Option<Answer> {
    assert!(answer.status != 500, "{answer:?}");
    if answer.status == 503 {
        assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
        return None;
    }
    Some(answer)
}
