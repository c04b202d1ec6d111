//! Reads query parameters, including those of pagination.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::{SchemaGenerator, json_schema};

use super::{CursorKey, Parameter, Request, cursor::MAX_CURSOR};
use crate::{
    domain::{
        error::{Error, FieldError, Result},
        id::{Id, IdList, Kind},
    },
    store::{Page, Start},
};

/// Maximum value of `limit`, unless the endpoint declares another one.
pub const MAX_LIMIT: usize = 100;
/// Default value of `limit`.
pub const DEFAULT_LIMIT: usize = 20;
/// Maximum value of `offset`. Pages beyond it require a cursor.
pub const MAX_OFFSET: usize = 10_000;
/// Characters to percent-encode in a query: all but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Pagination parameters of every list.
pub const PAGING: &[Parameter] = &[
    Parameter {
        name: "limit",
        description: "Maximum number of rows on the page. Default: 20.",
        schema: |_: &mut SchemaGenerator| json_schema!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }),
    },
    Parameter {
        name: "offset",
        description: "Number of rows to skip, 0 to 10 000. Default: 0. Use `cursor` beyond that.",
        // No `default`: some generated clients send it, which is an error beside `cursor`.
        schema: |_: &mut SchemaGenerator| json_schema!({ "type": "integer", "minimum": 0, "maximum": MAX_OFFSET }),
    },
    Parameter {
        name: "cursor",
        description: "Position of the page: `meta.nextCursor` of a page of the same list with the same filters. Not \
                      together with `offset` or `anchor`. Default: the first page.",
        schema: |_: &mut SchemaGenerator| json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_CURSOR }),
    },
    Parameter {
        name: "anchor",
        description: "Row from which `offset` continues, so that rows that are added or removed meanwhile do not shift \
                      the pages. Opaque; taken together with `offset` from the `Link` header of a page. Default: \
                      `offset` counts from the newest row.",
        schema: |_: &mut SchemaGenerator| json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_CURSOR }),
    },
];

/// Reader of the query parameters of a request. It collects the validation errors.
#[derive(Debug)]
pub struct Query<'a> {
    request: &'a Request,
    errors: Vec<FieldError>,
}

/// Requested page of a list, and the data for links to the next page.
#[derive(Debug)]
pub struct Paging {
    /// Requested page.
    pub page: Page,
    /// Number of rows before the page; `None` if a cursor was used.
    offset: Option<usize>,
    key: CursorKey,
    binding: String,
    path: String,
    filters: Vec<(String, String)>,
}

impl<'a> Query<'a> {
    pub(super) fn new(request: &'a Request, errors: Vec<FieldError>) -> Self {
        Self { request, errors }
    }

    /// Reads an optional parameter. The error of `parse` is the requirement that the value violates, for example
    /// `must not be empty`.
    pub fn read<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.request.query_value(name)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(detail) => self.fail(name, &detail),
        }
    }

    /// Reads an optional parameter that is an id.
    pub fn read_id<K: Kind>(&mut self, name: &str) -> Option<Id<K>> {
        self.read(name, |text| text.parse::<Id<K>>().map_err(|malformed| malformed.to_string()))
    }

    /// Reads an optional parameter that is an [`IdList`]. Without it, the list is empty.
    pub fn read_ids<K: Kind, const MAX: usize>(&mut self, name: &str) -> Vec<Id<K>> {
        self.read(name, IdList::<K, MAX>::parse).map(|IdList(ids)| ids).unwrap_or_default()
    }

    /// Ends the reading of the parameters of an endpoint without pages.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with all errors of headers and query.
    pub fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }

    fn fail<T>(&mut self, name: &str, detail: &str) -> Option<T> {
        self.errors.push(FieldError::parameter(name, detail));
        None
    }

    fn number(&mut self, name: &str, from: usize, to: usize) -> Option<usize> {
        self.read(name, |text| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            let number = text.parse().ok().filter(|number| digits && (from..=to).contains(number));
            number.ok_or_else(|| format!("must be an integer from {from} to {to}"))
        })
    }

    /// Reads the pagination parameters.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with all errors of headers and query, including those of earlier reads. [`Error::Unavailable`] if
    /// the cursor key cannot be read.
    pub async fn paging(mut self) -> Result<Paging> {
        let key = self.request.service().cursor_key(self.request.store()).await?;
        let is_filter = |(name, _): &&(String, String)| {
            self.request.endpoint().query.iter().any(|parameter| parameter.name == name.as_str())
        };
        let mut filters: Vec<_> = self.request.query_values().iter().filter(is_filter).cloned().collect();
        filters.sort();
        let path = self.request.path_text().to_owned();
        let viewer = self.request.principal().map(|principal| principal.owner.organization());
        let binding = format!("{path}\n{viewer:?}\n{}", query_text(&filters));

        let limit = self.number("limit", 1, self.request.endpoint().max_limit);
        let offset = self.number("offset", 0, MAX_OFFSET);
        let cursor = self.read("cursor", |text| open(&key, &binding, text));
        let anchor = self.read("anchor", |text| open(&key, &anchored(&binding), text));
        let counted = anchor.as_ref().map_or(0, |(counted, _)| *counted);
        let sent = |name: &str| self.request.query_value(name).is_some();
        // An offset that is no number has its own error.
        let is_comparable = !sent("cursor") && sent("offset") == offset.is_some();
        if is_comparable && offset.unwrap_or_default() < counted {
            let detail = format!("must be used with an offset of at least {counted}");
            self.errors.push(FieldError::parameter("anchor", detail));
        }
        for name in ["offset", "anchor"] {
            if self.request.query_value("cursor").is_some() && self.request.query_value(name).is_some() {
                self.errors.push(FieldError::parameter("cursor", format!("must not be combined with {name}")));
            }
        }
        if !self.errors.is_empty() {
            return Err(Error::invalid(self.errors));
        }
        let (start, offset) = if let Some((skip, after)) = cursor {
            (Start { after, skip }, None)
        } else {
            let offset = offset.unwrap_or_default();
            let after = anchor.and_then(|(_, after)| after);
            (Start { after, skip: offset - counted }, Some(offset))
        };
        let page = Page { limit: limit.unwrap_or(DEFAULT_LIMIT), start };
        Ok(Paging { page, offset, key, binding, path, filters })
    }
}

/// Number of rows and a position: the content of a cursor or an anchor. For a cursor, the rows are to be skipped after the
/// position. For an anchor, they precede it.
type Place = (usize, Option<String>);

/// Opens a cursor or an anchor.
fn open(key: &CursorKey, binding: &str, text: &str) -> Result<Place, String> {
    let content = key.open(binding, text);
    let place = content.as_deref().and_then(|content| {
        let (rows, position) = content.split_once('@')?;
        Some((rows.parse().ok()?, Some(position.to_owned()).filter(|position| !position.is_empty())))
    });
    place.ok_or_else(|| "must be taken from a response of the same list with the same filters".to_owned())
}

/// Returns the content of a cursor or an anchor.
fn content(rows: usize, position: Option<&str>) -> String {
    format!("{rows}@{}", position.unwrap_or_default())
}

/// Returns the binding of anchors, which are not valid as cursors.
fn anchored(binding: &str) -> String {
    format!("anchor\n{binding}")
}

impl Paging {
    /// Returns the number of the page that contains the offset, from 1; `None` if a cursor was used.
    pub(super) fn number(&self) -> Option<u64> {
        self.offset.map(|offset| (offset / self.page.limit + 1) as u64)
    }

    /// Creates the cursor of the page that starts at `next`.
    pub(super) fn cursor(&self, next: &Start) -> String {
        self.key.seal(&self.binding, &content(next.skip, next.after.as_deref()))
    }

    /// Returns the value of `Link` for the page that starts at `next`. It uses `offset` or `cursor` like this request, but
    /// always `cursor` beyond the maximum offset.
    ///
    /// `rows` is the number of rows of this page. With an offset, the link has an anchor, so that the next page continues
    /// after the last row of this one, whatever was added or removed before it.
    pub(super) fn next_link(&self, rows: usize, next: &Start) -> String {
        let mut query = self.filters.clone();
        query.push(("limit".to_owned(), self.page.limit.to_string()));
        match self.offset.map(|offset| offset + rows) {
            Some(offset) if offset <= MAX_OFFSET => {
                // Without rows, some rows before the offset may still have to be skipped.
                let anchor = content(offset.saturating_sub(next.skip), next.after.as_deref());
                query.push(("offset".to_owned(), offset.to_string()));
                query.push(("anchor".to_owned(), self.key.seal(&anchored(&self.binding), &anchor)));
            }
            _ => query.push(("cursor".to_owned(), self.cursor(next))),
        }
        format!("<{}?{}>; rel=\"next\"", self.path, query_text(&query))
    }
}

/// Encodes parameters as a query string.
fn query_text(parameters: &[(String, String)]) -> String {
    let pair = |(name, value): &(String, String)| {
        format!("{}={}", utf8_percent_encode(name, ENCODED), utf8_percent_encode(value, ENCODED))
    };
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}
