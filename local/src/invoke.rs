//! Invokes an endpoint the way Lambda does: an event goes in as JSON text and is read by the production decoder, an
//! answer comes out as JSON.

use std::convert::Infallible;

use berth_shared::{Service, http::Endpoint};
use jiff::Timestamp;
use lambda_http::{Adapter, Context, LambdaEvent, Service as _, request::LambdaRequest, service_fn};
use serde_json::Value;

/// One invocation of a function.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// The event, as JSON.
    pub(crate) event: String,
    /// Lambda's id of the invocation.
    pub(crate) request_id: String,
    /// The trace it belongs to.
    pub(crate) trace_id: String,
    /// When it has to be over.
    pub(crate) deadline: Timestamp,
}

/// Why a function could not even be invoked, or its answer not be read. Both are mistakes of this program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvokeError {
    /// The decoder does not take the event.
    #[error("the event cannot be decoded: {0}")]
    Event(#[source] serde_json::Error),
    /// The answer has no JSON form.
    #[error("the answer cannot be encoded: {0}")]
    Answer(#[source] serde_json::Error),
}

/// Invokes `endpoint` and waits for its answer.
pub(crate) async fn invoke(
    endpoint: &'static Endpoint,
    service: Service,
    invocation: Invocation,
) -> Result<Value, InvokeError> {
    let request: LambdaRequest = serde_json::from_str(&invocation.event).map_err(InvokeError::Event)?;
    let mut context = Context::default();
    context.request_id = invocation.request_id;
    context.deadline = u64::try_from(invocation.deadline.as_millisecond()).unwrap_or_default();
    context.xray_trace_id = Some(invocation.trace_id);
    let mut function = Adapter::from(service_fn(move |request| {
        let service = service.clone();
        async move { Ok::<_, Infallible>(berth_functions::handle(endpoint, &service, request).await) }
    }));
    let Ok(answer) = function.call(LambdaEvent::new(request, context)).await;
    // Through text, as at AWS: what the encoder loses there is lost here.
    let answer = serde_json::to_string(&answer).map_err(InvokeError::Answer)?;
    serde_json::from_str(&answer).map_err(InvokeError::Answer)
}
