//! The wire between Berth and its store: counts what goes over it, and breaks it where a test asks for that.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use berth_shared::store::{Trust, https_client};
use serde_json::{Value, json};

/// The wire of one server. Cloning shares it.
#[derive(Clone)]
pub struct Wire {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    calls: Vec<StoreCall>,
    once: VecDeque<(&'static str, Fault)>,
    always: Option<Fault>,
    struck: usize,
}

/// One call of the store.
#[derive(Debug, Clone)]
pub struct StoreCall {
    /// `GetItem`, `TransactWriteItems`, …
    pub operation: String,
    /// The body as the SDK sent it.
    pub request: Value,
    begun: Instant,
    ended: Option<Instant>,
    /// What the answer says of its price.
    units: f64,
}

/// What a call, or several, did at the store.
#[derive(Debug, Clone, Default)]
pub struct Traffic(pub Vec<StoreCall>);

/// What can go wrong between Berth and its store.
#[derive(Debug, Clone)]
pub enum Fault {
    /// No connection: the store never hears of the call.
    Refused,
    /// The store acts, and its answer is lost.
    AnswerLost,
    /// The store refuses, with this status and body, and does nothing.
    Status(u16, Value),
    /// The call arrives late.
    Late(Duration),
}

impl Fault {
    /// A refusal of this type, as DynamoDB words it.
    pub fn refusal(status: u16, kind: &str) -> Self {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{kind}");
        Self::Status(status, json!({ "__type": kind, "message": "SECRET of the store" }))
    }

    /// Too many calls.
    pub fn throttled() -> Self {
        Self::refusal(400, "ThrottlingException")
    }

    /// A transaction that is canceled with these reasons, one for each of its first actions.
    pub fn canceled(codes: &[&str]) -> Self {
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code, "Message": "SECRET" })).collect();
        Self::Status(400, json!({ "__type": kind, "message": "SECRET", "CancellationReasons": reasons }))
    }
}

impl Wire {
    pub fn new() -> Self {
        Self { state: Arc::default() }
    }

    /// What the SDK makes its calls through.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(Client { wire: self.clone(), inner: https_client(Trust::Platform) })
    }

    /// The next call of `operation`, or of any where it is empty, meets `fault`. Faults are met in their order.
    pub fn once(&self, operation: &'static str, fault: Fault) {
        self.state().once.push_back((operation, fault));
    }

    /// From now on every call meets `fault`.
    pub fn always(&self, fault: Fault) {
        self.state().always = Some(fault);
    }

    /// From now on no call meets a fault. How many did until now.
    pub fn heal(&self) -> usize {
        let mut state = self.state();
        state.once.clear();
        state.always = None;
        std::mem::take(&mut state.struck)
    }

    /// What went over the wire since it was last asked for.
    pub fn take(&self) -> Traffic {
        Traffic(std::mem::take(&mut self.state().calls))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that begins, and finds out what is to go wrong with it.
    fn begin(&self, operation: &str, request: Value) -> (usize, Option<Fault>) {
        let mut state = self.state();
        let (begun, operation) = (Instant::now(), operation.to_owned());
        let due = |(of, _): &(&str, Fault)| of.is_empty() || *of == operation;
        let fault = match state.once.front() {
            Some(next) if due(next) => state.once.pop_front().map(|(_, fault)| fault),
            _ => state.always.clone(),
        };
        state.struck += usize::from(fault.is_some());
        state.calls.push(StoreCall { operation, request, begun, ended: None, units: 0.0 });
        (state.calls.len() - 1, fault)
    }

    fn end(&self, call: usize, begun: Instant, units: f64) {
        // Somebody may have taken the list meanwhile.
        if let Some(call) = self.state().calls.get_mut(call).filter(|call| call.begun <= begun) {
            (call.ended, call.units) = (Some(Instant::now()), units);
        }
    }
}

impl Traffic {
    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.0.len()
    }

    /// How many waves of calls followed one another: what began before any call of a wave had ended belongs to it.
    pub fn round_trips(&self) -> usize {
        let mut calls: Vec<_> = self.0.iter().collect();
        calls.sort_by_key(|call| call.begun);
        let (mut waves, mut over) = (0, None);
        for call in calls {
            if waves == 0 || over.is_some_and(|over| call.begun >= over) {
                waves += 1;
                over = call.ended;
            } else {
                over = [over, call.ended].into_iter().flatten().min();
            }
        }
        waves
    }

    pub fn read_units(&self) -> f64 {
        self.units(false)
    }

    pub fn write_units(&self) -> f64 {
        self.units(true)
    }

    /// The operations in the order in which they began.
    pub fn operations(&self) -> Vec<&str> {
        self.0.iter().map(|call| call.operation.as_str()).collect()
    }

    fn units(&self, of_writes: bool) -> f64 {
        let writes = |call: &&StoreCall| ["PutItem", "UpdateItem", "TransactWriteItems"].contains(&&*call.operation);
        self.0.iter().filter(|call| writes(call) == of_writes).fold(0.0, |sum, call| sum + call.units)
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
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let (call, fault) = self.wire.begin(&operation, body);
        let begun = Instant::now();
        let (wire, inner) = (self.wire.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            let answer = carry(inner, request, fault).await;
            let units = answer.as_ref().map_or(0.0, |(_, units)| *units);
            wire.end(call, begun, units);
            answer.map(|(answer, _)| answer)
        })
    }
}

/// Sends a request unless a fault keeps it from being sent; the answer, with the units that the store charged.
async fn carry(
    inner: SharedHttpConnector,
    request: HttpRequest,
    fault: Option<Fault>,
) -> Result<(HttpResponse, f64), ConnectorError> {
    match fault {
        Some(Fault::Refused) => return Err(ConnectorError::io("connection refused (SECRET)".into())),
        Some(Fault::Status(status, body)) => {
            let status = status.try_into().expect("the status is one");
            return Ok((HttpResponse::new(status, SdkBody::from(body.to_string())), 0.0));
        }
        Some(Fault::Late(by)) => tokio::time::sleep(by).await,
        Some(Fault::AnswerLost) | None => {}
    }
    let mut answer = inner.call(request).await?;
    let body = ByteStream::new(answer.take_body()).collect().await;
    let body = body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes();
    let units = serde_json::from_slice(&body).map_or(0.0, |body: Value| units(&body["ConsumedCapacity"]));
    *answer.body_mut() = SdkBody::from(body);
    if matches!(fault, Some(Fault::AnswerLost)) {
        return Err(ConnectorError::io("connection reset (SECRET)".into()));
    }
    Ok((answer, units))
}

/// What the store charged: for one table, or for a list of tables.
fn units(capacity: &Value) -> f64 {
    let tables = capacity.as_array().map_or(std::slice::from_ref(capacity), Vec::as_slice);
    tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum()
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
