//! Organizations, their counters and their place in the list of all.

use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use serde::{Deserialize, Serialize};

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys::{self, Key},
    listing::READ_BY_OFFSET,
    reads::{decode, key_of},
    retry::Attempt,
    slugs::{self, Guard},
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Counts, Name, Organization, Search, Slug, SlugStem,
    credentials::Owner,
    error::{Error, Result},
    id::OrganizationId,
};

/// How many organizations of a page are read side by side.
const SIDE_BY_SIDE: usize = 20;

/// How the slug of a new organization is found.
#[derive(Debug, Clone)]
pub enum SlugChoice {
    /// This one or none.
    Exactly(Slug),
    /// The first free one of this stem.
    Free(SlugStem),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Slug,
    Organization,
    OldSlug,
    Row,
    Count,
}

/// What the list of all organizations holds of one: enough to search by.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    id: OrganizationId,
    name: Name,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CountItem {
    docks: i64,
    parties_individual: i64,
    parties_organization: i64,
    machine_clients: i64,
    api_keys: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PlatformCountItem {
    organizations: i64,
    docks: i64,
    api_keys: i64,
}

/// How much the platform has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PlatformCounts {
    organizations: u64,
    pub(super) docks: u64,
    pub(super) api_keys: u64,
}

impl Store {
    /// Makes the organization that `organization` gives for a slug, under the slug that `choice` finds. `write` gives
    /// what goes with it, since the answer that is recorded tells the slug.
    ///
    /// # Errors
    /// `SLUG_ALREADY_TAKEN` and `SLUG_RESERVED` where the choice is exact; as every write.
    pub async fn create_organization<T>(
        &self,
        choice: &SlugChoice,
        organization: impl Fn(Slug) -> Organization,
        write: impl Fn(&Organization) -> Result<(T, Write)>,
    ) -> Result<T> {
        let stem = match choice {
            SlugChoice::Exactly(slug) => {
                slugs::require_unreserved(slug)?;
                let new = organization(slug.clone());
                let (made, write) = write(&new)?;
                return match self.try_create_organization(&new, &write).await? {
                    None => Ok(made),
                    Some(guard) => Err(slugs::not_taken(&guard)),
                };
            }
            SlugChoice::Free(stem) => stem,
        };
        // A name whose slug is reserved gets a suffix at once.
        let mut guard = Guard::default();
        if !stem.slug().is_reserved() {
            let new = organization(stem.slug().clone());
            let (made, with) = write(&new)?;
            match self.try_create_organization(&new, &with).await? {
                None => return Ok(made),
                Some(found) => guard = found,
            }
        }
        loop {
            let suffix = self.reserve_suffix(stem, &guard).await?;
            let new = organization(stem.numbered(suffix));
            let (made, with) = write(&new)?;
            match self.try_create_organization(&new, &with).await {
                Ok(None) => return Ok(made),
                // Somebody has this one by an explicit choice: it is not missing, go on to the next.
                Ok(Some(_)) => guard = Guard::default(),
                Err(error) => {
                    // Nothing was made, unless the store is silent: then the number may be in use.
                    if !matches!(error, Error::Unavailable(_)) {
                        self.return_suffix(stem, suffix).await?;
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Makes an organization; where its slug is taken, what the slug's item says instead.
    async fn try_create_organization(&self, new: &Organization, write: &Write) -> Result<Option<Guard>> {
        let mut transaction = Transaction::new(self, write)?;
        let platform = Update::default();
        add(&mut transaction, [Step::Slug, Step::Organization, Step::Count, Step::Row], new, platform, write)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(None),
            Outcome::ConditionsFailed(refused) => match refused.into_iter().next() {
                Some((Step::Slug, found)) => Guard::read(found).map(Some),
                other => Err(unexpected(other.as_slice())),
            },
        }
    }

    /// An organization and how much it owns.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn organization(&self, id: OrganizationId) -> Result<Option<(Organization, Counts)>> {
        let range = keys::organization_and_counts(id);
        let query = self.query(&range, None);
        let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        let organization = keys::organization(id);
        let (mut found, mut counts) = (None, Vec::new());
        for item in answer.items.unwrap_or_default() {
            if key_of(&item).as_ref() == Some(&organization) {
                found = Some(decode(item)?);
            } else {
                counts.push(decode(item)?);
            }
        }
        Ok(found.map(|organization| (organization, total(&counts))))
    }

    /// How much an organization owns; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) async fn organization_counts(&self, id: OrganizationId) -> Result<Option<Counts>> {
        let counts = self.count_items(id).await?;
        Ok((!counts.is_empty()).then(|| total(&counts)))
    }

    /// How many API keys an organization has, revoked ones too.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) async fn organization_api_keys(&self, id: OrganizationId) -> Result<u64> {
        Ok(sum(&self.count_items(id).await?, |count| count.api_keys))
    }

    async fn count_items(&self, id: OrganizationId) -> Result<Vec<CountItem>> {
        let query = self.query(&keys::organization_counts(id), None);
        let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        answer.items.unwrap_or_default().into_iter().map(decode).collect()
    }

    /// A page of all organizations; with `search`, of those whose names contain it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_organizations(
        &self,
        search: Option<&Search>,
        page: &Page,
    ) -> Result<Listed<(Organization, Counts)>> {
        let ranges = [keys::organization_rows()];
        let (listed, total) = match search {
            None => {
                let total = async { Ok(Some(self.platform_counts().await?.organizations)) };
                try_join(self.list::<Row>(&ranges, page, None), total).await?
            }
            Some(search) => {
                let keep = |row: &Row| search.matches(row.name.as_str());
                let total = self.count_kept(&ranges, &keep, READ_BY_OFFSET);
                try_join(self.list(&ranges, page, Some(&keep)), total).await?
            }
        };
        let ids: Vec<_> = listed.rows.iter().map(|row| row.id).collect();
        let reads = ids.into_iter().map(|id| self.organization(id));
        let rows: Vec<_> = stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await?;
        Ok(listed.with_rows(rows.into_iter().flatten().collect()).with_total(total))
    }

    /// How much the platform has.
    pub(super) async fn platform_counts(&self) -> Result<PlatformCounts> {
        let query = self.query(&keys::platform_counts(), None);
        let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        let counts: Vec<PlatformCountItem> =
            answer.items.unwrap_or_default().into_iter().map(decode).collect::<Result<_>>()?;
        Ok(PlatformCounts {
            organizations: sum(&counts, |count| count.organizations),
            docks: sum(&counts, |count| count.docks),
            api_keys: sum(&counts, |count| count.api_keys),
        })
    }

    /// Writes `after` where the organization is still as in `before`. Whether it was.
    ///
    /// # Errors
    /// `SLUG_ALREADY_TAKEN`, with the id of its owner; `SLUG_RESERVED`; as every write.
    pub async fn update_organization(
        &self,
        before: &Organization,
        after: &Organization,
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default()
            .set("name", &after.name)?
            .set("slug", &after.slug)?
            .set("metadata", &after.metadata)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        transaction.update(
            Step::Organization,
            &keys::organization(after.id),
            Condition::version(before.version),
            update,
        )?;
        if before.slug != after.slug {
            slugs::require_unreserved(&after.slug)?;
            let (free, take) = slugs::taking(after.id, write.origin.now)?;
            transaction.update(Step::Slug, &keys::slug(&after.slug), free, take)?;
            let (held, free) = slugs::releasing(after.id, write.origin.now)?;
            transaction.update(Step::OldSlug, &keys::slug(&before.slug), held, free)?;
        }
        if before.name != after.name {
            let row = Update::default().set("name", &after.name)?;
            transaction.update(Step::Row, &keys::organization_row(after.id), Condition::Exists, row)?;
        }
        let owner = Owner::Organization(after.id);
        transaction.audit(write, &Change::updated(owner, Entity::Organization, &after.id, before, after)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(refused) => match refused.into_iter().next() {
                Some((Step::Organization, _)) => Ok(false),
                Some((Step::Slug, found)) => Err(slugs::not_taken(&Guard::read(found)?)),
                other => Err(unexpected(other.as_slice())),
            },
        }
    }
}

/// Adds a new organization to `transaction`: its slug, itself, its counters and its row, each as the step of that place.
/// `platform` changes the platform's counters besides, as a transaction can change an item once only.
pub(super) fn add<S: Copy>(
    transaction: &mut Transaction<S>,
    [slug, itself, count, row]: [S; 4],
    new: &Organization,
    platform: Update,
    write: &Write,
) -> Result<()> {
    let (free, take) = slugs::taking(new.id, write.origin.now)?;
    transaction.update(slug, &keys::slug(&new.slug), free, take)?;
    transaction.create(itself, &keys::organization(new.id), new)?;
    for shard in 0..keys::SHARDS {
        transaction.create(count, &keys::count_shard(new.id, shard), &CountItem::default())?;
    }
    transaction.create(row, &keys::organization_row(new.id), &Row { id: new.id, name: new.name.clone() })?;
    transaction.upsert(count, &keys::platform_count(new.id.ulid().0), platform.add("organizations", 1))?;
    transaction.audit(write, &Change::created(Owner::Organization(new.id), Entity::Organization, &new.id, new)?)
}

/// What one counter says, over all its shards.
fn sum<T>(shards: &[T], counter: fn(&T) -> i64) -> u64 {
    // A shard may be below zero, where what it counted was made in another; the sum is not.
    u64::try_from(shards.iter().map(counter).sum::<i64>()).unwrap_or_default()
}

/// The sum of an organization's counters.
fn total(counts: &[CountItem]) -> Counts {
    Counts {
        docks: sum(counts, |count| count.docks),
        individuals: sum(counts, |count| count.parties_individual),
        organizations: sum(counts, |count| count.parties_organization),
        machine_clients: sum(counts, |count| count.machine_clients),
    }
}

/// The shard of `organization` that counts the resource with these bits, for a change that needs the organization.
pub(super) fn counting(organization: OrganizationId, resource: u128, name: &str, by: i64) -> (Key, Update) {
    (keys::count(organization, resource), Update::default().add(name, by))
}
