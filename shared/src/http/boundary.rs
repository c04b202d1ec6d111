//! What both dialects read of an event, and how they write headers.

use std::time::Duration;

use lambda_http::{
    RequestExt,
    http::{HeaderMap, HeaderValue},
};
use tokio::time::Instant;

use super::{Endpoint, headers};
use crate::{
    domain::{id::RequestId, time::Time},
    store,
};

/// How long a call may take where the runtime sets no deadline.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is kept of the time to write the answer before the runtime ends the call.
const MARGIN: Duration = Duration::from_millis(500);
/// The id of a request: the caller's, or a new one.
pub(crate) fn request_id(headers: &HeaderMap, now: Time) -> String {
    headers::request_id(headers).unwrap_or_else(|| {
        // Without randomness the id tells the time only; the call itself will say what is missing.
        RequestId::new(now, store::random().unwrap_or_default()).to_string()
    })
}

/// The time by which the store has to have answered.
pub(crate) fn deadline(request: &lambda_http::Request, now: Time, begun: Instant) -> Instant {
    let end = request.lambda_context_ref().map(|context| context.deadline).filter(|deadline| *deadline > 0);
    let left = end.map_or(PATIENCE, |end| Duration::from_millis(end.saturating_sub(now.millis_since_epoch())));
    begun + left.saturating_sub(MARGIN)
}

/// The path's parameters as the event has them, decoded once by the gateway.
pub(crate) fn path_parameters(endpoint: &Endpoint, request: &lambda_http::Request) -> Vec<(&'static str, String)> {
    let parameters = request.path_parameters_ref();
    let value = |name| parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default().to_owned();
    endpoint.path_parameters().map(|name| (name, value(name))).collect()
}

pub(crate) fn query(request: &lambda_http::Request) -> Vec<(String, String)> {
    let values = request.query_string_parameters_ref().map(|query| query.iter());
    let values = values.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut query: Vec<(String, String)> = values.collect();
    // The event's parameters come in no order; what is wrong with them is told in the same one each time.
    query.sort_by(|(one, _), (other, _)| one.cmp(other));
    query
}

/// A header's value. What Berth writes into headers is ASCII; should it not be, an empty value is sent.
pub(crate) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
