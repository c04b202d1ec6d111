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
    deployment: OnceCell<Deployment>,
    has_served: AtomicBool,
}

impl Service {
    /// Creates the service of the deployment in `store`. It accepts API keys of `environment`, and in the ledger dialect
    /// also signed tokens if there is a verifier for them.
    #[must_use]
    pub fn new(store: Store, environment: Environment, tokens: Option<TokenVerifier>) -> Self {
        let verifier = Verifier::new(environment);
        let has_served = AtomicBool::new(false);
        Self { shared: Arc::new(Shared { store, verifier, tokens, deployment: OnceCell::new(), has_served }) }
    }

    /// Returns the table, without the deadline of a request.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.shared.store
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
        let read = || async {
            let deployment = store.deployment().await?;
            deployment.ok_or_else(|| {
                Error::unavailable("the deployment record does not exist; `berth keys create` creates it")
            })
        };
        self.shared.deployment.get_or_try_init(read).await
    }

    /// Sends a first DynamoDB request that the role of `endpoint` allows, to open the connection. Does nothing if the
    /// endpoint has no permissions.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if DynamoDB does not respond in time, or the record does not exist yet.
    pub async fn warm_up(&self, store: &Store, endpoint: &Endpoint) -> Result<()> {
        let permissions = endpoint.permissions();
        if permissions.contains(&(StoreAction::GetItem, Family::Platform)) {
            self.deployment(store).await?;
        } else if !permissions.is_empty() {
            // Authentication reads this kind of item. No key has this id.
            store.api_key(ApiKeyId::from_ulid(Ulid::nil())).await?;
        }
        Ok(())
    }

    /// Returns the key that signs cursors.
    ///
    /// # Errors
    /// The same as [`Service::deployment`].
    pub async fn cursor_key(&self, store: &Store) -> Result<CursorKey> {
        Ok(CursorKey::new(self.deployment(store).await?.cursor_secret.as_bytes()))
    }
}
