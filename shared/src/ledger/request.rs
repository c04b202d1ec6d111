//! A call in the ledger's dialect: who makes it, and what it says.

use lambda_http::{Body, RequestExt, http::Method};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Decoding, LedgerError, LedgerResult};
use crate::{
    domain::{
        LedgerPartyId, Namespace, Party, credentials::Owner, error::Result, id::OrganizationId, is_user_id, time::Time,
    },
    http::{Endpoint, Service},
    store::{Actor, Deployment, Origin, Store, Write, random},
};

/// Who calls, as the ledger sees it.
#[derive(Debug, Clone)]
pub struct User {
    /// The user's id: of the API key, or the subject of the token.
    pub id: String,
    /// Whose identity provider the user belongs to: the default one, which sees all, or one organization's.
    pub owner: Owner,
    /// Whether the user administers: the participant, or the identity provider.
    pub is_admin: bool,
    /// The actor as the audit trail names it.
    pub actor: Actor,
}

/// A call on its way through an endpoint of the ledger's dialect.
#[derive(Debug)]
pub struct LedgerRequest {
    pub(super) endpoint: &'static Endpoint,
    pub(super) service: Service,
    pub(super) store: Store,
    pub(super) user: Option<User>,
    pub(super) raw: lambda_http::Request,
    pub(super) query: Vec<(String, String)>,
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) request_id: String,
    pub(super) now: Time,
}

impl LedgerRequest {
    /// The endpoint that is called.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// The table, within this call's time.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The time of this call.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// 128 random bits.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::domain::error::Error::Internal) where the machine has none.
    pub fn random(&self) -> Result<u128> {
        random()
    }

    /// Who calls.
    ///
    /// # Errors
    /// 401 where nobody is known to.
    pub fn user(&self) -> LedgerResult<&User> {
        Ok(self.user.as_ref().ok_or_else(LedgerError::unauthenticated)?)
    }

    /// Who calls, if they administer.
    ///
    /// # Errors
    /// 403 where they do not.
    pub fn admin(&self) -> LedgerResult<&User> {
        let user = self.user()?;
        if user.is_admin {
            return Ok(user);
        }
        Err(LedgerError::permission_denied("the call needs the right of an admin").into())
    }

    /// What is made once per deployment.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn deployment(&self) -> Result<&Deployment> {
        self.service.deployment(&self.store).await
    }

    /// The organization that an identity provider id stands for, if the caller may use it: the empty id is the
    /// caller's own, for the platform the default one.
    ///
    /// # Errors
    /// 403 for another organization's, `INVALID_FIELD` for what cannot be one, `INVALID_ARGUMENT` for one that cannot
    /// exist.
    pub async fn provider(&self, id: &str) -> LedgerResult<OrganizationId> {
        let owner = self.user()?.owner;
        if id.is_empty() {
            return Ok(match owner.organization() {
                Some(own) => own,
                None => self.deployment().await?.organization_id,
            });
        }
        let named = id.parse::<OrganizationId>().ok();
        if let Some(named) = named.filter(|named| owner.sees(*named)) {
            return Ok(named);
        }
        if owner != Owner::Platform {
            // Whatever it is, it is not the caller's own.
            return Err(LedgerError::permission_denied("another identity provider").into());
        }
        check_ledger_string("identity_provider_id", id)?;
        Err(unknown_provider(id).into())
    }

    /// The identity provider id of an organization, as answers write it: the default one is empty.
    #[must_use]
    pub fn provider_id(&self, deployment: &Deployment, organization: OrganizationId) -> String {
        if organization == deployment.organization_id { String::new() } else { organization.to_string() }
    }

    /// The id of `party`.
    #[must_use]
    pub fn party_id(&self, namespace: &Namespace, party: &Party) -> String {
        LedgerPartyId::of(party, namespace)
    }

    /// The body as `T`, whatever the media type.
    ///
    /// # Errors
    /// A text where it cannot be decoded.
    pub fn body<T: DeserializeOwned>(&self) -> LedgerResult<T> {
        let bytes: &[u8] = match self.raw.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        let read = serde_json::from_slice(bytes);
        Ok(read.map_err(|e| Decoding { input: "body".to_owned(), reason: Some(e.to_string()) })?)
    }

    /// A query parameter; empty where it is absent.
    #[must_use]
    pub fn query(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All values of a repeatable query parameter.
    pub fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter that is a 32-bit number; 0 where it is absent.
    ///
    /// # Errors
    /// A text where it is none.
    pub fn query_number(&self, name: &str) -> LedgerResult<i32> {
        let Some((_, text)) = self.query.iter().find(|(known, _)| known == name) else { return Ok(0) };
        let undecodable = |_| Decoding { input: format!("query parameter {name}"), reason: None };
        Ok(text.parse().map_err(undecodable)?)
    }

    /// A parameter of the path.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The path as it came, percent-decoded.
    #[must_use]
    pub fn path_text(&self) -> &str {
        self.raw.raw_http_path()
    }

    /// The method as it came.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.raw.method()
    }

    /// `answer` as the body of an answer.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::domain::error::Error::Internal) where it cannot be written as JSON.
    pub fn answer(&self, answer: &impl Serialize) -> LedgerResult<Value> {
        Ok(serde_json::to_value(answer).map_err(crate::domain::error::Error::internal)?)
    }

    /// What a change by this call leaves behind.
    ///
    /// # Errors
    /// 401 where nobody is known to call.
    pub fn write(&self) -> LedgerResult<Write> {
        let http = self.raw.request_context_ref().and_then(|context| match context {
            lambda_http::request::RequestContext::ApiGatewayV2(context) => Some(&context.http),
            _ => None,
        });
        let origin = Origin {
            actor: self.user()?.actor.clone(),
            dialect: crate::store::Dialect::Ledger,
            request_id: self.request_id.clone(),
            ip_address: http.and_then(|http| http.source_ip.clone()),
            user_agent: http.and_then(|http| http.user_agent.clone()),
            now: self.now,
        };
        Ok(Write { origin, idempotency: None })
    }
}

/// An identity provider that is none of this deployment's.
#[must_use]
pub fn unknown_provider(id: &str) -> LedgerError {
    LedgerError::invalid_argument(format!("Provided identity_provider_id {id} has not been found."))
}

/// A `LedgerString`: 1 to 255 of ASCII letters, digits and ``#:-_/ ``.
///
/// # Errors
/// `INVALID_FIELD`
pub fn check_ledger_string(field: &str, text: &str) -> Result<(), LedgerError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "#:-_/ ".contains(c);
    if text.chars().count() > 255 {
        return Err(LedgerError::invalid_field(field, format!("{field} is too long (max: 255)")));
    }
    match text.chars().find(|c| !legal(*c)) {
        Some(odd) => {
            let cause = format!("non expected character 0x{:x} in Daml-LF Ledger String {text:?}", u32::from(odd));
            Err(LedgerError::invalid_field(field, cause))
        }
        None => Ok(()),
    }
}

/// A user id: 1 to 128 of ASCII letters, digits and ``@^$.!`-#+'~_|:()``; empty where none is given.
///
/// # Errors
/// `INVALID_FIELD`
pub fn check_user_id(id: &str) -> Result<(), LedgerError> {
    if !is_user_id(id) {
        let cause = "User ID does not match regex \"[a-zA-Z0-9@^$.!`\\-#+'~_|:()]{1,128}\"";
        return Err(LedgerError::invalid_field("user_id", cause));
    }
    Ok(())
}
