//! Responses to successful requests.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    EntityTag, Paging, PayloadBudget,
    document::{Document, Encoding},
};
use crate::{
    domain::error::{Error, RecordedResponse, Result},
    store::{Listed, Row, Start},
};

/// The body of a response to a deletion.
pub(super) const DELETED: &str = r#"{"success":true}"#;

/// Confirmation of a deletion or revocation.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a schema: the body is a constant")]
pub(super) struct SuccessResponse {
    /// Whether the request succeeded: always `true`.
    #[schemars(extend("enum" = [true]))]
    success: bool,
}

/// Response of a handler. Its status is that of the endpoint, or 304.
#[derive(Debug, Clone, Default)]
pub struct Response {
    pub(super) body: String,
    pub(super) location: Option<String>,
    pub(super) etag: Option<EntityTag>,
    pub(super) link: Option<String>,
    pub(super) not_modified: bool,
    pub(super) without_secrets: Option<String>,
    pub(super) document: Option<(&'static Document, Encoding)>,
    pub(super) is_replayed: bool,
}

impl Response {
    /// Creates a response with this body.
    ///
    /// # Errors
    /// [`Error::Internal`] if the body cannot be serialized.
    pub fn new(body: &impl Serialize) -> Result<Self> {
        Ok(Self { body: serde_json::to_string(body).map_err(Error::internal)?, ..Self::default() })
    }

    /// Creates a response with this JSON text as its body.
    #[must_use]
    pub fn from_json(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::default() }
    }

    /// Creates the response to a deletion or revocation.
    #[must_use]
    pub fn deleted() -> Self {
        Self::from_json(DELETED)
    }

    /// Creates the response with a public document.
    pub(super) fn of_document(document: &'static Document, encoding: Encoding) -> Self {
        Self { document: Some((document, encoding)), ..Self::default() }
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Marks the response as the one to an earlier request with the same `Idempotency-Key`.
    #[must_use]
    pub fn replayed(self) -> Self {
        Self { is_replayed: true, ..self }
    }

    /// Sets `Location`.
    #[must_use]
    pub fn with_location(self, path: String) -> Self {
        Self { location: Some(path), ..self }
    }

    /// Sets `ETag`.
    #[must_use]
    pub fn with_etag(self, tag: EntityTag) -> Self {
        Self { etag: Some(tag), ..self }
    }

    /// Sets the body to record for repeated requests: the body without secrets that are shown only once.
    ///
    /// # Errors
    /// [`Error::Internal`] if the body cannot be serialized.
    pub fn recorded_as(self, body: &impl Serialize) -> Result<Self> {
        Ok(Self { without_secrets: Some(serde_json::to_string(body).map_err(Error::internal)?), ..self })
    }

    /// Returns the response to record for repeated requests.
    pub(super) fn recorded(&self, status: u16) -> RecordedResponse {
        RecordedResponse {
            status,
            location: self.location.clone(),
            etag: self.etag.as_ref().map(EntityTag::header),
            body: self.without_secrets.as_ref().unwrap_or(&self.body).clone(),
        }
    }
}

/// Page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct ListResponse<T> {
    /// Rows of the page, newest first.
    pub data: Vec<T>,
    /// Position of the page in the list.
    pub meta: ListMeta,
}

/// Position of a page in its list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListMeta {
    /// Number of rows of the whole list. It is `null` for a search that would read more than 2000 rows to count them, for a
    /// filter of recipients that would, and for roles of an organization that have no counter.
    pub total: Option<u64>,
    /// Number of the page, from 1; `null` if the page was requested with `cursor`.
    pub page: Option<u64>,
    /// Maximum number of rows on a page: `limit` of the request.
    pub page_size: u64,
    /// Whether a next page exists.
    pub has_more: bool,
    /// Value of `cursor` for the next page; `null` on the last page.
    pub next_cursor: Option<String>,
}

impl<T: Serialize> ListResponse<T> {
    /// Creates the response with a page of a list. `view` converts each row. The page ends early if more rows would exceed
    /// the maximum size of a response.
    ///
    /// # Errors
    /// [`Error::Internal`] if the page cannot be serialized.
    pub fn page<R>(listed: Listed<R>, paging: &Paging, view: impl Fn(R) -> T) -> Result<Response> {
        let Listed { rows, total, mut next } = listed;
        let (mut data, mut count) = (String::new(), 0);
        let (mut budget, mut last) = (PayloadBudget::default(), None);
        for Row { position, value } in rows {
            let row = serde_json::to_string(&view(value)).map_err(Error::internal)?;
            // One row alone always fits.
            if !budget.take(&row) && count > 0 {
                next = last.map(|last: String| Start::after(&last));
                break;
            }
            if count > 0 {
                data.push(',');
            }
            data.push_str(&row);
            (count, last) = (count + 1, Some(position));
        }
        let meta = ListMeta {
            total,
            page: paging.number(),
            page_size: paging.page.limit as u64,
            has_more: next.is_some(),
            next_cursor: next.as_ref().map(|next| paging.cursor(next)),
        };
        let meta = serde_json::to_string(&meta).map_err(Error::internal)?;
        let link = next.map(|next| paging.next_link(count, &next));
        Ok(Response { link, ..Response::from_json(&format!(r#"{{"data":[{data}],"meta":{meta}}}"#)) })
    }
}
