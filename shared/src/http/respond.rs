//! A request's way.
//!
//! 1. A request id, the time and the deadline.
//! 2. The credential: 401. The scope: 403. The form of the ids in the path: 404.
//! 3. Headers and query that are wrong wherever they are sent: kept, and told with what the endpoint finds.
//! 4. The endpoint; behind it, once an hour, the mark that the key was used.
//! 5. One log line, and the answer: [`respond`] never fails.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use lambda_http::{
    Body, RequestExt,
    http::{HeaderValue, Response as HttpResponse, StatusCode, header},
};
use tracing::Instrument;

use super::{
    Access, End, Endpoint, PathParameter, Problem, Request, RequestContext, Response, RestHandler, boundary,
    boundary::value, headers::Headers, request::unauthorized,
};
use crate::{
    domain::error::{Code, Error, RecordedResponse, Result},
    http::{AuthFailure, Service},
};

/// The longest pause that a caller is asked for after a 503, in seconds.
const RETRY_AFTER: &str = "1";

/// How a call ended.
enum Outcome {
    Success(Response),
    Replayed(RecordedResponse),
    Error(Error),
}

impl Outcome {
    /// What the log is told of it.
    fn to_log(&self) -> End<'_> {
        match self {
            Self::Success(_) => End::Success,
            Self::Replayed(_) => End::Replayed,
            Self::Error(error) => {
                let code = error.code().map_or("", Code::as_str);
                match error {
                    Error::Internal(_) | Error::Unavailable(_) => End::ServerError { code, error },
                    _ => End::ClientError { code, input: None },
                }
            }
        }
    }
}

/// Answers a request. Every refusal, a panic of the endpoint included, is an answer. `allow` has the methods of the path,
/// where the answer is to name them.
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
    let mut response = written(&outcome, endpoint, &instance, &context.request_id);
    let headers = response.headers_mut();
    headers.insert("x-request-id", value(&context.request_id));
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
    match authenticated(request).await {
        Ok(answer) => Outcome::Success(answer),
        Err(Error::Replay(answer)) => Outcome::Replayed(*answer),
        Err(error) => Outcome::Error(error),
    }
}

/// Steps 2 to 4.
async fn authenticated(mut request: Request) -> Result<Response> {
    let Access::Scope(scope) = request.endpoint.access else { return admitted(request).await };
    let credential = request.raw.headers().get(header::AUTHORIZATION);
    let credential = credential.and_then(|value| value.to_str().ok());
    let verified = request.service.verifier().verify(&request.store, credential, request.now).await;
    let (principal, is_first) = verified.map_err(|failure| match failure {
        AuthFailure::Store(error) => error,
        reason => {
            tracing::info!(%reason, "credential refused");
            unauthorized()
        }
    })?;
    let (key, store, now) = (principal.key, request.store.clone(), request.now);
    let holds = principal.scopes.contains(scope);
    request.principal = Some(principal);
    let answer = if holds {
        admitted(request).await
    } else {
        Err(Error::new(Code::InsufficientScope, format!("The credential lacks the scope {scope}")))
    };
    // A call that is refused is a use of the key, too. It is marked once the connection is free again: side by side with
    // the call's own work it would need a second one, and a handshake costs more than waiting does.
    if is_first && let Err(error) = store.mark_api_key_used(key, now).await {
        tracing::warn!(%error, "the use of an API key was not marked");
    }
    answer
}

/// Steps 3 and 4, behind the form of the ids in the path.
async fn admitted(mut request: Request) -> Result<Response> {
    for (name, text) in &request.path_parameters {
        if let Some(parameter) = PathParameter::find(name) {
            parameter.check(text)?;
        }
    }
    request.check_query();
    let endpoint = request.endpoint;
    // What no route matches is told, whatever comes with it.
    let is_routed = !endpoint.errors.contains(&Code::RouteNotFound);
    if is_routed && endpoint.body.is_none() && !endpoint.paged && !request.headers.failures.is_empty() {
        return Err(Error::invalid(request.headers.failures));
    }
    (request.handler)(&request).await
}

fn written(outcome: &Outcome, endpoint: &Endpoint, instance: &str, request_id: &str) -> HttpResponse<Body> {
    match outcome {
        Outcome::Success(answer) if answer.not_modified => {
            response(304, String::new(), None, answer.etag.as_ref().map(super::EntityTag::header))
        }
        Outcome::Success(answer) => {
            let etag = answer.etag.as_ref().map(super::EntityTag::header);
            let mut response = response(endpoint.success, answer.body.clone(), answer.location.as_deref(), etag);
            if let Some(link) = &answer.link {
                response.headers_mut().insert(header::LINK, value(link));
            }
            response
        }
        Outcome::Replayed(answer) => {
            let mut response =
                response(answer.status, answer.body.clone(), answer.location.as_deref(), answer.etag.clone());
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            response
        }
        Outcome::Error(error) => refused(error, instance, request_id),
    }
}

fn response(status: u16, body: String, location: Option<&str>, etag: Option<String>) -> HttpResponse<Body> {
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

fn refused(error: &Error, instance: &str, request_id: &str) -> HttpResponse<Body> {
    let problem = Problem::of(error, instance, request_id);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let mut response = response(problem.status, body, None, None);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match error.code() {
        Some(Code::Unauthorized) => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Some(Code::Unavailable) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        _ => {}
    }
    response
}
