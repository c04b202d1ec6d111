//! Lists: pages out of sorted ranges of items, newest first.
//!
//! A list reads one range, or merges several that are ordered by the same thing. A page that is reached by cursor reads
//! no more than the page itself, wherever it lies; a filter may make it read more, up to a bound.

use std::collections::VecDeque;

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

use super::{
    Item, Store,
    expression::key_attributes,
    keys::{Key, PK, Range, SK},
    reads::decode,
    retry::Attempt,
};
use crate::domain::error::{Error, Result};

/// The most rows that a filtered page reads to fill itself.
pub(super) const READ_BY_OFFSET: usize = 10_000;
/// The most rows that a filtered page reads when it is reached by cursor; it may be short then.
const READ_BY_CURSOR: usize = 1_000;
/// The most rows that one query is asked for.
const CHUNK: usize = 500;
/// Sorts behind every character of a key, so a start at `row~` includes `row`.
const INCLUSIVE: char = '~';

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub struct Page {
    /// The most rows.
    pub limit: usize,
    /// Where it begins.
    pub start: Start,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// After `skip` rows, counted from the row `anchor`, or from the first.
    Offset {
        /// Rows to leave out.
        skip: usize,
        /// The position of the row to count from.
        anchor: Option<String>,
    },
    /// Behind the row with this position.
    After(String),
}

/// A page of a list.
#[derive(Debug)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many rows the whole list has; `None` where counting would read too much.
    pub total: Option<u64>,
    /// The position behind which the next page begins, if there is more.
    pub next: Option<String>,
    /// The position of the first row: what offsets of later pages may be counted from.
    pub first: Option<String>,
}

impl<T> Listed<T> {
    /// A list without rows.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), total: Some(0), next: None, first: None }
    }

    /// The page of a list that is so short that it was read whole, newest first. `position` orders it as ids do.
    #[must_use]
    pub fn of_few(rows: Vec<T>, page: &Page, position: impl Fn(&T) -> String) -> Self {
        let total = Some(rows.len() as u64);
        let within = |place: &String| match &page.start {
            Start::Offset { anchor, .. } => anchor.as_ref().is_none_or(|anchor| place <= anchor),
            Start::After(last) => place < last,
        };
        let skip = if let Start::Offset { skip, .. } = page.start { skip } else { 0 };
        let mut rest = rows.into_iter().filter(|row| within(&position(row))).skip(skip).peekable();
        let rows: Vec<T> = rest.by_ref().take(page.limit).collect();
        let next = rest.peek().and_then(|_| rows.last().map(&position));
        let first = rows.first().map(&position);
        Self { rows, total, next, first }
    }

    /// The page with each row turned into another thing.
    pub(super) fn map<U>(self, row: impl FnMut(T) -> U) -> Listed<U> {
        let Self { rows, total, next, first } = self;
        Listed { rows: rows.into_iter().map(row).collect(), total, next, first }
    }

    /// The page with other rows.
    pub(super) fn with_rows<U>(self, rows: Vec<U>) -> Listed<U> {
        Listed { rows, total: self.total, next: self.next, first: self.first }
    }

    /// The page with a total.
    pub(super) fn with_total(self, total: Option<u64>) -> Self {
        Self { total, ..self }
    }
}

/// Which rows belong to a list, where not all of a range do.
pub(super) type Keep<'a, T> = Option<&'a (dyn Fn(&T) -> bool + Send + Sync)>;

/// The place of a row in a merged list: what follows the prefix in its sort key, then which range it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    suffix: String,
    rank: usize,
}

impl Position {
    fn text(&self) -> String {
        format!("{}/{}", self.rank, self.suffix)
    }

    fn read(text: &str) -> Result<Self> {
        let (rank, suffix) = text.split_once('/').ok_or_else(|| Error::internal("a cursor without a rank"))?;
        Ok(Self { suffix: suffix.to_owned(), rank: rank.parse().map_err(|_| Error::internal("a rank that is none"))? })
    }

    /// The sort key at which reading `range`, of rank `rank`, begins, exclusively, to go on behind this position; or
    /// at it, where `inclusive`.
    fn start(&self, range: &Range, rank: usize, inclusive: bool) -> String {
        let behind = if inclusive { rank < self.rank } else { rank <= self.rank };
        let mut start = format!("{}{}", range.prefix, self.suffix);
        if !behind {
            start.push(INCLUSIVE);
        }
        start
    }
}

/// One range as it is read.
struct Reader<'a> {
    range: &'a Range,
    read: VecDeque<(String, Item)>,
    /// Where the next query begins, exclusively.
    start: Option<String>,
    ended: bool,
}

impl Store {
    /// A page of the rows of `ranges`, which are ordered by what follows their prefixes, descending; ties in the order
    /// of the ranges. The total is not filled in.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        ranges: &[Range],
        page: &Page,
        keep: Keep<'_, T>,
    ) -> Result<Listed<T>> {
        let (mut readers, mut skip, budget) = self.begin(ranges, page, keep.is_some()).await?;
        let mut listed = Listed { rows: Vec::with_capacity(page.limit), total: None, next: None, first: None };
        let mut last = None;
        for _ in 0..budget {
            let wanted = page.limit + 1 - listed.rows.len() + skip;
            self.fill(&mut readers, if keep.is_some() { CHUNK } else { wanted.min(CHUNK) }).await?;
            let Some((position, item)) = take(&mut readers) else { return Ok(listed) };
            let row: T = decode(item)?;
            if keep.is_none_or(|keep| keep(&row)) {
                if skip > 0 {
                    skip -= 1;
                } else if listed.rows.len() == page.limit {
                    listed.next = last;
                    return Ok(listed);
                } else {
                    listed.first.get_or_insert_with(|| position.text());
                    listed.rows.push(row);
                }
            }
            last = Some(position.text());
        }
        // The bound is reached: what was read is the page, and the next one goes on behind it.
        listed.next = last;
        Ok(listed)
    }

    async fn begin<'a>(
        &self,
        ranges: &'a [Range],
        page: &Page,
        filtered: bool,
    ) -> Result<(Vec<Reader<'a>>, usize, usize)> {
        let reader = |range| Reader { range, read: VecDeque::new(), start: None, ended: false };
        let mut readers: Vec<_> = ranges.iter().map(reader).collect();
        let (position, inclusive, mut skip, mut budget) = match &page.start {
            Start::Offset { skip, anchor } => (anchor.as_ref(), true, *skip, READ_BY_OFFSET),
            Start::After(position) => (Some(position), false, 0, READ_BY_CURSOR),
        };
        if let Some(position) = position {
            let position = Position::read(position)?;
            for (rank, reader) in readers.iter_mut().enumerate() {
                reader.start = Some(position.start(reader.range, rank, inclusive));
            }
        }
        if let ([only], true) = (readers.as_mut_slice(), skip > 0 && !filtered) {
            self.skip(only, skip).await?;
            skip = 0;
        }
        if !filtered {
            budget = skip + page.limit + 1;
        }
        Ok((readers, skip, budget))
    }

    /// Moves the start of an unfiltered range over `rows` rows, without fetching them.
    async fn skip(&self, reader: &mut Reader<'_>, mut rows: usize) -> Result<()> {
        while rows > 0 && !reader.ended {
            let query = self.query(reader.range, reader.start.as_deref()).select(Select::Count);
            let query = query.limit(i32::try_from(rows).unwrap_or(i32::MAX));
            let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            rows = rows.saturating_sub(usize::try_from(answer.count).unwrap_or_default());
            reader.start = answer.last_evaluated_key.as_ref().and_then(sort_key);
            reader.ended = reader.start.is_none();
        }
        Ok(())
    }

    /// Reads on, side by side, in every range of which nothing is left to take.
    async fn fill(&self, readers: &mut [Reader<'_>], rows: usize) -> Result<()> {
        let dry = readers.iter_mut().filter(|reader| reader.read.is_empty() && !reader.ended);
        try_join_all(dry.map(|reader| self.fill_one(reader, rows))).await?;
        Ok(())
    }

    async fn fill_one(&self, reader: &mut Reader<'_>, rows: usize) -> Result<()> {
        while reader.read.is_empty() && !reader.ended {
            let query = self.query(reader.range, reader.start.as_deref());
            let query = query.limit(i32::try_from(rows).unwrap_or(i32::MAX));
            let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            let prefix = reader.range.prefix.len();
            let row = |item: Item| Some((sort_key(&item)?.get(prefix..)?.to_owned(), item));
            reader.read.extend(answer.items.unwrap_or_default().into_iter().filter_map(row));
            reader.start = answer.last_evaluated_key.as_ref().and_then(sort_key);
            reader.ended = reader.start.is_none();
        }
        Ok(())
    }

    /// A consistent query of `range`, newest first, that begins behind the sort key `start`.
    pub(super) fn query(&self, range: &Range, start: Option<&str>) -> QueryFluentBuilder {
        let key = |sk: &str| key_attributes(&Key { pk: range.pk.clone(), sk: sk.to_owned() });
        let query = self
            .client
            .query()
            .table_name(self.table())
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", AttributeValue::S(range.pk.clone()))
            .scan_index_forward(false)
            .consistent_read(true)
            .set_exclusive_start_key(start.map(key));
        if range.prefix.is_empty() {
            return query.key_condition_expression("#pk = :pk");
        }
        query
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":prefix", AttributeValue::S(range.prefix.clone()))
    }

    /// How many rows `ranges` have.
    pub(super) async fn count(&self, ranges: &[Range]) -> Result<u64> {
        Ok(try_join_all(ranges.iter().map(|range| self.count_one(range))).await?.into_iter().sum())
    }

    async fn count_one(&self, range: &Range) -> Result<u64> {
        let mut start = None;
        let mut total = 0;
        loop {
            let query = self.query(range, start.as_deref()).select(Select::Count);
            let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            total += u64::try_from(answer.count).unwrap_or_default();
            start = answer.last_evaluated_key.as_ref().and_then(sort_key);
            if start.is_none() {
                return Ok(total);
            }
        }
    }

    /// How many rows of `ranges` belong to the list; `None` once more than `most` rows would have to be read.
    pub(super) async fn count_kept<T: DeserializeOwned>(
        &self,
        ranges: &[Range],
        keep: &(dyn Fn(&T) -> bool + Send + Sync),
        most: usize,
    ) -> Result<Option<u64>> {
        let (mut read, mut total) = (0, 0);
        for range in ranges {
            let mut start = None;
            loop {
                // One row beyond the bound tells whether there are more.
                let limit = i32::try_from((most - read).saturating_add(1)).unwrap_or(i32::MAX);
                let query = self.query(range, start.as_deref()).limit(limit);
                let answer = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
                for item in answer.items.unwrap_or_default() {
                    read += 1;
                    if read > most {
                        return Ok(None);
                    }
                    total += u64::from(keep(&decode(item)?));
                }
                start = answer.last_evaluated_key.as_ref().and_then(sort_key);
                if start.is_none() {
                    break;
                }
            }
        }
        Ok(Some(total))
    }
}

/// The first row of the merged list that was read and not taken.
fn take(readers: &mut [Reader<'_>]) -> Option<(Position, Item)> {
    let heads = readers.iter().enumerate().filter_map(|(rank, reader)| Some((&reader.read.front()?.0, rank)));
    let (_, rank) = heads.max_by(|(one, rank), (other, lower)| one.cmp(other).then(lower.cmp(rank)))?;
    let (suffix, item) = readers[rank].read.pop_front()?;
    Some((Position { suffix, rank }, item))
}

fn sort_key(item: &Item) -> Option<String> {
    match item.get(SK) {
        Some(AttributeValue::S(sk)) => Some(sk.clone()),
        _ => None,
    }
}
