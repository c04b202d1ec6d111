//! The deployment record.

use super::{
    ApiKeyRecord, Change, Deployment, Entity, Store, Write, api_keys,
    expression::Update,
    keys, organizations,
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

    /// Creates the deployment record with the default organization and the first API key, in one transaction. Returns `false`
    /// and writes nothing if the record exists. Of any number of simultaneous attempts, one succeeds.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn create_deployment(
        &self,
        new: &Deployment,
        own: &Organization,
        key: &ApiKeyRecord,
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        transaction.create(Step::Deployment, new)?;
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
