//! API keys.

use std::time::Duration;

use futures::future::try_join;
use serde::Serialize;
use tokio::time::Instant;

use super::{
    Action, Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    lineage::{Minter, require_live},
    listing::Section,
    organizations::counting,
    reads::decode,
    record::{
        ApiKeyRecord, ApiKeyRow, CredentialChild, CredentialRow, CredentialUse, OwnerApiKeyRow, PlatformCounter,
        SecretDigests, StoredRecord,
    },
    retry::Attempt,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    ApiKey,
    credentials::{CredentialId, Owner},
    error::{Error, Result},
    id::{self, AccessTokenId, ApiKeyId, OrganizationId},
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

/// Age from which an eventually consistent read finds an API key, in milliseconds. DynamoDB replicates within a second.
const REPLICATION_MILLIS: u64 = 60_000;

/// Name of the counter for API keys, including revoked ones.
pub(super) const COUNTER: &str = "apiKeys";

#[derive(Debug, Clone, Copy)]
enum Step {
    Creator,
    Owner,
    Dock,
    Platform,
    Key,
}

/// Rotation of the secret of an API key.
#[derive(Debug)]
pub struct Rotation<'a> {
    /// The API key before the rotation.
    pub before: &'a ApiKey,
    /// The API key after the rotation: in its next version.
    pub after: &'a ApiKey,
    /// Digests after the rotation.
    pub secrets: &'a SecretDigests,
}

/// State of an API key in the audit entry of a rotation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RotatedKey<'a> {
    #[serde(flatten)]
    key: &'a ApiKey,
    /// End of the grace period of the replaced secret; `None` if it ended at once.
    previous_secret_until: Option<Time>,
}

/// Adds the steps that create an API key and its rows in the list of its owner and the list of all API keys.
pub(super) fn add<S: Copy>(transaction: &mut Transaction<S>, step: S, new: &ApiKeyRecord) -> Result<()> {
    let row = ApiKeyRow { id: new.key.id };
    transaction.create(step, new)?;
    transaction.create(step, &OwnerApiKeyRow { owner: new.key.owner, key: row })?;
    transaction.create(step, &row)
}

/// Adds the steps that revoke an API key. They fail if it has changed since `before` was read.
pub(super) fn revoke<S: Copy>(transaction: &mut Transaction<S>, step: S, before: &ApiKey, write: &Write) -> Result<()> {
    let mut after = before.clone();
    after.revoked_at = Some(write.origin.now);
    after.version += 1;
    let update = Update::default().set("revokedAt", &after.revoked_at)?.set("version", &after.version)?;
    transaction.update(step, &keys::api_key(before.id), Condition::version(before.version), update)?;
    let change = Change::updated(before.owner, Entity::ApiKey, &before.id, before, &after)?;
    transaction.audit(write, &Change { dock: before.dock_id, ..change.named(Action::Revoke) })
}

impl Store {
    /// Creates an API key. If another credential creates it, that one must be live: its revocation changes the same item, so
    /// every child is created before it and is in the list of children. `token` is the access token that sends the request.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if the creator is revoked or expired, `ORGANIZATION_NOT_FOUND` if the owner is an organization that does
    /// not exist; as every write.
    pub async fn create_api_key(&self, new: &ApiKeyRecord, token: Option<AccessTokenId>, write: &Write) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        if let Some(parent) = new.key.created_by.parent() {
            require_live(&mut transaction, Step::Creator, Minter { id: parent, token }, write.origin.now)?;
            let child = CredentialRow { id: CredentialId::ApiKey(new.key.id) };
            transaction.create(Step::Key, &CredentialChild { parent: parent.ulid(), child })?;
        }
        let bits = new.key.id.ulid().0;
        if let Owner::Organization(organization) = new.key.owner {
            let (shard, change) = counting(organization, bits, COUNTER, 1);
            transaction.update(Step::Owner, &shard, Condition::Exists, change)?;
        }
        if let (Owner::Organization(organization), Some(dock)) = (new.key.owner, new.key.dock_id) {
            transaction.check(Step::Dock, &keys::dock(organization, dock), Condition::Exists)?;
        }
        let platform = Update::default().add(COUNTER, 1);
        transaction.upsert::<PlatformCounter>(Step::Platform, &keys::platform_count(bits), None, platform)?;
        add(&mut transaction, Step::Key, new)?;
        let change = Change::created(new.key.owner, Entity::ApiKey, &new.key.id, &new.key)?;
        transaction.audit(write, &Change { dock: new.key.dock_id, ..change })?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(failed) => Err(match failed.first() {
                Some((Step::Creator, _)) => Error::unauthorized(),
                Some((Step::Owner, _)) => Error::not_found::<id::Organization>(),
                Some((Step::Dock, _)) => Error::not_found::<id::Dock>(),
                _ => unexpected(&failed),
            }),
        }
    }

    /// Reads an API key, strongly consistent. The caller checks whether the client may see it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>> {
        self.get(&keys::api_key(id)).await
    }

    /// Reads an API key for authentication, with one request whether the key exists or not. The read is eventually
    /// consistent, which costs half as much, unless the id says that the key is so new that replicas may lack it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_to_verify(&self, id: ApiKeyId, now: Time) -> Result<Option<ApiKeyRecord>> {
        let is_recent = now < id.time().plus_millis(REPLICATION_MILLIS);
        self.get_item(&keys::api_key(id), is_recent).await?.map(decode).transpose()
    }

    /// Returns the time of the last use of a credential, truncated to the hour; `None` if it was never used.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn credential_used(&self, id: CredentialId) -> Result<Option<Time>> {
        let used: Option<CredentialUse> = self.get(&keys::credential_use(id.ulid())).await?;
        Ok(used.map(|used| used.used_at))
    }

    /// Records a use of a credential at `now`. Gives up after half a second, because the response waits for it. Overwrites an
    /// earlier use without a condition.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn mark_credential_used(&self, id: CredentialId, now: Time) -> Result<()> {
        let item = CredentialUse { id, used_at: now }.to_item()?;
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
                None => Ok(Some(self.platform_counts().await?.api_keys)),
            }
        };
        let (listed, total) = try_join(self.list::<ApiKeyRow>(&sections, page, None), total).await?;
        // The revoked keys of a deleted organization stay in the list of all keys.
        let Some(total) = total else { return Ok(Listed::empty()) };
        let keys = listed.values().flat_map(|row| [keys::api_key(row.id), keys::credential_use(row.id.ulid())]);
        let mut items = self.get_batch(keys).await?;
        let listed = listed.try_filter_map(|ApiKeyRow { id }| {
            let Some(record) = items.remove(&keys::api_key(id)) else { return Ok(None) };
            let used = items.remove(&keys::credential_use(id.ulid())).map(decode::<CredentialUse>).transpose()?;
            let ApiKeyRecord { key, .. } = decode(record)?;
            Ok(Some(ListedApiKey { key, last_used_at: used.map(|used| used.used_at) }))
        })?;
        Ok(listed.with_total(Some(total)))
    }

    /// Reads an API key and its last use, strongly consistent. The caller checks whether the client may see it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_with_use(&self, id: ApiKeyId) -> Result<Option<ListedApiKey>> {
        let found = self.api_key_to_change(id).await?;
        Ok(found.map(|(ApiKeyRecord { key, .. }, last_used_at)| ListedApiKey { key, last_used_at }))
    }

    /// Reads an API key with its digests, and its last use, strongly consistent. The caller checks whether the client may see
    /// the key.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn api_key_to_change(&self, id: ApiKeyId) -> Result<Option<(ApiKeyRecord, Option<Time>)>> {
        let mut items = self.get_batch([keys::api_key(id), keys::credential_use(id.ulid())]).await?;
        let Some(record) = items.remove(&keys::api_key(id)) else { return Ok(None) };
        let used = items.remove(&keys::credential_use(id.ulid())).map(decode::<CredentialUse>).transpose()?;
        Ok(Some((decode(record)?, used.map(|used| used.used_at))))
    }

    /// Replaces `before` with `after`, which differ in name, scopes or expiry. Returns `false` and writes nothing if the key has
    /// changed in between.
    ///
    /// # Errors
    /// As every write.
    pub async fn update_api_key(&self, before: &ApiKey, after: &ApiKey, write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default()
            .set("name", &after.name)?
            .set("scopes", &after.scopes)?
            .set("expiresAt", &after.expires_at)?
            .set("version", &after.version)?;
        transaction.update(Step::Key, &keys::api_key(before.id), Condition::version(before.version), update)?;
        let change = Change::updated(before.owner, Entity::ApiKey, &before.id, before, after)?;
        transaction.audit(write, &Change { dock: before.dock_id, ..change })?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }

    /// Replaces the secret of an API key. `minter` is the credential that sends the request: it must be live, because it learns
    /// the new secret. Returns `false` and writes nothing if the key has changed since it was read.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if `minter` is not live; as every write.
    pub async fn rotate_api_key(&self, rotation: &Rotation<'_>, minter: Minter, write: &Write) -> Result<bool> {
        let Rotation { before, after, secrets } = rotation;
        let mut transaction = Transaction::new(self, write)?;
        if minter.id != CredentialId::ApiKey(before.id) {
            require_live(&mut transaction, Step::Creator, minter, write.origin.now)?;
        }
        let (previous, until) = secrets.previous();
        let update = Update::default()
            .set("digest", &secrets.current())?
            .set("previousDigest", &previous)?
            .set("previousUntil", &until)?
            .set("version", &after.version)?;
        transaction.update(Step::Key, &keys::api_key(before.id), Condition::version(before.version), update)?;
        let state = |key, previous_secret_until| RotatedKey { key, previous_secret_until };
        let (before, after) = (state(*before, None), state(after, until));
        let change = Change::updated(before.key.owner, Entity::ApiKey, &before.key.id, &before, &after)?;
        transaction.audit(write, &Change { dock: before.key.dock_id, ..change })?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Creator, _)) => Err(Error::unauthorized()),
                _ => Ok(false),
            },
        }
    }

    /// Revokes an API key. Returns `false` and writes nothing if it has changed since `before` was read.
    ///
    /// # Errors
    /// As every write.
    pub async fn revoke_api_key(&self, before: &ApiKey, write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        revoke(&mut transaction, Step::Key, before, write)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }
}
