//! A call that may be answered: its caller is known, its path is well-formed, its headers are read.

use lambda_http::{Body as RawBody, RequestExt, http::Method};
use sha2::{Digest, Sha256};

use super::{Endpoint, EntityTag, MAX_BODY, Query, Response, RestHandler, body, headers::Headers};
use crate::{
    domain::{
        Violation,
        credentials::{Owner, Principal},
        error::{Code, Error, FieldError, Result},
        hex,
        id::{Id, Kind, OrganizationId},
        json::Json,
        object::{Object, ReadContext},
        time::Time,
    },
    http::Service,
    store::{self, Actor, Deployment, Idempotency, Origin, Store, Write},
};

/// A call on its way through an endpoint.
#[derive(Debug)]
pub struct Request {
    pub(super) endpoint: &'static Endpoint,
    pub(super) handler: RestHandler,
    pub(super) service: Service,
    /// With the deadline of this call.
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
    /// The endpoint that is called.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// The deployment.
    #[must_use]
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// The table, within this call's time.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What was made once per deployment.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the store does not answer.
    pub async fn deployment(&self) -> Result<&Deployment> {
        self.service.deployment(&self.store).await
    }

    /// The time of this call.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Who calls; `None` where the endpoint is public.
    #[must_use]
    pub const fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Who calls.
    ///
    /// # Errors
    /// 401 where nobody is known to.
    pub fn caller(&self) -> Result<&Principal> {
        self.principal.as_ref().ok_or_else(unauthorized)
    }

    /// Whether `Prefer: handling=strict` came with the call.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.headers.strict
    }

    /// A new id, made now.
    ///
    /// # Errors
    /// [`Error::Internal`] where the machine has no randomness.
    pub fn new_id<K: Kind>(&self) -> Result<Id<K>> {
        Ok(Id::new(self.now, store::random()?))
    }

    /// The id in the path under this name, whose form was checked before the endpoint was entered.
    ///
    /// # Errors
    /// 404 where it is not one of this kind.
    pub fn path<K: Kind>(&self, name: &str) -> Result<Id<K>> {
        let text = self.path_parameters.iter().find(|(known, _)| *known == name);
        text.and_then(|(_, text)| text.parse().ok()).ok_or_else(Error::not_found::<K>)
    }

    /// The organization in the path, if the caller may see it. To be asked for when body and query are read, since
    /// what is wrong with those is told first.
    ///
    /// # Errors
    /// 404 where the caller may not.
    pub fn organization(&self) -> Result<OrganizationId> {
        let organization = self.path("orgId")?;
        if self.caller()?.owner.sees(organization) {
            return Ok(organization);
        }
        Err(Error::not_found::<crate::domain::id::Organization>())
    }

    /// The method as it came.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.raw.method()
    }

    /// The path as it came.
    #[must_use]
    pub fn path_text(&self) -> &str {
        self.raw.raw_http_path()
    }

    /// The body as `T`.
    ///
    /// # Errors
    /// 413, 415, and 400 with everything that is wrong with the request.
    pub fn body<T: Object>(&self) -> Result<T> {
        let bytes = self.body_bytes();
        let media_type = self.raw.headers().get("content-type").map(|value| value.to_str().unwrap_or_default());
        if let Some(media_type) = media_type
            && !bytes.is_empty()
            && !self.takes(media_type)
        {
            let detail = format!("The body must be {}", self.endpoint.media_types().join(" or "));
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
        let sender = self.principal().map(|principal| principal.owner);
        let context = ReadContext { strict: self.headers.strict, sender, now: self.now };
        match body::read_body(&json, context) {
            Ok(body) if self.headers.failures.is_empty() => Ok(body),
            Ok(_) => Err(Error::invalid(self.headers.failures.clone())),
            Err(failures) => Err(Error::invalid([self.headers.failures.clone(), failures].concat())),
        }
    }

    /// The query, to be read parameter by parameter.
    #[must_use]
    pub fn query(&self) -> Query<'_> {
        Query::new(self, self.headers.failures.clone())
    }

    pub(super) fn query_values(&self) -> &[(String, String)] {
        &self.query
    }

    pub(super) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// That `If-Match`, where it is sent, names this version.
    ///
    /// # Errors
    /// 412 where it does not.
    pub fn require_match(&self, version: u64) -> Result<()> {
        match &self.headers.if_match {
            Some(tags) if !tags.hold_for(version) => Err(Error::precondition_failed()),
            _ => Ok(()),
        }
    }

    /// The answer to reading a resource with this tag: 304 where `If-None-Match` has it.
    ///
    /// # Errors
    /// [`Error::Internal`] where the resource cannot be written as JSON.
    pub fn conditional_response(&self, resource: &impl serde::Serialize, tag: EntityTag) -> Result<Response> {
        let not_modified = self.headers.if_none_match.as_ref().is_some_and(|tags| tags.find(&tag));
        let answer = if not_modified { Response::default() } else { Response::new(resource)? };
        Ok(Response { not_modified, ..answer }.tagged(tag))
    }

    /// Whether the caller asks for the state as it is now, not as it was a moment ago (`Cache-Control: no-cache`).
    #[must_use]
    pub fn wants_latest(&self) -> bool {
        let value = self.raw.headers().get("cache-control").and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case("no-cache")))
    }

    /// What a change by this call leaves behind.
    ///
    /// # Errors
    /// 401 where nobody is known to call.
    pub fn write(&self) -> Result<Write> {
        let http = self.raw.request_context_ref().and_then(|context| match context {
            lambda_http::request::RequestContext::ApiGatewayV2(context) => Some(&context.http),
            _ => None,
        });
        let actor = Actor { kind: "api_key".to_owned(), id: self.caller()?.key.to_string() };
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

    /// What a change by this call leaves behind, with the record of `answer` under its `Idempotency-Key`.
    ///
    /// # Errors
    /// 401 where nobody is known to call.
    pub fn write_with_response(&self, answer: &Response) -> Result<Write> {
        let owner = self.caller()?.owner;
        let idempotency = self.idempotency_key().map(|key| Idempotency {
            owner,
            key,
            fingerprint: self.fingerprint(),
            response: answer.recorded(self.endpoint.success),
        });
        Ok(Write { idempotency, ..self.write()? })
    }

    /// That this call does not repeat another one. To be asked before a refusal that comes with time: what was in the
    /// future when the call was first made need not be so now. All else meets the record in its transaction.
    ///
    /// # Errors
    /// The answer to the first call, [`Error::Replay`]; `IDEMPOTENCY_KEY_REUSED`; 401 where nobody is known to call.
    pub async fn require_not_replayed(&self) -> Result<()> {
        let Some(key) = self.idempotency_key() else { return Ok(()) };
        self.store.require_unused(self.caller()?.owner, &key, &self.fingerprint(), self.now).await
    }

    /// A refusal as this caller may see it: without the id of what is in the way, where that is not the caller's.
    #[must_use]
    pub fn redact_conflict(&self, error: Error) -> Error {
        let owner = self.principal().map_or(Owner::Platform, |principal| principal.owner);
        match error {
            Error::Client(mut refusal) => {
                let id = refusal.conflict_id.take();
                let foreign = |id: &String| id.parse::<OrganizationId>().is_ok_and(|id| !owner.sees(id));
                refusal.conflict_id = id.filter(|id| !foreign(id));
                Error::Client(refusal)
            }
            other => other,
        }
    }

    /// What a merge gave that is beyond the limits, as a failed validation of the body.
    #[must_use]
    pub fn invalid(&self, wrong: &[Violation]) -> Error {
        Error::invalid(wrong.iter().map(body::field_error).collect())
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

    fn takes(&self, media_type: &str) -> bool {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        self.endpoint.media_types().iter().any(|known| known.eq_ignore_ascii_case(essence))
    }

    /// What is wrong with the query whichever endpoint it is sent to: parameters that are empty or repeated, and, where
    /// handling is strict, those that are not known.
    pub(super) fn check_query(&mut self) {
        let known = super::query::PAGING.iter().filter(|_| self.endpoint.paged).chain(self.endpoint.query);
        let known: Vec<&str> = known.map(|parameter| parameter.name).collect();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &self.query {
            let fault = if !known.contains(&name.as_str()) {
                (self.headers.strict && !seen.contains(&name.as_str())).then_some("is not known")
            } else if value.is_empty() {
                Some("must not be empty")
            } else {
                seen.contains(&name.as_str()).then_some("must not be repeated")
            };
            self.headers.failures.extend(fault.map(|fault| FieldError::parameter(name, fault)));
            seen.push(name);
        }
    }
}

/// The refusal of every credential that does not hold, whatever the reason.
pub(super) fn unauthorized() -> Error {
    Error::new(Code::Unauthorized, "Invalid or expired API key")
}

fn hex_digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex::encode(&digest.finalize())
}
