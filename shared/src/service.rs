//! A deployment as its functions see it: the table, the credentials, the secret of its cursors.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::{
    credentials::{Environment, Verifier},
    error::{Error, Result},
    http::CursorKey,
    store::Store,
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
    cursor_key: OnceCell<CursorKey>,
}

impl Service {
    /// The deployment whose table is `store`, for credentials of `environment`.
    #[must_use]
    pub fn new(store: Store, environment: Environment) -> Self {
        let verifier = Verifier::new(environment);
        Self { shared: Arc::new(Shared { store, verifier, cursor_key: OnceCell::new() }) }
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

    /// The key that cursors are signed with, read once per process.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the store does not answer or the deployment is not made yet.
    pub async fn cursor_key(&self, store: &Store) -> Result<CursorKey> {
        let read = || async {
            let deployment = store.deployment().await?;
            let deployment = deployment.ok_or_else(|| Error::unavailable("the deployment is not made yet"))?;
            Ok(CursorKey::new(deployment.cursor_secret.as_bytes()))
        };
        self.shared.cursor_key.get_or_try_init(read).await.cloned()
    }
}
