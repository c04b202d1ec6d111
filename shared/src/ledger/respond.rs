//! A request's way in the ledger's dialect: like [`crate::http::respond`], with the ledger's own refusals.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use lambda_http::{
    Body,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use super::{Category, Decoding, LedgerCall, LedgerError, LedgerFailure, LedgerResult, User, error::translated};
use crate::{
    Error, Service,
    credentials::{AuthFailure, Owner, Scope},
    http::{Access, Endpoint, LedgerHandler, boundary},
    store::{Actor, random},
    time::Time,
};

/// Answers a request in the ledger's dialect. Every refusal is an answer.
pub async fn respond(
    endpoint: &'static Endpoint,
    handler: LedgerHandler,
    service: &Service,
    request: lambda_http::Request,
) -> Response<Body> {
    let (now, begun) = (Time::now(), Instant::now());
    let request_id = boundary::request_id(request.headers(), now);
    let trace_id = trace_id(request.headers());
    let head = request.method() == Method::HEAD;
    let span = tracing::info_span!("call", endpoint = endpoint.name, request_id, trace_id);
    let call = LedgerCall {
        endpoint,
        service: service.clone(),
        store: service.store().with_deadline(boundary::deadline(&request, now, begun)),
        user: None,
        query: boundary::query(&request),
        path: boundary::path_parameters(endpoint, &request),
        request,
        request_id: request_id.clone(),
        now,
    };
    let ended = AssertUnwindSafe(enter(call, handler)).catch_unwind().instrument(span.clone()).await;
    let ended = ended.unwrap_or_else(|_| Err(Error::internal("the endpoint panicked").into()));
    let _entered = span.enter();
    let mut response = written(&ended, endpoint.success, &trace_id);
    response.headers_mut().insert("x-request-id", boundary::value(&request_id));
    log(&ended, response.status(), begun);
    if head {
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

/// Who calls: by an API key that has a scope of the ledger.
async fn authenticate(call: &LedgerCall) -> LedgerResult<User> {
    let headers = call.request.headers();
    let header = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default().trim());
    if header.is_some_and(|header| header.eq_ignore_ascii_case("bearer")) {
        return Err(Decoding { input: "header Authorization".to_owned(), reason: None }.into());
    }
    let by_protocol = headers.get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
    let by_protocol = by_protocol.and_then(|value| value.trim().strip_prefix("jwt.token."));
    let header = header.map(ToOwned::to_owned).or_else(|| by_protocol.map(|token| format!("Bearer {token}")));
    let verified = call.service.verifier().verify(&call.store, header.as_deref(), call.now).await;
    let (principal, is_first) = verified.map_err(|failure| match failure {
        AuthFailure::Store(error) => LedgerFailure::Berth(error),
        reason => {
            tracing::info!(%reason, "token refused");
            LedgerError::unauthenticated().into()
        }
    })?;
    if is_first && let Err(error) = call.store.mark_api_key_used(principal.key, call.now).await {
        tracing::warn!(%error, "the use of an API key was not marked");
    }
    let is_admin = principal.scopes.contains(Scope::LedgerAdmin);
    if !is_admin && !principal.scopes.contains(Scope::LedgerRead) {
        return Err(LedgerError::permission_denied("the key has no scope of the ledger").into());
    }
    let id = principal.key.to_string();
    let actor = Actor { kind: "api_key".to_owned(), id: id.clone() };
    let owner: Owner = principal.owner;
    Ok(User { id, owner, is_admin, actor })
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
    match ended {
        Ok(Some(Value::String(text))) => text_response(StatusCode::OK, text.clone()),
        Ok(Some(body)) => {
            json_response(StatusCode::from_u16(success).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body)
        }
        Ok(None) => Response::new(Body::Empty),
        Err(LedgerFailure::Refused(error)) => refusal(error),
        Err(LedgerFailure::Undecodable(decoding)) => text_response(StatusCode::BAD_REQUEST, decoding.text()),
        Err(LedgerFailure::Berth(error)) => {
            let error = translated(error);
            let mut response = refusal(&error);
            if error.category == Category::Transient {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            response
        }
    }
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

fn log(ended: &LedgerResult<Option<Value>>, status: StatusCode, begun: Instant) {
    let (status, millis) = (status.as_u16(), begun.elapsed().as_secs_f64() * 1000.0);
    match ended {
        Ok(_) => tracing::info!(status, millis, "answered"),
        Err(LedgerFailure::Refused(error)) => tracing::info!(status, millis, code = error.code, "refused"),
        Err(LedgerFailure::Undecodable(decoding)) => {
            tracing::info!(status, millis, input = decoding.input, "undecodable");
        }
        Err(LedgerFailure::Berth(error)) => tracing::error!(status, millis, %error, "failed"),
    }
}
