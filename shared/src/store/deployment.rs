//! The deployment's own record: what all its functions share and no caller sees.

use serde::{Deserialize, Serialize};

use super::{
    ApiKeyRecord, Change, Entity, Store, Write, api_keys,
    expression::Update,
    keys, organizations,
    transaction::{Outcome, Transaction},
};
use crate::domain::{Namespace, Organization, error::Result, id::OrganizationId, time::Time};

/// What is made once per deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The secret that cursors are signed with, in hexadecimal.
    pub cursor_secret: String,
    /// The namespace of every party's id on the ledger.
    pub namespace: Namespace,
    /// The deployment's own organization: the default identity provider of the ledger.
    pub organization_id: OrganizationId,
    /// When the deployment was made.
    pub created_at: Time,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Deployment,
    Organization,
    Key,
}

impl Store {
    /// The deployment's record; `None` before the operator made it.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn deployment(&self) -> Result<Option<Deployment>> {
        self.get(&keys::deployment()).await
    }

    /// Makes the deployment with its own organization and its first key, in one transaction: of many that try at once,
    /// one does. Whether this one did.
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
        transaction.create(Step::Deployment, &keys::deployment(), new)?;
        let platform = Update::default().add(api_keys::COUNTER, 1);
        organizations::add(&mut transaction, [Step::Organization; 4], own, platform, write)?;
        transaction.create(Step::Key, &keys::api_key(key.key.id), key)?;
        key.list(&mut transaction, Step::Key)?;
        transaction.audit(write, &Change::created(key.key.owner, Entity::ApiKey, &key.key.id, &key.key)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(_) => Ok(false),
        }
    }
}
