//! An HTTP client between Berth and DynamoDB that records requests and injects faults.

mod conflicts;
mod fault;
mod lag;
mod requests;

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use berth::HttpClientLayer;
use serde_json::Value;

pub use conflicts::{Conflicts, ItemKey, keys as item_keys};
pub use fault::Fault;
pub use lag::Lag;
pub use requests::layer;

/// The recording client of one server. Clones share their state.
#[derive(Clone)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    lag: Option<Lag>,
    /// Number of requests in progress, including those whose client no longer waits.
    under_way: Arc<AtomicUsize>,
}

/// Returns the fault of the next request of an operation.
type Plan = Box<dyn FnMut(&str) -> Option<Fault> + Send>;
/// Rewrites a request of an operation. Returns whether it changed the request.
pub type Rewrite = fn(&str, &mut Value) -> bool;

#[derive(Default)]
struct State {
    requests: Vec<DynamoDbRequest>,
    once: VecDeque<(&'static str, Fault)>,
    always: Option<Fault>,
    hits: usize,
    /// By request id: the plan, and how many DynamoDB requests of that request failed by it.
    plans: HashMap<String, (Plan, usize)>,
    rewrite: Option<Rewrite>,
    rewritten: usize,
    conflicts: Option<Conflicts>,
}

/// One DynamoDB request.
#[derive(Debug, Clone)]
pub struct DynamoDbRequest {
    /// `GetItem`, `TransactWriteItems`, …
    pub operation: String,
    /// Body as the SDK sent it.
    pub body: Value,
    begun: Instant,
    ended: Option<Instant>,
    /// Consumed capacity units that the response reports.
    units: f64,
}

/// The DynamoDB requests of one or more HTTP requests.
#[derive(Debug, Clone, Default)]
pub struct Traffic(pub Vec<DynamoDbRequest>);

impl Wire {
    pub fn new() -> Self {
        Self { state: Arc::default(), lag: None, under_way: Arc::default() }
    }

    /// Creates a wire whose eventually consistent reads lag.
    pub fn lagging(lag: Lag) -> Self {
        Self { lag: Some(lag), ..Self::new() }
    }

    /// From now on, two transactions in progress with a common item conflict.
    pub fn with_conflicts(&self, conflicts: Conflicts) {
        self.state().conflicts = Some(conflicts);
    }

    /// Returns the layer through which the SDK sends its requests.
    pub fn layer(&self) -> HttpClientLayer {
        let wire = self.clone();
        HttpClientLayer::new(move |inner| SharedHttpClient::new(Client { wire: wire.clone(), inner }))
    }

    /// Injects `fault` into the next request of `operation`, or of any operation if it is empty. Faults apply in order.
    pub fn once(&self, operation: &'static str, fault: Fault) {
        self.state().once.push_back((operation, fault));
    }

    /// Injects `fault` into every request from now on.
    pub fn always(&self, fault: Fault) {
        self.state().always = Some(fault);
    }

    /// Removes all faults. Returns how many requests had one.
    pub fn clear_faults(&self) -> usize {
        let mut state = self.state();
        state.once.clear();
        state.always = None;
        std::mem::take(&mut state.hits)
    }

    /// From now on, `plan` decides the fault of each DynamoDB request that the request with this id sends.
    pub fn plan(&self, request: &str, plan: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        self.state().plans.insert(request.to_owned(), (Box::new(plan), 0));
    }

    /// Removes the plan of this request. Returns how many of its DynamoDB requests had a fault.
    pub fn end_plan(&self, request: &str) -> usize {
        self.state().plans.remove(request).map_or(0, |(_, hits)| hits)
    }

    /// Applies `rewrite` to every request from now on: simulates bugs of the product without changing it.
    pub fn rewrite(&self, rewrite: Rewrite) {
        self.state().rewrite = Some(rewrite);
    }

    /// Returns how many requests were rewritten.
    pub fn rewritten(&self) -> usize {
        self.state().rewritten
    }

    /// Waits until no DynamoDB request and no request with this id prefix has been in progress for a while. A request
    /// goes on after its client has disconnected, and may be pausing between two DynamoDB requests.
    pub async fn quiet(&self, requests: &str) {
        let mut still = 0;
        while still < 5 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let is_still = self.under_way.load(Ordering::SeqCst) == 0 && !requests::any_under_way(requests);
            still = if is_still { still + 1 } else { 0 };
        }
    }

    /// Returns the requests since the previous `take`.
    pub fn take(&self) -> Traffic {
        Traffic(std::mem::take(&mut self.state().requests))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the start of a request, and returns its fault.
    fn begin(&self, operation: &str, body: Value) -> (usize, Option<Fault>) {
        let mut state = self.state();
        let (begun, operation) = (Instant::now(), operation.to_owned());
        let due = |(of, _): &(&str, Fault)| of.is_empty() || *of == operation;
        let plan = requests::current().and_then(|id| state.plans.get_mut(&id));
        let planned = plan.and_then(|(plan, hits)| {
            let fault = plan(&operation);
            *hits += usize::from(fault.is_some());
            fault
        });
        let fault = match state.once.front() {
            _ if planned.is_some() => planned,
            Some(next) if due(next) => state.once.pop_front().map(|(_, fault)| fault),
            _ => state.always.clone(),
        };
        state.hits += usize::from(fault.is_some());
        state.requests.push(DynamoDbRequest { operation, body, begun, ended: None, units: 0.0 });
        (state.requests.len() - 1, fault)
    }

    fn end(&self, number: usize, begun: Instant, units: f64) {
        // Another caller of `take` may have removed the request meanwhile.
        if let Some(request) = self.state().requests.get_mut(number).filter(|request| request.begun <= begun) {
            (request.ended, request.units) = (Some(Instant::now()), units);
        }
    }
}

impl Traffic {
    /// Returns the number of requests.
    pub fn requests(&self) -> usize {
        self.0.len()
    }

    /// Returns the number of sequential waves of requests. A wave contains the requests that began before any of its
    /// requests ended.
    pub fn round_trips(&self) -> usize {
        let mut requests: Vec<_> = self.0.iter().collect();
        requests.sort_by_key(|request| request.begun);
        let (mut waves, mut over) = (0, None);
        for request in requests {
            if waves == 0 || over.is_some_and(|over| request.begun >= over) {
                waves += 1;
                over = request.ended;
            } else {
                over = [over, request.ended].into_iter().flatten().min();
            }
        }
        waves
    }

    /// Returns the number of requests that were abandoned before they ended, because they took too long.
    pub fn abandoned(&self) -> usize {
        self.0.iter().filter(|request| request.ended.is_none()).count()
    }

    pub fn read_units(&self) -> f64 {
        self.units(false)
    }

    pub fn write_units(&self) -> f64 {
        self.units(true)
    }

    /// Returns the operations in the order in which they began.
    pub fn operations(&self) -> Vec<&str> {
        self.0.iter().map(|request| request.operation.as_str()).collect()
    }

    fn units(&self, of_writes: bool) -> f64 {
        let writes =
            |request: &&DynamoDbRequest| ["PutItem", "UpdateItem", "TransactWriteItems"].contains(&&*request.operation);
        self.0.iter().filter(|request| writes(request) == of_writes).fold(0.0, |sum, request| sum + request.units)
    }
}

struct Client {
    wire: Wire,
    inner: SharedHttpClient,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, parts);
        let replica = self.wire.lag.clone().map(|lag| (lag.http_client().http_connector(settings, parts), lag));
        SharedHttpConnector::new(Connector { wire: self.wire.clone(), inner, replica })
    }
}

struct Connector {
    wire: Wire,
    inner: SharedHttpConnector,
    replica: Option<(SharedHttpConnector, Lag)>,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
        // Not within the condition: the lock guard would live until the end of the block.
        let rewrite = self.wire.state().rewrite;
        if rewrite.is_some_and(|rewrite| rewrite(&operation, &mut body)) {
            self.wire.state().rewritten += 1;
            let body = body.to_string();
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
        }
        let (wire, mut inner, replica) = (self.wire.clone(), self.inner.clone(), self.replica.clone());
        if let (Some((replica, _)), true) = (&replica, lag::is_eventually_consistent(&operation, &body)) {
            inner = replica.clone();
        }
        let conflicts = wire.state().conflicts.clone().filter(|_| operation == "TransactWriteItems");
        let transaction = conflicts.map(|conflicts| conflicts.begin(&body));
        let (number, mut fault) = self.wire.begin(&operation, body);
        let begun = Instant::now();
        HttpConnectorFuture::new(async move {
            let under_way = UnderWay::one_more(&wire.under_way);
            let _transaction = match transaction {
                Some(Ok(transaction)) => {
                    tokio::time::sleep(transaction.lasts).await;
                    Some(transaction)
                }
                Some(Err(conflict)) => {
                    fault = Some(conflict);
                    None
                }
                None => None,
            };
            let write = request.try_clone().filter(|_| replica.is_some() && lag::writes(&operation));
            let response = fault::send(inner, request, fault, under_way).await;
            if let (Some((replica, lag)), Some(write), Ok((head, _))) = (replica, write, &response)
                && lag::succeeded(head)
            {
                lag.wrote(&replica, write).await;
            }
            let units = response.as_ref().map_or(0.0, |(_, units)| *units);
            wire.end(number, begun, units);
            response.map(|(response, _)| response)
        })
    }
}

/// Counts a request in progress while it lives.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn one_more(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
