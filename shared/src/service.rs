//! A deployment as its functions see it: the table, the credentials, the secret of its cursors.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::OnceCell;

use crate::{
    credentials::{Environment, Verifier},
    error::{Error, Result},
    http::CursorKey,
    store::{Deployment, Store},
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
    deployment: OnceCell<Deployment>,
    was_called: AtomicBool,
}

impl Service {
    /// The deployment whose table is `store`, for credentials of `environment`.
    #[must_use]
    pub fn new(store: Store, environment: Environment) -> Self {
        let verifier = Verifier::new(environment);
        let was_called = AtomicBool::new(false);
        Self { shared: Arc::new(Shared { store, verifier, deployment: OnceCell::new(), was_called }) }
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

    /// The key that cursors are signed with.
    ///
    /// # Errors
    /// As [`Service::deployment`].
    pub async fn cursor_key(&self, store: &Store) -> Result<CursorKey> {
        Ok(CursorKey::new(self.deployment(store).await?.cursor_secret.as_bytes()))
    }
}
