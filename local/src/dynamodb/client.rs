//! An HTTP client of the SDK that performs its requests in this process, without a socket.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;

use super::EmbeddedDynamoDb;

/// Returns the HTTP client of `dynamodb`.
pub(super) fn http_client(dynamodb: EmbeddedDynamoDb) -> SharedHttpClient {
    SharedHttpClient::new(InProcess(dynamodb))
}

#[derive(Debug, Clone)]
struct InProcess(EmbeddedDynamoDb);

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let dynamodb = self.0.clone();
        let target = target(&request);
        // Every request of DynamoDB is in memory.
        let body = request.body().bytes().unwrap_or_default().to_vec();
        HttpConnectorFuture::new(async move {
            let performed = dynamodb.perform(target, body).await;
            let (status, body) =
                performed.ok_or_else(|| ConnectorError::io("the embedded DynamoDB is closed".into()))?;
            Ok(HttpResponse::new(status.into(), SdkBody::from(body)))
        })
    }
}

/// Returns the header that names the operation.
pub(super) fn target(request: &HttpRequest) -> String {
    request.headers().get("x-amz-target").unwrap_or_default().to_owned()
}
