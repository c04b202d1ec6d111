//! Parties as the ledger's dialect finds them: by id, and in byte order of their ids.
//!
//! A party that was allocated in that dialect has two items more than others: a guard, which makes its id unique in the
//! deployment and is never deleted, and a row in its organization's list. A party that was made in the REST dialect
//! needs neither: its id on the ledger is computed from its id here.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join;
use serde::{Deserialize, Serialize};
use ulid::{ULID_LEN, Ulid};

use super::{
    Change, Entity, Item, Store, Write,
    expression::{Condition, key_attributes},
    keys::{self, Key, Range, SK},
    organizations::counting,
    parties::{Pointer, counter},
    reads::decode,
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

/// Why a party was not allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAllocated {
    /// There is no such organization.
    UnknownProvider,
    /// The caller's organization has a party with this hint.
    Exists,
    /// Another organization has.
    ExistsElsewhere,
}

/// Who has a hint.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guard {
    organization_id: OrganizationId,
    party_id: PartyId,
}

/// A party in its organization's list.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    party_id: PartyId,
}

/// That a user may act as the party with this hint.
#[derive(Debug, Serialize, Deserialize)]
struct Right {
    hint: Hint,
}

/// The most rights of a user that are listed.
const MOST_RIGHTS: usize = 1000;

/// What ends a hint in the order of ids, in which a hint that begins another need not come first.
const END: &str = "::";

impl Store {
    /// Makes a party whose hint is its own choice; the user `acting` may act as it.
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
        let guard = Guard { organization_id: organization, party_id: new.id };
        transaction.create(Step::Hint, &keys::ledger_hint(hint), &guard)?;
        if let Some(namesake) = hint.as_party_id() {
            // A hint that looks like an id of the REST dialect must not be the ledger id of that party.
            transaction.check(Step::Hint, &keys::party_pointer(namesake), Condition::Absent)?;
        }
        transaction.create(Step::Other, &keys::ledger_row(organization, hint), &Row { party_id: new.id })?;
        transaction.create(Step::Other, &keys::party(organization, new.id), new)?;
        let pointer = Pointer { organization_id: organization };
        transaction.create(Step::Other, &keys::party_pointer(new.id), &pointer)?;
        if let Some(user) = acting {
            let right = Right { hint: hint.clone() };
            transaction.create(Step::Other, &keys::ledger_right(user, hint), &right)?;
        }
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::created(owner, Entity::Party, &new.id, new)?)?;
        let refused = match transaction.commit(self, write).await? {
            Outcome::Committed => return Ok(Ok(())),
            Outcome::ConditionsFailed(refused) => refused,
        };
        match refused.into_iter().next() {
            Some((Step::Provider, _)) => Ok(Err(NotAllocated::UnknownProvider)),
            Some((Step::Hint, Some(found))) => {
                let Pointer { organization_id } = decode(found)?;
                let elsewhere = organization_id != organization;
                Ok(Err(if elsewhere { NotAllocated::ExistsElsewhere } else { NotAllocated::Exists }))
            }
            other => Err(unexpected(other.as_slice())),
        }
    }

    /// The hints of the parties that a user may act as, in byte order.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn ledger_rights(&self, user: &str) -> Result<Vec<Hint>> {
        let rights = self.ascending(&keys::ledger_rights(user), None, MOST_RIGHTS, |_| true).await?;
        rights.into_iter().map(|item| decode::<Right>(item).map(|right| right.hint)).collect()
    }

    /// The parties that these hints name and `viewer` sees; those of others are not read, and left out as unknown ones are.
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
                let Guard { organization_id, party_id } = decode(item)?;
                wanted.push((organization_id, party_id));
            } else if let Some(id) = hint.as_party_id()
                && let Some(item) = found.remove(&keys::party_pointer(id))
            {
                let Pointer { organization_id } = decode(item)?;
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

    /// At most `limit` parties of `organization` in byte order of their ids: those behind the hint `after`, whose ids
    /// begin with `prefix`.
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
        let made_here = self.parties_made_here(organization, after, prefix, limit);
        let (allocated, made_here) = try_join(allocated, made_here).await?;
        let mut parties: Vec<(String, Party)> =
            allocated.into_iter().chain(made_here).map(|party| (place(&party), party)).collect();
        parties.sort_by(|(one, _), (other, _)| one.cmp(other));
        parties.truncate(limit);
        Ok(parties.into_iter().map(|(_, party)| party).collect())
    }

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
            // Behind everything that begins so.
            return Ok(Vec::new());
        }
        let rows = self.ascending(&range, start, limit, |_| true).await?;
        let rows: Vec<Row> = rows.into_iter().map(decode).collect::<Result<_>>()?;
        let key = |row: &Row| keys::party(organization, row.party_id);
        let mut items = self.get_batch(rows.iter().map(key)).await?;
        rows.iter().filter_map(|row| items.remove(&key(row))).map(decode).collect()
    }

    async fn parties_made_here(
        &self,
        organization: OrganizationId,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Party>> {
        // Their hints are `pty_` and a ULID, so only a prefix that agrees with that can find any.
        let letters = "pty_";
        let within = match prefix.strip_prefix(letters) {
            Some(digits) => digits.trim_end_matches(':'),
            None if letters.starts_with(prefix) => "",
            None => return Ok(Vec::new()),
        };
        let all = keys::parties(organization);
        let range = Range { pk: all.pk, prefix: format!("{}{within}", all.prefix) };
        let start = match after.map(|after| (after, after.strip_prefix(letters))) {
            // A party comes behind the hint that goes on where its own id ends: `pty_…-x::` is before `pty_…::`.
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

    /// At most `limit` items of `range` in ascending order, behind the sort key `start`, that `belongs` lets through.
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
            let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            found.extend(answer.items.unwrap_or_default().into_iter().filter(|item| belongs(item)));
            start = answer.last_evaluated_key;
            if found.len() >= limit || start.is_none() {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }
}

/// Where a party comes in the order of ids: all of the id but the namespace, which is one for all.
fn place(party: &Party) -> String {
    let hint = party.ledger_hint.as_ref().map_or_else(|| party.id.to_string(), |hint| hint.as_str().to_owned());
    format!("{hint}{END}")
}
