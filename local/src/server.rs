//! The HTTP server: API Gateway and Lambda in one, for one machine.

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
    gateway::{self, ClientError, RequestContext, RouteMatch, Target},
    invoke::{Invocation, invoke},
};

/// The longest body API Gateway takes, in bytes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// The most that is read of a body beyond the limit, so that its sender comes to read the refusal.
const DRAIN_LIMIT: usize = 4 * BODY_LIMIT;

/// The most that API Gateway takes as request line and header values, in bytes.
const HEAD_LIMIT: usize = 10_240;

/// How long the head of a request may take, which is also how long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a body may take: API Gateway's own limit for a whole request.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long requests that are under way may take to end once the server is told to.
const GRACE: Duration = Duration::from_secs(10);

/// How many endpoints run at once. At AWS each has a process and a share of DynamoDB of its own; here all share one
/// machine, where more at once only make one another late, until each is given up and tried again.
pub(crate) const AT_ONCE: usize = 32;

/// What answers requests.
#[derive(Clone)]
pub(crate) struct Server {
    /// What the endpoints work with.
    pub(crate) service: Service,
    /// The endpoint that answers what no route takes.
    pub(crate) fallback: &'static Endpoint,
    /// How long an endpoint may take.
    pub(crate) request_timeout: Duration,
    /// How much longer it is waited for.
    pub(crate) abort_grace: Duration,
    /// The port it listens on.
    pub(crate) port: u16,
    /// Whoever runs an endpoint has one of these.
    pub(crate) slots: Arc<Semaphore>,
}

/// Serves until `shutdown` resolves, then lets the requests under way end.
pub(crate) async fn serve(listener: TcpListener, server: Server, shutdown: impl Future<Output = ()>) {
    let server = Arc::new(server);
    let connections = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, Arc::clone(&server), connections.watcher()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Most likely there are too many open: wait for some to close.
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, server: Arc<Server>, watcher: Watcher) {
    // Without it small answers wait for one another. A connection that is gone already fails below.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(server.answer(request, peer.ip()).await.map(Full::new)) }
    });
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    if let Err(error) = watcher.watch(protocol.serve_connection(TokioIo::new(stream), answer)).await {
        tracing::debug!(%error, "connection broken off");
    }
}

impl Server {
    /// Answers a request as API Gateway does: with the answer of an endpoint, or with a refusal of the gateway's own.
    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Bytes> {
        let received = Timestamp::now();
        let (head, body) = request.into_parts();
        let body = match check_head(&head) {
            Ok(()) => timeout(BODY_TIMEOUT, read(body)).await.unwrap_or(Err(ClientError::TIMEOUT)),
            Err(refusal) => Err(refusal),
        };
        match body {
            Ok(body) => self.invoke(&head, &body, peer, received).await,
            Err(refusal) => refusal.response(),
        }
    }

    async fn invoke(&self, head: &Parts, body: &[u8], peer: IpAddr, received: Timestamp) -> Response<Bytes> {
        let target = Target::parse(&head.uri.to_string());
        let (endpoint, route) = self.route(head, &target);
        let request_id = Ulid::generate().to_string();
        let trace_id = trace_id(&head.headers, received);
        let event = gateway::event(
            &RequestContext {
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
        // It fails only where nobody may run any more.
        let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await else { return ClientError::FAILED.response() };
        // Waiting does not count: at AWS, too, the time begins when the function does.
        let deadline = Timestamp::now() + self.request_timeout;
        let invocation = Invocation { event: event.to_string(), request_id, trace_id, deadline };
        match self.run(endpoint, invocation, slot).await.map(|answer| gateway::answer(&answer)) {
            Some(Ok(response)) => response,
            Some(Err(error)) => {
                tracing::error!(endpoint = endpoint.name, %error, "malformed answer");
                ClientError::FAILED.response()
            }
            None => ClientError::FAILED.response(),
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

    /// Runs an endpoint in a task of its own, as Lambda does in a process: it may panic without harm to others, ends
    /// when its time is over, and goes on when its caller goes away.
    async fn run(
        &self,
        endpoint: &'static Endpoint,
        invocation: Invocation,
        slot: OwnedSemaphorePermit,
    ) -> Option<Value> {
        let running = invoke(endpoint, self.service.clone(), invocation);
        let task = tokio::spawn(async move {
            let answer = running.await;
            drop(slot);
            answer
        });
        let abort = task.abort_handle();
        match timeout(self.request_timeout + self.abort_grace, task).await {
            Ok(Ok(Ok(answer))) => return Some(answer),
            Ok(Ok(Err(error))) => tracing::error!(endpoint = endpoint.name, %error, "cannot invoke"),
            Ok(Err(error)) => tracing::error!(endpoint = endpoint.name, %error, "endpoint panicked"),
            Err(_) => {
                abort.abort();
                tracing::error!(endpoint = endpoint.name, timeout = ?self.request_timeout, "endpoint timed out");
            }
        }
        None
    }
}

/// Refuses a head that API Gateway would not let through.
fn check_head(head: &Parts) -> Result<(), ClientError> {
    let line = head.method.as_str().len() + head.uri.to_string().len();
    let values: usize = head.headers.values().map(header::HeaderValue::len).sum();
    if line + values > HEAD_LIMIT {
        return Err(ClientError::HEAD_TOO_LONG);
    }
    // The decoder panics at a host that is not one. At AWS none such gets so far: it is by the host that an API is found.
    let host = head.headers.get(header::HOST);
    if host.is_some_and(|host| !host.to_str().is_ok_and(is_host)) {
        return Err(ClientError::BAD_REQUEST);
    }
    Ok(())
}

/// Whether `host` is a name or address, with or without a port.
fn is_host(host: &str) -> bool {
    let (name, port) = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).unwrap_or((host, "80"));
    if port.parse::<u16>().is_err() {
        return false;
    }
    if let Some(address) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        // Punycode would have to be valid, too. Nobody calls this machine by such a name.
        let is_punycode = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        !label.is_empty() && is_plain && !is_punycode
    };
    // A name that ends in a number would be taken for an IPv4 address.
    let ends_in_number = name.rsplit('.').next().is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()));
    name.split('.').all(is_label) && (!ends_in_number || name.parse::<std::net::Ipv4Addr>().is_ok())
}

/// Reads a body up to the limit.
async fn read(mut body: Incoming) -> Result<Vec<u8>, ClientError> {
    let mut bytes = Vec::with_capacity(usize::try_from(body.size_hint().lower()).unwrap_or_default().min(BODY_LIMIT));
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        // Whoever sent half a body does not wait for an answer.
        let frame = frame.map_err(|_| ClientError::BAD_REQUEST)?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else if length > DRAIN_LIMIT {
            break;
        }
    }
    if length > BODY_LIMIT {
        return Err(ClientError::BODY_TOO_LONG);
    }
    Ok(bytes)
}

/// The trace of a request: the caller's, or a new one in the form of X-Ray (version, seconds, 96 random bits).
fn trace_id(headers: &HeaderMap, received: Timestamp) -> String {
    let given = headers.get("x-amzn-trace-id").and_then(|value| value.to_str().ok());
    let made = || format!("Root=1-{:08x}-{:024x}", received.as_second(), Ulid::generate().0 & ((1 << 96) - 1));
    given.map_or_else(made, str::to_owned)
}

#[cfg(test)]
mod tests;
