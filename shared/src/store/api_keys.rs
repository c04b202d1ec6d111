//! API keys.

use std::time::Duration;

use futures::future::try_join;
use tokio::time::Instant;

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    listing::Section,
    organizations::counting,
    reads::decode,
    record::{ApiKeyRecord, ApiKeyRow, ApiKeyUse, OwnerApiKeyRow, PlatformCounter, StoredRecord},
    retry::Attempt,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    ApiKey,
    credentials::Owner,
    error::{Error, Result},
    id::{self, ApiKeyId, OrganizationId},
    time::Time,
};

/// API key in a list.
#[derive(Debug)]
pub struct ListedApiKey {
    /// The API key.
    pub key: ApiKey,
    /// Time of its last use, truncated to the hour; `None` if it was never used.
    pub last_used_at: Option<Time>,
}

/// Maximum time for which a response waits for the record of the key's last use.
const RECORD_USE_TIMEOUT: Duration = Duration::from_millis(500);

/// Name of the counter for API keys, including revoked ones.
pub(super) const COUNTER: &str = "apiKeys";

#[derive(Debug, Clone, Copy)]
enum Step {
    Owner,
    Platform,
    Key,
}

/// Adds the steps that create an API key and its rows in the list of its owner and the list of all API keys.
pub(super) fn add<S: Copy>(transaction: &mut Transaction<S>, step: S, new: &ApiKeyRecord) -> Result<()> {
    let row = ApiKeyRow { id: new.key.id };
    transaction.create(step, new)?;
    transaction.create(step, &OwnerApiKeyRow { owner: new.key.owner, key: row })?;
    transaction.create(step, &row)
}

impl Store {
    /// Creates an API key.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND` if the owner is an organization that does not exist; as every write.
    pub async fn create_api_key(&self, new: &ApiKeyRecord, write: &Write) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        let bits = new.key.id.ulid().0;
        if let Owner::Organization(organization) = new.key.owner {
            let (shard, change) = counting(organization, bits, COUNTER, 1);
            transaction.update(Step::Owner, &shard, Condition::Exists, change)?;
        }
        let platform = Update::default().add(COUNTER, 1);
        transaction.upsert::<PlatformCounter>(Step::Platform, &keys::platform_count(bits), None, platform)?;
        add(&mut transaction, Step::Key, new)?;
        transaction.audit(write, &Change::created(new.key.owner, Entity::ApiKey, &new.key.id, &new.key)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(failed) if matches!(failed.first(), Some((Step::Owner, _))) => {
                Err(Error::not_found::<id::Organization>())
            }
            Outcome::ConditionsFailed(failed) => Err(unexpected(&failed)),
        }
    }

    /// Reads an API key, strongly consistent. The caller checks whether the client may see it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>> {
        self.get(&keys::api_key(id)).await
    }

    /// Reads an API key for authentication, eventually consistent.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_eventually_consistent(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>> {
        self.get_eventually_consistent(&keys::api_key(id)).await
    }

    /// Returns the time of the last use of an API key, truncated to the hour; `None` if it was never used.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_used(&self, id: ApiKeyId) -> Result<Option<Time>> {
        let used: Option<ApiKeyUse> = self.get(&keys::api_key_use(id)).await?;
        Ok(used.map(|used| used.used_at))
    }

    /// Records a use of an API key at `now`. Gives up after half a second, because the response waits for it. Overwrites an
    /// earlier use without a condition.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn mark_api_key_used(&self, id: ApiKeyId, now: Time) -> Result<()> {
        let item = ApiKeyUse { id, used_at: now }.to_item()?;
        let limited = Self { deadline: self.deadline.min(Instant::now() + RECORD_USE_TIMEOUT), ..self.clone() };
        let request = self.client.put_item().table_name(self.table()).set_item(Some(item));
        limited.retrying(|| async { Attempt::of(request.clone().send().await) }).await?;
        Ok(())
    }

    /// Reads a page of the API keys of `organization`, or of all API keys, including revoked ones.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_api_keys(
        &self,
        organization: Option<OrganizationId>,
        page: &Page,
    ) -> Result<Listed<ListedApiKey>> {
        let owner = organization.map(Owner::Organization);
        let sections = [Section::single(owner.map_or_else(keys::any_api_key_rows, keys::api_key_rows))];
        let total = async {
            match organization {
                Some(organization) => self.organization_api_keys(organization).await,
                None => Ok(self.platform_counts().await?.api_keys),
            }
        };
        let (listed, total) = try_join(self.list::<ApiKeyRow>(&sections, page, None), total).await?;
        let keys = listed.values().flat_map(|row| [keys::api_key(row.id), keys::api_key_use(row.id)]);
        let mut items = self.get_batch(keys).await?;
        let listed = listed.try_filter_map(|ApiKeyRow { id }| {
            let Some(record) = items.remove(&keys::api_key(id)) else { return Ok(None) };
            let used = items.remove(&keys::api_key_use(id)).map(decode::<ApiKeyUse>).transpose()?;
            let ApiKeyRecord { key, .. } = decode(record)?;
            Ok(Some(ListedApiKey { key, last_used_at: used.map(|used| used.used_at) }))
        })?;
        Ok(listed.with_total(Some(total)))
    }

    /// Revokes an API key. Returns `false` and writes nothing if it has changed since `before` was read.
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
