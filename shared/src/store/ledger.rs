//! Ledger parties: by ledger id, and in byte order of their ledger ids.
//!
//! A party that was allocated at `/v2` has two more items than others: its hint, which makes the ledger id unique in the
//! deployment and is never deleted, and a row in its organization's list. A party that was created at `/v1` needs neither,
//! because its ledger id is computed from its id.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join;
use ulid::{ULID_LEN, Ulid};

use super::{
    Change, Entity, Item, Store, Write,
    expression::{Condition, key_attributes},
    keys::{self, Key, Range, SK},
    organizations::counting,
    parties::counter,
    reads::decode,
    record::{
        GrantedHint, HintOwner, LedgerHint, LedgerRight, LedgerRow, PartyOwner, PartyPointer, PartyRecord, PartyRef,
    },
    retry::Attempt,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Hint, Party,
    credentials::Owner,
    error::Result,
    id::{OrganizationId, PartyId},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Provider,
    Hint,
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
}

/// Maximum number of rights in the list of a user.
const MAX_RIGHTS: usize = 1000;

/// End of a hint in ledger ids and sort keys. With it, `alice-2` precedes `alice`, as in the order of whole ids.
const END: &str = "::";

impl Store {
    /// Allocates a party with a hint that the client chose. The user `acting` may act as it.
    ///
    /// # Errors
    /// As every write.
    pub async fn allocate_ledger_party(
        &self,
        new: &Party,
        hint: &Hint,
        acting: Option<&str>,
        write: &Write,
    ) -> Result<std::result::Result<(), NotAllocated>> {
        let organization = new.organization_id;
        let mut transaction = Transaction::new(self, write)?;
        let (shard, change) = counting(organization, new.id.ulid().0, counter(new.kind), 1);
        transaction.update(Step::Provider, &shard, Condition::Exists, change)?;
        let owner = HintOwner { organization_id: organization, party_id: new.id };
        transaction.create(Step::Hint, &LedgerHint { hint: hint.clone(), owner })?;
        if let Some(id) = hint.as_party_id() {
            // A hint that looks like the id of a party created at `/v1` must not be the ledger id of that party.
            transaction.check(Step::Hint, &keys::party_pointer(id), Condition::Absent)?;
        }
        let party = PartyRef { party_id: new.id };
        transaction.create(Step::Other, &LedgerRow { organization_id: organization, hint: hint.clone(), party })?;
        transaction.create(Step::Other, &PartyRecord::new(new.clone()))?;
        transaction.create(Step::Other, &PartyPointer::to(new))?;
        if let Some(user) = acting {
            let party = GrantedHint { hint: hint.clone() };
            transaction.create(Step::Other, &LedgerRight { user_id: user.to_owned(), party })?;
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
                let PartyOwner { organization_id } = decode(found)?;
                let elsewhere = organization_id != organization;
                Ok(Err(if elsewhere { NotAllocated::ExistsElsewhere } else { NotAllocated::Exists }))
            }
            other => Err(unexpected(other.as_slice())),
        }
    }

    /// Returns the hints of the parties that a user may act as, in byte order.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn ledger_rights(&self, user: &str) -> Result<Vec<Hint>> {
        let rights = self.ascending(&keys::ledger_rights(user), None, MAX_RIGHTS, |_| true).await?;
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
                let HintOwner { organization_id, party_id } = decode(item)?;
                wanted.push((organization_id, party_id));
            } else if let Some(id) = hint.as_party_id()
                && let Some(item) = found.remove(&keys::party_pointer(id))
            {
                let PartyOwner { organization_id } = decode(item)?;
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

    /// Reads at most `limit` parties of `organization` whose ledger ids begin with `prefix`, in byte order of the ids. Starts
    /// after the hint `after`.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn list_ledger_parties(
        &self,
        organization: OrganizationId,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Party>> {
        let allocated = self.allocated_parties(organization, after, prefix, limit);
        let without_hint = self.parties_without_hint(organization, after, prefix, limit);
        let (allocated, without_hint) = try_join(allocated, without_hint).await?;
        let mut parties: Vec<(String, Party)> =
            allocated.into_iter().chain(without_hint).map(|party| (place(&party), party)).collect();
        parties.sort_by(|(one, _), (other, _)| one.cmp(other));
        parties.truncate(limit);
        Ok(parties.into_iter().map(|(_, party)| party).collect())
    }

    /// Reads parties that were allocated at `/v2`.
    async fn allocated_parties(
        &self,
        organization: OrganizationId,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Party>> {
        let range = Range { prefix: prefix.to_owned(), ..keys::ledger_rows(organization) };
        let start = after
            .map(|after| format!("{after}{END}"))
            .filter(|start| start.starts_with(prefix) || start.as_str() > prefix);
        if start.as_ref().is_some_and(|start| !start.starts_with(prefix)) {
            // The start is after all ids with the prefix.
            return Ok(Vec::new());
        }
        let rows = self.ascending(&range, start, limit, |_| true).await?;
        let rows: Vec<PartyRef> = rows.into_iter().map(decode).collect::<Result<_>>()?;
        let key = |row: &PartyRef| keys::party(organization, row.party_id);
        let mut items = self.get_batch(rows.iter().map(key)).await?;
        rows.iter().filter_map(|row| items.remove(&key(row))).map(decode).collect()
    }

    /// Reads parties that were created at `/v1`.
    async fn parties_without_hint(
        &self,
        organization: OrganizationId,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Party>> {
        // Their hints are `pty_` and a ULID, so other prefixes match none of them.
        let letters = "pty_";
        let within = match prefix.strip_prefix(letters) {
            Some(digits) => digits.trim_end_matches(':'),
            None if letters.starts_with(prefix) => "",
            None => return Ok(Vec::new()),
        };
        let all = keys::parties(organization);
        let range = Range { pk: all.pk, prefix: format!("{}{within}", all.prefix) };
        let start = match after.map(|after| (after, after.strip_prefix(letters))) {
            // A party follows the hints that continue its id: `pty_…-x::` precedes `pty_…::`.
            Some((_, Some(digits))) if digits.len() > ULID_LEN => {
                Some(format!("{}{}", all.prefix, &digits[..ULID_LEN - 1]))
            }
            Some((_, Some(digits))) => Some(format!("{}{digits}", all.prefix)),
            Some((after, None)) if after > letters => return Ok(Vec::new()),
            _ => None,
        };
        let start = start.filter(|start| *start > range.prefix);
        if start.as_ref().is_some_and(|start| !start.starts_with(&range.prefix)) {
            return Ok(Vec::new());
        }
        let floor = after.map(|after| format!("{after}{END}"));
        let belongs = |item: &Item| {
            let id = match item.get(SK) {
                Some(AttributeValue::S(sk)) => sk.get(all.prefix.len()..).and_then(|id| Ulid::from_string(id).ok()),
                _ => None,
            };
            let place = id.map(|id| format!("{}{END}", PartyId::from_ulid(id))).unwrap_or_default();
            !item.contains_key("ledgerHint")
                && place.starts_with(prefix)
                && floor.as_ref().is_none_or(|floor| place > *floor)
        };
        self.ascending(&range, start, limit, belongs).await?.into_iter().map(decode).collect()
    }

    /// Reads at most `limit` items of `range` that `belongs` accepts, in ascending order, after the sort key `start`.
    async fn ascending(
        &self,
        range: &Range,
        start: Option<String>,
        limit: usize,
        belongs: impl Fn(&Item) -> bool,
    ) -> Result<Vec<Item>> {
        let key = |sk: String| key_attributes(&Key { pk: range.pk.clone(), sk });
        let mut start: Option<HashMap<_, _>> = start.map(key);
        let mut found = Vec::new();
        loop {
            let query = self.query(range, None).scan_index_forward(true).set_exclusive_start_key(start);
            let query = query.limit(i32::try_from(limit).unwrap_or(i32::MAX));
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            found.extend(response.items.unwrap_or_default().into_iter().filter(|item| belongs(item)));
            start = response.last_evaluated_key;
            if found.len() >= limit || start.is_none() {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }
}

/// Returns the position of a party in the order of ledger ids: the id without the namespace, which all ids share.
fn place(party: &Party) -> String {
    let hint = party.ledger_hint.as_ref().map_or_else(|| party.id.to_string(), |hint| hint.as_str().to_owned());
    format!("{hint}{END}")
}
