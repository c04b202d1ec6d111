//! Reads query parameters, including those of pagination.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::{SchemaGenerator, json_schema};

use super::{CursorKey, Parameter, Request, cursor::MAX_CURSOR};
use crate::{
    domain::{
        error::{Error, FieldError, Result},
        id::{Id, Kind},
    },
    store::{Page, Start},
};

/// Maximum value of `limit`.
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
        description: "Maximum number of rows on the page, 1 to 100. Default: 20.",
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
        description: "Row from which `offset` counts: the first row at the start of the pagination, so that new rows \
                      do not shift the pages. Opaque; taken from the `Link` header of a page. Default: the newest row.",
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

        let limit = self.number("limit", 1, MAX_LIMIT);
        let offset = self.number("offset", 0, MAX_OFFSET);
        let open = |text: &str| {
            let position = key.open(&binding, text);
            position.ok_or_else(|| "must be taken from a response of the same list with the same filters".to_owned())
        };
        let cursor = self.read("cursor", open);
        let anchor = self.read("anchor", open);
        for name in ["offset", "anchor"] {
            if self.request.query_value("cursor").is_some() && self.request.query_value(name).is_some() {
                self.errors.push(FieldError::parameter("cursor", format!("must not be combined with {name}")));
            }
        }
        if !self.errors.is_empty() {
            return Err(Error::invalid(self.errors));
        }
        let start = match cursor {
            Some(position) => Start::After(position),
            None => Start::Offset { skip: offset.unwrap_or(0), anchor },
        };
        let page = Page { limit: limit.unwrap_or(DEFAULT_LIMIT), start };
        Ok(Paging { page, key, binding, path, filters })
    }
}

impl Paging {
    /// Creates the cursor of the page after `position`.
    pub(super) fn cursor(&self, position: &str) -> String {
        self.key.seal(&self.binding, position)
    }

    /// Returns the value of `Link` for the next page. It uses `offset` or `cursor` like this request, but always `cursor`
    /// beyond the maximum offset.
    ///
    /// `first` and `next` are the positions of the first and the last row of this page.
    pub(super) fn next_link(&self, first: Option<&str>, next: &str) -> String {
        let mut query = self.filters.clone();
        query.push(("limit".to_owned(), self.page.limit.to_string()));
        match &self.page.start {
            Start::Offset { skip, anchor } if skip + self.page.limit <= MAX_OFFSET => {
                query.push(("offset".to_owned(), (skip + self.page.limit).to_string()));
                let first = first.filter(|_| *skip == 0);
                if let Some(anchor) = anchor.as_deref().or(first) {
                    query.push(("anchor".to_owned(), self.cursor(anchor)));
                }
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
