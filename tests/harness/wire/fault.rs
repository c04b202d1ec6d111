//! What can go wrong with one DynamoDB request, and how it is made to.

use std::{
    io::{self, ErrorKind},
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

use super::UnderWay;

/// What can go wrong between Berth and its store.
#[derive(Debug, Clone)]
pub enum Fault {
    /// No connection: the store never hears of the request.
    Refused,
    /// The connection breaks before the request is out: the store never hears of the request.
    ResetBefore,
    /// The connection breaks when the request is out: the store acts after the client was reported.
    ResetAfter,
    /// The store acts, and its response is lost.
    AnswerLost,
    /// The store acts; half of its response comes, as if it were the whole.
    Cut,
    /// The store acts; the connection breaks in the middle of its response.
    Torn,
    /// DynamoDB returns this status and body, and does nothing.
    Status(u16, Value),
    /// The request arrives late.
    Late(Duration),
    /// The request arrives late even where nobody waits for it any more.
    Delayed(Duration),
}

impl Fault {
    /// An error of this type, as DynamoDB words it.
    pub fn error(status: u16, kind: &str) -> Self {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{kind}");
        Self::Status(status, json!({ "__type": kind, "message": "SECRET of the store" }))
    }

    /// Too many requests.
    pub fn throttled() -> Self {
        Self::error(400, "ThrottlingException")
    }

    /// A transaction that is canceled with these reasons, one for each of its first actions.
    pub fn canceled(codes: &[&str]) -> Self {
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code, "Message": "SECRET" })).collect();
        Self::Status(400, json!({ "__type": kind, "message": "SECRET", "CancellationReasons": reasons }))
    }

    /// What it is, in short.
    pub fn kind(&self) -> String {
        match self {
            Self::Status(status, body) => {
                let kind = body["__type"].as_str().unwrap_or_default();
                format!("{status} {}", kind.rsplit('#').next().unwrap_or_default())
            }
            // The name without what it holds.
            other => format!("{other:?}").split('(').next().unwrap_or_default().to_owned(),
        }
    }

    /// Whether the store may act though the client gets no response that can be read.
    pub fn may_act(&self) -> bool {
        !matches!(self, Self::Refused | Self::ResetBefore | Self::Status(..))
    }
}

fn reset() -> ConnectorError {
    ConnectorError::io(Box::new(io::Error::new(ErrorKind::ConnectionReset, "connection reset (SECRET)")))
}

/// Sends a request unless a fault keeps it from being sent; the response, with the units that the store charged.
pub(super) async fn carry(
    inner: SharedHttpConnector,
    request: HttpRequest,
    fault: Option<Fault>,
    under_way: UnderWay,
) -> Result<(HttpResponse, f64), ConnectorError> {
    match &fault {
        Some(Fault::Refused) => return Err(ConnectorError::io("connection refused (SECRET)".into())),
        Some(Fault::ResetBefore) => return Err(reset()),
        Some(Fault::Status(status, body)) => {
            let status = (*status).try_into().expect("the status is one");
            return Ok((HttpResponse::new(status, SdkBody::from(body.to_string())), 0.0));
        }
        Some(Fault::ResetAfter) => {
            tokio::spawn(async move {
                let _under_way = under_way;
                drop(sent(inner, request).await);
            });
            return Err(reset());
        }
        Some(Fault::Delayed(by)) => {
            let by = *by;
            let sending = tokio::spawn(async move {
                let _under_way = under_way;
                tokio::time::sleep(by).await;
                sent(inner, request).await
            });
            let (head, body) = sending.await.map_err(|error| ConnectorError::io(error.into()))??;
            return Ok(whole(head, body));
        }
        Some(Fault::Late(by)) => tokio::time::sleep(*by).await,
        Some(Fault::AnswerLost | Fault::Cut | Fault::Torn) | None => {}
    }
    let (mut head, body) = sent(inner, request).await?;
    let half = body.slice(..body.len() / 2);
    match fault {
        Some(Fault::AnswerLost) => Err(reset()),
        Some(Fault::Cut) => {
            head.headers_mut().remove("content-length");
            Ok(whole(head, half))
        }
        Some(Fault::Torn) => {
            let parts = [Ok(Frame::data(half)), Err(io::Error::from(ErrorKind::ConnectionReset))];
            *head.body_mut() = SdkBody::from_body_1_x(StreamBody::new(futures::stream::iter(parts)));
            Ok((head, 0.0))
        }
        _ => Ok(whole(head, body)),
    }
}

/// The store's answer: its head, and its body.
async fn sent(inner: SharedHttpConnector, request: HttpRequest) -> Result<(HttpResponse, Bytes), ConnectorError> {
    let mut response = inner.call(request).await?;
    let body = ByteStream::new(response.take_body()).collect().await;
    Ok((response, body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes()))
}

fn whole(mut head: HttpResponse, body: Bytes) -> (HttpResponse, f64) {
    let units = serde_json::from_slice(&body).map_or(0.0, |body: Value| units(&body["ConsumedCapacity"]));
    *head.body_mut() = SdkBody::from(body);
    (head, units)
}

/// What the store charged: for one table, or for a list of tables.
fn units(capacity: &Value) -> f64 {
    let tables = capacity.as_array().map_or(std::slice::from_ref(capacity), Vec::as_slice);
    tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum()
}
