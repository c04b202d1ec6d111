//! Fetches a key set over HTTPS, with the HTTP stack of the SDK.

use std::{sync::OnceLock, time::Duration};

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::byte_stream::ByteStream;
use lambda_http::http::Uri;
use tokio::time::{Instant, timeout_at};

use crate::domain::error::Cause;

/// Timeout of a request.
const PATIENCE: Duration = Duration::from_secs(3);
/// Maximum size of a key set, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// A client for the server of the key set. It is created when it is first needed, because it loads the platform's
/// root certificates.
#[derive(Debug, Default)]
pub(super) struct Fetcher(OnceLock<SharedHttpConnector>);

impl Fetcher {
    /// Fetches the document at `url`, until `deadline` at the latest. Redirects are not followed.
    ///
    /// # Errors
    /// Why the fetch failed.
    pub(super) async fn fetch(&self, url: &Uri, deadline: Instant) -> Result<Vec<u8>, String> {
        let until = deadline.min(Instant::now() + PATIENCE);
        let fetched = timeout_at(until, self.get(url)).await;
        fetched.unwrap_or_else(|_| Err("its server did not respond in time".to_owned()))
    }

    async fn get(&self, url: &Uri) -> Result<Vec<u8>, String> {
        let mut request = HttpRequest::get(url.to_string()).map_err(|error| error.to_string())?;
        request.headers_mut().insert("accept", "application/json");
        let connector = self.0.get_or_init(|| connector(url));
        let mut response = connector.call(request).await.map_err(|error| Cause::new(error).to_string())?;
        if response.status().as_u16() != 200 {
            return Err(format!("its server returned {}", response.status()));
        }
        let mut stream = ByteStream::new(response.take_body());
        let mut bytes = Vec::new();
        while let Some(part) = stream.try_next().await.map_err(|error| error.to_string())? {
            if bytes.len() + part.len() > MAX_BYTES {
                return Err(format!("it has more than {MAX_BYTES} bytes"));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }
}

fn connector(url: &Uri) -> SharedHttpConnector {
    let builder = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
    // A plain HTTP URL on this machine needs no root certificates, and there may be none.
    let plain = url.scheme_str() == Some("http");
    let context = TlsContext::builder().with_trust_store(TrustStore::empty()).build();
    SharedHttpConnector::new(match context {
        Ok(context) if plain => builder.tls_context(context).build(),
        _ => builder.build(),
    })
}
