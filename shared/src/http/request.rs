//! The request that a handler receives: authenticated, with a well-formed path and parsed headers.

use std::collections::HashMap;

use lambda_http::{Body as RawBody, RequestExt, http::Method};
use sha2::{Digest, Sha256};

use super::{
    Document, Endpoint, EntityTag, MAX_BODY, Query, Response, RestHandler, body, boundary,
    document::{Encoding, preferred_type},
    headers::Headers,
};
use crate::{
    domain::{
        Violation,
        credentials::{Owner, Principal},
        error::{Code, Error, FieldError, RecordedResponse, Result},
        hex,
        id::{Id, Kind, OrganizationId},
        json::Json,
        object::{Object, ReadContext},
        time::Time,
    },
    http::Service,
    store::{self, Actor, Deployment, Idempotency, Origin, Store, Write},
};

/// Request to an endpoint of `/v1`.
#[derive(Debug)]
pub struct Request {
    pub(super) endpoint: &'static Endpoint,
    pub(super) handler: RestHandler,
    pub(super) service: Service,
    /// Table, with the deadline of the request.
    pub(super) store: Store,
    pub(super) principal: Option<Principal>,
    pub(super) raw: lambda_http::Request,
    pub(super) path_parameters: Vec<(&'static str, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Headers,
    pub(super) id: String,
    pub(super) now: Time,
}

impl Request {
    /// Returns the endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// Returns the service.
    #[must_use]
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// Returns the table, with the deadline of the request.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the deployment record.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if DynamoDB does not respond in time, or the record does not exist yet.
    pub async fn deployment(&self) -> Result<&Deployment> {
        self.service.deployment(&self.store).await
    }

    /// Returns the time of arrival.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Returns the authenticated caller; `None` if the endpoint is public.
    #[must_use]
    pub const fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Returns the authenticated caller.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if the request is unauthenticated.
    pub fn caller(&self) -> Result<&Principal> {
        self.principal.as_ref().ok_or_else(Error::unauthorized)
    }

    /// Returns whether the request has `Prefer: handling=strict`.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.headers.strict
    }

    /// Generates an id with the time of arrival.
    ///
    /// # Errors
    /// [`Error::Internal`] if the system has no randomness.
    pub fn new_id<K: Kind>(&self) -> Result<Id<K>> {
        Ok(Id::new(self.now, store::random()?))
    }

    /// Returns the path parameter `name` as an id.
    ///
    /// # Errors
    /// 404 if it is not an id of this kind. The form was checked before the handler, so this does not happen.
    pub fn path<K: Kind>(&self, name: &str) -> Result<Id<K>> {
        let text = self.path_parameters.iter().find(|(known, _)| *known == name);
        text.and_then(|(_, text)| text.parse().ok()).ok_or_else(Error::not_found::<K>)
    }

    /// Returns the path parameter `name` as text; empty if the path has no such parameter.
    #[must_use]
    pub fn path_value(&self, name: &str) -> &str {
        self.path_parameters.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
    }

    /// Returns the organization in the path. Handlers read body and query first, because validation errors take
    /// precedence over this error.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND` if the caller does not see the organization.
    pub fn organization(&self) -> Result<OrganizationId> {
        let organization = self.path("orgId")?;
        if self.caller()?.owner.sees(organization) {
            return Ok(organization);
        }
        Err(Error::not_found::<crate::domain::id::Organization>())
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.raw.method()
    }

    /// Returns the path as sent.
    #[must_use]
    pub fn path_text(&self) -> &str {
        self.raw.raw_http_path()
    }

    /// Reads the body as `T`.
    ///
    /// # Errors
    /// `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, `MALFORMED_BODY`, or `VALIDATION_FAILED` with all errors of headers,
    /// query and body.
    pub fn body<T: Object>(&self) -> Result<T> {
        let mut bytes = self.body_bytes();
        if bytes.is_empty() && self.endpoint.body.is_some_and(|body| !body.required) {
            bytes = b"{}";
        }
        if !bytes.is_empty() && boundary::is_encoded(self.raw.headers()) {
            let detail = "The body must not be compressed: send it without Content-Encoding";
            return Err(Error::new(Code::UnsupportedMediaType, detail));
        }
        let media_type = self.raw.headers().get("content-type").map(|value| value.to_str().unwrap_or_default());
        if let Some(media_type) = media_type
            && !bytes.is_empty()
            && !self.accepts_media_type(media_type)
        {
            let detail = format!("The media type of the body must be {}", self.endpoint.media_types().join(" or "));
            return Err(Error::new(Code::UnsupportedMediaType, detail));
        }
        if bytes.len() > MAX_BODY {
            let detail = format!("The body must be at most {MAX_BODY} bytes long");
            return Err(Error::new(Code::BodyTooLarge, detail));
        }
        let json = Json::parse(bytes).map_err(|error| {
            let detail = if bytes.is_empty() { "the body is missing".to_owned() } else { error.to_string() };
            Error::new(Code::MalformedBody, detail)
        })?;
        let context = ReadContext {
            strict: self.headers.strict,
            sender: self.principal().map(|principal| principal.owner),
            sender_expires_at: self.principal().and_then(|principal| principal.expires_at),
            now: self.now,
        };
        match body::read_body(&json, context) {
            Ok(body) if self.headers.errors.is_empty() => Ok(body),
            Ok(_) => Err(Error::invalid(self.headers.errors.clone())),
            Err(errors) => Err(Error::invalid([self.headers.errors.clone(), errors].concat())),
        }
    }

    /// Returns a reader of the query parameters.
    #[must_use]
    pub fn query(&self) -> Query<'_> {
        Query::new(self, self.headers.errors.clone())
    }

    pub(super) fn query_values(&self) -> &[(String, String)] {
        &self.query
    }

    pub(super) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Checks that `If-Match` matches this version. Without the header, every version matches.
    ///
    /// # Errors
    /// `PRECONDITION_FAILED`
    pub fn require_match(&self, version: u64) -> Result<()> {
        match &self.headers.if_match {
            Some(tags) if !tags.match_version(version) => Err(Error::precondition_failed()),
            _ => Ok(()),
        }
    }

    /// Creates the response with a resource, or 304 if `If-None-Match` matches its tag.
    ///
    /// # Errors
    /// [`Error::Internal`] if the resource cannot be serialized.
    pub fn conditional_response(&self, resource: &impl serde::Serialize, tag: EntityTag) -> Result<Response> {
        let not_modified = self.headers.if_none_match.as_ref().is_some_and(|tags| tags.match_tag(&tag));
        let response = if not_modified { Response::default() } else { Response::new(resource)? };
        Ok(Response { not_modified, ..response }.with_etag(tag))
    }

    /// Creates the response with a public document in the encoding that the client prefers, or 304 if `If-None-Match`
    /// matches its tag.
    #[must_use]
    pub fn document(&self, document: &'static Document) -> Response {
        let encoding = Encoding::accepted_by(self.raw.headers());
        let tag = EntityTag::document(document.digest, encoding.name());
        let not_modified = self.headers.if_none_match.as_ref().is_some_and(|tags| tags.match_tag(&tag));
        Response { not_modified, ..Response::of_document(document, encoding) }.with_etag(tag)
    }

    /// Creates the response with the document whose media type the client prefers; the first one if it has no preference.
    #[must_use]
    pub fn preferred_document(&self, documents: &'static [Document]) -> Response {
        let types: Vec<_> = documents.iter().map(|document| document.content_type).collect();
        let preferred = preferred_type(self.raw.headers(), &types);
        documents.get(preferred).map_or_else(Response::default, |document| self.document(document))
    }

    /// Returns whether the request has `Cache-Control: no-cache`, which requires a strongly consistent read.
    #[must_use]
    pub fn wants_latest(&self) -> bool {
        let value = self.raw.headers().get("cache-control").and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case("no-cache")))
    }

    /// Returns the metadata of a write by this request: its origin, for the audit trail.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if the request is unauthenticated.
    pub fn write(&self) -> Result<Write> {
        let http = self.raw.request_context_ref().and_then(|context| match context {
            lambda_http::request::RequestContext::ApiGatewayV2(context) => Some(&context.http),
            _ => None,
        });
        let actor = Actor::from(self.caller()?.id);
        let origin = Origin {
            actor,
            dialect: store::Dialect::Rest,
            request_id: self.id.clone(),
            ip_address: http.and_then(|http| http.source_ip.clone()),
            user_agent: http.and_then(|http| http.user_agent.clone()),
            now: self.now,
        };
        Ok(Write { origin, idempotency: None })
    }

    /// Returns the metadata of a write by this request, with the response to record under its `Idempotency-Key`.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if the request is unauthenticated.
    pub fn write_with_response(&self, response: &Response) -> Result<Write> {
        let caller = self.caller()?;
        let idempotency = self.idempotency_key().map(|key| Idempotency {
            owner: caller.owner,
            credential: caller.id,
            key,
            fingerprint: self.fingerprint(),
            response: response.recorded(self.endpoint.success),
        });
        Ok(Write { idempotency, ..self.write()? })
    }

    /// Checks that the request does not repeat an earlier one with the same `Idempotency-Key`.
    ///
    /// Call this before an error that depends on the time: a time in the future may have passed when the request is
    /// repeated. In all other cases the write transaction itself finds the recorded response.
    ///
    /// # Errors
    /// [`Error::Replay`] with the recorded response, `IDEMPOTENCY_KEY_REUSED` if the earlier request was different, or
    /// `UNAUTHORIZED` if the request is unauthenticated.
    pub async fn require_not_replayed(&self) -> Result<()> {
        let Some(key) = self.idempotency_key() else { return Ok(()) };
        self.store.require_unused(self.caller()?, &key, &self.fingerprint(), self.now).await
    }

    /// Removes the id of the conflicting resource from an error if the caller does not see that resource.
    #[must_use]
    pub fn redact_conflict(&self, error: Error) -> Error {
        let owner = self.principal().map_or(Owner::Platform, |principal| principal.owner);
        match error {
            Error::Client(mut error) => {
                let id = error.conflict_id.take();
                let foreign = |id: &String| id.parse::<OrganizationId>().is_ok_and(|id| !owner.sees(id));
                error.conflict_id = id.filter(|id| !foreign(id));
                Error::Client(error)
            }
            other => other,
        }
    }

    /// Creates `VALIDATION_FAILED` from violations in the body, for example if a merged value exceeds a limit.
    #[must_use]
    pub fn invalid(&self, violations: &[Violation]) -> Error {
        Error::invalid(violations.iter().map(body::field_error).collect())
    }

    /// Creates `VALIDATION_FAILED` from violations in the value of the body to which these names and indices lead.
    #[must_use]
    pub fn invalid_at(&self, place: &[String], violations: Vec<Violation>) -> Error {
        let under = |violation: Violation| place.iter().rev().cloned().fold(violation, Violation::under);
        Error::invalid(violations.into_iter().map(|violation| body::field_error(&under(violation))).collect())
    }

    /// Returns the metadata of the write of item number `at` of this request, with the response to record for it.
    ///
    /// # Errors
    /// `UNAUTHORIZED` if the request is unauthenticated.
    pub fn write_of_item(&self, at: usize, response: &Response) -> Result<Write> {
        let mut write = self.write_with_response(response)?;
        if let (Some(idempotency), Some(key)) = (&mut write.idempotency, &self.headers.idempotency_key) {
            idempotency.key = item_digest(key, at);
            idempotency.response.status = ITEM_STATUS;
        }
        Ok(write)
    }

    /// Returns the responses that were recorded for items of this request, by the numbers of the items. There are `count`.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` if the `Idempotency-Key` was used for another request; [`Error::Unavailable`].
    pub async fn recorded_items(&self, count: usize) -> Result<HashMap<usize, RecordedResponse>> {
        let Some(key) = &self.headers.idempotency_key else { return Ok(HashMap::new()) };
        let digests: Vec<String> = (0..count).map(|at| item_digest(key, at)).collect();
        let mut found = self.store.recorded(self.caller()?, &digests, &self.fingerprint(), self.now).await?;
        let of_item = |(at, digest): (usize, &String)| Some((at, found.remove(digest)?));
        Ok(digests.iter().enumerate().filter_map(of_item).collect())
    }

    fn idempotency_key(&self) -> Option<String> {
        self.headers.idempotency_key.as_ref().map(|key| hex_digest(&[key.as_bytes()]))
    }

    fn fingerprint(&self) -> String {
        let method = self.raw.method().as_str().as_bytes();
        hex_digest(&[method, b"\n", self.path_text().as_bytes(), b"\n", self.body_bytes()])
    }

    fn body_bytes(&self) -> &[u8] {
        match self.raw.body() {
            RawBody::Text(text) => text.as_bytes(),
            RawBody::Binary(bytes) => bytes,
            _ => &[],
        }
    }

    fn accepts_media_type(&self, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        self.endpoint.media_types().iter().any(|known| known.eq_ignore_ascii_case(essence))
    }

    /// Adds the errors of empty and repeated query parameters, and of unknown ones if handling is strict.
    pub(super) fn check_query(&mut self) {
        let known = super::query::PAGING.iter().filter(|_| self.endpoint.paged).chain(self.endpoint.query);
        let known: Vec<&str> = known.map(|parameter| parameter.name).collect();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &self.query {
            let violation = if !known.contains(&name.as_str()) {
                (self.headers.strict && !seen.contains(&name.as_str())).then_some("is not a known parameter")
            } else if value.is_empty() {
                Some("must not be empty")
            } else {
                seen.contains(&name.as_str()).then_some("must not be repeated")
            };
            self.headers.errors.extend(violation.map(|detail| FieldError::parameter(name, detail)));
            seen.push(name);
        }
    }
}

/// Status of the recorded response for an item of a request: it was created.
const ITEM_STATUS: u16 = 201;

/// Returns the digest of an `Idempotency-Key` for an item of a request. That of the first item is the digest of the key
/// itself, so another request with the key is found. No key contains the separator.
fn item_digest(key: &str, at: usize) -> String {
    if at == 0 {
        hex_digest(&[key.as_bytes()])
    } else {
        hex_digest(&[key.as_bytes(), b"\0", at.to_string().as_bytes()])
    }
}

fn hex_digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex::encode(&digest.finalize())
}
