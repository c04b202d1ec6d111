//! `bootstrap`: the program that AWS Lambda runs.
//!
//! All functions share this one file. Each is configured with its endpoint's name as its handler, which the runtime
//! gives in `_HANDLER`, and serves that endpoint only.

use std::{process::ExitCode, time::Duration};

use berth_shared::{
    Environment, Service,
    http::{Access, Endpoint, TokenConfig, TokenSettings, TokenVerifier},
    store::{Store, function_config},
};
use lambda_http::{Error, service_fn};
use tokio::time::Instant;

/// How long the start waits for the store: of the 10 s that Lambda allows, little.
const WARM_UP: Duration = Duration::from_secs(1);

// One request at a time: a second thread would only cost.
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
    let service = Service::new(Store::connect(&sdk, &variable("BERTH_TABLE")?), environment, tokens(endpoint)?);
    // A first request to the store while Lambda still gives a whole core: connection and credentials are ready then. A
    // store that does not answer now may do so for the first request.
    let store = service.store().with_deadline(Instant::now() + WARM_UP);
    if let Err(error) = service.warm_up(&store, endpoint).await {
        tracing::warn!(%error, "the store did not answer at the start");
    }
    let service = &service;
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, Error>(berth_functions::handle(endpoint, service, request).await)
    }))
    .await
}

/// What proves signed tokens, for the endpoints that take them.
fn tokens(endpoint: &Endpoint) -> Result<Option<TokenVerifier>, Error> {
    if !matches!(endpoint.access, Access::Ledger(_)) {
        return Ok(None);
    }
    let config = TokenConfig::read(TokenSettings::from_variables(|name| std::env::var(name).ok()))?;
    Ok(config.map(TokenVerifier::new).transpose()?)
}

/// The endpoint that the handler `name` stands for.
fn endpoint(name: &str) -> Result<&'static Endpoint, String> {
    berth_functions::find(name).ok_or_else(|| {
        let known: Vec<_> = berth_functions::ENDPOINTS.iter().map(|endpoint| endpoint.name).collect();
        format!("no endpoint has the name {name:?} that _HANDLER gives; there are {}", known.join(", "))
    })
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
}
