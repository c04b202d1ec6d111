//! API keys.

use std::time::Duration;

use futures::future::try_join;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update, item},
    keys,
    organizations::counting,
    reads::decode,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    ApiKey,
    credentials::{Digest, Owner},
    error::{Error, Result},
    hex,
    id::{self, ApiKeyId, OrganizationId},
    time::Time,
};

/// An API key with what proves its credential.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// What may be known of it.
    #[serde(flatten)]
    pub key: ApiKey,
    /// Hexadecimal SHA-256 of the credential.
    digest: String,
}

/// An API key in a list.
#[derive(Debug)]
pub struct ListedApiKey {
    /// The key.
    pub key: ApiKey,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Time>,
}

/// The longest that an answer waits for the mark of its key's use.
const MARKING: Duration = Duration::from_millis(500);

/// The attribute of a counter that counts API keys, revoked ones too.
pub(super) const COUNTER: &str = "apiKeys";

#[derive(Debug, Clone, Copy)]
enum Step {
    Owner,
    Platform,
    Key,
}

#[derive(Serialize, Deserialize)]
struct Row {
    id: ApiKeyId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Use {
    id: ApiKeyId,
    used_at: Time,
}

impl ApiKeyRecord {
    /// The record of `key`, whose credential has this digest.
    #[must_use]
    pub fn new(key: ApiKey, digest: &Digest) -> Self {
        Self { key, digest: hex::encode(digest.as_bytes()) }
    }

    /// The digest of the credential.
    ///
    /// # Errors
    /// [`Error::Internal`] where what is stored is none.
    pub fn digest(&self) -> Result<Digest> {
        let digest = hex::decode(&self.digest).and_then(|bytes| Digest::from_slice(&bytes));
        digest.ok_or_else(|| Error::internal("a stored digest that is none"))
    }

    /// Puts the key's rows into its owner's list and the list of all.
    pub(super) fn list<S: Copy>(&self, transaction: &mut Transaction<S>, step: S) -> Result<()> {
        let row = Row { id: self.key.id };
        transaction.create(step, &keys::api_key_row(self.key.owner, self.key.id), &row)?;
        transaction.create(step, &keys::any_api_key_row(self.key.id), &row)
    }
}

impl Store {
    /// Makes an API key.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND` where the owner is one that does not exist; as every write.
    pub async fn create_api_key(&self, new: &ApiKeyRecord, write: &Write) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        let bits = new.key.id.ulid().0;
        if let Owner::Organization(organization) = new.key.owner {
            let (shard, change) = counting(organization, bits, COUNTER, 1);
            transaction.update(Step::Owner, &shard, Condition::Exists, change)?;
        }
        let platform = Update::default().add(COUNTER, 1);
        transaction.upsert(Step::Platform, &keys::platform_count(bits), platform)?;
        transaction.create(Step::Key, &keys::api_key(new.key.id), new)?;
        new.list(&mut transaction, Step::Key)?;
        transaction.audit(write, &Change::created(new.key.owner, Entity::ApiKey, &new.key.id, &new.key)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(refused) if matches!(refused.first(), Some((Step::Owner, _))) => {
                Err(Error::not_found::<id::Organization>())
            }
            Outcome::ConditionsFailed(refused) => Err(unexpected(&refused)),
        }
    }

    /// The API key with this id, which need not be seen by every caller.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>> {
        self.get(&keys::api_key(id)).await
    }

    /// The API key with this id as it was a moment ago: what authentication reads.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_eventually_consistent(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>> {
        self.get_eventually_consistent(&keys::api_key(id)).await
    }

    /// When an API key was last used, to the hour.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_used(&self, id: ApiKeyId) -> Result<Option<Time>> {
        let used: Option<Use> = self.get(&keys::api_key_use(id)).await?;
        Ok(used.map(|used| used.used_at))
    }

    /// Marks an API key as used at `now`, or gives up after half a second, since an answer waits for it. The last mark wins,
    /// which is why it needs no condition.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn mark_api_key_used(&self, id: ApiKeyId, now: Time) -> Result<()> {
        let item = item(&keys::api_key_use(id), &Use { id, used_at: now })?;
        let hurried = Self { deadline: self.deadline.min(Instant::now() + MARKING), ..self.clone() };
        let request = self.client.put_item().table_name(self.table()).set_item(Some(item));
        hurried.retrying(|| async { super::retry::Attempt::of(request.clone().send().await) }).await?;
        Ok(())
    }

    /// The API keys of `organization`, or of everybody, revoked ones too.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_api_keys(
        &self,
        organization: Option<OrganizationId>,
        page: &Page,
    ) -> Result<Listed<ListedApiKey>> {
        let owner = organization.map(Owner::Organization);
        let ranges = [owner.map_or_else(keys::any_api_key_rows, keys::api_key_rows)];
        let total = async {
            match organization {
                Some(organization) => self.organization_api_keys(organization).await,
                None => Ok(self.platform_counts().await?.api_keys),
            }
        };
        let (listed, total) = try_join(self.list::<Row>(&ranges, page, None), total).await?;
        let keys = listed.rows.iter().flat_map(|row| [keys::api_key(row.id), keys::api_key_use(row.id)]);
        let mut items = self.get_batch(keys).await?;
        let mut rows = Vec::with_capacity(listed.rows.len());
        for Row { id } in &listed.rows {
            let Some(record) = items.remove(&keys::api_key(*id)) else { continue };
            let used = items.remove(&keys::api_key_use(*id)).map(decode::<Use>).transpose()?;
            let ApiKeyRecord { key, .. } = decode(record)?;
            rows.push(ListedApiKey { key, last_used_at: used.map(|used| used.used_at) });
        }
        Ok(listed.with_rows(rows).with_total(Some(total)))
    }

    /// Revokes a key that has not changed since it was read. Whether it had not.
    ///
    /// # Errors
    /// As every write.
    pub async fn revoke_api_key(&self, before: &ApiKey, write: &Write) -> Result<bool> {
        let mut after = before.clone();
        after.revoked_at = Some(write.origin.now);
        after.version += 1;
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default().set("revokedAt", &after.revoked_at)?.set("version", &after.version)?;
        transaction.update(Step::Key, &keys::api_key(before.id), Condition::version(before.version), update)?;
        transaction.audit(write, &Change::updated(before.owner, Entity::ApiKey, &before.id, before, &after)?)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }
}
