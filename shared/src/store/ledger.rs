//! Ledger parties by their ledger ids, and the rights of users. [`super::ledger_list`] has the lists.
//!
//! A party that was allocated at `/v2` has two more items than others: its hint, which makes the ledger id unique in the
//! deployment and is never deleted, and a row in its organization's list. A party that was created at `/v1` needs neither,
//! because its ledger id is computed from its id.

use super::{
    Change, Entity, Item, Store, Write,
    expression::{Condition, Update, key_attributes},
    keys::{self, Key, Range},
    organizations::counting,
    parties::counter,
    reads::decode,
    record::{
        GrantedHint, HintOwner, LedgerHint, LedgerRight, LedgerRightCounter, LedgerRow, PartyOwner, PartyPointer,
        PartyRecord, PartyRef,
    },
    retry::Attempt,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{Hint, Party, credentials::Owner, error::Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Provider,
    Hint,
    Rights,
    Other,
}

/// Reason why a party was not allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAllocated {
    /// The organization does not exist.
    UnknownProvider,
    /// The organization has a party with this hint.
    Exists,
    /// Another organization has a party with this hint.
    ExistsElsewhere,
    /// The user has the maximum number of rights.
    TooManyRights,
}

/// User that may act as a new party.
#[derive(Debug, Clone, Copy)]
pub struct ActingUser<'a> {
    /// Id of the user.
    pub id: &'a str,
    /// Maximum number of parties that the user may act as.
    pub most: u64,
}

/// Maximum number of rights of a user.
pub const MAX_RIGHTS: u64 = 1000;
/// Attribute with the number of parties that a user may act as.
const RIGHTS: &str = "rights";

impl Store {
    /// Allocates a party with a hint that the client chose. The user `acting` may act as it.
    ///
    /// # Errors
    /// As every write.
    pub async fn allocate_ledger_party(
        &self,
        new: &Party,
        hint: &Hint,
        acting: Option<ActingUser<'_>>,
        write: &Write,
    ) -> Result<std::result::Result<(), NotAllocated>> {
        let organization = new.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        let (shard, change) = counting(organization, new.id.ulid().0, counter(new.kind), 1);
        transaction.update(Step::Provider, &shard, Condition::Exists, change)?;
        let owner = HintOwner { organization_id: organization, party_id: new.id, deleted_at: None };
        transaction.create(Step::Hint, &LedgerHint { hint: hint.clone(), owner })?;
        if let Some(id) = hint.as_party_id() {
            // A hint that looks like the id of a party created at `/v1` must not be the ledger id of that party.
            transaction.check(Step::Hint, &keys::party_pointer(id), Condition::Absent)?;
        }
        let party = PartyRef { party_id: new.id };
        transaction.create(Step::Other, &LedgerRow { organization_id: organization, hint: hint.clone(), party })?;
        let ledger_user = acting.map(|user| user.id.to_owned());
        transaction.create(Step::Other, &PartyRecord { ledger_user, ..PartyRecord::new(new.clone()) })?;
        transaction.create(Step::Other, &PartyPointer::to(new))?;
        if let Some(user) = acting {
            let party = GrantedHint { hint: hint.clone() };
            transaction.create(Step::Other, &LedgerRight { user_id: user.id.to_owned(), party })?;
            // The counter is exact: its condition and the right are in one transaction.
            let below = Condition::AbsentOrAtMost(RIGHTS, user.most.saturating_sub(1));
            let counter = keys::ledger_right_counter(user.id);
            let change = Update::default().add(RIGHTS, 1);
            transaction.upsert::<LedgerRightCounter>(Step::Rights, &counter, Some(below), change)?;
        }
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::created(owner, Entity::Party, &new.id, new)?)?;
        let failed = match transaction.commit(self, write).await? {
            Outcome::Committed => return Ok(Ok(())),
            Outcome::ConditionsFailed(failed) => failed,
        };
        match failed.into_iter().next() {
            Some((Step::Provider, _)) => Ok(Err(NotAllocated::UnknownProvider)),
            Some((Step::Hint, Some(found))) => {
                let PartyOwner { organization_id, .. } = decode(found)?;
                let elsewhere = organization_id != organization;
                Ok(Err(if elsewhere { NotAllocated::ExistsElsewhere } else { NotAllocated::Exists }))
            }
            Some((Step::Rights, _)) => Ok(Err(NotAllocated::TooManyRights)),
            other => Err(unexpected(other.as_slice())),
        }
    }

    /// Returns the hints of the parties that a user may act as, in byte order.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn ledger_rights(&self, user: &str) -> Result<Vec<Hint>> {
        let most = usize::try_from(MAX_RIGHTS).unwrap_or(usize::MAX);
        let (rights, _) = self.ascending(&keys::ledger_rights(user), None, most).await?;
        rights.into_iter().map(|item| decode::<GrantedHint>(item).map(|right| right.hint)).collect()
    }

    /// Reads the parties with these hints that `viewer` sees. Parties of other organizations are not read, and are left out
    /// like unknown ones.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn ledger_parties(&self, hints: &[Hint], viewer: Owner) -> Result<Vec<Party>> {
        let mut pointers: Vec<Key> = hints.iter().map(keys::ledger_hint).collect();
        pointers.extend(hints.iter().filter_map(Hint::as_party_id).map(keys::party_pointer));
        let mut found = self.get_batch(pointers).await?;
        let mut wanted = Vec::new();
        for hint in hints {
            if let Some(item) = found.remove(&keys::ledger_hint(hint)) {
                let HintOwner { organization_id, party_id, deleted_at } = decode(item)?;
                if deleted_at.is_none() {
                    wanted.push((organization_id, party_id));
                }
            } else if let Some(id) = hint.as_party_id()
                && let Some(item) = found.remove(&keys::party_pointer(id))
            {
                let PartyOwner { organization_id, .. } = decode(item)?;
                wanted.push((organization_id, id));
            }
        }
        let seen = wanted.into_iter().filter(|(organization, _)| viewer.sees(*organization));
        self.get_batch(seen.map(|(organization, id)| keys::party(organization, id)))
            .await?
            .into_values()
            .map(decode)
            .collect()
    }

    /// Reads at most `limit` items of `range` in ascending order, after the sort key `start`. Returns whether more follow.
    pub(super) async fn ascending(
        &self,
        range: &Range,
        start: Option<String>,
        limit: usize,
    ) -> Result<(Vec<Item>, bool)> {
        let key = |sk: String| key_attributes(&Key { pk: range.pk.clone(), sk });
        let mut start: Option<Item> = start.map(key);
        let mut found = Vec::new();
        loop {
            let query = self.query(range, None).scan_index_forward(true).set_exclusive_start_key(start);
            let query = query.limit(i32::try_from(limit - found.len()).unwrap_or(i32::MAX));
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            found.extend(response.items.unwrap_or_default());
            start = response.last_evaluated_key;
            if found.len() >= limit || start.is_none() {
                return Ok((found, start.is_some()));
            }
        }
    }
}
