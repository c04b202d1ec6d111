//! Configuration of the SDK in a deployed function.

use aws_config::{BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Root certificates for DynamoDB.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// Environment variables that set another endpoint than DynamoDB at AWS. The first one takes precedence.
const ENDPOINT_VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];

/// Root certificates that the client trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The five roots of Amazon. DynamoDB needs no others, and loading them takes a fraction of the time of a platform
    /// trust store.
    Amazon,
    /// The platform trust store.
    Platform,
}

impl Trust {
    /// Returns the roots for a process with these environment variables: Amazon's for DynamoDB at AWS, and the platform
    /// trust store for another endpoint, or for a partition that does not guarantee Amazon's roots.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = set(variable);
        let has_endpoint = endpoint(&set).is_some();
        let region = set("AWS_REGION").unwrap_or_default();
        // China, the sovereign clouds and the isolated regions.
        let is_separate = region.starts_with("cn-") || region.starts_with("eusc-") || region.contains("-iso");
        if has_endpoint || is_separate { Self::Platform } else { Self::Amazon }
    }

    fn store(self) -> TrustStore {
        match self {
            Self::Amazon => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
            Self::Platform => TrustStore::default(),
        }
    }
}

/// Returns the SDK configuration of a function with these environment variables. Lambda sets region and credentials.
///
/// The SDK's own loader also supports profiles, roles and instance credentials. A function has none of them, and they are a
/// tenth of the program.
pub fn function_config(variable: impl Fn(&str) -> Option<String>) -> SdkConfig {
    let set = set(&variable);
    let is_true = |name: &str| set(name).map(|value| value.eq_ignore_ascii_case("true"));
    let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(https_client(Trust::of_environment(&variable)))
        .region(set("AWS_REGION").map(Region::new))
        .credentials_provider(credentials);
    config.set_endpoint_url(endpoint(&set));
    config.set_use_fips(is_true("AWS_USE_FIPS_ENDPOINT"));
    config.set_use_dual_stack(is_true("AWS_USE_DUALSTACK_ENDPOINT"));
    config.build()
}

/// Treats empty variables as missing.
fn set(variable: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    move |name| variable(name).filter(|value| !value.is_empty())
}

fn endpoint(set: impl Fn(&str) -> Option<String>) -> Option<String> {
    ENDPOINT_VARIABLES.into_iter().find_map(set)
}

/// Creates an HTTP client with TLS by rustls on ring, which trusts the roots of `trust`. It also supports plain HTTP, for
/// local endpoints.
#[must_use]
pub fn https_client(trust: Trust) -> SharedHttpClient {
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    // Building a context cannot fail today. If it ever does, the default context trusts the platform's roots.
    match TlsContext::builder().with_trust_store(trust.store()).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        Err(_) => builder.build_https(),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};
    use x509_parser::prelude::{FromDer, Pem, X509Certificate};

    use super::*;
    use crate::domain::hex;

    /// Name, last day, and SHA-256 of the public key as <https://www.amazontrust.com/repository/> publishes it.
    const PUBLISHED: [(&str, &str, &str); 5] = [
        ("Amazon Root CA 1", "2038-01-17", "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2"),
        ("Amazon Root CA 2", "2040-05-26", "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461"),
        ("Amazon Root CA 3", "2040-05-26", "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9"),
        ("Amazon Root CA 4", "2040-05-26", "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5"),
        (
            "Starfield Services Root Certificate Authority - G2",
            "2037-12-31",
            "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
        ),
    ];

    #[test]
    fn the_roots_are_the_five_of_amazon() {
        let pems: Vec<Pem> = Pem::iter_from_buffer(AMAZON_ROOTS).collect::<Result<_, _>>().unwrap();
        assert_eq!(pems.len(), PUBLISHED.len());
        for (pem, (name, end, key)) in pems.iter().zip(PUBLISHED) {
            let (rest, certificate) = X509Certificate::from_der(&pem.contents).unwrap();
            assert!(rest.is_empty());
            assert_eq!(certificate.subject(), certificate.issuer(), "{name} is a root");
            assert_eq!(certificate.subject().iter_common_name().next().unwrap().as_str().unwrap(), name);
            assert_eq!(hex::encode(&Sha256::digest(certificate.public_key().raw)), key, "{name}");
            let not_after = jiff::Timestamp::from_second(certificate.validity().not_after.timestamp()).unwrap();
            assert_eq!(not_after.strftime("%Y-%m-%d").to_string(), end, "{name}");
            certificate.verify_signature(None).unwrap();
        }
    }

    /// An expiring root has to be replaced while there is time to deploy.
    #[test]
    fn the_roots_are_valid_for_two_years() {
        let in_two_years = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2 * 366 * 24);
        for (name, end, _) in PUBLISHED {
            assert!(end > in_two_years.strftime("%Y-%m-%d").to_string().as_str(), "{name} ends on {end}");
        }
    }

    #[test]
    fn the_environment_configures_a_function() {
        let config = |variables: &[(&str, &str)]| {
            function_config(|name| variables.iter().find(|(set, _)| *set == name).map(|(_, to)| (*to).to_owned()))
        };
        let plain = config(&[("AWS_REGION", "eu-central-1"), ("AWS_USE_FIPS_ENDPOINT", "")]);
        assert_eq!(plain.region().map(AsRef::as_ref), Some("eu-central-1"));
        assert_eq!((plain.endpoint_url(), plain.use_fips(), plain.use_dual_stack()), (None, None, None));
        let special = config(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:2"),
            ("AWS_USE_FIPS_ENDPOINT", "true"),
            ("AWS_USE_DUALSTACK_ENDPOINT", "false"),
        ]);
        assert_eq!(special.endpoint_url(), Some("http://127.0.0.1:2"));
        assert_eq!((special.use_fips(), special.use_dual_stack()), (Some(true), Some(false)));
    }

    #[test]
    fn other_endpoints_use_the_platform_trust_store() {
        for (variables, expected) in [
            (&[("AWS_REGION", "eu-central-1")][..], Trust::Amazon),
            (&[("AWS_REGION", "us-gov-west-1")], Trust::Amazon),
            (&[("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", "")], Trust::Amazon),
            (&[("AWS_ENDPOINT_URL_S3", "https://s3.example.com")], Trust::Amazon),
            (&[], Trust::Amazon),
            (&[("AWS_ENDPOINT_URL", "https://aws.example.com")], Trust::Platform),
            (&[("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000")], Trust::Platform),
            (&[("AWS_REGION", "cn-north-1")], Trust::Platform),
            (&[("AWS_REGION", "us-isob-east-1")], Trust::Platform),
            (&[("AWS_REGION", "eusc-de-east-1")], Trust::Platform),
        ] {
            let variable = |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, to)| (*to).to_owned());
            assert_eq!(Trust::of_environment(variable), expected, "{variables:?}");
        }
    }
}
