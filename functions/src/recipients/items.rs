//! Creates several recipients, each in its own transaction.

use std::collections::{HashMap, HashSet};

use berth_shared::{
    Error, Result,
    domain::{Recipient, RecipientDraft, Violation},
    http::{Problem, ProblemDetail, Request, Response},
    id::{DockId, OrganizationId},
};
use futures::{StreamExt, stream};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::create;

/// Number of transactions in parallel. The dock has eight counters.
const PARALLEL: usize = 8;

/// Recipient to create.
pub(super) struct Item {
    /// Number of the item in errors.
    pub(super) index: u64,
    /// Names and indices that lead to the item.
    pub(super) place: Vec<String>,
    /// The recipient, or why it is invalid.
    pub(super) draft: Result<RecipientDraft, Vec<Violation>>,
}

/// Outcome of one item.
enum Outcome {
    /// The recipient was created, now or by an earlier request with the same `Idempotency-Key`: its representation.
    Created {
        body: String,
        is_replayed: bool,
    },
    Rejected(ItemError),
}

/// Outcome of all items, in their order.
pub(super) struct Outcomes(Vec<Outcome>);

/// Results of the creation of several recipients.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Results")]
pub(super) struct Results<T> {
    /// Number of recipients that were created.
    success: usize,
    /// Number of recipients that were rejected.
    failed: usize,
    /// Errors of the rejected recipients, in the order of the request.
    errors: Vec<ItemError>,
    /// Created recipients, in the order of the request.
    #[schemars(with = "Vec<T>")]
    recipients: Vec<Box<RawValue>>,
    #[serde(skip)]
    row: std::marker::PhantomData<T>,
}

/// Error of one recipient.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RecipientError")]
struct ItemError {
    /// Number of the recipient in the request, from 0; in a CSV file, the number of its first line.
    index: u64,
    /// Machine-readable error code.
    code: String,
    /// Explanation for developers, in English. It may change.
    message: String,
    /// Violations in the recipient, at most 100. Present only if validation failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<ProblemDetail>")]
    errors: Option<Vec<ProblemDetail>>,
}

/// Creates recipients. Each fails on its own, except for errors of DynamoDB: then the items that were created stay, and a
/// repetition of the request with the same `Idempotency-Key` creates the others.
pub(super) async fn create(
    request: &Request,
    organization: OrganizationId,
    dock: DockId,
    items: Vec<Item>,
) -> Result<Outcomes> {
    let mut recorded = request.recorded_items(items.len()).await?;
    // The second recipient with an address waits for the first one, which has it unless it is rejected.
    let mut addresses = HashSet::new();
    let numbered = items.into_iter().enumerate().map(|(at, item)| {
        let address = item.draft.as_ref().ok().map(|draft| draft.email.clone());
        let is_first = address.is_none_or(|address| addresses.insert(address));
        (at, item, is_first)
    });
    let (first, repeated): (Vec<_>, Vec<_>) = numbered.partition(|(.., is_first)| *is_first);
    let mut outcomes = HashMap::new();
    for (items, parallel) in [(first, PARALLEL), (repeated, 1)] {
        let creations = items.into_iter().map(|(at, item, _)| {
            let replayed = recorded.remove(&at).map(|recorded| recorded.body);
            async move { (at, create_one(request, organization, dock, at, item, replayed).await) }
        });
        let mut creations = stream::iter(creations.collect::<Vec<_>>()).buffer_unordered(parallel);
        while let Some((at, outcome)) = creations.next().await {
            outcomes.insert(at, outcome);
        }
    }
    let ordered = (0..outcomes.len()).filter_map(|at| outcomes.remove(&at));
    ordered.collect::<Result<_>>().map(Outcomes)
}

async fn create_one(
    request: &Request,
    organization: OrganizationId,
    dock: DockId,
    at: usize,
    item: Item,
    replayed: Option<String>,
) -> Result<Outcome> {
    if let Some(body) = replayed {
        return Ok(Outcome::Created { body, is_replayed: true });
    }
    let Item { index, place, draft } = item;
    let draft = match draft {
        Ok(draft) => draft,
        Err(violations) => {
            return Ok(Outcome::Rejected(ItemError::of(index, &request.invalid_at(&place, violations))));
        }
    };
    let recipient = Recipient::new(request.new_id()?, organization, dock, draft, request.now());
    let created = create::write(request, &recipient, |response| request.write_of_item(at, response)).await;
    match created {
        Ok(response) => Ok(Outcome::Created { body: response.body().to_owned(), is_replayed: false }),
        Err(Error::Replay(recorded)) => Ok(Outcome::Created { body: recorded.body, is_replayed: true }),
        // Other errors, for example of an unknown dock, concern the whole request.
        Err(error) if error.code().is_none_or(|code| !create::ERRORS.contains(&code)) => Err(error),
        Err(error) => Ok(Outcome::Rejected(ItemError::of(index, &error))),
    }
}

impl ItemError {
    fn of(index: u64, error: &Error) -> Self {
        let Problem { code, detail, errors, .. } = Problem::of(error, "", "");
        Self { index, code, message: detail, errors }
    }
}

impl Outcomes {
    /// Creates the response.
    pub(super) fn respond(self) -> Result<Response> {
        let are_replayed = self.0.iter().all(|outcome| matches!(outcome, Outcome::Created { is_replayed: true, .. }));
        let (mut errors, mut recipients) = (Vec::new(), Vec::new());
        for outcome in self.0 {
            match outcome {
                Outcome::Created { body, .. } => {
                    recipients.push(RawValue::from_string(body).map_err(Error::internal)?);
                }
                Outcome::Rejected(error) => errors.push(error),
            }
        }
        let (success, failed) = (recipients.len(), errors.len());
        let results: Results<()> = Results { success, failed, errors, recipients, row: std::marker::PhantomData };
        let response = Response::new(&results)?;
        Ok(if are_replayed { response.replayed() } else { response })
    }
}
