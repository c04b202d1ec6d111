//! State that the requests of a process share: the table, the verifiers of credentials, and the deployment record.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::OnceCell;
use ulid::Ulid;

use crate::{
    domain::{
        credentials::Environment,
        error::{Error, Result},
        id::ApiKeyId,
        time::Clock,
    },
    http::{CursorKey, Endpoint, StoreAction, TokenVerifier, Verifier},
    store::{Deployment, Family, Store},
};

/// State that all requests of a process share. Clones refer to the same state.
#[derive(Debug, Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    verifier: Verifier,
    tokens: Option<TokenVerifier>,
    clock: Clock,
    deployment: OnceCell<Deployment>,
    cursor_key: OnceCell<CursorKey>,
    has_served: AtomicBool,
}

impl Service {
    /// Creates the service of the deployment in `store`. It accepts API keys of `environment`, and in the ledger dialect
    /// also signed tokens if there is a verifier for them.
    #[must_use]
    pub fn new(store: Store, environment: Environment, tokens: Option<TokenVerifier>) -> Self {
        Self::with_clock(store, environment, tokens, Clock::default())
    }

    /// Creates the service like [`Service::new`], with another clock than that of the system.
    #[must_use]
    pub fn with_clock(store: Store, environment: Environment, tokens: Option<TokenVerifier>, clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                verifier: Verifier::new(environment),
                tokens,
                clock,
                deployment: OnceCell::new(),
                cursor_key: OnceCell::new(),
                has_served: AtomicBool::new(false),
            }),
        }
    }

    /// Returns the table, without the deadline of a request.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Returns the source of the time of requests.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Returns the verifier of API keys.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.shared.verifier
    }

    /// Returns the verifier of signed tokens; `None` if they are not accepted.
    #[must_use]
    pub fn tokens(&self) -> Option<&TokenVerifier> {
        self.shared.tokens.as_ref()
    }

    /// Returns whether this is the first request of the process. Each request must call this exactly once.
    #[must_use]
    pub fn is_first_request(&self) -> bool {
        !self.shared.has_served.swap(true, Ordering::Relaxed)
    }

    /// Returns the deployment record, which is read once per process.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if DynamoDB does not respond in time, or the record does not exist yet.
    pub async fn deployment(&self, store: &Store) -> Result<&Deployment> {
        let read = || async { store.deployment().await?.ok_or_else(missing) };
        self.shared.deployment.get_or_try_init(read).await
    }

    /// Returns the key that signs cursors. Its secret is read once per process.
    ///
    /// # Errors
    /// The same as [`Service::deployment`].
    pub async fn cursor_key(&self, store: &Store) -> Result<CursorKey> {
        let read = || async {
            let secret = store.cursor_secret().await?.ok_or_else(missing)?;
            Ok(CursorKey::new(secret.secret.as_bytes()))
        };
        self.shared.cursor_key.get_or_try_init(read).await.cloned()
    }

    /// Sends first DynamoDB requests that the role of `endpoint` allows, to open the connection and to read what each process
    /// reads once. Does nothing if the endpoint has no permissions.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if DynamoDB does not respond in time, or the deployment record does not exist yet.
    pub async fn warm_up(&self, store: &Store, endpoint: &Endpoint) -> Result<()> {
        let permissions = endpoint.permissions();
        let reads = |family| permissions.contains(&(StoreAction::GetItem, family));
        // One after the other: a concurrent request would open another connection.
        if reads(Family::Deployment) {
            self.deployment(store).await?;
        }
        if reads(Family::CursorSecret) {
            self.cursor_key(store).await?;
        } else if reads(Family::ApiKeys) && !reads(Family::Deployment) {
            // Authentication reads this kind of item. No key has this id.
            store.api_key(ApiKeyId::from_ulid(Ulid::nil())).await?;
        } else if reads(Family::Platform) {
            store.check_reachable().await?;
        }
        Ok(())
    }
}

fn missing() -> Error {
    Error::unavailable("the deployment record does not exist; `berth keys create` creates it")
}
