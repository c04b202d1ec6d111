//! The embedded DynamoDB over HTTP/1.1: one connection of a Unix socket or of a port.

use std::{convert::Infallible, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use lambda_http::http::{Method, StatusCode, header, request::Parts};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use super::EmbeddedDynamoDb;

/// Maximum length of a body in bytes, as at DynamoDB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Time limit for the head of a request, and idle timeout of a connection.
const HEAD_TIMEOUT: Duration = Duration::from_mins(1);

/// Time limit for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Decides whether a request may be performed. Gets its head and its body, and returns the response to a request that
/// may not.
pub(super) trait Authorize: Clone + Send + Sync + 'static {
    /// Returns an error response unless the request is authorized.
    fn authorize(&self, head: &Parts, body: &[u8]) -> Result<(), (StatusCode, String)>;
}

/// Serves one connection until it is closed.
pub(super) async fn serve<S>(stream: S, dynamodb: EmbeddedDynamoDb, authorize: impl Authorize)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let (dynamodb, authorize) = (dynamodb.clone(), authorize.clone());
        async move { Ok::<_, Infallible>(into_response(respond(request, &dynamodb, &authorize).await)) }
    });
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    if let Err(error) = protocol.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "connection to the embedded DynamoDB closed with an error");
    }
}

async fn respond(
    request: Request<Incoming>,
    dynamodb: &EmbeddedDynamoDb,
    authorize: &impl Authorize,
) -> (StatusCode, String) {
    let (head, body) = request.into_parts();
    let Ok(Ok(body)) = timeout(BODY_TIMEOUT, Limited::new(body, BODY_LIMIT).collect()).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, String::new());
    };
    let body = body.to_bytes();
    if let Err(response) = authorize.authorize(&head, &body) {
        return response;
    }
    if head.method != Method::POST || head.uri.path() != "/" {
        return (StatusCode::NOT_FOUND, String::new());
    }
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let performed = dynamodb.perform(target.to_owned(), body.to_vec()).await;
    performed.unwrap_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, String::new()))
}

fn into_response((status, body): (StatusCode, String)) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static("application/x-amz-json-1.0");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}
