//! Parties and the index of their external references.

use futures::future::try_join;

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    listing::{Keep, READ_BY_FILTER, Section},
    organizations::counting,
    reads::decode,
    record::{PartyPointer, PartyRecord, PartyReference, PartySummary},
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    ExternalRef, Name, Party, PartyType, Search,
    credentials::Owner,
    error::{Error, Result},
    id::{self, OrganizationId, PartyId},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Organization,
    Party,
    Other,
}

/// Filter of a list of parties. `None` does not filter.
#[derive(Debug, Clone, Default)]
pub struct PartyFilter {
    /// Type of the parties.
    pub kind: Option<PartyType>,
    /// Text that the names contain.
    pub search: Option<Search>,
    /// External reference of the parties.
    pub external_ref: Option<ExternalRef>,
}

impl PartyFilter {
    /// Returns whether the filter accepts every row of the range that is read.
    fn is_open(&self) -> bool {
        self.kind.is_none() && self.search.is_none()
    }

    fn keeps(&self, kind: PartyType, name: &Name) -> bool {
        self.kind.is_none_or(|wanted| kind == wanted)
            && self.search.as_ref().is_none_or(|search| search.matches(name.as_str()))
    }
}

/// Returns the counter of an organization for parties of this type.
pub(super) const fn counter(kind: PartyType) -> &'static str {
    match kind {
        PartyType::Individual => "partiesIndividual",
        PartyType::Organization => "partiesOrganization",
    }
}

impl Store {
    /// Creates a party.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; as every write.
    pub async fn create_party(&self, new: &Party, write: &Write) -> Result<()> {
        let organization = new.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        let (shard, change) = counting(organization, new.id.ulid().0, counter(new.kind), 1);
        transaction.update(Step::Organization, &shard, Condition::Exists, change)?;
        transaction.create(Step::Party, &PartyRecord::new(new.clone()))?;
        transaction.create(Step::Party, &PartyPointer::to(new))?;
        if let Some(external_ref) = &new.external_ref {
            transaction.create(Step::Party, &reference_to(new, external_ref))?;
        }
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::created(owner, Entity::Party, &new.id, new)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Organization, _)) => Err(Error::not_found::<id::Organization>()),
                _ => Err(unexpected(&failed)),
            },
        }
    }

    /// Reads a party of `organization`, strongly consistent.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn party(&self, organization: OrganizationId, id: PartyId) -> Result<Option<Party>> {
        self.get(&keys::party(organization, id)).await
    }

    /// Reads a party of `organization`, eventually consistent, which costs half as much.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn party_eventually_consistent(
        &self,
        organization: OrganizationId,
        id: PartyId,
    ) -> Result<Option<Party>> {
        self.get_eventually_consistent(&keys::party(organization, id)).await
    }

    /// Reads a page of the parties of `organization` that `filter` accepts.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_parties(
        &self,
        organization: OrganizationId,
        filter: &PartyFilter,
        page: &Page,
    ) -> Result<Listed<Party>> {
        let counts = async {
            let counts = self.organization_counts(organization).await?;
            counts.ok_or_else(Error::not_found::<id::Organization>)
        };
        if let Some(external_ref) = &filter.external_ref {
            let parties = Box::pin(self.list_parties_by_ref(organization, external_ref, filter, page));
            return Ok(try_join(parties, counts).await?.0);
        }
        let sections = [Section::single(keys::parties(organization))];
        let keep = |party: &Party| filter.keeps(party.kind, &party.name);
        let filtered: Keep<'_, Party> = if filter.is_open() { None } else { Some(&keep) };
        let (listed, counts) = try_join(self.list(&sections, page, filtered), counts).await?;
        let total = match (&filter.search, filter.kind) {
            (Some(_), _) => self.count_kept(&sections, &keep, READ_BY_FILTER).await?,
            (None, None) => Some(counts.parties()),
            (None, Some(PartyType::Individual)) => Some(counts.individuals),
            (None, Some(PartyType::Organization)) => Some(counts.organizations),
        };
        Ok(listed.with_total(total))
    }

    async fn list_parties_by_ref(
        &self,
        organization: OrganizationId,
        external_ref: &ExternalRef,
        filter: &PartyFilter,
        page: &Page,
    ) -> Result<Listed<Party>> {
        let section = Section::single(keys::parties_by_ref(organization, external_ref));
        let sections = std::slice::from_ref(&section);
        let keep = |row: &PartySummary| filter.keeps(row.kind, &row.name);
        let filtered: Keep<'_, PartySummary> = if filter.is_open() { None } else { Some(&keep) };
        let total = async {
            if filter.is_open() {
                self.count(&section).await.map(Some)
            } else {
                let most = filter.search.as_ref().map_or(usize::MAX, |_| READ_BY_FILTER);
                self.count_kept(sections, &keep, most).await
            }
        };
        let (listed, total) = try_join(self.list(sections, page, filtered), total).await?;
        let key = |reference: &PartySummary| keys::party(organization, reference.id);
        let mut parties = self.get_batch(listed.values().map(key)).await?;
        let listed = listed.try_filter_map(|row| parties.remove(&key(&row)).map(decode).transpose())?;
        Ok(listed.with_total(total))
    }

    /// Replaces `before` with `after`. Returns `false` and writes nothing if the party has changed in between.
    ///
    /// # Errors
    /// As every write.
    pub async fn update_party(&self, before: &Party, after: &Party, write: &Write) -> Result<bool> {
        let organization = after.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default()
            .set("type", &after.kind)?
            .set("name", &after.name)?
            .set("email", &after.email)?
            .set("externalRef", &after.external_ref)?
            .set("metadata", &after.metadata)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        transaction.update(
            Step::Party,
            &keys::party(organization, after.id),
            Condition::version(before.version),
            update,
        )?;
        if before.kind != after.kind {
            let (shard, change) = counting(organization, after.id.ulid().0, counter(before.kind), -1);
            transaction.update(Step::Other, &shard, Condition::Exists, change.add(counter(after.kind), 1))?;
        }
        index(&mut transaction, before, after)?;
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::updated(owner, Entity::Party, &after.id, before, after)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Party, _)) => Ok(false),
                _ => Err(unexpected(&failed)),
            },
        }
    }
}

/// Adds the steps that apply a change of a party to the index of external references.
fn index(transaction: &mut Transaction<Step>, before: &Party, after: &Party) -> Result<()> {
    let key = |external_ref| keys::party_by_ref(after.organization_id, external_ref, after.id);
    let (old, new) = (PartySummary::from(before), PartySummary::from(after));
    if before.external_ref == after.external_ref {
        if let Some(same) = after.external_ref.as_ref().filter(|_| old != new) {
            let change = Update::default().set("type", &new.kind)?.set("name", &new.name)?;
            transaction.update(Step::Other, &key(same), Condition::Exists, change)?;
        }
        return Ok(());
    }
    if let Some(removed) = &before.external_ref {
        transaction.delete(Step::Other, &key(removed), Condition::Exists)?;
    }
    if let Some(added) = &after.external_ref {
        transaction.create(Step::Other, &reference_to(after, added))?;
    }
    Ok(())
}

fn reference_to(party: &Party, external_ref: &ExternalRef) -> PartyReference {
    PartyReference {
        organization_id: party.organization_id,
        external_ref: external_ref.clone(),
        party: PartySummary::from(party),
    }
}
