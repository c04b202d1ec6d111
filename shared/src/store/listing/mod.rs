//! Lists: pages of sorted ranges of items, newest first.
//!
//! A list reads one range, or merges several [`Section`]s. A page by cursor reads its own rows only, at any position. A
//! filter may read more rows, up to a limit.

mod page;
mod position;

use std::{
    cmp::Ordering,
    collections::{HashSet, VecDeque},
};

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;

use super::{
    Item, Store,
    expression::{KeyCondition, key_attributes},
    keys::{Key, Range, SK},
    reads::decode,
    retry::Attempt,
};
use crate::domain::error::Result;

use position::{Position, Resume};

pub use page::{Listed, Page, Row, Start};
pub(super) use position::Section;

/// Maximum number of rows that a page with a filter reads. The page may then be short. A search reads no more for its
/// total, so that it cannot use the whole time of a function.
pub(super) const READ_BY_FILTER: usize = 2_000;
/// Maximum number of rows of one query: the largest page, and one row more.
const CHUNK: usize = 501;
/// Maximum number of sections that are each read for a whole page at once. Of more sections, each contributes a part of the
/// page, and the first query of each reads fewer rows.
const FEW_SECTIONS: usize = 4;
/// Minimum number of rows of a query.
const MIN_CHUNK: usize = 16;
/// Factor by which each further query of a section reads more rows, if there are many sections.
const CHUNK_GROWTH: usize = 4;
/// Number of queries in parallel.
const PARALLEL_QUERIES: usize = 50;

/// Filter of a list: returns whether a row belongs to it. `None` if all rows do.
pub(super) type Keep<'a, T> = Option<&'a (dyn Fn(&T) -> bool + Send + Sync)>;

/// State of reading one section.
struct Reader<'a> {
    section: &'a Section,
    read: VecDeque<(Position, Item)>,
    /// Sort key after which the next query starts.
    start: Option<String>,
    ended: bool,
    /// Maximum number of rows of the next query; `None` for no maximum of its own.
    chunk: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(section: &'a Section, after: Option<&Position>, chunk: Option<usize>) -> Self {
        let (start, ended) = match after.map(|position| section.resume_after(position)) {
            None | Some(Resume::Start) => (None, false),
            Some(Resume::After(sk)) => (Some(sk), false),
            Some(Resume::End) => (None, true),
        };
        // DynamoDB rejects a start outside the range of a query.
        let (start, ended) = match (&section.between, start) {
            (Some((_, last)), Some(sk)) if sk > *last => (None, ended),
            (Some((first, _)), Some(sk)) if sk <= *first => (None, true),
            (_, start) => (start, ended),
        };
        Self { section, read: VecDeque::new(), start, ended, chunk }
    }

    /// Returns whether the next row must be queried.
    fn is_used_up(&self) -> bool {
        self.read.is_empty() && !self.ended
    }
}

impl Store {
    /// Reads a page of the rows of `sections`. The total is not set.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        sections: &[Section],
        page: &Page,
        keep: Keep<'_, T>,
    ) -> Result<Listed<T>> {
        let Start { after, mut skip } = page.start.clone();
        let after = after.as_deref().map(Position::read).transpose()?;
        let chunk = (sections.len() > FEW_SECTIONS).then(|| (2 * (page.limit + 1) / sections.len()).max(MIN_CHUNK));
        let mut readers: Vec<_> = sections.iter().map(|section| Reader::new(section, after.as_ref(), chunk)).collect();
        if let ([only], None) = (readers.as_mut_slice(), keep) {
            self.skip(only, std::mem::take(&mut skip)).await?;
        }
        let mut budget = if keep.is_some() { READ_BY_FILTER } else { usize::MAX };
        let mut listed = Listed { rows: Vec::with_capacity(page.limit), total: None, next: None };
        let mut last = after;
        while budget > 0 {
            let missing = page.limit + 1 - listed.rows.len() + skip;
            let rows = if keep.is_some() { budget } else { missing };
            self.fill(&mut readers, last.as_ref(), rows.min(CHUNK)).await?;
            let Some((position, item)) = take(&mut readers) else { return Ok(listed) };
            budget -= 1;
            if last.as_ref().is_some_and(|last| position.compare(last) != Ordering::Greater) {
                // The row moved to another section between the queries, and is in both. Or it is the one before the page.
                continue;
            }
            let value: T = decode(item)?;
            if keep.is_none_or(|keep| keep(&value)) {
                if skip > 0 {
                    skip -= 1;
                } else if listed.rows.len() == page.limit {
                    listed.next = last.map(|last| Start::after(&last.text()));
                    return Ok(listed);
                } else {
                    listed.rows.push(Row { position: position.text(), value });
                }
            }
            last = Some(position);
        }
        // The limit is reached: the page has the rows found so far, and the next page continues here.
        listed.next = last.map(|last| Start { after: Some(last.text()), skip });
        Ok(listed)
    }

    /// Skips `rows` rows of a section without transferring them.
    async fn skip(&self, reader: &mut Reader<'_>, mut rows: usize) -> Result<()> {
        while rows > 0 && !reader.ended {
            let query = self.query_section(reader.section, reader.start.as_deref()).select(Select::Count);
            let query = query.limit(i32::try_from(rows).unwrap_or(i32::MAX));
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            rows = rows.saturating_sub(usize::try_from(response.count).unwrap_or_default());
            reader.start = response.last_evaluated_key.as_ref().and_then(sort_key);
            reader.ended = reader.start.is_none();
        }
        Ok(())
    }

    /// Queries every section whose rows are used up. A section that receives rows comes after the one before it, from the
    /// position `last`: a row that moves meanwhile is then in one of its sections at least.
    async fn fill(&self, readers: &mut [Reader<'_>], last: Option<&Position>, rows: usize) -> Result<()> {
        for at in 1..readers.len() {
            let [source, reader] = &mut readers[at - 1..=at] else { continue };
            if reader.section.receives && source.is_used_up() {
                *reader = Reader::new(reader.section, last, reader.chunk);
            }
        }
        let (mut receiving, mut others): (Vec<_>, Vec<_>) =
            readers.iter_mut().partition(|reader| reader.section.receives);
        self.fill_all(&mut others, rows).await?;
        self.fill_all(&mut receiving, rows).await
    }

    /// Queries, in parallel, every section whose rows are used up.
    async fn fill_all(&self, readers: &mut [&mut Reader<'_>], rows: usize) -> Result<()> {
        let used_up = readers.iter_mut().filter(|reader| reader.is_used_up());
        let queries: Vec<_> = used_up.map(|reader| self.fill_one(reader, rows)).collect();
        stream::iter(queries).buffer_unordered(PARALLEL_QUERIES).try_collect().await
    }

    async fn fill_one(&self, reader: &mut Reader<'_>, rows: usize) -> Result<()> {
        while reader.read.is_empty() && !reader.ended {
            let query = self.query_section(reader.section, reader.start.as_deref());
            // The first row of a dated section may be the one before the page.
            let rows = rows + usize::from(reader.section.is_dated());
            let limit = reader.chunk.map_or(rows, |chunk| chunk.min(rows));
            let query = query.limit(i32::try_from(limit).unwrap_or(i32::MAX));
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            reader.chunk = reader.chunk.map(|chunk| chunk.saturating_mul(CHUNK_GROWTH));
            let row = |item: Item| Some((reader.section.order_of(&item)?, item));
            reader.read.extend(response.items.unwrap_or_default().into_iter().filter_map(row));
            reader.start = response.last_evaluated_key.as_ref().and_then(sort_key);
            reader.ended = reader.start.is_none();
        }
        Ok(())
    }

    /// Creates a strongly consistent query of `range`, newest first, that starts after the sort key `start`.
    pub(super) fn query(&self, range: &Range, start: Option<&str>) -> QueryFluentBuilder {
        self.query_where(&range.pk, KeyCondition::of(range), start)
    }

    /// Creates a strongly consistent query of the rows of a section, newest first, that starts after the sort key `start`.
    fn query_section(&self, section: &Section, start: Option<&str>) -> QueryFluentBuilder {
        let Section { range, between, .. } = section;
        let condition = match between {
            Some((first, last)) => KeyCondition::Between { pk: &range.pk, first, last },
            None => KeyCondition::of(range),
        };
        self.query_where(&range.pk, condition, start)
    }

    fn query_where(&self, pk: &str, condition: KeyCondition<'_>, start: Option<&str>) -> QueryFluentBuilder {
        let key = |sk: &str| key_attributes(&Key { pk: pk.to_owned(), sk: sk.to_owned() });
        let condition = condition.render();
        self.client
            .query()
            .table_name(self.table())
            .set_key_condition_expression(condition.condition)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .scan_index_forward(false)
            .consistent_read(true)
            .set_exclusive_start_key(start.map(key))
    }

    /// Returns the number of rows of a section.
    pub(super) async fn count(&self, Section { range, .. }: &Section) -> Result<u64> {
        let mut start = None;
        let mut total = 0;
        loop {
            let query = self.query(range, start.as_deref()).select(Select::Count);
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            total += u64::try_from(response.count).unwrap_or_default();
            start = response.last_evaluated_key.as_ref().and_then(sort_key);
            if start.is_none() {
                return Ok(total);
            }
        }
    }

    /// Returns the number of rows of `sections` that `keep` accepts; `None` if that requires reading more than `most` rows.
    pub(super) async fn count_kept<T: DeserializeOwned>(
        &self,
        sections: &[Section],
        keep: &(dyn Fn(&T) -> bool + Send + Sync),
        most: usize,
    ) -> Result<Option<u64>> {
        let (mut read, mut total) = (0, 0);
        // A row that moves to a later section meanwhile is in both.
        let mut counted = HashSet::new();
        for section in sections {
            let mut start = None;
            loop {
                // One row more than the limit shows whether there are more.
                let limit = i32::try_from((most - read).saturating_add(1)).unwrap_or(i32::MAX);
                let query = self.query(&section.range, start.as_deref()).limit(limit);
                let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
                for item in response.items.unwrap_or_default() {
                    read += 1;
                    if read > most {
                        return Ok(None);
                    }
                    let position = section.position_of(&item).filter(|_| sections.len() > 1);
                    let is_new = position.is_none_or(|position| counted.insert(position.text()));
                    total += u64::from(is_new && keep(&decode(item)?));
                }
                start = response.last_evaluated_key.as_ref().and_then(sort_key);
                if start.is_none() {
                    break;
                }
            }
        }
        Ok(Some(total))
    }
}

/// Removes and returns the first row of the list.
fn take(readers: &mut [Reader<'_>]) -> Option<(Position, Item)> {
    let heads = readers.iter_mut().filter(|reader| !reader.read.is_empty());
    let first = heads.min_by(|one, other| match (one.read.front(), other.read.front()) {
        (Some((one, _)), Some((other, _))) => one.compare(other),
        _ => Ordering::Equal,
    })?;
    let (_, item) = first.read.pop_front()?;
    Some((first.section.position_of(&item)?, item))
}

impl Section {
    /// Returns the position by which a row is compared with those of other sections.
    fn order_of(&self, item: &Item) -> Option<Position> {
        if self.is_dated() { self.position_of(item) } else { self.position(&sort_key(item)?) }
    }

    /// Returns the position of a row, which stays the same wherever the row moves.
    fn position_of(&self, item: &Item) -> Option<Position> {
        let mut position = self.position(&sort_key(item)?)?;
        if self.needs_id() {
            position.id = ulid(item);
        }
        Some(position)
    }
}

/// Returns the ULID in the attribute `id`.
fn ulid(item: &Item) -> Option<String> {
    match item.get("id") {
        Some(AttributeValue::S(id)) => id.split_once('_').map(|(_, ulid)| ulid.to_owned()),
        _ => None,
    }
}

fn sort_key(item: &Item) -> Option<String> {
    match item.get(SK) {
        Some(AttributeValue::S(sk)) => Some(sk.clone()),
        _ => None,
    }
}
