//! The path of a request in the ledger dialect: like [`crate::http::respond`], with the ledger's errors.

use std::{panic::AssertUnwindSafe, pin::Pin};

use futures::FutureExt;
use lambda_http::{
    Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use serde_json::Value;
use tracing::Instrument;

use super::{LedgerError, LedgerFailure, LedgerRequest, LedgerResult, authenticate::authenticate, error::translated};
use crate::{
    domain::error::{Code, Error},
    http::{Access, Dialect, DialectFuture, Endpoint, LogOutcome, RequestContext, Service, boundary},
    store::random,
};

/// Code in the log for an error response without a code.
const UNDECODABLE: &str = "UNDECODABLE";

/// The handler of an endpoint of `/v2`. A string becomes a text response, `None` a response without a body.
#[derive(Debug, Clone, Copy)]
pub struct LedgerHandler(
    /// The handler.
    pub for<'a> fn(&'a LedgerRequest) -> HandlerFuture<'a>,
);

/// The future of a handler of `/v2`.
pub type HandlerFuture<'a> = Pin<Box<dyn Future<Output = LedgerResult<Option<Value>>> + Send + 'a>>;

impl Dialect for LedgerHandler {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn respond<'a>(
        &'static self,
        endpoint: &'static Endpoint,
        service: &'a Service,
        request: lambda_http::Request,
        allow: Option<String>,
    ) -> DialectFuture<'a> {
        Box::pin(respond(endpoint, *self, service, request, allow))
    }
}

/// Responds in the ledger dialect. Every error becomes a response. `allow` is the value of the `Allow` header.
async fn respond(
    endpoint: &'static Endpoint,
    handler: LedgerHandler,
    service: &Service,
    http_request: lambda_http::Request,
    allow: Option<String>,
) -> Response<Body> {
    let trace_id = trace_id(http_request.headers());
    let context = RequestContext::new(endpoint, service, &http_request, Some(&trace_id));
    let request = LedgerRequest {
        endpoint,
        service: service.clone(),
        store: context.store.clone(),
        user: None,
        query: boundary::query(&http_request),
        path: boundary::path_parameters(endpoint, &http_request),
        raw: http_request,
        request_id: context.request_id.clone(),
        now: context.now,
    };
    let outcome = AssertUnwindSafe(enter(request, handler)).catch_unwind().instrument(context.span.clone()).await;
    let outcome = outcome.unwrap_or_else(|_| Err(Error::internal("the endpoint panicked").into()));
    let mut response = response_of(&outcome, endpoint.success, &trace_id);
    boundary::add_common_headers(response.headers_mut(), &context.request_id);
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, boundary::value(&allow));
    }
    context.log_outcome(response.status(), &log_outcome(&outcome, response.status()));
    if context.head {
        *response.body_mut() = Body::Empty;
    }
    response
}

async fn enter(mut request: LedgerRequest, handler: LedgerHandler) -> LedgerResult<Option<Value>> {
    if request.endpoint.access != Access::Public {
        request.user = Some(authenticate(&request).await?);
    }
    (handler.0)(&request).await
}

/// Returns the trace id of the client (W3C Trace Context), or a new one.
fn trace_id(headers: &HeaderMap) -> String {
    let parent = headers.get("traceparent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let trace = parent.split('-').nth(1).unwrap_or_default();
    let legal = trace.len() == 32 && trace.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if legal && trace.bytes().any(|b| b != b'0') {
        return trace.to_owned();
    }
    // Without randomness, the trace id is constant. The request then fails with the reason.
    format!("{:032x}", random().unwrap_or(1))
}

fn response_of(outcome: &LedgerResult<Option<Value>>, success: u16, trace_id: &str) -> Response<Body> {
    let error_response = |error: &LedgerError| json_response(error.category.status(), &error.body(trace_id));
    let success = StatusCode::from_u16(success).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match outcome {
        Ok(Some(Value::String(text))) => text_response(success, text.clone()),
        Ok(Some(body)) => json_response(success, body),
        Ok(None) => {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = success;
            response
        }
        Err(LedgerFailure::Text(status, text)) => text_response(*status, text.clone()),
        Err(LedgerFailure::Ledger(error)) => error_response(error),
        Err(LedgerFailure::Undecodable(decoding)) => text_response(StatusCode::BAD_REQUEST, decoding.text()),
        Err(LedgerFailure::Berth(error)) => error_response(&translated(error)),
    };
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = text_response(status, body.to_string());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn text_response(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8"));
    response
}

/// Returns the outcome for the log.
fn log_outcome(outcome: &LedgerResult<Option<Value>>, status: StatusCode) -> LogOutcome<'_> {
    match outcome {
        Ok(_) => LogOutcome::Success,
        Err(LedgerFailure::Ledger(error)) => LogOutcome::ClientError { code: error.code, input: None },
        Err(LedgerFailure::Undecodable(decoding)) => {
            LogOutcome::ClientError { code: UNDECODABLE, input: Some(&decoding.input) }
        }
        Err(LedgerFailure::Text(status, _)) => {
            let code = match *status {
                StatusCode::NOT_FOUND => Code::RouteNotFound,
                StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
                StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
                _ => Code::Unavailable,
            };
            LogOutcome::ClientError { code: code.as_str(), input: None }
        }
        Err(LedgerFailure::Berth(error)) => {
            let code = translated(error).code;
            if status.is_server_error() {
                LogOutcome::ServerError { code, error }
            } else {
                LogOutcome::ClientError { code, input: None }
            }
        }
    }
}
