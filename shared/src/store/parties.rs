//! Parties and the index of their external references.

use futures::future::try_join;
use serde::{Deserialize, Serialize};

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys,
    listing::{Keep, READ_BY_OFFSET},
    organizations::counting,
    reads::decode,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    ExternalRef, Hint, Name, Party, PartyType, RoleName, Search,
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

/// Which parties a list is about.
#[derive(Debug, Clone, Default)]
pub struct PartyFilter {
    /// Only of this type.
    pub kind: Option<PartyType>,
    /// Only those whose names contain it.
    pub search: Option<Search>,
    /// Only those with this external reference.
    pub external_ref: Option<ExternalRef>,
}

impl PartyFilter {
    /// Whether every party is meant, be it of all or of those with the external reference.
    fn is_open(&self) -> bool {
        self.kind.is_none() && self.search.is_none()
    }

    fn keeps(&self, kind: PartyType, name: &Name) -> bool {
        self.kind.is_none_or(|wanted| kind == wanted)
            && self.search.as_ref().is_none_or(|search| search.matches(name.as_str()))
    }
}

/// Whose a party is: what tells a platform key a foreign one from an unknown one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pointer {
    pub(super) organization_id: OrganizationId,
    /// Hint of a party that was allocated on the ledger. The list of its parties has such a party by its hint.
    #[serde(default)]
    pub(super) ledger_hint: Option<Hint>,
}

/// A party in the index of external references, with enough to filter by.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reference {
    id: PartyId,
    #[serde(rename = "type")]
    kind: PartyType,
    name: Name,
}

impl Reference {
    fn to(party: &Party) -> Self {
        Self { id: party.id, kind: party.kind, name: party.name.clone() }
    }
}

/// How many roles a party or a dock has, beside what else its item holds.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RoleCounts {
    roles_distributor: u64,
    roles_recipient: u64,
}

impl RoleCounts {
    /// The attribute that counts `role`.
    pub(super) const fn attribute(role: RoleName) -> &'static str {
        match role {
            RoleName::Distributor => "rolesDistributor",
            RoleName::Recipient => "rolesRecipient",
        }
    }

    /// How many of `role`, or of both.
    pub(super) const fn of(self, role: Option<RoleName>) -> u64 {
        match role {
            Some(RoleName::Distributor) => self.roles_distributor,
            Some(RoleName::Recipient) => self.roles_recipient,
            None => self.roles_distributor + self.roles_recipient,
        }
    }
}

pub(super) const fn counter(kind: PartyType) -> &'static str {
    match kind {
        PartyType::Individual => "partiesIndividual",
        PartyType::Organization => "partiesOrganization",
    }
}

impl Store {
    /// Makes a party.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; as every write.
    pub async fn create_party(&self, new: &Party, write: &Write) -> Result<()> {
        let organization = new.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        let (shard, change) = counting(organization, new.id.ulid().0, counter(new.kind), 1);
        transaction.update(Step::Organization, &shard, Condition::Exists, change)?;
        transaction.create(Step::Party, &keys::party(organization, new.id), new)?;
        let pointer = Pointer { organization_id: organization, ledger_hint: None };
        transaction.create(Step::Party, &keys::party_pointer(new.id), &pointer)?;
        if let Some(external_ref) = &new.external_ref {
            let key = keys::party_by_ref(organization, external_ref, new.id);
            transaction.create(Step::Party, &key, &Reference::to(new))?;
        }
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::created(owner, Entity::Party, &new.id, new)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(refused) => match refused.first() {
                Some((Step::Organization, _)) => Err(Error::not_found::<id::Organization>()),
                _ => Err(unexpected(&refused)),
            },
        }
    }

    /// A party of `organization` as it is now.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn party(&self, organization: OrganizationId, id: PartyId) -> Result<Option<Party>> {
        self.get(&keys::party(organization, id)).await
    }

    /// A party of `organization` as it was a moment ago, at half the price.
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

    /// A page of the parties of `organization` that `filter` lets through.
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
        let ranges = [keys::parties(organization)];
        let keep = |party: &Party| filter.keeps(party.kind, &party.name);
        let filtered: Keep<'_, Party> = if filter.is_open() { None } else { Some(&keep) };
        let (listed, counts) = try_join(self.list(&ranges, page, filtered), counts).await?;
        let total = match (&filter.search, filter.kind) {
            (Some(_), _) => self.count_kept(&ranges, &keep, READ_BY_OFFSET).await?,
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
        let ranges = [keys::parties_by_ref(organization, external_ref)];
        let keep = |row: &Reference| filter.keeps(row.kind, &row.name);
        let filtered: Keep<'_, Reference> = if filter.is_open() { None } else { Some(&keep) };
        let total = async {
            if filter.is_open() {
                self.count(&ranges).await.map(Some)
            } else {
                self.count_kept(&ranges, &keep, READ_BY_OFFSET).await
            }
        };
        let (listed, total) = try_join(self.list(&ranges, page, filtered), total).await?;
        let key = |reference: &Reference| keys::party(organization, reference.id);
        let mut parties = self.get_batch(listed.rows.iter().map(key)).await?;
        let rows = listed.rows.iter().filter_map(|row| parties.remove(&key(row))).map(decode).collect::<Result<_>>()?;
        Ok(listed.with_rows(rows).with_total(total))
    }

    /// Writes `after` where the party is still as in `before`. Whether it was.
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
            Outcome::ConditionsFailed(refused) => match refused.first() {
                Some((Step::Party, _)) => Ok(false),
                _ => Err(unexpected(&refused)),
            },
        }
    }
}

/// Lets the index of external references follow a change of a party.
fn index(transaction: &mut Transaction<Step>, before: &Party, after: &Party) -> Result<()> {
    let key = |external_ref| keys::party_by_ref(after.organization_id, external_ref, after.id);
    let (old, new) = (Reference::to(before), Reference::to(after));
    if before.external_ref == after.external_ref {
        if let Some(same) = after.external_ref.as_ref().filter(|_| old != new) {
            let change = Update::default().set("type", &new.kind)?.set("name", &new.name)?;
            transaction.update(Step::Other, &key(same), Condition::Exists, change)?;
        }
        return Ok(());
    }
    if let Some(given_up) = &before.external_ref {
        transaction.delete(Step::Other, &key(given_up), Condition::Exists)?;
    }
    if let Some(taken) = &after.external_ref {
        transaction.create(Step::Other, &key(taken), &new)?;
    }
    Ok(())
}
