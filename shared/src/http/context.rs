//! What both dialects do before and after an endpoint: the beginning of a request, and its one line in the log.

use lambda_http::http::{Method, StatusCode};
use tokio::time::Instant;
use tracing::Span;

use super::{Endpoint, boundary};
use crate::{
    domain::{Environment, error::Error, time::Time},
    http::Service,
    store::Store,
};

/// The target of the span that every line about a request belongs to, and of the line that tells how it ended.
pub const REQUEST: &str = "berth::request";

/// A request that has arrived.
pub(crate) struct RequestContext {
    /// When it did.
    pub(crate) now: Time,
    /// Its id: the caller's, or a new one.
    pub(crate) request_id: String,
    /// Whether the answer goes without its body.
    pub(crate) head: bool,
    /// The table, within this request's time.
    pub(crate) store: Store,
    /// What every line of the log about it names.
    pub(crate) span: Span,
    begun: Instant,
    environment: Environment,
    is_cold: bool,
}

/// How a request ended, as the log tells it.
pub(crate) enum End<'a> {
    /// With the endpoint's answer.
    Success,
    /// With the answer that an earlier request was given.
    Replayed,
    /// With a refusal.
    ClientError {
        /// Its code.
        code: &'a str,
        /// What could not be read, where that is all that is wrong.
        input: Option<&'a str>,
    },
    /// With what the caller can do nothing about.
    ServerError {
        /// The code of the answer.
        code: &'a str,
        /// What happened.
        error: &'a Error,
    },
}

impl RequestContext {
    /// A request to `endpoint` that arrives now.
    pub(crate) fn new(
        endpoint: &'static Endpoint,
        service: &Service,
        request: &lambda_http::Request,
        trace_id: Option<&str>,
    ) -> Self {
        let (now, begun) = (Time::now(), Instant::now());
        let request_id = boundary::request_id(request.headers(), now);
        Self {
            span: tracing::info_span!(target: REQUEST, "call", endpoint = endpoint.name, request_id, trace_id),
            store: service.store().with_deadline(boundary::deadline(request, now, begun)),
            head: request.method() == Method::HEAD,
            environment: service.verifier().environment(),
            is_cold: service.is_first_request(),
            now,
            request_id,
            begun,
        }
    }

    /// Writes the request's line. It holds what Berth says of the request and nothing that the request says, but for
    /// its id: neither path nor query, as ids on the ledger are made of words that people choose.
    pub(crate) fn log_outcome(&self, status: StatusCode, end: &End<'_>) {
        let usage = self.store.usage();
        // To the microsecond.
        let duration = (self.begun.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        macro_rules! line {
            ($level:ident, $($field:tt)*) => {
                tracing::$level!(
                    target: REQUEST,
                    parent: &self.span,
                    environment = %self.environment,
                    status = status.as_u16(),
                    duration,
                    cold_start = self.is_cold,
                    store_calls = usage.calls,
                    retries = usage.retries,
                    conflicts = usage.conflicts,
                    read_units = usage.read_units,
                    write_units = usage.write_units,
                    $($field)*
                )
            };
        }
        match end {
            End::Success => line!(info, "answered"),
            End::Replayed => line!(info, "answered again"),
            End::ClientError { code, input } => line!(info, code, input, "refused"),
            End::ServerError { code, error } => line!(error, code, %error, "failed"),
        }
    }
}
