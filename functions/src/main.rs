//! `bootstrap`: the program that AWS Lambda runs.
//!
//! All functions run this program. Each function serves one endpoint, whose name is its handler. The Lambda runtime passes
//! the handler in `_HANDLER`.

use std::{process::ExitCode, time::Duration};

use berth_shared::{
    Environment, Service,
    http::{Access, Endpoint, TokenConfig, TokenSettings, TokenVerifier},
    store::{AuditRetention, Store, function_config},
};
use lambda_http::{Error, service_fn};
use tokio::time::Instant;

/// Time limit of the first DynamoDB request. Lambda allows 10 seconds for the whole initialization.
const WARM_UP: Duration = Duration::from_secs(1);

// A function handles one request at a time, so more threads would only add cost.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    berth_functions::logs::init(std::env::var("BERTH_LOG").ok().as_deref());
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Error> {
    let endpoint = endpoint(&variable("_HANDLER")?)?;
    let environment: Environment =
        variable("BERTH_ENVIRONMENT")?.parse().map_err(|error| format!("BERTH_ENVIRONMENT {error}"))?;
    let sdk = function_config(|name| std::env::var(name).ok());
    let store = Store::connect(&sdk, &variable("BERTH_TABLE")?).retaining(audit_retention()?);
    let service = Service::new(store, environment, tokens(endpoint)?);
    // Opens the connection and loads the credentials during initialization, when Lambda provides a full core. A failure
    // here is not fatal, because DynamoDB may respond to the first request.
    let store = service.store().with_deadline(Instant::now() + WARM_UP);
    if let Err(error) = service.warm_up(&store, endpoint).await {
        tracing::warn!(%error, "DynamoDB did not respond during initialization");
    }
    let service = &service;
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, Error>(berth_functions::handle(endpoint, service, request).await)
    }))
    .await
}

/// Returns the verifier of signed tokens; `None` if the endpoint does not accept them or none are configured.
fn tokens(endpoint: &Endpoint) -> Result<Option<TokenVerifier>, Error> {
    if !matches!(endpoint.access, Access::Ledger(_)) {
        return Ok(None);
    }
    let config = TokenConfig::read(TokenSettings::from_variables(|name| std::env::var(name).ok()))?;
    Ok(config.map(TokenVerifier::new).transpose()?)
}

/// Returns the retention of audit entries. Without the variable, they are kept for ever.
fn audit_retention() -> Result<AuditRetention, String> {
    let days = std::env::var("BERTH_AUDIT_RETENTION_DAYS").ok().filter(|days| !days.is_empty());
    let retention = days.map(|days| days.parse::<AuditRetention>()).transpose();
    Ok(retention.map_err(|error| format!("BERTH_AUDIT_RETENTION_DAYS {error}"))?.unwrap_or_default())
}

/// Returns the endpoint with the name of a handler.
fn endpoint(name: &str) -> Result<&'static Endpoint, String> {
    berth_functions::find(name).ok_or_else(|| {
        let known: Vec<_> = berth_functions::ENDPOINTS.iter().map(|endpoint| endpoint.name).collect();
        format!("_HANDLER must be the name of an endpoint, but is {name:?}; the endpoints are {}", known.join(", "))
    })
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
}
