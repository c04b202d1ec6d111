//! The context of a request and its log line, for `/v1` and the ledger dialect.

use lambda_http::http::{Method, StatusCode};
use tokio::time::Instant;
use tracing::{Span, field};

use super::{Endpoint, boundary};
use crate::{
    domain::{
        Environment,
        credentials::{CredentialId, Owner},
        error::Error,
        time::Time,
    },
    http::Service,
    store::Store,
};

/// Target of the span of a request, to which all its log lines belong, and of the line that reports its outcome.
pub const REQUEST: &str = "berth::request";

/// Context of a request.
pub(crate) struct RequestContext {
    /// Time of arrival.
    pub(crate) now: Time,
    /// Request id: `X-Request-Id` if it is valid, or else a generated id.
    pub(crate) request_id: String,
    /// Whether the method is `HEAD`, so that the response has no body.
    pub(crate) head: bool,
    /// Table, with the deadline of the request.
    pub(crate) store: Store,
    /// Span of the request, whose fields all its log lines contain.
    pub(crate) span: Span,
    started: Instant,
    environment: Environment,
    is_cold: bool,
}

/// Outcome of a request in its log line.
pub(crate) enum LogOutcome<'a> {
    /// The endpoint returned a response.
    Success,
    /// The response is that of an earlier request with the same `Idempotency-Key`.
    Replayed,
    /// The status is 4xx.
    ClientError {
        /// Error code.
        code: &'a str,
        /// Part of the request that cannot be decoded, for a decoding error of the ledger dialect.
        input: Option<&'a str>,
    },
    /// The status is 5xx.
    ServerError {
        /// Error code.
        code: &'a str,
        /// Cause, which is logged but not returned.
        error: &'a Error,
    },
}

/// Adds the caller to all further log lines of the request, which is that of the current span. `id` is `None` for a caller
/// with a signed token, whose id people choose.
pub(crate) fn log_caller(id: Option<CredentialId>, owner: Owner) {
    let span = Span::current();
    if let Some(id) = id {
        span.record("key_id", field::display(id));
    }
    if let Some(organization) = owner.organization() {
        span.record("organization_id", field::display(organization));
    }
}

impl RequestContext {
    /// Creates the context of a request to `endpoint` that arrives now.
    pub(crate) fn new(
        endpoint: &'static Endpoint,
        service: &Service,
        request: &lambda_http::Request,
        trace_id: Option<&str>,
    ) -> Self {
        let (now, started) = (service.clock().now(), Instant::now());
        let request_id = boundary::request_id(request.headers(), now);
        Self {
            span: tracing::info_span!(
                target: REQUEST,
                "request",
                endpoint = endpoint.name,
                request_id,
                trace_id,
                gateway_request_id = boundary::gateway_request_id(request),
                key_id = field::Empty,
                organization_id = field::Empty,
            ),
            store: service.store().with_deadline(boundary::deadline(request, started)),
            head: request.method() == Method::HEAD,
            environment: service.verifier().environment(),
            is_cold: service.is_first_request(),
            now,
            request_id,
            started,
        }
    }

    /// Logs the outcome of the request.
    ///
    /// Of the client's data the line contains only the ids of the request, the API key and its organization. It has neither path nor query, because ledger ids
    /// contain words that people choose.
    pub(crate) fn log_outcome(&self, status: StatusCode, outcome: &LogOutcome<'_>) {
        let usage = self.store.usage();
        // Milliseconds, rounded to microseconds.
        let duration = (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        macro_rules! line {
            ($level:ident, $($field:tt)*) => {
                tracing::$level!(
                    target: REQUEST,
                    parent: &self.span,
                    environment = %self.environment,
                    status = status.as_u16(),
                    duration,
                    cold_start = self.is_cold,
                    dynamo_db_requests = usage.requests,
                    retries = usage.retries,
                    conflicts = usage.conflicts,
                    read_units = usage.read_units,
                    write_units = usage.write_units,
                    $($field)*
                )
            };
        }
        match outcome {
            LogOutcome::Success => line!(info, "completed"),
            LogOutcome::Replayed => line!(info, "replayed"),
            LogOutcome::ClientError { code, input } => line!(info, code, input, "client error"),
            LogOutcome::ServerError { code, error } => line!(error, code, %error, "server error"),
        }
    }
}
