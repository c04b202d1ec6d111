//! A request's way in the ledger's dialect: like [`crate::http::respond`], with the ledger's own refusals.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use lambda_http::{
    Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use serde_json::Value;
use tracing::Instrument;

use super::{LedgerCall, LedgerError, LedgerFailure, LedgerResult, authenticate::authenticate, error::translated};
use crate::{
    Error, Service,
    error::Code,
    http::{Access, Arrival, End, Endpoint, LedgerHandler, boundary},
    store::random,
};

/// What the log calls a refusal that is a text, and so has no code.
const UNDECODABLE: &str = "UNDECODABLE";

/// Answers a request in the ledger's dialect. Every refusal is an answer. `allow` are the path's methods, for `Allow`.
pub async fn respond(
    endpoint: &'static Endpoint,
    handler: LedgerHandler,
    service: &Service,
    request: lambda_http::Request,
    allow: Option<String>,
) -> Response<Body> {
    let trace_id = trace_id(request.headers());
    let arrival = Arrival::now(endpoint, service, &request, Some(&trace_id));
    let call = LedgerCall {
        endpoint,
        service: service.clone(),
        store: arrival.store.clone(),
        user: None,
        query: boundary::query(&request),
        path: boundary::path_parameters(endpoint, &request),
        request,
        request_id: arrival.request_id.clone(),
        now: arrival.now,
    };
    let ended = AssertUnwindSafe(enter(call, handler)).catch_unwind().instrument(arrival.span.clone()).await;
    let ended = ended.unwrap_or_else(|_| Err(Error::internal("the endpoint panicked").into()));
    let mut response = written(&ended, endpoint.success, &trace_id);
    response.headers_mut().insert("x-request-id", boundary::value(&arrival.request_id));
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, boundary::value(&allow));
    }
    arrival.ended(response.status(), &told(&ended, response.status()));
    if arrival.head {
        *response.body_mut() = Body::Empty;
    }
    response
}

async fn enter(mut call: LedgerCall, handler: LedgerHandler) -> LedgerResult<Option<Value>> {
    if call.endpoint.access != Access::Public {
        call.user = Some(authenticate(&call).await?);
    }
    handler(&call).await
}

/// The trace of the caller (W3C Trace Context), or a new one.
fn trace_id(headers: &HeaderMap) -> String {
    let parent = headers.get("traceparent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let trace = parent.split('-').nth(1).unwrap_or_default();
    let legal = trace.len() == 32 && trace.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if legal && trace.bytes().any(|b| b != b'0') {
        return trace.to_owned();
    }
    // Without randomness the trace is no trace; the call itself will say what is missing.
    format!("{:032x}", random().unwrap_or(1))
}

fn written(ended: &LedgerResult<Option<Value>>, success: u16, trace_id: &str) -> Response<Body> {
    let refusal = |error: &LedgerError| json_response(error.category.status(), &error.body(trace_id));
    let success = StatusCode::from_u16(success).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match ended {
        Ok(Some(Value::String(text))) => text_response(success, text.clone()),
        Ok(Some(body)) => json_response(success, body),
        Ok(None) => {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = success;
            response
        }
        Err(LedgerFailure::Text(status, text)) => text_response(*status, text.clone()),
        Err(LedgerFailure::Refused(error)) => refusal(error),
        Err(LedgerFailure::Undecodable(decoding)) => text_response(StatusCode::BAD_REQUEST, decoding.text()),
        Err(LedgerFailure::Berth(error)) => refusal(&translated(error)),
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

/// What the log is told of the answer.
fn told(ended: &LedgerResult<Option<Value>>, status: StatusCode) -> End<'_> {
    match ended {
        Ok(_) => End::Answered,
        Err(LedgerFailure::Refused(error)) => End::Refused { code: error.code, input: None },
        Err(LedgerFailure::Undecodable(decoding)) => End::Refused { code: UNDECODABLE, input: Some(&decoding.input) },
        Err(LedgerFailure::Text(status, _)) => {
            let code = match *status {
                StatusCode::NOT_FOUND => Code::RouteNotFound,
                StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
                _ => Code::Unavailable,
            };
            End::Refused { code: code.as_str(), input: None }
        }
        Err(LedgerFailure::Berth(error)) => {
            let code = translated(error).code;
            if status.is_server_error() { End::Failed { code, error } } else { End::Refused { code, input: None } }
        }
    }
}
