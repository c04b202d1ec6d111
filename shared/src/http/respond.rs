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
    http::{HeaderValue, Method, Response, StatusCode, header},
};
use tracing::Instrument;

use super::{
    Access, Answer, Arrival, Call, End, Endpoint, Problem, RestHandler, boundary, boundary::value, call::unauthorized,
    headers::Headers,
};
use crate::{
    Service,
    credentials::AuthFailure,
    error::{Code, Error, RecordedAnswer, Result},
    id::{self, Id, Kind},
};

/// The longest pause that a caller is asked for after a 503, in seconds.
const RETRY_AFTER: &str = "1";

/// How a call ended.
enum Ending {
    Answered(Answer),
    Replayed(RecordedAnswer),
    Refused(Error),
}

impl Ending {
    /// What the log is told of it.
    fn told(&self) -> End<'_> {
        match self {
            Self::Answered(_) => End::Answered,
            Self::Replayed(_) => End::Replayed,
            Self::Refused(error) => {
                let code = error.code().map_or("", Code::as_str);
                match error {
                    Error::Internal(_) | Error::Unavailable(_) => End::Failed { code, error },
                    _ => End::Refused { code, input: None },
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
    request: lambda_http::Request,
    allow: Option<String>,
) -> Response<Body> {
    let arrival = Arrival::now(endpoint, service, &request, None);
    let instance = request.raw_http_path().to_owned();
    let strict = Headers::read(request.headers(), false).strict;
    let entering = Call {
        endpoint,
        handler,
        service: service.clone(),
        store: arrival.store.clone(),
        principal: None,
        path_parameters: boundary::path_parameters(endpoint, &request),
        query: boundary::query(&request),
        headers: Headers::read(request.headers(), endpoint.method == Method::POST),
        request,
        request_id: arrival.request_id.clone(),
        now: arrival.now,
    };
    let ending = AssertUnwindSafe(call(entering)).catch_unwind().instrument(arrival.span.clone()).await;
    let ending = ending.unwrap_or_else(|_| Ending::Refused(Error::internal("the endpoint panicked")));
    let mut response = written(&ending, endpoint, &instance, &arrival.request_id);
    let headers = response.headers_mut();
    headers.insert("x-request-id", value(&arrival.request_id));
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, value(&allow));
    }
    if strict {
        headers.insert("preference-applied", HeaderValue::from_static("handling=strict"));
    }
    arrival.ended(response.status(), &ending.told());
    if arrival.head {
        *response.body_mut() = Body::Empty;
    }
    response
}

async fn call(call: Call) -> Ending {
    match enter(call).await {
        Ok(answer) => Ending::Answered(answer),
        Err(Error::Answered(answer)) => Ending::Replayed(*answer),
        Err(error) => Ending::Refused(error),
    }
}

/// Steps 2 to 4.
async fn enter(mut call: Call) -> Result<Answer> {
    let Access::Scope(scope) = call.endpoint.access else { return admitted(call).await };
    let credential = call.request.headers().get(header::AUTHORIZATION);
    let credential = credential.and_then(|value| value.to_str().ok());
    let verified = call.service.verifier().verify(&call.store, credential, call.now).await;
    let (principal, is_first) = verified.map_err(|failure| match failure {
        AuthFailure::Store(error) => error,
        reason => {
            tracing::info!(%reason, "credential refused");
            unauthorized()
        }
    })?;
    let (key, store, now) = (principal.key, call.store.clone(), call.now);
    let holds = principal.scopes.contains(scope);
    call.principal = Some(principal);
    let answer = if holds {
        admitted(call).await
    } else {
        Err(Error::refused(Code::InsufficientScope, format!("The credential lacks the scope {scope}")))
    };
    // A call that is refused is a use of the key, too. It is marked once the connection is free again: side by side with
    // the call's own work it would need a second one, and a handshake costs more than waiting does.
    if is_first && let Err(error) = store.mark_api_key_used(key, now).await {
        tracing::warn!(%error, "the use of an API key was not marked");
    }
    answer
}

/// Steps 3 and 4, behind the form of the ids in the path.
async fn admitted(mut call: Call) -> Result<Answer> {
    for (name, text) in &call.path_parameters {
        check_path_id(name, text)?;
    }
    call.check_query();
    let endpoint = call.endpoint;
    // What no route matches is told, whatever comes with it.
    let is_routed = !endpoint.refusals.contains(&Code::RouteNotFound);
    if is_routed && endpoint.body.is_none() && !endpoint.paged && !call.headers.failures.is_empty() {
        return Err(Error::invalid(call.headers.failures));
    }
    (call.handler)(&call).await
}

/// An id of the wrong form in a path names nothing.
fn check_path_id(name: &str, text: &str) -> Result<()> {
    fn check<K: Kind>(text: &str) -> Result<()> {
        text.parse::<Id<K>>().map(drop).map_err(|_| Error::not_found::<K>())
    }
    match name {
        "orgId" => check::<id::Organization>(text),
        "dockId" => check::<id::Dock>(text),
        "partyId" => check::<id::Party>(text),
        "roleId" => check::<id::Role>(text),
        "keyId" => check::<id::ApiKey>(text),
        _ => Ok(()),
    }
}

fn written(ending: &Ending, endpoint: &Endpoint, instance: &str, request_id: &str) -> Response<Body> {
    match ending {
        Ending::Answered(answer) if answer.not_modified => {
            response(304, String::new(), None, answer.etag.as_ref().map(super::EntityTag::header))
        }
        Ending::Answered(answer) => {
            let etag = answer.etag.as_ref().map(super::EntityTag::header);
            let mut response = response(endpoint.success, answer.body.clone(), answer.location.as_deref(), etag);
            if let Some(link) = &answer.link {
                response.headers_mut().insert(header::LINK, value(link));
            }
            response
        }
        Ending::Replayed(answer) => {
            let mut response =
                response(answer.status, answer.body.clone(), answer.location.as_deref(), answer.etag.clone());
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            response
        }
        Ending::Refused(error) => refused(error, instance, request_id),
    }
}

fn response(status: u16, body: String, location: Option<&str>, etag: Option<String>) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
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

fn refused(error: &Error, instance: &str, request_id: &str) -> Response<Body> {
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
