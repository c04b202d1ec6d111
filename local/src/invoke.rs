//! Invocation of an endpoint as on Lambda: the event is JSON text, read by the production decoder, and the response is
//! JSON.

use std::convert::Infallible;

use berth_shared::{Service, http::Endpoint};
use jiff::Timestamp;
use lambda_http::{Adapter, Context, LambdaEvent, Service as _, request::LambdaRequest, service_fn};
use serde_json::Value;

/// One invocation of a function.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// Event, as JSON.
    pub(crate) event: String,
    /// Lambda's request id.
    pub(crate) request_id: String,
    /// X-Ray trace id.
    pub(crate) trace_id: String,
    /// Time at which the invocation times out.
    pub(crate) deadline: Timestamp,
}

/// Error in the encoding of an event or a response. Each is a bug of the product.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvokeError {
    /// The decoder rejects the event.
    #[error("the event cannot be decoded: {0}")]
    Event(#[source] serde_json::Error),
    /// The response cannot be encoded as JSON.
    #[error("the response cannot be encoded: {0}")]
    Response(#[source] serde_json::Error),
    /// The response is longer than Lambda transmits.
    #[error("the response has {0} bytes, more than the limit of {RESPONSE_LIMIT}")]
    TooLong(usize),
}

/// Maximum length of a function's response in bytes, as at Lambda.
pub(crate) const RESPONSE_LIMIT: usize = 6 * 1024 * 1024 + 100;

/// Invokes `endpoint` and waits for its response.
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
    let Ok(response) = function.call(LambdaEvent::new(request, context)).await;
    // Encoded and decoded as on AWS, so that a loss in the encoder shows here too.
    let response = serde_json::to_string(&response).map_err(InvokeError::Response)?;
    if response.len() > RESPONSE_LIMIT {
        return Err(InvokeError::TooLong(response.len()));
    }
    serde_json::from_str(&response).map_err(InvokeError::Response)
}
