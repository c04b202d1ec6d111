//! The HTTP server, which replaces API Gateway and Lambda on one machine.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use berth_shared::{Service, http::Endpoint};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Body, Bytes, Incoming},
    http::request::Parts,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use jiff::Timestamp;
use lambda_http::http::{HeaderMap, header};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use ulid::Ulid;

use crate::{
    gateway::{self, GatewayError, IncomingRequest, RouteMatch, Target, cors},
    invoke::{Invocation, invoke},
    origin::OriginPolicy,
};

/// Maximum length of a body in bytes, as at API Gateway.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// Maximum length of an event in bytes, as at Lambda (synchronous invocation). The event contains the body as a JSON string.
const EVENT_LIMIT: usize = 6 * 1024 * 1024;

/// How many bytes of a body that exceeds [`BODY_LIMIT`] are read, so that the client finishes sending and reads the
/// 413.
const DRAIN_LIMIT: usize = 4 * BODY_LIMIT;

/// Maximum length of request line and header values in bytes, as at API Gateway.
const HEAD_LIMIT: usize = 10_240;

/// Time limit for the head of a request, and idle timeout of a connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Time limit for a body: API Gateway's limit for a whole request.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Time limit for open requests after a shutdown began.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// Maximum number of concurrent invocations. On AWS each has its own process. Here all share one machine, where a
/// larger number delays every DynamoDB request until it times out and is retried.
pub(crate) const MAX_CONCURRENCY: usize = 32;

/// Maximum number of open connections. Others wait in the queue of the operating system.
pub(crate) const MAX_CONNECTIONS: usize = 1024;

/// Configuration and state of the HTTP server.
#[derive(Clone)]
pub(crate) struct Server {
    /// Service that the endpoints use.
    pub(crate) service: Service,
    /// Endpoint for requests that match no route.
    pub(crate) fallback: &'static Endpoint,
    /// Time limit of an invocation.
    pub(crate) request_timeout: Duration,
    /// Additional time before an invocation is aborted.
    pub(crate) abort_grace: Duration,
    /// Port that the server listens on.
    pub(crate) port: u16,
    /// Hosts and origins of accepted requests.
    pub(crate) origins: OriginPolicy,
    /// Limits the number of concurrent invocations.
    pub(crate) slots: Arc<Semaphore>,
    /// Limits the number of open connections.
    pub(crate) connections: Arc<Semaphore>,
}

/// Serves until `shutdown` resolves, then waits for open requests.
pub(crate) async fn serve(listener: TcpListener, server: Server, shutdown: impl Future<Output = ()>) {
    let server = Arc::new(server);
    let connections = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let accept = async {
            // It fails only if the semaphore is closed.
            let slot = Arc::clone(&server.connections).acquire_owned().await.ok();
            listener.accept().await.map(|accepted| (accepted, slot))
        };
        let accepted = tokio::select! {
            accepted = accept => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok(((stream, peer), slot)) => {
                let connection = connection(stream, peer, Arc::clone(&server), connections.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Most likely too many connections are open. Wait for some to close.
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if timeout(SHUTDOWN_GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish before the shutdown timeout");
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, server: Arc<Server>, watcher: Watcher) {
    // Nagle's algorithm would delay small responses. An error is ignored: a closed connection also fails below.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.respond(request, peer.ip()).await.map(Full::new)) }
    });
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    if let Err(error) = watcher.watch(protocol.serve_connection(TokioIo::new(stream), service)).await {
        tracing::debug!(%error, "connection closed with an error");
    }
}

impl Server {
    /// Responds to a request as API Gateway does: with the endpoint's response, or with an error of the gateway itself.
    async fn respond(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Bytes> {
        let received = Timestamp::now();
        let (head, body) = request.into_parts();
        // The decoder panics if the host is invalid. On AWS that cannot happen: API Gateway finds the API by the host.
        let origin = match self.origins.check(&head).and_then(|origin| check_head(&head).map(|()| origin)) {
            Ok(origin) => origin,
            Err(error) => return error.response(),
        };
        if origin.is_some() && cors::is_preflight(&head) {
            return cors::add_headers(cors::preflight(), origin);
        }
        let response = match timeout(BODY_TIMEOUT, read(body)).await.unwrap_or(Err(GatewayError::TIMEOUT)) {
            Ok(body) => self.invoke(&head, &body, peer, received).await,
            Err(error) => error.response(),
        };
        cors::add_headers(response, origin)
    }

    async fn invoke(&self, head: &Parts, body: &[u8], peer: IpAddr, received: Timestamp) -> Response<Bytes> {
        let target = Target::parse(&head.uri.to_string());
        let (endpoint, route) = self.route(head, &target);
        let request_id = Ulid::generate().to_string();
        let trace_id = trace_id(&head.headers, received);
        let event = gateway::event(
            &IncomingRequest {
                method: &head.method,
                target: &target,
                headers: &head.headers,
                body,
                peer,
                port: self.port,
                received,
                request_id: &request_id,
                trace_id: &trace_id,
            },
            &route,
        );
        let event = event.to_string();
        if event.len() > EVENT_LIMIT {
            return GatewayError::BODY_TOO_LONG.response();
        }
        // It fails only if the semaphore is closed.
        let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await else { return GatewayError::FAILED.response() };
        // The wait for a slot does not count. On AWS, too, the time limit starts with the invocation.
        let deadline = Timestamp::now() + self.request_timeout;
        let invocation = Invocation { event, request_id, trace_id, deadline };
        match self.run(endpoint, invocation, slot).await.map(|response| gateway::response(&response)) {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                tracing::error!(endpoint = endpoint.name, %error, "malformed function response");
                GatewayError::FAILED.response()
            }
            None => GatewayError::FAILED.response(),
        }
    }

    fn route(&self, head: &Parts, target: &Target) -> (&'static Endpoint, RouteMatch) {
        match berth_functions::route(&head.method, target.path()) {
            Some((endpoint, parameters)) => {
                (endpoint, RouteMatch { key: format!("{} {}", head.method, endpoint.path), parameters })
            }
            None => (self.fallback, RouteMatch::fallback()),
        }
    }

    /// Runs an endpoint in its own task, as Lambda does in a process. A panic does not affect other requests, a timeout
    /// aborts the task, and the task continues if the client disconnects. Returns `None` if there is no response.
    async fn run(
        &self,
        endpoint: &'static Endpoint,
        invocation: Invocation,
        slot: OwnedSemaphorePermit,
    ) -> Option<Value> {
        let running = invoke(endpoint, self.service.clone(), invocation);
        let task = tokio::spawn(async move {
            let response = running.await;
            drop(slot);
            response
        });
        let abort = task.abort_handle();
        match timeout(self.request_timeout + self.abort_grace, task).await {
            Ok(Ok(Ok(response))) => return Some(response),
            Ok(Ok(Err(error))) => tracing::error!(endpoint = endpoint.name, %error, "cannot invoke the endpoint"),
            Ok(Err(error)) => tracing::error!(endpoint = endpoint.name, %error, "endpoint panicked"),
            Err(_) => {
                abort.abort();
                tracing::error!(endpoint = endpoint.name, timeout = ?self.request_timeout, "endpoint timed out");
            }
        }
        None
    }
}

/// Rejects a head that API Gateway would reject.
fn check_head(head: &Parts) -> Result<(), GatewayError> {
    let line = head.method.as_str().len() + head.uri.to_string().len();
    let values: usize = head.headers.values().map(header::HeaderValue::len).sum();
    if line + values > HEAD_LIMIT {
        return Err(GatewayError::HEAD_TOO_LONG);
    }
    if is_target(&head.uri.to_string()) { Ok(()) } else { Err(GatewayError::BAD_REQUEST) }
}

/// Returns whether all characters of a request target are those of a URI (RFC 3986). hyper accepts more, which the decoder
/// rejects with a panic or reads in another way than API Gateway.
fn is_target(target: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=%[]".contains(&byte);
    target.bytes().all(is_allowed)
}

/// Reads a body of at most [`BODY_LIMIT`] bytes.
async fn read(mut body: Incoming) -> Result<Vec<u8>, GatewayError> {
    let mut bytes = Vec::with_capacity(usize::try_from(body.size_hint().lower()).unwrap_or_default().min(BODY_LIMIT));
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        // The client has disconnected and does not read this error.
        let frame = frame.map_err(|_| GatewayError::BAD_REQUEST)?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else if length > DRAIN_LIMIT {
            break;
        }
    }
    if length > BODY_LIMIT {
        return Err(GatewayError::BODY_TOO_LONG);
    }
    Ok(bytes)
}

/// Returns the trace id of a request: the client's, or a new one in the format of X-Ray (version, seconds, 96 random
/// bits).
fn trace_id(headers: &HeaderMap, received: Timestamp) -> String {
    let given = headers.get("x-amzn-trace-id").and_then(|value| value.to_str().ok());
    let generate = || format!("Root=1-{:08x}-{:024x}", received.as_second(), Ulid::generate().0 & ((1 << 96) - 1));
    given.map_or_else(generate, str::to_owned)
}

#[cfg(test)]
mod tests;
