//! The deletion of an organization.

use futures::future::try_join;

use super::Leaving;
use crate::{
    domain::{
        Organization,
        credentials::Owner,
        error::{Code, Error, OwnedResources, Result},
        id::{self, OrganizationId},
        time::Time,
    },
    store::{
        Change, Entity, Store, Write,
        expression::{Condition, Update},
        keys::{self, DeletedResource},
        reads::decode,
        record::{ApiKeyRecord, ApiKeyRow, OrganizationCounts, PlatformCounter},
        slugs,
        transaction::{Outcome, Transaction, unexpected},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The organization or its counters. They may have changed.
    Organization,
    /// An item that changes only together with the organization.
    Other,
}

impl Store {
    /// Deletes an organization that owns nothing. `matches` checks its version.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`, `ORGANIZATION_NOT_EMPTY`, `DEFAULT_ORGANIZATION`, `DELETION_IN_PROGRESS`; those of
    /// `matches`; as every write.
    pub async fn delete_organization(
        &self,
        id: OrganizationId,
        default: OrganizationId,
        matches: impl Fn(u64) -> Result<()>,
        write: &Write,
    ) -> Result<()> {
        loop {
            let range = keys::organization_and_counts(id);
            let read = self.ascending(&range, None, usize::MAX);
            let ((mut items, _), deletions) = try_join(read, self.deletions(id)).await?;
            // The counters precede the organization.
            let organization = items.pop().ok_or_else(Error::not_found::<id::Organization>)?;
            let organization: Organization = decode(organization)?;
            let counters: Vec<OrganizationCounts> = items.into_iter().map(decode).collect::<Result<_>>()?;
            matches(organization.version)?;
            if id == default {
                let detail = "The default organization of the deployment cannot be deleted";
                return Err(Error::conflict(Code::DefaultOrganization, detail, None));
            }
            let owned = self.owned_resources(id, &counters, write.origin.now).await?;
            if owned != OwnedResources::default() {
                return Err(Error::organization_not_empty(owned));
            }
            for resource in deletions.0.keys().filter(|resource| deletions.in_progress(**resource).is_some()) {
                self.sweep(id, *resource, write).await?;
            }
            if self.try_delete_organization(&organization, &counters, write).await? {
                return Ok(());
            }
        }
    }

    /// Returns the numbers of resources that an organization owns.
    async fn owned_resources(
        &self,
        id: OrganizationId,
        counters: &[OrganizationCounts],
        now: Time,
    ) -> Result<OwnedResources> {
        let sum = |counter: fn(&OrganizationCounts) -> i64| {
            u64::try_from(counters.iter().map(counter).sum::<i64>()).unwrap_or_default()
        };
        let api_keys = match sum(|counts| counts.api_keys) {
            0 => 0,
            _ => self.live_api_keys(id, now).await?,
        };
        Ok(OwnedResources {
            docks: sum(|counts| counts.docks),
            parties: sum(|counts| counts.parties_individual + counts.parties_organization),
            machine_clients: sum(|counts| counts.machine_clients),
            api_keys,
        })
    }

    /// Returns the number of the API keys of an organization that are neither revoked nor expired.
    async fn live_api_keys(&self, id: OrganizationId, now: Time) -> Result<u64> {
        let range = keys::api_key_rows(Owner::Organization(id));
        let (rows, _) = self.ascending(&range, None, usize::MAX).await?;
        let rows: Vec<ApiKeyRow> = rows.into_iter().map(decode).collect::<Result<_>>()?;
        let mut live = 0;
        for item in self.get_batch(rows.iter().map(|row| keys::api_key(row.id))).await?.into_values() {
            let ApiKeyRecord { key, .. } = decode(item)?;
            live += u64::from(key.revoked_at.is_none() && key.expires_at.is_none_or(|end| now < end));
        }
        Ok(live)
    }

    /// Deletes an organization with these counters. Returns `false` and writes nothing if one of them has changed.
    async fn try_delete_organization(
        &self,
        organization: &Organization,
        counters: &[OrganizationCounts],
        write: &Write,
    ) -> Result<bool> {
        let (id, version) = (organization.id, organization.version);
        let mut transaction = Transaction::new(self, write)?;
        transaction.delete(Step::Organization, &keys::organization(id), Condition::version(version))?;
        // Every creation of a resource changes a counter, so the organization still owns nothing.
        for (shard, counts) in (0..keys::SHARDS).zip(counters) {
            let unchanged = Condition::Numbers(vec![
                ("docks", counts.docks),
                ("partiesIndividual", counts.parties_individual),
                ("partiesOrganization", counts.parties_organization),
                ("machineClients", counts.machine_clients),
                ("apiKeys", counts.api_keys),
            ]);
            transaction.delete(Step::Organization, &keys::count_shard(id, shard), unchanged)?;
        }
        transaction.delete(Step::Other, &keys::organization_row(id), Condition::Exists)?;
        let (held, free) = slugs::releasing(id, write.origin.now)?;
        transaction.update(Step::Other, &keys::slug(&organization.slug), held, free)?;
        let platform = Update::default().add("organizations", -1);
        transaction.upsert::<PlatformCounter>(Step::Other, &keys::platform_count(id.ulid().0), None, platform)?;
        let resource = DeletedResource::Organization;
        let leaving = Leaving { organization_id: id, resource, name: &organization.name, kind: None, version };
        leaving.bury(&mut transaction, Step::Other, false, write)?;
        let owner = Owner::Organization(id);
        transaction.audit(write, &Change::deleted(owner, Entity::Organization, &id, organization)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Organization, _)) => Ok(false),
                _ => Err(unexpected(&failed)),
            },
        }
    }
}
