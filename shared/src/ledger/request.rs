//! A request in the ledger dialect, and its user.

use lambda_http::{
    Body, RequestExt,
    http::{Method, StatusCode},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Decoding, LedgerError, LedgerFailure, LedgerResult};
use crate::{
    domain::{
        LedgerPartyId, Namespace, Party, credentials::Owner, error::Result, id::OrganizationId, is_user_id, time::Time,
    },
    http::{Endpoint, Service, boundary},
    store::{Actor, Deployment, Origin, Store, Write, random},
};

/// The user of a request.
#[derive(Debug, Clone)]
pub struct User {
    /// Id of the user: that of the API key, or the subject of the token.
    pub id: String,
    /// Owner of the user's identity provider: the platform, with access to all parties, or one organization.
    pub owner: Owner,
    /// Whether the user is an admin of the participant or of the identity provider.
    pub is_admin: bool,
    /// Whether the user may look up any party that its owner has access to. Others need a right on the party.
    pub reads_any_party: bool,
    /// Actor in audit entries.
    pub actor: Actor,
}

/// A request to an endpoint of the ledger dialect.
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
    /// Returns the endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// Returns the table, with the deadline of this request.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the time of this request.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Returns 128 random bits.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::domain::error::Error::Internal) if the system has no randomness.
    pub fn random(&self) -> Result<u128> {
        random()
    }

    /// Returns the user.
    ///
    /// # Errors
    /// 401 if the request is unauthenticated.
    pub fn user(&self) -> LedgerResult<&User> {
        Ok(self.user.as_ref().ok_or_else(LedgerError::unauthenticated)?)
    }

    /// Returns the user, who must be an admin.
    ///
    /// # Errors
    /// 403 if the user is not an admin.
    pub fn admin(&self) -> LedgerResult<&User> {
        let user = self.user()?;
        if user.is_admin {
            return Ok(user);
        }
        Err(LedgerError::permission_denied("the request requires admin rights").into())
    }

    /// Returns the deployment record.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn deployment(&self) -> Result<&Deployment> {
        self.service.deployment(&self.store).await
    }

    /// Returns the organization of an identity provider id, if the user has access to it. The empty id stands for the
    /// user's own identity provider, or for the default one with a platform key.
    ///
    /// # Errors
    /// 403 for another organization's id, `INVALID_FIELD` for a malformed id, `INVALID_ARGUMENT` for an id that does
    /// not exist.
    pub async fn provider(&self, id: &str) -> LedgerResult<OrganizationId> {
        let owner = self.user()?.owner;
        if id.is_empty() {
            return Ok(self.own_provider().await?);
        }
        let named = id.parse::<OrganizationId>().ok();
        if let Some(named) = named.filter(|named| owner.sees(*named)) {
            return Ok(named);
        }
        if owner != Owner::Platform {
            // Any other id is forbidden, whether it exists or not.
            return Err(LedgerError::permission_denied("another identity provider").into());
        }
        check_ledger_string("identity_provider_id", id)?;
        Err(unknown_provider(id).into())
    }

    /// Checks that the user belongs to the identity provider with this id. The empty id stands for the user's own.
    ///
    /// # Errors
    /// 403 if the user belongs to another identity provider, `INVALID_FIELD` if an admin of the participant sends a
    /// malformed id.
    pub async fn check_own_provider(&self, id: &str) -> LedgerResult<()> {
        let user = self.user()?;
        if id.is_empty() || id.parse().ok() == Some(self.own_provider().await?) {
            return Ok(());
        }
        if user.is_admin && user.owner == Owner::Platform {
            check_ledger_string("identity_provider_id", id)?;
        }
        Err(LedgerError::permission_denied("a user of another identity provider").into())
    }

    /// Returns the organization of the user's identity provider: the default one for a user of the platform.
    async fn own_provider(&self) -> Result<OrganizationId> {
        match self.user.as_ref().and_then(|user| user.owner.organization()) {
            Some(own) => Ok(own),
            None => Ok(self.deployment().await?.organization_id),
        }
    }

    /// Returns the identity provider in whose view parties are returned: an organization, or `None` for an id that does
    /// not exist. A user of the platform may name any.
    ///
    /// # Errors
    /// 403 for another organization's id, `INVALID_FIELD` for a malformed id.
    pub async fn viewer(&self, id: &str) -> LedgerResult<Option<OrganizationId>> {
        if self.user()?.owner == Owner::Platform {
            check_ledger_string("identity_provider_id", id)?;
            return Ok(if id.is_empty() { Some(self.own_provider().await?) } else { id.parse().ok() });
        }
        Ok(Some(self.provider(id).await?))
    }

    /// Returns the identity provider id of an organization as in responses: that of the default one is empty.
    #[must_use]
    pub fn provider_id(&self, deployment: &Deployment, organization: OrganizationId) -> String {
        if organization == deployment.organization_id { String::new() } else { organization.to_string() }
    }

    /// Returns the id of `party`.
    #[must_use]
    pub fn party_id(&self, namespace: &Namespace, party: &Party) -> String {
        LedgerPartyId::of(party, namespace)
    }

    /// Deserializes the body, whatever its media type.
    ///
    /// # Errors
    /// A text error if the body cannot be decoded.
    pub fn body<T: DeserializeOwned>(&self) -> LedgerResult<T> {
        let bytes: &[u8] = match self.raw.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if !bytes.is_empty() && boundary::is_encoded(self.raw.headers()) {
            let text = "The body must not be compressed: send it without Content-Encoding.";
            return Err(LedgerFailure::Text(StatusCode::UNSUPPORTED_MEDIA_TYPE, text.to_owned()));
        }
        let read = serde_json::from_slice(bytes);
        Ok(read.map_err(|e| Decoding { input: "body".to_owned(), reason: Some(e.to_string()) })?)
    }

    /// Returns a query parameter; empty if it is absent.
    #[must_use]
    pub fn query(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns all values of a repeatable query parameter.
    pub fn query_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns a query parameter that is a 32-bit number; 0 if it is absent.
    ///
    /// # Errors
    /// A text error if it is not a number.
    pub fn query_number(&self, name: &str) -> LedgerResult<i32> {
        let Some((_, text)) = self.query.iter().find(|(known, _)| known == name) else { return Ok(0) };
        let undecodable = |_| Decoding { input: format!("query parameter {name}"), reason: None };
        Ok(text.parse().map_err(undecodable)?)
    }

    /// Returns a path parameter.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Returns the path as received, percent-decoded.
    #[must_use]
    pub fn path_text(&self) -> &str {
        self.raw.raw_http_path()
    }

    /// Returns the method as received.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.raw.method()
    }

    /// Serializes the body of a response.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::domain::error::Error::Internal) if it cannot be serialized as JSON.
    pub fn respond(&self, body: &impl Serialize) -> LedgerResult<Value> {
        Ok(serde_json::to_value(body).map_err(crate::domain::error::Error::internal)?)
    }

    /// Returns the metadata of a write by this request.
    ///
    /// # Errors
    /// 401 if the request is unauthenticated.
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

/// Returns the error for an unknown identity provider.
#[must_use]
pub fn unknown_provider(id: &str) -> LedgerError {
    LedgerError::invalid_argument(format!("Provided identity_provider_id {id} has not been found."))
}

/// Checks a `LedgerString`: 1 to 255 ASCII letters, digits and ``#:-_/ ``.
///
/// # Errors
/// `INVALID_FIELD`
pub fn check_ledger_string(field: &str, text: &str) -> Result<(), LedgerError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "#:-_/ ".contains(c);
    if text.chars().count() > 255 {
        return Err(LedgerError::invalid_field(field, "Daml-LF Ledger String is too long (max: 255)"));
    }
    match text.chars().find(|c| !legal(*c)) {
        Some(odd) => {
            let cause = format!("non expected character 0x{:x} in Daml-LF Ledger String {text:?}", u32::from(odd));
            Err(LedgerError::invalid_field(field, cause))
        }
        None => Ok(()),
    }
}

/// Checks a user id in a body: 1 to 128 ASCII letters, digits and ``@^$.!`-#+'~_|:()``, or empty if the request has none.
///
/// # Errors
/// `INVALID_FIELD`
pub fn check_user_id(id: &str) -> Result<(), LedgerError> {
    if is_user_id(id) { Ok(()) } else { Err(LedgerError::invalid_field("user_id", malformed_user_id(id))) }
}

/// Checks a user id in a path, which the JSON layer does before it looks at the rights of the caller.
///
/// # Errors
/// `INVALID_ARGUMENT` of the JSON layer
pub fn check_user_id_in_path(id: &str) -> Result<(), LedgerError> {
    if !id.is_empty() && is_user_id(id) {
        return Ok(());
    }
    let cause = format!("Malformed user-id: {}", malformed_user_id(id));
    Err(LedgerError::invalid_argument(cause).by_json_layer())
}

fn malformed_user_id(id: &str) -> String {
    format!(r#"User ID "{id}" does not match regex "[a-zA-Z0-9@^$.!`\-#+'~_|:\(\)]{{1,128}}""#)
}
