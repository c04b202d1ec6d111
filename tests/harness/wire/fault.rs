//! Faults of one DynamoDB request, and their injection.

use std::{
    io::{self, ErrorKind},
    sync::Arc,
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use http_body_util::StreamBody;
use hyper::body::{Bytes, Frame};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::UnderWay;

/// A fault between Berth and DynamoDB.
#[derive(Debug, Clone)]
pub enum Fault {
    /// No connection: the request does not reach DynamoDB.
    ConnectionRefused,
    /// The connection breaks before the request is sent: the request does not reach DynamoDB.
    ResetBefore,
    /// The connection breaks after the request is sent: DynamoDB executes it after the client has received the error.
    ResetAfter,
    /// DynamoDB executes the request, and its response is lost.
    ResponseLost,
    /// DynamoDB executes the request; the first half of its response arrives as if it were complete.
    Truncated,
    /// DynamoDB executes the request; the connection breaks in the middle of its response.
    Torn,
    /// DynamoDB returns this status and body, and does not execute the request.
    Status(u16, Value),
    /// DynamoDB processes only the first half of the keys of a `BatchGetItem`, and at least one.
    PartialBatch,
    /// DynamoDB processes no key of a `BatchGetItem`.
    EmptyBatch,
    /// The request arrives late.
    Late(Duration),
    /// The request arrives late, even if its client no longer waits.
    Delayed(Duration),
    /// The request arrives when the test allows it. The barrier is for two: it is passed when the request begins, and again
    /// when it may arrive.
    Held(Arc<Barrier>),
}

impl Fault {
    /// Returns an error of this type in the format of DynamoDB.
    pub fn error(status: u16, kind: &str) -> Self {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{kind}");
        Self::Status(status, json!({ "__type": kind, "message": "SECRET of the store" }))
    }

    /// Returns a throttling error.
    pub fn throttled() -> Self {
        Self::error(400, "ThrottlingException")
    }

    /// Returns the cancellation of a transaction with these reasons, one for each of its first actions.
    pub fn canceled(codes: &[&str]) -> Self {
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code, "Message": "SECRET" })).collect();
        Self::Status(400, json!({ "__type": kind, "message": "SECRET", "CancellationReasons": reasons }))
    }

    /// Returns the name of the fault.
    pub fn kind(&self) -> String {
        match self {
            Self::Status(status, body) => {
                let kind = body["__type"].as_str().unwrap_or_default();
                format!("{status} {}", kind.rsplit('#').next().unwrap_or_default())
            }
            // The name of the variant without its fields.
            other => format!("{other:?}").split('(').next().unwrap_or_default().to_owned(),
        }
    }

    /// Returns whether DynamoDB may execute the request although the client gets no readable response.
    pub fn may_act(&self) -> bool {
        !matches!(self, Self::ConnectionRefused | Self::ResetBefore | Self::Status(..) | Self::EmptyBatch)
    }
}

fn reset() -> ConnectorError {
    ConnectorError::io(Box::new(io::Error::new(ErrorKind::ConnectionReset, "connection reset (SECRET)")))
}

/// Sends a request unless the fault prevents it. Returns the response with the consumed capacity units.
pub(super) async fn send(
    inner: SharedHttpConnector,
    request: HttpRequest,
    fault: Option<Fault>,
    under_way: UnderWay,
) -> Result<(HttpResponse, f64), ConnectorError> {
    match &fault {
        Some(Fault::ConnectionRefused) => return Err(ConnectorError::io("connection refused (SECRET)".into())),
        Some(Fault::ResetBefore) => return Err(reset()),
        Some(Fault::Status(status, body)) => {
            let status = (*status).try_into().expect("the status is valid");
            return Ok((HttpResponse::new(status, SdkBody::from(body.to_string())), 0.0));
        }
        Some(Fault::ResetAfter) => {
            tokio::spawn(async move {
                let _under_way = under_way;
                drop(forward(inner, request).await);
            });
            return Err(reset());
        }
        Some(Fault::Delayed(by)) => {
            let by = *by;
            let sending = tokio::spawn(async move {
                let _under_way = under_way;
                tokio::time::sleep(by).await;
                forward(inner, request).await
            });
            let (head, body) = sending.await.map_err(|error| ConnectorError::io(error.into()))??;
            return Ok(complete(head, body));
        }
        Some(Fault::PartialBatch | Fault::EmptyBatch) => {
            return partial(inner, request, matches!(fault, Some(Fault::EmptyBatch))).await;
        }
        Some(Fault::Late(by)) => tokio::time::sleep(*by).await,
        Some(Fault::Held(step)) => {
            step.wait().await;
            step.wait().await;
        }
        Some(Fault::ResponseLost | Fault::Truncated | Fault::Torn) | None => {}
    }
    let (mut head, body) = forward(inner, request).await?;
    let half = body.slice(..body.len() / 2);
    match fault {
        Some(Fault::ResponseLost) => Err(reset()),
        Some(Fault::Truncated) => {
            head.headers_mut().remove("content-length");
            Ok(complete(head, half))
        }
        Some(Fault::Torn) => {
            let parts = [Ok(Frame::data(half)), Err(io::Error::from(ErrorKind::ConnectionReset))];
            *head.body_mut() = SdkBody::from_body_1_x(StreamBody::new(futures::stream::iter(parts)));
            Ok((head, 0.0))
        }
        _ => Ok(complete(head, body)),
    }
}

/// Sends the first half of the keys of a `BatchGetItem`, or none, and returns the others as unprocessed. Sends any other
/// request as it is.
async fn partial(
    inner: SharedHttpConnector,
    mut request: HttpRequest,
    is_empty: bool,
) -> Result<(HttpResponse, f64), ConnectorError> {
    let mut items: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
    let Some((table, wanted)) = items["RequestItems"].as_object_mut().and_then(|tables| tables.iter_mut().next())
    else {
        let (head, body) = forward(inner, request).await?;
        return Ok(complete(head, body));
    };
    let (table, keys) = (table.clone(), wanted["Keys"].as_array().cloned().unwrap_or_default());
    let processed = if is_empty { 0 } else { keys.len().div_ceil(2) };
    let mut rest = wanted.clone();
    rest["Keys"] = json!(keys[processed..]);
    wanted["Keys"] = json!(keys[..processed]);
    let unprocessed = if processed < keys.len() { json!({ table.as_str(): rest }) } else { json!({}) };
    if is_empty {
        let body = json!({ "Responses": { table.as_str(): [] }, "UnprocessedKeys": unprocessed });
        return Ok((HttpResponse::new(200.try_into().expect("a status"), SdkBody::from(body.to_string())), 0.0));
    }
    let text = items.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
    let (mut head, body) = forward(inner, request).await?;
    let mut response: Value = serde_json::from_slice(&body).unwrap_or_default();
    response["UnprocessedKeys"] = unprocessed;
    head.headers_mut().remove("content-length");
    Ok(complete(head, Bytes::from(response.to_string())))
}

/// Forwards the request to DynamoDB, and returns the head and the body of the response.
pub(super) async fn forward(
    inner: SharedHttpConnector,
    request: HttpRequest,
) -> Result<(HttpResponse, Bytes), ConnectorError> {
    let mut response = inner.call(request).await?;
    let body = ByteStream::new(response.take_body()).collect().await;
    Ok((response, body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes()))
}

fn complete(mut head: HttpResponse, body: Bytes) -> (HttpResponse, f64) {
    let units = serde_json::from_slice(&body).map_or(0.0, |body: Value| units(&body["ConsumedCapacity"]));
    *head.body_mut() = SdkBody::from(body);
    (head, units)
}

/// Returns the consumed capacity units, for one table or a list of tables.
fn units(capacity: &Value) -> f64 {
    let tables = capacity.as_array().map_or(std::slice::from_ref(capacity), Vec::as_slice);
    tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum()
}
