//! Lists: pages of sorted ranges of items, newest first.
//!
//! A list reads one range, or merges several ranges with the same order. A page by cursor reads its own rows only, at any
//! position. A filter may read more rows, up to a limit.

use std::collections::VecDeque;

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

use super::{
    Item, Store,
    expression::{KeyCondition, key_attributes},
    keys::{Key, Range, SK},
    reads::decode,
    retry::Attempt,
};
use crate::domain::error::{Error, Result};

/// Maximum number of rows that a filtered page by offset reads.
pub(super) const READ_BY_OFFSET: usize = 10_000;
/// Maximum number of rows that a filtered page by cursor reads. The page may then be short.
const READ_BY_CURSOR: usize = 1_000;
/// Maximum number of rows of one query.
const CHUNK: usize = 500;
/// Sorts after every character of a key, so that a descending query from `row~` includes `row`.
const INCLUSIVE: char = '~';

/// Requested part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Maximum number of rows.
    pub limit: usize,
    /// Start of the page.
    pub start: Start,
}

/// Start of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Skips `skip` rows, counted from the row `anchor` or from the first row.
    Offset {
        /// Number of rows to skip.
        skip: usize,
        /// Position of the row from which rows are counted; `None` for the first row.
        anchor: Option<String>,
    },
    /// Starts after the row with this position.
    After(String),
}

/// Page of a list.
#[derive(Debug)]
pub struct Listed<T> {
    /// Rows of the page.
    pub rows: Vec<T>,
    /// Number of rows of the whole list; `None` if counting would read too many.
    pub total: Option<u64>,
    /// Position after which the next page starts; `None` on the last page.
    pub next: Option<String>,
    /// Position of the first row, from which later pages may count offsets.
    pub first: Option<String>,
}

impl<T> Listed<T> {
    /// Creates the page of an empty list.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), total: Some(0), next: None, first: None }
    }

    /// Creates the page of a short list that was read completely, newest first. `position` returns the position of a row.
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

    /// Converts each row.
    pub(super) fn map<U>(self, row: impl FnMut(T) -> U) -> Listed<U> {
        let Self { rows, total, next, first } = self;
        Listed { rows: rows.into_iter().map(row).collect(), total, next, first }
    }

    /// Replaces the rows.
    pub(super) fn with_rows<U>(self, rows: Vec<U>) -> Listed<U> {
        Listed { rows, total: self.total, next: self.next, first: self.first }
    }

    /// Sets the total.
    pub(super) fn with_total(self, total: Option<u64>) -> Self {
        Self { total, ..self }
    }
}

/// Filter of a list: returns whether a row belongs to it. `None` if all rows do.
pub(super) type Keep<'a, T> = Option<&'a (dyn Fn(&T) -> bool + Send + Sync)>;

/// Position of a row in a merged list: the part of its sort key after the prefix, then the number of its range.
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
        let (rank, suffix) =
            text.split_once('/').ok_or_else(|| Error::internal("the position of a cursor has no rank"))?;
        Ok(Self {
            suffix: suffix.to_owned(),
            rank: rank.parse().map_err(|_| Error::internal("the rank of a position is not a number"))?,
        })
    }

    /// Returns the sort key from which a query of `range`, which has rank `rank`, continues after this position, or at this
    /// position if `inclusive`. The query excludes the sort key itself.
    fn start(&self, range: &Range, rank: usize, inclusive: bool) -> String {
        let is_past = if inclusive { rank < self.rank } else { rank <= self.rank };
        let mut start = format!("{}{}", range.prefix, self.suffix);
        if !is_past {
            start.push(INCLUSIVE);
        }
        start
    }
}

/// State of reading one range.
struct Reader<'a> {
    range: &'a Range,
    read: VecDeque<(String, Item)>,
    /// Sort key after which the next query starts.
    start: Option<String>,
    ended: bool,
}

impl Store {
    /// Reads a page of the rows of `ranges`. Rows are ordered by the part of their sort key after the prefix, descending, and
    /// ties by the order of the ranges. The total is not set.
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
        // The limit is reached: the page has the rows found so far, and the next page continues here.
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

    /// Skips `rows` rows of an unfiltered range without transferring them.
    async fn skip(&self, reader: &mut Reader<'_>, mut rows: usize) -> Result<()> {
        while rows > 0 && !reader.ended {
            let query = self.query(reader.range, reader.start.as_deref()).select(Select::Count);
            let query = query.limit(i32::try_from(rows).unwrap_or(i32::MAX));
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            rows = rows.saturating_sub(usize::try_from(response.count).unwrap_or_default());
            reader.start = response.last_evaluated_key.as_ref().and_then(sort_key);
            reader.ended = reader.start.is_none();
        }
        Ok(())
    }

    /// Queries, in parallel, every range whose rows are used up.
    async fn fill(&self, readers: &mut [Reader<'_>], rows: usize) -> Result<()> {
        let empty = readers.iter_mut().filter(|reader| reader.read.is_empty() && !reader.ended);
        try_join_all(empty.map(|reader| self.fill_one(reader, rows))).await?;
        Ok(())
    }

    async fn fill_one(&self, reader: &mut Reader<'_>, rows: usize) -> Result<()> {
        while reader.read.is_empty() && !reader.ended {
            let query = self.query(reader.range, reader.start.as_deref());
            let query = query.limit(i32::try_from(rows).unwrap_or(i32::MAX));
            let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
            let prefix = reader.range.prefix.len();
            let row = |item: Item| Some((sort_key(&item)?.get(prefix..)?.to_owned(), item));
            reader.read.extend(response.items.unwrap_or_default().into_iter().filter_map(row));
            reader.start = response.last_evaluated_key.as_ref().and_then(sort_key);
            reader.ended = reader.start.is_none();
        }
        Ok(())
    }

    /// Creates a strongly consistent query of `range`, newest first, that starts after the sort key `start`.
    pub(super) fn query(&self, range: &Range, start: Option<&str>) -> QueryFluentBuilder {
        let key = |sk: &str| key_attributes(&Key { pk: range.pk.clone(), sk: sk.to_owned() });
        let condition = KeyCondition::of(range).render();
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

    /// Returns the number of rows of `ranges`.
    pub(super) async fn count(&self, ranges: &[Range]) -> Result<u64> {
        Ok(try_join_all(ranges.iter().map(|range| self.count_one(range))).await?.into_iter().sum())
    }

    async fn count_one(&self, range: &Range) -> Result<u64> {
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

    /// Returns the number of rows of `ranges` that `keep` accepts; `None` if that requires reading more than `most` rows.
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
                // One row more than the limit shows whether there are more.
                let limit = i32::try_from((most - read).saturating_add(1)).unwrap_or(i32::MAX);
                let query = self.query(range, start.as_deref()).limit(limit);
                let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
                for item in response.items.unwrap_or_default() {
                    read += 1;
                    if read > most {
                        return Ok(None);
                    }
                    total += u64::from(keep(&decode(item)?));
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

/// Removes and returns the first row of the merged list.
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
