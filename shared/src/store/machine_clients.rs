//! Machine clients.

use futures::future::try_join;
use serde::Serialize;

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    lineage::{Minter, require_live},
    listing::{Keep, READ_BY_FILTER, Section},
    organizations::counting,
    reads::decode,
    record::{
        CredentialChild, CredentialRow, CredentialUse, MachineClientRecord, MachineClientRow, MachineClientSummary,
        SecretDigests,
    },
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    MachineClient,
    credentials::{CredentialId, Owner},
    error::{Code, Error, Result},
    id::{self, DockId, MachineClientId, OrganizationId},
    time::Time,
};

/// Name of the counter for machine clients, including inactive ones.
const COUNTER: &str = "machineClients";

/// Machine client in a list.
#[derive(Debug)]
pub struct ListedMachineClient {
    /// The machine client with its digests.
    pub record: MachineClientRecord,
    /// Time of its last use, truncated to the hour; `None` if it was never used.
    pub last_used_at: Option<Time>,
}

/// Filter of a list of machine clients. Without values, it accepts all.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineClientFilter {
    /// Only clients that are bound to this dock.
    pub dock: Option<DockId>,
    /// Only clients that are active, or only those that are not.
    pub is_active: Option<bool>,
}

impl MachineClientFilter {
    fn keeps(self, row: &MachineClientSummary) -> bool {
        self.dock.is_none_or(|dock| row.dock_id == Some(dock))
            && self.is_active.is_none_or(|is_active| row.is_active == is_active)
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Creator,
    Organization,
    Dock,
    Party,
    Client,
}

/// State of a machine client in the audit entry of a rotation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RotatedClient<'a> {
    #[serde(flatten)]
    client: &'a MachineClient,
    /// End of the grace period of the replaced secret; `None` if it ended at once.
    previous_secret_until: Option<Time>,
}

/// Describes a change of a client. A creation has no `before`, a deletion no `after`.
fn change(before: Option<&MachineClient>, after: Option<&MachineClient>) -> Result<Change> {
    let change = match (before, after) {
        (Some(before), Some(after)) => Change::updated(owner(after), Entity::MachineClient, &after.id, before, after)?,
        (None, Some(new)) => Change::created(owner(new), Entity::MachineClient, &new.id, new)?,
        (Some(old), None) => Change::deleted(owner(old), Entity::MachineClient, &old.id, old)?,
        (None, None) => return Err(Error::internal("a change without a machine client")),
    };
    Ok(Change { dock: before.or(after).and_then(|client| client.dock_id), ..change })
}

const fn owner(client: &MachineClient) -> Owner {
    Owner::Organization(client.organization_id)
}

/// Adds the steps that replace `before` with `after`. They fail if the client has changed since `before` was read.
pub(super) fn replace<S: Copy>(
    transaction: &mut Transaction<S>,
    step: S,
    (before, after): (&MachineClient, &MachineClient),
    write: &Write,
) -> Result<()> {
    let update = Update::default()
        .set("name", &after.name)?
        .set("scopes", &after.scopes)?
        .set("partyId", &after.party_id)?
        .set("tokenLifetimeSeconds", &after.token_lifetime_seconds)?
        .set("deactivatedAt", &after.deactivated_at)?
        .set("generation", &after.generation)?
        .set("updatedAt", &after.updated_at)?
        .set("version", &after.version)?;
    transaction.update(step, &keys::machine_client(after.id), Condition::version(before.version), update)?;
    if before.is_active() != after.is_active() {
        let row = keys::machine_client_row(after.organization_id, after.id);
        let update = Update::default().set("isActive", &after.is_active())?;
        transaction.update(step, &row, Condition::Exists, update)?;
    }
    transaction.audit(write, &change(Some(before), Some(after))?)
}

impl Store {
    /// Creates a machine client. `minter` is the credential that creates it: it must be live, as for an API key.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if the creator is revoked or expired; `ORGANIZATION_NOT_FOUND`, `DOCK_NOT_FOUND`, `PARTY_NOT_FOUND`; as
    /// every write.
    pub async fn create_machine_client(&self, new: &MachineClientRecord, minter: Minter, write: &Write) -> Result<()> {
        let client = &new.client;
        let organization = client.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        require_live(&mut transaction, Step::Creator, minter, write.origin.now)?;
        let (shard, count) = counting(organization, client.id.ulid().0, COUNTER, 1);
        transaction.update(Step::Organization, &shard, Condition::Exists, count)?;
        if let Some(dock) = client.dock_id {
            transaction.check(Step::Dock, &keys::dock(organization, dock), Condition::Exists)?;
        }
        if let Some(party) = client.party_id {
            transaction.check(Step::Party, &keys::party(organization, party), Condition::Exists)?;
        }
        transaction.create(Step::Client, new)?;
        transaction.create(Step::Client, &MachineClientRow::from(client))?;
        let child = CredentialRow { id: CredentialId::MachineClient(client.id) };
        transaction.create(Step::Client, &CredentialChild { parent: minter.id.ulid(), child })?;
        transaction.audit(write, &change(None, Some(client))?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(failed) => Err(match failed.first() {
                Some((Step::Creator, _)) => Error::unauthorized(),
                Some((Step::Organization, _)) => Error::not_found::<id::Organization>(),
                Some((Step::Dock, _)) => Error::not_found::<id::Dock>(),
                Some((Step::Party, _)) => Error::not_found::<id::Party>(),
                _ => unexpected(&failed),
            }),
        }
    }

    /// Reads a machine client of `organization` and its last use, strongly consistent.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn machine_client(
        &self,
        organization: OrganizationId,
        id: MachineClientId,
    ) -> Result<Option<ListedMachineClient>> {
        let used = keys::credential_use(id.ulid());
        let mut items = self.get_batch([keys::machine_client(id), used.clone()]).await?;
        let Some(item) = items.remove(&keys::machine_client(id)) else { return Ok(None) };
        let record: MachineClientRecord = decode(item)?;
        let used = items.remove(&used).map(decode::<CredentialUse>).transpose()?;
        let last_used_at = used.map(|used| used.used_at);
        let is_own = record.client.organization_id == organization;
        Ok(is_own.then_some(ListedMachineClient { record, last_used_at }))
    }

    /// Reads a page of the machine clients of `organization` that `filter` accepts.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_machine_clients(
        &self,
        organization: OrganizationId,
        filter: MachineClientFilter,
        page: &Page,
    ) -> Result<Listed<ListedMachineClient>> {
        let counts = async {
            let counts = self.organization_counts(organization).await?;
            counts.ok_or_else(Error::not_found::<id::Organization>)
        };
        let sections = [Section::single(keys::machine_client_rows(organization))];
        let keep = |row: &MachineClientSummary| filter.keeps(row);
        let is_open = filter.dock.is_none() && filter.is_active.is_none();
        let filtered: Keep<'_, MachineClientSummary> = if is_open { None } else { Some(&keep) };
        let (listed, counts) = try_join(self.list(&sections, page, filtered), counts).await?;
        let total = if is_open {
            Some(counts.machine_clients)
        } else {
            self.count_kept(&sections, &keep, READ_BY_FILTER).await?
        };
        let keys_of = |id: MachineClientId| [keys::machine_client(id), keys::credential_use(id.ulid())];
        let mut items = self.get_batch(listed.values().flat_map(|row| keys_of(row.id))).await?;
        let listed = listed.try_filter_map(|MachineClientSummary { id, .. }| {
            let [client, used] = keys_of(id).map(|key| items.remove(&key));
            let Some(client) = client else { return Ok(None) };
            let used = used.map(decode::<CredentialUse>).transpose()?;
            Ok(Some(ListedMachineClient { record: decode(client)?, last_used_at: used.map(|used| used.used_at) }))
        })?;
        Ok(listed.with_total(total))
    }

    /// Replaces `before` with `after`. Returns `false` and writes nothing if the client has changed in between.
    ///
    /// # Errors
    /// `DOCK_GONE` if the client becomes active and its dock does not exist, `PARTY_NOT_FOUND` if its new party does not exist; as
    /// every write.
    pub async fn update_machine_client(
        &self,
        before: &MachineClient,
        after: &MachineClient,
        write: &Write,
    ) -> Result<bool> {
        let organization = after.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        if let Some(dock) = after.dock_id.filter(|_| after.is_active() && !before.is_active()) {
            transaction.check(Step::Dock, &keys::dock(organization, dock), Condition::Exists)?;
        }
        if let Some(party) = after.party_id.filter(|party| before.party_id != Some(*party)) {
            transaction.check(Step::Party, &keys::party(organization, party), Condition::Exists)?;
        }
        replace(&mut transaction, Step::Client, (before, after), write)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Dock, _)) => {
                    let dock = after.dock_id.map(|dock| dock.to_string());
                    Err(Error::conflict(Code::DockGone, "The dock of the machine client does not exist", dock))
                }
                Some((Step::Party, _)) => Err(Error::not_found::<id::Party>()),
                _ => Ok(false),
            },
        }
    }

    /// Replaces the secret of a machine client. `minter` is the credential that sends the request: it must be live, because it
    /// learns the new secret. Returns `false` and writes nothing if the client has changed since `before` was read.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if `minter` is not live; as every write.
    pub async fn rotate_machine_client(
        &self,
        (before, after): (&MachineClient, &MachineClient),
        secrets: &SecretDigests,
        minter: Minter,
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        if minter.id != CredentialId::MachineClient(before.id) {
            require_live(&mut transaction, Step::Creator, minter, write.origin.now)?;
        }
        let (previous, until) = secrets.previous();
        let update = Update::default()
            .set("digest", &secrets.current())?
            .set("previousDigest", &previous)?
            .set("previousUntil", &until)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        transaction.update(
            Step::Client,
            &keys::machine_client(before.id),
            Condition::version(before.version),
            update,
        )?;
        let state = |client, previous_secret_until| RotatedClient { client, previous_secret_until };
        let (old, new) = (state(before, None), state(after, until));
        let change = Change::updated(owner(before), Entity::MachineClient, &before.id, &old, &new)?;
        transaction.audit(write, &Change { dock: before.dock_id, ..change })?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Creator, _)) => Err(Error::unauthorized()),
                _ => Ok(false),
            },
        }
    }

    /// Deletes a machine client, which ends its tokens. Returns `false` and writes nothing if it has changed since `before` was
    /// read.
    ///
    /// # Errors
    /// As every write.
    pub async fn delete_machine_client(&self, before: &MachineClient, write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let key = keys::machine_client(before.id);
        transaction.delete(Step::Client, &key, Condition::version(before.version))?;
        let row = keys::machine_client_row(before.organization_id, before.id);
        transaction.delete(Step::Client, &row, Condition::Exists)?;
        let (shard, count) = counting(before.organization_id, before.id.ulid().0, COUNTER, -1);
        transaction.update(Step::Organization, &shard, Condition::Exists, count)?;
        transaction.audit(write, &change(Some(before), None)?)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }
}
