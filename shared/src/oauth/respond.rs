//! The path of a request in the OAuth dialect: like [`crate::http::respond`], with the errors of OAuth 2.0.

use std::{panic::AssertUnwindSafe, pin::Pin};

use futures::FutureExt;
use lambda_http::{
    Body,
    http::{HeaderValue, Method, Response, StatusCode, header},
};
use serde_json::Value;
use tracing::Instrument;

use super::{OAuthFailure, OAuthRequest, OAuthResult, error::translated, parameters::Parameters, request::parameters};
use crate::{
    domain::error::Error,
    http::{Dialect, DialectFuture, Endpoint, LogOutcome, RequestContext, Service, boundary},
};

/// Caching of the metadata of the authorization server.
const PUBLIC: &str = "public, max-age=300";
/// Caching of all other responses.
const NEVER: &str = "no-store";

/// The handler of an endpoint of the OAuth dialect. `None` is a response without a body.
#[derive(Debug, Clone, Copy)]
pub struct OAuthHandler(
    /// The handler.
    pub for<'a> fn(&'a OAuthRequest) -> OAuthHandlerFuture<'a>,
);

/// The future of a handler of the OAuth dialect.
pub type OAuthHandlerFuture<'a> = Pin<Box<dyn Future<Output = OAuthResult<Option<Value>>> + Send + 'a>>;

impl Dialect for OAuthHandler {
    fn name(&self) -> &'static str {
        "oauth"
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

/// Responds in the OAuth dialect. Every error becomes a response. `allow` is the value of the `Allow` header.
async fn respond(
    endpoint: &'static Endpoint,
    handler: OAuthHandler,
    service: &Service,
    http_request: lambda_http::Request,
    allow: Option<String>,
) -> Response<Body> {
    let context = RequestContext::new(endpoint, service, &http_request, None);
    let request = OAuthRequest {
        endpoint,
        service: service.clone(),
        store: context.store.clone(),
        raw: http_request,
        request_id: context.request_id.clone(),
        now: context.now,
        parameters: Parameters::default(),
    };
    let outcome = AssertUnwindSafe(enter(request, handler)).catch_unwind().instrument(context.span.clone()).await;
    let outcome = outcome.unwrap_or_else(|_| Err(Error::internal("the endpoint panicked").into()));
    let mut response = response_of(&outcome, endpoint, &context.request_id);
    boundary::add_common_headers(response.headers_mut(), &context.request_id);
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, boundary::value(&allow));
    }
    context.log_outcome(response.status(), &log_outcome(&outcome));
    if context.head {
        *response.body_mut() = Body::Empty;
    }
    response
}

async fn enter(mut request: OAuthRequest, handler: OAuthHandler) -> OAuthResult<Option<Value>> {
    if request.endpoint.method == Method::POST {
        request.parameters = parameters(&request.raw)?;
    }
    (handler.0)(&request).await
}

fn response_of(outcome: &OAuthResult<Option<Value>>, endpoint: &Endpoint, request_id: &str) -> Response<Body> {
    let success = StatusCode::from_u16(endpoint.success).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = match outcome {
        Ok(body) => {
            let caching = if endpoint.method == Method::GET { PUBLIC } else { NEVER };
            return http_response(success, body.as_ref(), caching);
        }
        Err(OAuthFailure::OAuth(error)) => error,
        Err(OAuthFailure::Berth(error)) => &translated(error),
    };
    let mut response = http_response(error.code.status(), Some(&error.body(request_id)), NEVER);
    if let Some(challenge) = error.challenge {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn http_response(status: StatusCode, body: Option<&Value>, caching: &'static str) -> Response<Body> {
    let mut response = Response::new(body.map_or(Body::Empty, |body| Body::Text(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// Returns the outcome for the log.
fn log_outcome(outcome: &OAuthResult<Option<Value>>) -> LogOutcome<'_> {
    match outcome {
        Ok(_) => LogOutcome::Success,
        Err(OAuthFailure::OAuth(error)) => LogOutcome::ClientError { code: error.code.as_str(), input: None },
        Err(OAuthFailure::Berth(error)) => {
            let code = translated(error).code;
            if code.status().is_server_error() {
                LogOutcome::ServerError { code: code.as_str(), error }
            } else {
                LogOutcome::ClientError { code: code.as_str(), input: None }
            }
        }
    }
}
