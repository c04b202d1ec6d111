//! Lists of ledger parties, in byte order of their ledger ids.
//!
//! Two ranges are merged: parties that were allocated at `/v2`, by hint, and parties that were created at `/v1`, by ULID.
//! The ranges of one organization are its own items. Those of the platform are the lists of all hints and of all parties,
//! so a page costs the same at any number of organizations.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::try_join;
use ulid::{ULID_LEN, Ulid};

use super::{
    Item, Store,
    expression::key_attributes,
    keys::{self, Key, Range, SK},
    reads::decode,
    record::{HintOwner, PartyOwner, PartyRef},
    retry::Attempt,
};
use crate::domain::{
    Party,
    credentials::Owner,
    error::Result,
    id::{OrganizationId, PartyId},
};

/// End of a hint in ledger ids and sort keys. With it, `alice-2` precedes `alice`, as in the order of whole ids.
const END: &str = "::";
/// Beginning of the hints of parties that were created at `/v1`.
const LETTERS: &str = "pty_";
/// Rows per query once the first query of the parties created at `/v1` found too few.
const CHUNK: usize = 1000;
/// Queries of the parties created at `/v1` for one page. A query reads at most 1 MB, and may find allocated parties only.
const MOST_QUERIES: usize = 8;
/// The same for a page that has no rows yet. A page without rows has a token, but not every client expects one.
const MOST_QUERIES_WITHOUT_ROWS: usize = 64;

/// A party in a list.
#[derive(Debug)]
pub struct ListedParty {
    /// Hint of its ledger id.
    pub hint: String,
    /// Organization of the party.
    pub organization_id: OrganizationId,
    /// Id of the party.
    pub party_id: PartyId,
    /// The party, if the range of the list has it.
    party: Option<Party>,
}

/// A page of a list.
#[derive(Debug, Default)]
pub struct ListedParties {
    /// Rows in byte order of ids.
    pub rows: Vec<ListedParty>,
    /// Hint after which the next page begins; `None` on the last page. A page may be short and have one.
    pub next: Option<String>,
}

/// The part of a page that one range has.
#[derive(Debug, Default)]
struct Part {
    rows: Vec<ListedParty>,
    /// Last position that was read; `None` once the range is read to its end.
    reached: Option<String>,
}

/// Which parties a page has.
#[derive(Debug, Clone, Copy)]
struct Wanted<'a> {
    within: Owner,
    after: Option<&'a str>,
    prefix: &'a str,
}

impl Store {
    /// Returns at most `limit` parties in byte order of their ids: of one organization, or of all. Their hints come
    /// after the hint `after`, and their ids begin with `prefix`.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn list_ledger_parties(
        &self,
        within: Owner,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<ListedParties> {
        let wanted = Wanted { within, after, prefix };
        let mut rest = RestParties::new(wanted);
        let (allocated, ()) =
            try_join(self.allocated_parties(wanted, limit), self.read_rest_parties(&mut rest, limit)).await?;
        for queries in 1..MOST_QUERIES_WITHOUT_ROWS {
            let Some(reached) = rest.part.reached.as_ref().filter(|_| !rest.ended) else { break };
            let before = allocated.rows.iter().filter(|row| row.position() <= *reached).count();
            let found = before + rest.part.rows.len();
            if found >= limit || (found > 0 && queries >= MOST_QUERIES) {
                break;
            }
            self.read_rest_parties(&mut rest, CHUNK).await?;
        }
        Ok(merged([allocated, rest.part], after, limit))
    }

    /// Returns the parties of these rows. A party that was deleted since is left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn parties_of_rows(&self, rows: &[&ListedParty]) -> Result<HashMap<PartyId, Party>> {
        let (read, unread): (Vec<&ListedParty>, Vec<&ListedParty>) = rows.iter().partition(|row| row.party.is_some());
        let keys = unread.iter().map(|row| keys::party(row.organization_id, row.party_id));
        let items = self.get_batch(keys).await?.into_values();
        let mut parties: Vec<Party> = items.map(decode).collect::<Result<_>>()?;
        parties.extend(read.iter().filter_map(|row| row.party.clone()));
        Ok(parties.into_iter().map(|party| (party.id, party)).collect())
    }

    async fn allocated_parties(&self, wanted: Wanted<'_>, limit: usize) -> Result<Part> {
        let Wanted { within, after, prefix } = wanted;
        let all = within.organization().map_or_else(keys::ledger_hints, keys::ledger_rows);
        let range = Range { prefix: prefix.to_owned(), ..all };
        let start = after
            .map(|after| format!("{after}{END}"))
            .filter(|start| start.starts_with(prefix) || start.as_str() > prefix);
        if start.as_ref().is_some_and(|start| !start.starts_with(prefix)) {
            // After everything with this prefix.
            return Ok(Part::default());
        }
        let mut part = Part::default();
        let mut start = start;
        // The list of all hints has those of deleted parties, too.
        for _ in 0..MOST_QUERIES {
            let (items, more) = self.ascending(&range, start, limit).await?;
            part.reached = items.last().filter(|_| more).map(|item| sort_key(item).to_owned());
            for item in items {
                let hint = sort_key(&item).strip_suffix(END).unwrap_or_default().to_owned();
                let (organization_id, party_id) = match within {
                    Owner::Organization(own) => (own, decode::<PartyRef>(item)?.party_id),
                    Owner::Platform => match decode(item)? {
                        HintOwner { deleted_at: Some(_), .. } => continue,
                        HintOwner { organization_id, party_id, .. } => (organization_id, party_id),
                    },
                };
                part.rows.push(ListedParty { hint, organization_id, party_id, party: None });
            }
            if part.reached.is_none() || part.rows.len() >= limit {
                break;
            }
            start = part.reached.clone();
        }
        Ok(part)
    }

    /// Reads the next query of the parties that were created at `/v1`.
    async fn read_rest_parties(&self, rest: &mut RestParties<'_>, limit: usize) -> Result<()> {
        if rest.ended {
            return Ok(());
        }
        let key = |sk: String| key_attributes(&Key { pk: rest.range.pk.clone(), sk });
        let query = self.query(&rest.range, None).scan_index_forward(true);
        let query = query.set_exclusive_start_key(rest.start.take().map(key));
        let query = query.limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        for item in response.items.unwrap_or_default() {
            rest.add(item)?;
        }
        rest.start = response.last_evaluated_key.as_ref().map(|key| sort_key(key).to_owned());
        rest.ended = rest.start.is_none();
        rest.part.reached = rest.start.as_ref().and_then(|sk| rest.id(sk)).map(|id| format!("{id}{END}"));
        Ok(())
    }
}

impl ListedParty {
    /// Returns the position in the order of ids: the id without its namespace, which is the same for all.
    fn position(&self) -> String {
        format!("{}{END}", self.hint)
    }
}

/// Merges the parts of a page.
fn merged(parts: [Part; 2], after: Option<&str>, limit: usize) -> ListedParties {
    // Beyond the nearest position that was reached, a part may lack rows.
    let reached = parts.iter().filter_map(|part| part.reached.clone()).min();
    let rows = parts.into_iter().flat_map(|part| part.rows);
    let mut rows: Vec<(String, ListedParty)> = rows.map(|row| (row.position(), row)).collect();
    rows.retain(|(position, _)| reached.as_ref().is_none_or(|reached| position <= reached));
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    rows.truncate(limit);
    let last = rows.last().map(|(_, row)| row.hint.clone());
    let next = match (rows.len() < limit, reached) {
        // A full last page has a token, too.
        (false, _) => last,
        (true, None) => None,
        (true, Some(reached)) => {
            let floor = after.map(|after| format!("{after}{END}")).unwrap_or_default();
            reached.max(floor).strip_suffix(END).map(ToOwned::to_owned)
        }
    };
    ListedParties { rows: rows.into_iter().map(|(_, row)| row).collect(), next }
}

/// The range of the parties that were created at `/v1`, as it is read. It has allocated parties, too.
struct RestParties<'a> {
    wanted: Wanted<'a>,
    range: Range,
    /// Length of what precedes the ULID in sort keys.
    lead: usize,
    /// Sort key after which the next query begins.
    start: Option<String>,
    /// Position after which rows belong to the page.
    floor: Option<String>,
    ended: bool,
    part: Part,
}

impl<'a> RestParties<'a> {
    fn new(wanted: Wanted<'a>) -> Self {
        let Wanted { within, after, prefix } = wanted;
        let all = within.organization().map_or_else(keys::party_pointers, keys::parties);
        let lead = all.prefix.len();
        // Their hints are `pty_` and a ULID, so only a prefix that agrees with that can find any.
        let ulid = match prefix.strip_prefix(LETTERS) {
            Some(digits) => Some(digits.trim_end_matches(':')),
            None => LETTERS.starts_with(prefix).then_some(""),
        };
        let range = Range { pk: all.pk, prefix: format!("{}{}", all.prefix, ulid.unwrap_or_default()) };
        let start = after.and_then(|after| after.strip_prefix(LETTERS)).map(|digits| {
            // `pty_…-x::` is before `pty_…::`: a longer hint starts at the party before the one that it begins with.
            let digits = if digits.len() > ULID_LEN { &digits[..ULID_LEN - 1] } else { digits };
            format!("{}{digits}", all.prefix)
        });
        let start = start.filter(|start| *start > range.prefix);
        let is_after_all = after.is_some_and(|after| !after.starts_with(LETTERS) && after > LETTERS)
            || start.as_ref().is_some_and(|start| !start.starts_with(&range.prefix));
        let floor = after.map(|after| format!("{after}{END}"));
        let ended = ulid.is_none() || is_after_all;
        Self { wanted, range, lead, start, floor, ended, part: Part::default() }
    }

    /// Returns the id of the party with this sort key.
    fn id(&self, sk: &str) -> Option<PartyId> {
        Ulid::from_string(sk.get(self.lead..)?).ok().map(PartyId::from_ulid)
    }

    /// Adds the party of an item to the page, if it belongs there.
    fn add(&mut self, item: Item) -> Result<()> {
        let Some(party_id) = self.id(sort_key(&item)) else { return Ok(()) };
        let position = format!("{party_id}{END}");
        let belongs = !item.contains_key("ledgerHint")
            && position.starts_with(self.wanted.prefix)
            && self.floor.as_ref().is_none_or(|floor| position > *floor);
        if !belongs {
            return Ok(());
        }
        let (organization_id, party) = match self.wanted.within {
            Owner::Organization(own) => (own, Some(decode::<Party>(item)?)),
            Owner::Platform => (decode::<PartyOwner>(item)?.organization_id, None),
        };
        self.part.rows.push(ListedParty { hint: party_id.to_string(), organization_id, party_id, party });
        Ok(())
    }
}

fn sort_key(item: &Item) -> &str {
    match item.get(SK) {
        Some(AttributeValue::S(sk)) => sk,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Time;

    fn part(hints: &[&str], reached: Option<&str>) -> Part {
        let now = Time::from_millis(1_700_000_000_000);
        let row = |hint: &&str| ListedParty {
            hint: (*hint).to_owned(),
            organization_id: OrganizationId::new(now, 1),
            party_id: PartyId::new(now, 2),
            party: None,
        };
        let reached = reached.map(|hint| format!("{hint}{END}"));
        Part { rows: hints.iter().map(row).collect(), reached }
    }

    fn page(parts: [Part; 2], after: Option<&str>, limit: usize) -> (Vec<String>, Option<String>) {
        let ListedParties { rows, next } = merged(parts, after, limit);
        (rows.into_iter().map(|row| row.hint).collect(), next)
    }

    #[test]
    fn parts_are_merged_up_to_the_nearest_position() {
        let whole = page([part(&["a", "c"], None), part(&["b"], None)], None, 4);
        assert_eq!(whole, (vec!["a".into(), "b".into(), "c".into()], None));
        let cut = page([part(&["a", "c"], None), part(&[], Some("b"))], None, 4);
        assert_eq!(cut, (vec!["a".into()], Some("b".into())));
        let full = page([part(&["a", "c"], Some("c")), part(&["b"], None)], None, 2);
        assert_eq!(full, (vec!["a".into(), "b".into()], Some("b".into())));
        // A hint that begins another one need not come first: `a-::` is before `a::`.
        let order = page([part(&["a"], None), part(&["a-"], None)], None, 4);
        assert_eq!(order.0, ["a-", "a"]);
    }

    #[test]
    fn a_page_without_rows_leads_on() {
        assert_eq!(page([part(&[], None), part(&[], Some("b"))], Some("a"), 4), (vec![], Some("b".into())));
        assert_eq!(page([part(&[], None), part(&[], Some("a"))], Some("b"), 4), (vec![], Some("b".into())));
        assert_eq!(page([part(&[], None), part(&[], None)], Some("b"), 4), (vec![], None));
    }
}
