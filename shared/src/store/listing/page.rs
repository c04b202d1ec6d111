//! Pages of lists: what a request asks for, and what it gets.

use crate::domain::error::Result;

/// Requested part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Maximum number of rows.
    pub limit: usize,
    /// Start of the page.
    pub start: Start,
}

/// Start of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// Position after which the page starts; `None` for the first row of the list.
    pub after: Option<String>,
    /// Number of rows to skip from there.
    pub skip: usize,
}

/// Page of a list.
#[derive(Debug)]
pub struct Listed<T> {
    /// Rows of the page.
    pub rows: Vec<Row<T>>,
    /// Number of rows of the whole list; `None` if counting would read too many.
    pub total: Option<u64>,
    /// Start of the next page; `None` on the last page. A page may be short and have a next one.
    pub next: Option<Start>,
}

/// Row of a page.
#[derive(Debug)]
pub struct Row<T> {
    /// Position of the row, after which another page can start.
    pub position: String,
    /// Content of the row.
    pub value: T,
}

impl<T> Listed<T> {
    /// Creates the page of an empty list.
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), total: Some(0), next: None }
    }

    /// Creates the page of a short list that was read completely, newest first. `position` returns the position of a row.
    #[must_use]
    pub fn of_few(rows: Vec<T>, page: &Page, position: impl Fn(&T) -> String) -> Self {
        let total = Some(rows.len() as u64);
        let Start { after, skip } = &page.start;
        let rows = rows.into_iter().map(|value| Row { position: position(&value), value });
        let within = |row: &Row<T>| after.as_ref().is_none_or(|after| row.position < *after);
        let mut rest = rows.filter(within).skip(*skip).peekable();
        let rows: Vec<_> = rest.by_ref().take(page.limit).collect();
        let next = rest.peek().and_then(|_| rows.last()).map(|last| Start::after(&last.position));
        Self { rows, total, next }
    }

    /// Converts each row.
    pub(in crate::store) fn map<U>(self, mut convert: impl FnMut(T) -> U) -> Listed<U> {
        let Self { rows, total, next } = self;
        let row = |Row { position, value }| Row { position, value: convert(value) };
        Listed { rows: rows.into_iter().map(row).collect(), total, next }
    }

    /// Converts each row, and leaves out those that `convert` does not return.
    ///
    /// # Errors
    /// Those of `convert`.
    pub(in crate::store) fn try_filter_map<U>(
        self,
        mut convert: impl FnMut(T) -> Result<Option<U>>,
    ) -> Result<Listed<U>> {
        let Self { rows, total, next } = self;
        let row = |Row { position, value }| Ok(convert(value)?.map(|value| Row { position, value }));
        let rows: Vec<_> = rows.into_iter().map(row).collect::<Result<_>>()?;
        Ok(Listed { rows: rows.into_iter().flatten().collect(), total, next })
    }

    /// Returns the rows without their positions.
    pub(in crate::store) fn values(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|row| &row.value)
    }

    /// Sets the total.
    pub(in crate::store) fn with_total(self, total: Option<u64>) -> Self {
        Self { total, ..self }
    }
}

impl Start {
    /// Returns the start of the page after the row with this position.
    #[must_use]
    pub fn after(position: &str) -> Self {
        Self { after: Some(position.to_owned()), skip: 0 }
    }
}
