//! SDK configuration for each kind of DynamoDB.

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig,
    environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider},
    meta::{credentials::CredentialsProviderChain, region::RegionProviderChain},
    retry::RetryConfig,
};
use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use aws_smithy_http_client::{
    Builder,
    tls::{self, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use lambda_http::http::Uri;

use crate::dynamodb::URL;

/// Placeholder region, access key id and secret for a local DynamoDB.
pub(crate) const LOCAL: &str = "local";

/// Returns the SDK configuration for DynamoDB at `endpoint`, or on AWS if it is `None`.
///
/// The SDK's retries are off: `berth_shared::store` retries, because it decides by idempotency and remaining time. The
/// SDK sends its requests with `http_client`, if given.
pub(crate) async fn sdk_config(endpoint: Option<&str>, http_client: Option<SharedHttpClient>) -> SdkConfig {
    let client = http_client.unwrap_or_else(|| http_client_for(endpoint));
    let loader =
        aws_config::defaults(BehaviorVersion::latest()).retry_config(RetryConfig::disabled()).http_client(client);
    match endpoint {
        None => loader,
        Some(endpoint) => at(loader, endpoint),
    }
    .load()
    .await
}

/// Sets the endpoint. A loopback endpoint ignores region and credentials, so placeholders replace those that the
/// environment does not set. This avoids the delays of the SDK's other credential sources.
fn at(loader: ConfigLoader, endpoint: &str) -> ConfigLoader {
    let loader = loader.endpoint_url(endpoint);
    if !is_loopback(endpoint) {
        return loader;
    }
    let placeholder = Credentials::new(LOCAL, LOCAL, None, None, "placeholder");
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let credentials =
        CredentialsProviderChain::first_try("environment", credentials).or_else("placeholder", placeholder);
    let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(Region::new(LOCAL));
    loader.region(region).credentials_provider(credentials)
}

/// Returns whether an endpoint is on this machine.
pub(crate) fn is_loopback(endpoint: &str) -> bool {
    let host = endpoint.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || endpoint == URL || address.is_ok_and(|address| address.is_loopback())
}

/// Returns an HTTP client with the same TLS as the functions. For an `http://` endpoint its trust store is empty, so it
/// also works on a machine without root certificates.
pub(crate) fn http_client_for(endpoint: Option<&str>) -> SharedHttpClient {
    let builder = Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
    let plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    match TlsContext::builder().with_trust_store(TrustStore::empty()).build() {
        Ok(context) if plain => builder.tls_context(context).build_https(),
        _ => builder.build_https(),
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::ProvideCredentials;

    use super::*;

    #[test]
    fn loopback_endpoints_are_recognized() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:8000", true),
            ("http://127.9.9.9", true),
            ("http://localhost:8000/", true),
            ("http://[::1]:8000", true),
            ("http://127.0.0.1.example.com", false),
            ("https://dynamodb.eu-central-1.amazonaws.com", false),
            ("http://10.0.0.1:8000", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_loopback(endpoint), expected, "{endpoint}");
        }
    }

    #[tokio::test]
    async fn a_local_endpoint_needs_no_configuration() {
        let config = sdk_config(Some("http://127.0.0.1:1"), None).await;
        assert_eq!(config.endpoint_url(), Some("http://127.0.0.1:1"));
        assert!(config.region().is_some());
        assert_eq!(config.retry_config().map(RetryConfig::max_attempts), Some(1));
        assert!(config.credentials_provider().unwrap().provide_credentials().await.is_ok());
    }
}
