//! The wire between Berth and its store: counts what goes over it, and breaks it where a test asks for that.

mod fault;
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
use berth_shared::store::{Trust, https_client};
use serde_json::Value;

pub use fault::Fault;
pub use requests::layer;

/// The wire of one server. Cloning shares it.
#[derive(Clone)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    /// How many requests are on their way, those included that nobody waits for any more.
    under_way: Arc<AtomicUsize>,
}

/// Decides what goes wrong with the next request of an operation.
type Plan = Box<dyn FnMut(&str) -> Option<Fault> + Send>;
/// Makes another request of a request of an operation. Whether it did.
pub type Rewrite = fn(&str, &mut Value) -> bool;

#[derive(Default)]
struct State {
    requests: Vec<DynamoDbRequest>,
    once: VecDeque<(&'static str, Fault)>,
    always: Option<Fault>,
    hits: usize,
    /// By the request id: a plan, and how many DynamoDB requests of that request met a fault.
    plans: HashMap<String, (Plan, usize)>,
    rewrite: Option<Rewrite>,
    rewritten: usize,
}

/// One DynamoDB request.
#[derive(Debug, Clone)]
pub struct DynamoDbRequest {
    /// `GetItem`, `TransactWriteItems`, …
    pub operation: String,
    /// The body as the SDK sent it.
    pub body: Value,
    begun: Instant,
    ended: Option<Instant>,
    /// What the response says of its price.
    units: f64,
}

/// What a request, or several, did at the store.
#[derive(Debug, Clone, Default)]
pub struct Traffic(pub Vec<DynamoDbRequest>);

impl Wire {
    pub fn new() -> Self {
        Self { state: Arc::default(), under_way: Arc::default() }
    }

    /// What the SDK makes its requests through.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(Client { wire: self.clone(), inner: https_client(Trust::Platform) })
    }

    /// The next request of `operation`, or of any where it is empty, meets `fault`. Faults are met in their order.
    pub fn once(&self, operation: &'static str, fault: Fault) {
        self.state().once.push_back((operation, fault));
    }

    /// From now on every request meets `fault`.
    pub fn always(&self, fault: Fault) {
        self.state().always = Some(fault);
    }

    /// From now on no request meets a fault. How many did until now.
    pub fn clear_faults(&self) -> usize {
        let mut state = self.state();
        state.once.clear();
        state.always = None;
        std::mem::take(&mut state.hits)
    }

    /// From now on `plan` decides over each DynamoDB request that the request with this id makes.
    pub fn plan(&self, request: &str, plan: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        self.state().plans.insert(request.to_owned(), (Box::new(plan), 0));
    }

    /// Ends the plan for this request: how many of its requests met a fault.
    pub fn end_plan(&self, request: &str) -> usize {
        self.state().plans.remove(request).map_or(0, |(_, hits)| hits)
    }

    /// From now on every request goes through `rewrite`: mistakes of the product, made without touching it.
    pub fn rewrite(&self, rewrite: Rewrite) {
        self.state().rewrite = Some(rewrite);
    }

    /// How many requests are not the product's own any more.
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

    /// What went over the wire since it was last asked for.
    pub fn take(&self) -> Traffic {
        Traffic(std::mem::take(&mut self.state().requests))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request that begins, and finds out what is to go wrong with it.
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
        // Somebody may have taken the list meanwhile.
        if let Some(request) = self.state().requests.get_mut(number).filter(|request| request.begun <= begun) {
            (request.ended, request.units) = (Some(Instant::now()), units);
        }
    }
}

impl Traffic {
    /// How many requests there were.
    pub fn requests(&self) -> usize {
        self.0.len()
    }

    /// How many waves of requests followed one another: what began before any request of a wave had ended belongs to it.
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

    /// How many requests nobody waited for until their end, as they took too long.
    pub fn abandoned(&self) -> usize {
        self.0.iter().filter(|request| request.ended.is_none()).count()
    }

    pub fn read_units(&self) -> f64 {
        self.units(false)
    }

    pub fn write_units(&self) -> f64 {
        self.units(true)
    }

    /// The operations in the order in which they began.
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
        SharedHttpConnector::new(Connector { wire: self.wire.clone(), inner })
    }
}

struct Connector {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
        // Not within the condition: the lock would be held as long as what follows it.
        let rewrite = self.wire.state().rewrite;
        if rewrite.is_some_and(|rewrite| rewrite(&operation, &mut body)) {
            self.wire.state().rewritten += 1;
            let body = body.to_string();
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
        }
        let (number, fault) = self.wire.begin(&operation, body);
        let begun = Instant::now();
        let (wire, inner) = (self.wire.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            let under_way = UnderWay::one_more(&wire.under_way);
            let response = fault::carry(inner, request, fault, under_way).await;
            let units = response.as_ref().map_or(0.0, |(_, units)| *units);
            wire.end(number, begun, units);
            response.map(|(response, _)| response)
        })
    }
}

/// A request on its way.
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
