//! Handles requests to `/v1`:
//!
//! 1. Determine the request id, the time and the deadline.
//! 2. Check the credential (401), the scope (403) and the form of the ids in the path (404).
//! 3. Validate headers and query. Errors are collected and returned together with those of the handler.
//! 4. Run the handler. Then record the use of the key, once an hour.
//! 5. Log one line and return the response. [`respond`] never fails.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use lambda_http::{
    Body, RequestExt,
    http::{HeaderValue, Response as HttpResponse, StatusCode, header},
};
use tracing::Instrument;

use super::{
    Access, Endpoint, LogOutcome, PathParameter, Problem, Request, RequestContext, Response, RestHandler, boundary,
    boundary::value, context::log_caller, document::Encoding, headers::Headers,
};
use crate::{
    domain::error::{Code, Error, RecordedResponse, Result},
    http::{AuthFailure, Service},
};

/// Value of `Retry-After` in responses with status 503, in seconds.
const RETRY_AFTER: &str = "1";

/// Outcome of a request.
enum Outcome {
    Success(Response),
    Replayed(RecordedResponse),
    Error(Error),
}

impl Outcome {
    /// Returns the outcome for the log line.
    fn to_log(&self) -> LogOutcome<'_> {
        match self {
            Self::Success(_) => LogOutcome::Success,
            Self::Replayed(_) => LogOutcome::Replayed,
            Self::Error(error) => {
                let code = error.code().map_or("", Code::as_str);
                match error {
                    Error::Internal(_) | Error::Unavailable(_) => LogOutcome::ServerError { code, error },
                    _ if error.code().is_some_and(|code| code.status() >= 500) => {
                        LogOutcome::ServerError { code, error }
                    }
                    _ => LogOutcome::ClientError { code, input: None },
                }
            }
        }
    }
}

/// Responds to a request. Every error is a response, including a panic of the handler. `allow` is the value of the `Allow`
/// header, if the response has one.
pub async fn respond(
    endpoint: &'static Endpoint,
    handler: RestHandler,
    service: &Service,
    http_request: lambda_http::Request,
    allow: Option<String>,
) -> HttpResponse<Body> {
    let context = RequestContext::new(endpoint, service, &http_request, None);
    let instance = http_request.raw_http_path().to_owned();
    let strict = Headers::read(http_request.headers(), false).strict;
    let request = Request {
        endpoint,
        handler,
        service: service.clone(),
        store: context.store.clone(),
        principal: None,
        path_parameters: boundary::path_parameters(endpoint, &http_request),
        query: boundary::query(&http_request),
        headers: Headers::read(http_request.headers(), endpoint.accepts_idempotency_key()),
        raw: http_request,
        id: context.request_id.clone(),
        now: context.now,
    };
    let outcome = AssertUnwindSafe(run(request)).catch_unwind().instrument(context.span.clone()).await;
    let outcome = outcome.unwrap_or_else(|_| Outcome::Error(Error::internal("the endpoint panicked")));
    let mut response = to_http(&outcome, endpoint, &instance, &context.request_id);
    let headers = response.headers_mut();
    boundary::add_common_headers(headers, &context.request_id);
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, value(&allow));
    }
    if strict {
        headers.insert("preference-applied", HeaderValue::from_static("handling=strict"));
    }
    context.log_outcome(response.status(), &outcome.to_log());
    if context.head {
        *response.body_mut() = Body::Empty;
    }
    response
}

async fn run(request: Request) -> Outcome {
    match authenticate(request).await {
        Ok(response) => Outcome::Success(response),
        Err(Error::Replay(recorded)) => Outcome::Replayed(*recorded),
        Err(error) => Outcome::Error(error),
    }
}

/// Authenticates and authorizes a request, handles it, and records the use of the key: steps 2 to 4.
async fn authenticate(mut request: Request) -> Result<Response> {
    let Access::Scope(scope) = request.endpoint.access else { return dispatch(request).await };
    let credential = request.raw.headers().get(header::AUTHORIZATION);
    let credential = credential.and_then(|value| value.to_str().ok());
    let address = boundary::source_address(&request.raw);
    let verified = request.service.verifier().verify(&request.store, credential, address, request.now).await;
    let principal = verified.map_err(|failure| match failure {
        AuthFailure::Store(error) => error,
        reason => {
            tracing::info!(%reason, "credential rejected");
            Error::unauthorized()
        }
    })?;
    let (id, store, now, service) = (principal.id, request.store.clone(), request.now, request.service.clone());
    log_caller(Some(id), principal.owner);
    let has_scope = principal.scopes.contains(scope);
    request.principal = Some(principal);
    let response = if has_scope {
        dispatch(request).await
    } else {
        Err(Error::new(Code::InsufficientScope, format!("The API key does not have the scope {scope}")))
    };
    // A request without the scope is also a use of the key. The use is recorded after the handler, on the same connection:
    // a concurrent write would need a second connection, whose TLS handshake takes longer.
    service.verifier().record_use(&store, id, now).await;
    response
}

/// Checks path, headers and query, and runs the handler: step 3, and the first part of step 4.
async fn dispatch(mut request: Request) -> Result<Response> {
    for (name, text) in &request.path_parameters {
        if let Some(parameter) = PathParameter::find(name) {
            parameter.check(text)?;
        }
    }
    super::dock_bound::check(&request)?;
    request.check_query();
    let endpoint = request.endpoint;
    // An unknown path or method takes precedence over validation errors.
    let is_routed = !endpoint.errors.contains(&Code::RouteNotFound);
    if is_routed && endpoint.body.is_none() && !endpoint.paged && !request.headers.errors.is_empty() {
        return Err(Error::invalid(request.headers.errors));
    }
    (request.handler)(&request).await
}

/// Converts the outcome of a request to an HTTP response.
fn to_http(outcome: &Outcome, endpoint: &Endpoint, instance: &str, request_id: &str) -> HttpResponse<Body> {
    match outcome {
        Outcome::Success(success) if success.not_modified => {
            let etag = success.etag.as_ref().map(super::EntityTag::header);
            let mut response = http_response(304, String::new(), None, etag);
            if let Some((document, _)) = success.document {
                document.add_headers(response.headers_mut());
            }
            response
        }
        Outcome::Success(Response { document: Some((document, encoding)), etag, .. }) => {
            let etag = etag.as_ref().map(super::EntityTag::header);
            let mut response = http_response(endpoint.success, String::new(), None, etag);
            *response.body_mut() = Body::Binary(encoding.content(document).to_vec());
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.content_type));
            if *encoding != Encoding::Identity {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
            }
            document.add_headers(headers);
            response
        }
        Outcome::Success(success) => {
            let etag = success.etag.as_ref().map(super::EntityTag::header);
            let mut response = http_response(endpoint.success, success.body.clone(), success.location.as_deref(), etag);
            if let Some(link) = &success.link {
                response.headers_mut().insert(header::LINK, value(link));
            }
            if success.is_replayed {
                response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            }
            if success.without_secrets.is_some() {
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            response
        }
        Outcome::Replayed(recorded) => {
            let mut response = http_response(
                recorded.status,
                recorded.body.clone(),
                recorded.location.as_deref(),
                recorded.etag.clone(),
            );
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            response
        }
        Outcome::Error(error) => error_response(error, instance, request_id),
    }
}

fn http_response(status: u16, body: String, location: Option<&str>, etag: Option<String>) -> HttpResponse<Body> {
    let mut response = HttpResponse::new(Body::Empty);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !body.is_empty() {
        *response.body_mut() = Body::Text(body);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let headers = response.headers_mut();
    if let Some(location) = location {
        headers.insert(header::LOCATION, value(location));
    }
    if let Some(etag) = etag {
        headers.insert(header::ETAG, value(&etag));
    }
    response
}

/// Creates the response with the problem details of an error.
fn error_response(error: &Error, instance: &str, request_id: &str) -> HttpResponse<Body> {
    let problem = Problem::of(error, instance, request_id);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let mut response = http_response(problem.status, body, None, None);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match error.code() {
        Some(Code::Unauthorized) => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Some(Code::Unavailable | Code::RevocationInProgress | Code::DeletionInProgress) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        _ => {}
    }
    response
}
