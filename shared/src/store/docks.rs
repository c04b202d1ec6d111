//! Docks and the domains that they have.

use futures::future::try_join;
use serde::{Deserialize, Serialize};

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    listing::READ_BY_OFFSET,
    organizations::counting,
    reads::decode,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Dock, Domain, Name, Search,
    credentials::Owner,
    error::{Code, Error, Result},
    id::{self, DockId, OrganizationId},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Organization,
    Dock,
    Domain(usize),
    OldDomain(usize),
    Other,
}

/// What the list of all docks holds of one: whose it is, and enough to search by.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: DockId,
    organization_id: OrganizationId,
    name: Name,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DomainItem {
    dock_id: DockId,
    /// Time from which another dock can take the domain, in milliseconds since the epoch. Anyone can claim a domain, so
    /// a claim that is not verified must not block the domain's owner for ever.
    blocks_until: u64,
}

/// Time for which an unverified domain blocks other docks, in milliseconds: 30 days.
const UNVERIFIED_BLOCKS: u64 = 30 * 24 * 60 * 60 * 1000;

impl Store {
    /// Makes a dock.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`, `DOMAIN_ALREADY_REGISTERED`; as every write.
    pub async fn create_dock(&self, new: &Dock, write: &Write) -> Result<()> {
        let bits = new.id.ulid().0;
        let domains = new.domains();
        let mut transaction = Transaction::new(self, write)?;
        let (shard, change) = counting(new.organization_id, bits, "docks", 1);
        transaction.update(Step::Organization, &shard, Condition::Exists, change)?;
        transaction.create(Step::Dock, &keys::dock(new.organization_id, new.id), new)?;
        let row = Row { id: new.id, organization_id: new.organization_id, name: new.profile.name.clone() };
        transaction.create(Step::Dock, &keys::dock_row(new.id), &row)?;
        let platform = Update::default().add("docks", 1);
        transaction.upsert(Step::Other, &keys::platform_count(bits), platform)?;
        for (at, domain) in domains.iter().enumerate() {
            claim(&mut transaction, at, domain, new.id, write)?;
        }
        let owner = Owner::Organization(new.organization_id);
        transaction.audit(write, &Change::created(owner, Entity::Dock, &new.id, new)?.in_dock(new.id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(refused) => match refused.first() {
                Some((Step::Organization, _)) => Err(Error::not_found::<id::Organization>()),
                Some((Step::Domain(at), _)) => Err(domain_taken(domains.get(*at).copied())),
                _ => Err(unexpected(&refused)),
            },
        }
    }

    /// A dock of `organization`.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn dock(&self, organization: OrganizationId, id: DockId) -> Result<Option<Dock>> {
        self.get(&keys::dock(organization, id)).await
    }

    /// Whose dock this is.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn dock_owner(&self, id: DockId) -> Result<Option<OrganizationId>> {
        let row: Option<Row> = self.get(&keys::dock_row(id)).await?;
        Ok(row.map(|row| row.organization_id))
    }

    /// A page of the docks of `organization`, or of all; with `search`, of those whose names contain it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_docks(
        &self,
        organization: Option<OrganizationId>,
        search: Option<&Search>,
        page: &Page,
    ) -> Result<Listed<Dock>> {
        let Some(organization) = organization else { return self.list_all_docks(search, page).await };
        let ranges = [keys::docks(organization)];
        let Some(search) = search else {
            let counts = self.organization_counts(organization);
            let (listed, counts) = try_join(self.list(&ranges, page, None), counts).await?;
            return Ok(listed.with_total(Some(counts.unwrap_or_default().docks)));
        };
        let keep = |dock: &Dock| search.matches(dock.profile.name.as_str());
        let total = self.count_kept(&ranges, &keep, READ_BY_OFFSET);
        let (listed, total) = try_join(self.list(&ranges, page, Some(&keep)), total).await?;
        Ok(listed.with_total(total))
    }

    async fn list_all_docks(&self, search: Option<&Search>, page: &Page) -> Result<Listed<Dock>> {
        let ranges = [keys::dock_rows()];
        let (listed, total) = match search {
            None => {
                let total = async { Ok(Some(self.platform_counts().await?.docks)) };
                try_join(self.list::<Row>(&ranges, page, None), total).await?
            }
            Some(search) => {
                let keep = |row: &Row| search.matches(row.name.as_str());
                let total = self.count_kept(&ranges, &keep, READ_BY_OFFSET);
                try_join(self.list(&ranges, page, Some(&keep)), total).await?
            }
        };
        let key = |row: &Row| keys::dock(row.organization_id, row.id);
        let mut docks = self.get_batch(listed.rows.iter().map(key)).await?;
        let rows = listed.rows.iter().filter_map(|row| docks.remove(&key(row))).map(decode).collect::<Result<_>>()?;
        Ok(listed.with_rows(rows).with_total(total))
    }

    /// Writes `after` where the dock is still as in `before`. Whether it was.
    ///
    /// # Errors
    /// `DOMAIN_ALREADY_REGISTERED`; as every write.
    pub async fn update_dock(&self, before: &Dock, after: &Dock, write: &Write) -> Result<bool> {
        // A domain that was not verified in time can belong to another dock. Then its item stays.
        let mut lost = Vec::new();
        loop {
            match self.try_update_dock(before, after, &lost, write).await? {
                Ok(written) => return Ok(written),
                Err(domain) if lost.contains(&domain) => return Err(unexpected(&[(Step::OldDomain(domain), None)])),
                Err(domain) => lost.push(domain),
            }
        }
    }

    /// Writes `after` as [`Self::update_dock`] does, without releasing the domains of `before` in `lost`. The error is
    /// the index of another domain that the dock no longer has.
    async fn try_update_dock(
        &self,
        before: &Dock,
        after: &Dock,
        lost: &[usize],
        write: &Write,
    ) -> Result<Result<bool, usize>> {
        let (old, new) = (before.domains(), after.domains());
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default()
            .set_all(&after.profile)?
            .set("domainVerificationStatus", &after.domain_verification_status)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        transaction.update(
            Step::Dock,
            &keys::dock(after.organization_id, after.id),
            Condition::version(before.version),
            update,
        )?;
        if before.profile.name != after.profile.name {
            let row = Update::default().set("name", &after.profile.name)?;
            transaction.update(Step::Other, &keys::dock_row(after.id), Condition::Exists, row)?;
        }
        for (at, domain) in new.iter().enumerate().filter(|(_, domain)| !old.contains(domain)) {
            claim(&mut transaction, at, domain, after.id, write)?;
        }
        let released = |(at, domain): &(usize, &&Domain)| !new.contains(domain) && !lost.contains(at);
        for (at, domain) in old.iter().enumerate().filter(released) {
            let own = Condition::equals("dockId", &after.id)?;
            transaction.delete(Step::OldDomain(at), &keys::domain(domain), own)?;
        }
        let owner = Owner::Organization(after.organization_id);
        let audit = Change::updated(owner, Entity::Dock, &after.id, before, after)?.in_dock(after.id);
        transaction.audit(write, &audit)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(Ok(true)),
            Outcome::ConditionsFailed(refused) => match refused.first() {
                Some((Step::Dock, _)) => Ok(Ok(false)),
                Some((Step::OldDomain(at), _)) => Ok(Err(*at)),
                Some((Step::Domain(at), _)) => Err(domain_taken(new.get(*at).copied())),
                _ => Err(unexpected(&refused)),
            },
        }
    }
}

/// Adds the claim of `dock` to a domain that no dock has, or one that has not verified it in time.
fn claim(transaction: &mut Transaction<Step>, at: usize, domain: &Domain, dock: DockId, write: &Write) -> Result<()> {
    let now = write.origin.now;
    let item = DomainItem { dock_id: dock, blocks_until: now.plus_millis(UNVERIFIED_BLOCKS).millis_since_epoch() };
    let free = Condition::AbsentOrAtMost("blocksUntil", now.millis_since_epoch());
    transaction.replace(Step::Domain(at), &keys::domain(domain), free, &item)
}

fn domain_taken(domain: Option<&Domain>) -> Error {
    let domain = domain.map(ToString::to_string).unwrap_or_default();
    let detail = format!("Domain '{domain}' is already registered to another dock");
    Error::new(Code::DomainAlreadyRegistered, detail)
}
