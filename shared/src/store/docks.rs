//! Docks and their domains.

use futures::future::try_join;

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    listing::{READ_BY_FILTER, Section},
    organizations::counting,
    reads::decode,
    record::{DockCounter, DockCounts, DockRow, DomainOwner, DomainRecord, PlatformCounter},
    retry::Attempt,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Dock, Domain, Search,
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

/// Time for which an unverified domain blocks other docks, in milliseconds: 30 days. Anyone can claim a domain, so an
/// unverified claim must not block the domain's owner for ever.
const UNVERIFIED_BLOCKS: u64 = 30 * 24 * 60 * 60 * 1000;

impl Store {
    /// Creates a dock.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`, `DOMAIN_ALREADY_REGISTERED`; as every write.
    pub async fn create_dock(&self, new: &Dock, write: &Write) -> Result<()> {
        let bits = new.id.ulid().0;
        let domains = new.domains();
        let mut transaction = Transaction::new(self, write)?;
        let (shard, change) = counting(new.organization_id, bits, "docks", 1);
        transaction.update(Step::Organization, &shard, Condition::Exists, change)?;
        transaction.create(Step::Dock, new)?;
        for shard in 0..keys::SHARDS {
            let (organization_id, dock_id, counts) = (new.organization_id, new.id, DockCounts::default());
            transaction.create(Step::Dock, &DockCounter { organization_id, dock_id, shard, counts })?;
        }
        let name = new.profile.name.clone();
        transaction.create(Step::Dock, &DockRow { id: new.id, organization_id: new.organization_id, name })?;
        let platform = Update::default().add("docks", 1);
        transaction.upsert::<PlatformCounter>(Step::Other, &keys::platform_count(bits), None, platform)?;
        for (at, domain) in domains.iter().enumerate() {
            claim(&mut transaction, at, domain, new.id, write)?;
        }
        let owner = Owner::Organization(new.organization_id);
        transaction.audit(write, &Change::created(owner, Entity::Dock, &new.id, new)?.in_dock(new.id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Organization, _)) => Err(Error::not_found::<id::Organization>()),
                Some((Step::Domain(at), _)) => Err(domain_taken(domains.get(*at).copied())),
                _ => Err(unexpected(&failed)),
            },
        }
    }

    /// Reads a dock of `organization`.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn dock(&self, organization: OrganizationId, id: DockId) -> Result<Option<Dock>> {
        self.get(&keys::dock(organization, id)).await
    }

    /// Returns the number of roles, recipients and groups in a dock; `None` if it does not exist.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) async fn dock_counts(&self, organization: OrganizationId, id: DockId) -> Result<Option<DockCounts>> {
        let query = self.query(&keys::dock_counts(organization, id), None);
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        let counts: Vec<DockCounts> =
            response.items.unwrap_or_default().into_iter().map(decode).collect::<Result<_>>()?;
        Ok((!counts.is_empty()).then(|| DockCounts::sum(&counts)))
    }

    /// Returns the organization of a dock.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn dock_owner(&self, id: DockId) -> Result<Option<OrganizationId>> {
        let row: Option<DockRow> = self.get(&keys::dock_row(id)).await?;
        Ok(row.map(|row| row.organization_id))
    }

    /// Reads a page of the docks of `organization`, or of all docks. With `search`, only of those whose names contain it.
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
        let sections = [Section::single(keys::docks(organization))];
        let Some(search) = search else {
            let counts = self.organization_counts(organization);
            let (listed, counts) = try_join(self.list(&sections, page, None), counts).await?;
            return Ok(listed.with_total(Some(counts.unwrap_or_default().docks)));
        };
        let keep = |dock: &Dock| search.matches(dock.profile.name.as_str());
        let total = self.count_kept(&sections, &keep, READ_BY_FILTER);
        let (listed, total) = try_join(self.list(&sections, page, Some(&keep)), total).await?;
        Ok(listed.with_total(total))
    }

    async fn list_all_docks(&self, search: Option<&Search>, page: &Page) -> Result<Listed<Dock>> {
        let sections = [Section::single(keys::dock_rows())];
        let (listed, total) = match search {
            None => {
                let total = async { Ok(Some(self.platform_counts().await?.docks)) };
                try_join(self.list::<DockRow>(&sections, page, None), total).await?
            }
            Some(search) => {
                let keep = |row: &DockRow| search.matches(row.name.as_str());
                let total = self.count_kept(&sections, &keep, READ_BY_FILTER);
                try_join(self.list(&sections, page, Some(&keep)), total).await?
            }
        };
        let key = |row: &DockRow| keys::dock(row.organization_id, row.id);
        let mut docks = self.get_batch(listed.values().map(key)).await?;
        let listed = listed.try_filter_map(|row| docks.remove(&key(&row)).map(decode).transpose())?;
        Ok(listed.with_total(total))
    }

    /// Replaces `before` with `after`. Returns `false` and writes nothing if the dock has changed in between.
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
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Dock, _)) => Ok(Ok(false)),
                Some((Step::OldDomain(at), _)) => Ok(Err(*at)),
                Some((Step::Domain(at), _)) => Err(domain_taken(new.get(*at).copied())),
                _ => Err(unexpected(&failed)),
            },
        }
    }
}

/// Adds the claim of `dock` to a domain that no dock has, or whose claim has ended.
fn claim(transaction: &mut Transaction<Step>, at: usize, domain: &Domain, dock: DockId, write: &Write) -> Result<()> {
    let now = write.origin.now;
    let blocks_until = now.plus_millis(UNVERIFIED_BLOCKS).millis_since_epoch();
    let record = DomainRecord { domain: domain.clone(), owner: DomainOwner { dock_id: dock, blocks_until } };
    let free = Condition::AbsentOrAtMost("blocksUntil", now.millis_since_epoch());
    transaction.replace(Step::Domain(at), &record, free)
}

fn domain_taken(domain: Option<&Domain>) -> Error {
    let domain = domain.map(ToString::to_string).unwrap_or_default();
    let detail = format!("Domain '{domain}' is already registered to another dock");
    Error::new(Code::DomainAlreadyRegistered, detail)
}
