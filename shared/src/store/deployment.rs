//! The deployment record and the cursor secret, which only the operator writes.

use super::{
    ApiKeyRecord, Change, CursorSecret, Deployment, Entity, Store, Write, api_keys,
    expression::Update,
    keys, organizations,
    record::PlatformCounts,
    transaction::{Outcome, Transaction},
};
use crate::domain::{Organization, error::Result};

#[derive(Debug, Clone, Copy)]
enum Step {
    Deployment,
    Organization,
    Key,
}

impl Store {
    /// Reads the deployment record; `None` if the operator has not created it.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn deployment(&self) -> Result<Option<Deployment>> {
        self.get(&keys::deployment()).await
    }

    /// Reads the secret that signs cursors; `None` if the operator has not created it.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn cursor_secret(&self) -> Result<Option<CursorSecret>> {
        self.get(&keys::cursor_secret()).await
    }

    /// Reads an item of no importance, to check that DynamoDB responds.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn check_reachable(&self) -> Result<()> {
        self.get::<PlatformCounts>(&keys::platform_count_shard(0)).await?;
        Ok(())
    }

    /// Creates the deployment record and the cursor secret with the default organization and the first API key, in one transaction. Returns `false`
    /// and writes nothing if the record exists. Of any number of simultaneous attempts, one succeeds.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn create_deployment(
        &self,
        (new, secret): (&Deployment, &CursorSecret),
        own: &Organization,
        key: &ApiKeyRecord,
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        transaction.create(Step::Deployment, new)?;
        transaction.create(Step::Deployment, secret)?;
        let platform = Update::default().add(api_keys::COUNTER, 1);
        organizations::add(&mut transaction, [Step::Organization; 4], own, platform, write)?;
        api_keys::add(&mut transaction, Step::Key, key)?;
        transaction.audit(write, &Change::created(key.key.owner, Entity::ApiKey, &key.key.id, &key.key)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(_) => Ok(false),
        }
    }
}
