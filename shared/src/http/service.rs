//! A deployment as its functions see it: the table, the credentials, the secret of its cursors.

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

/// What all calls of one process share. Cloning shares it.
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
    was_called: AtomicBool,
}

impl Service {
    /// The deployment whose table is `store`, for credentials of `environment`, and in the ledger's dialect also for
    /// signed `tokens`.
    #[must_use]
    pub fn new(store: Store, environment: Environment, tokens: Option<TokenVerifier>) -> Self {
        let verifier = Verifier::new(environment);
        let was_called = AtomicBool::new(false);
        Self { shared: Arc::new(Shared { store, verifier, tokens, deployment: OnceCell::new(), was_called }) }
    }

    /// The table, without a call's deadline.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// What proves credentials.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.shared.verifier
    }

    /// What proves signed tokens, where they are accepted.
    #[must_use]
    pub fn tokens(&self) -> Option<&TokenVerifier> {
        self.shared.tokens.as_ref()
    }

    /// Whether this is the first request that the process answers. Asked once by each.
    #[must_use]
    pub fn is_first_request(&self) -> bool {
        !self.shared.was_called.swap(true, Ordering::Relaxed)
    }

    /// What was made once per deployment, read once per process.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the store does not answer or the deployment is not made yet.
    pub async fn deployment(&self, store: &Store) -> Result<&Deployment> {
        let read = || async {
            let deployment = store.deployment().await?;
            deployment.ok_or_else(|| Error::unavailable("the deployment is not made yet"))
        };
        self.shared.deployment.get_or_try_init(read).await
    }

    /// A first call to the store, one that `endpoint` may make; none where it makes none.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the store does not answer or the deployment is not made yet.
    pub async fn warm_up(&self, store: &Store, endpoint: &Endpoint) -> Result<()> {
        let permissions = endpoint.permissions();
        if permissions.contains(&(StoreAction::GetItem, Family::Platform)) {
            self.deployment(store).await?;
        } else if !permissions.is_empty() {
            // What authentication reads. No key has this id.
            store.api_key(ApiKeyId::from_ulid(Ulid::nil())).await?;
        }
        Ok(())
    }

    /// The key that cursors are signed with.
    ///
    /// # Errors
    /// As [`Service::deployment`].
    pub async fn cursor_key(&self, store: &Store) -> Result<CursorKey> {
        Ok(CursorKey::new(self.deployment(store).await?.cursor_secret.as_bytes()))
    }
}
