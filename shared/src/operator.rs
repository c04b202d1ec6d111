//! Operations of the operator, outside of the API: create the deployment record, and create API keys.

use crate::{
    domain::{
        AllowedIps, ApiKey, Creator, Metadata, Name, Namespace, Organization, Slug,
        credentials::{Credential, CredentialSubject, Environment, Owner, Scope, Scopes},
        error::{Error, Result},
        id::{ApiKeyId, DockId, OrganizationId, RequestId},
        time::Time,
    },
    store::{Actor, ApiKeyRecord, CursorSecret, Deployment, Dialect, Origin, Store, Write, random},
};

/// API key to create.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Display name, 1 to 200 characters.
    pub name: String,
    /// Organization that will own the key; `None` creates a platform key.
    pub organization: Option<OrganizationId>,
    /// Scopes to grant.
    pub scopes: Vec<Scope>,
    /// Time of expiry; `None` if the key does not expire.
    pub expires_at: Option<Time>,
}

/// Created API key.
#[derive(Debug, Clone)]
pub struct CreatedKey {
    /// Id of the key.
    pub id: ApiKeyId,
    /// Credential. It is shown only once, because only its digest is stored.
    pub credential: String,
}

/// Properties of an API key to generate.
#[derive(Debug)]
pub struct KeyProperties {
    /// Owner of the key.
    pub owner: Owner,
    /// Display name.
    pub name: Name,
    /// Scopes to grant.
    pub scopes: Scopes,
    /// Time of expiry; `None` if the key does not expire.
    pub expires_at: Option<Time>,
    /// The only dock that the key can access; `None` if it is not bound to a dock.
    pub dock_id: Option<DockId>,
    /// Networks from which the key can be used.
    pub allowed_ips: AllowedIps,
    /// Creator of the key.
    pub created_by: Creator,
}

/// Generates an API key and its credential, without storing them.
///
/// # Errors
/// [`Error::Internal`] if the system has no randomness.
pub fn mint(environment: Environment, new: KeyProperties, now: Time) -> Result<(ApiKeyRecord, Credential)> {
    let id = ApiKeyId::new(now, random()?);
    let credential = credential(environment, id.into())?;
    let key = ApiKey {
        id,
        owner: new.owner,
        name: new.name,
        scopes: new.scopes.as_slice().to_vec(),
        environment,
        start: credential.start().to_owned(),
        dock_id: new.dock_id,
        allowed_ips: new.allowed_ips,
        expires_at: new.expires_at,
        created_at: now,
        created_by: new.created_by,
        revoked_at: None,
        version: 1,
    };
    Ok((ApiKeyRecord::new(key, &credential.digest()), credential))
}

/// Generates a credential of `subject`.
///
/// # Errors
/// [`Error::Internal`] if the system has no randomness.
pub fn credential(environment: Environment, subject: CredentialSubject) -> Result<Credential> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Credential::new(environment, subject, secret))
}

/// Creates the deployment record and a first platform key with all scopes. Returns the credential, or `None` if the
/// record exists already. `operator` is the id of the operator, for the audit trail.
///
/// # Errors
/// [`Error::Unavailable`] if DynamoDB does not respond in time.
pub async fn initialize(store: &Store, environment: Environment, operator: &str) -> Result<Option<String>> {
    if store.deployment().await?.is_some() {
        return Ok(None);
    }
    let now = Time::now();
    let first = KeyProperties {
        owner: Owner::Platform,
        name: Name::parse("First key").map_err(Error::internal)?,
        scopes: Scopes::new(Scope::ALL.to_vec()),
        expires_at: None,
        dock_id: None,
        allowed_ips: AllowedIps::default(),
        created_by: Creator::Operator,
    };
    let (record, credential) = mint(environment, first, now)?;
    let (deployment, secret, own) = deployment(now)?;
    let created = store.create_deployment((&deployment, &secret), &own, &record, &write(operator, now)?).await?;
    Ok(created.then(|| credential.reveal().to_owned()))
}

/// Creates an API key. The first platform key also creates the deployment record. `operator` is the id of the operator, for
/// the audit trail.
///
/// # Errors
/// `VALIDATION_FAILED` if the name is invalid, `ORGANIZATION_NOT_FOUND`, or [`Error::Unavailable`].
pub async fn create_key(store: &Store, environment: Environment, new: NewKey, operator: &str) -> Result<CreatedKey> {
    let now = Time::now();
    let name = Name::parse(&new.name)
        .map_err(|detail| Error::invalid(vec![crate::domain::error::FieldError::parameter("name", detail)]))?;
    let owner = new.organization.map_or(Owner::Platform, Owner::Organization);
    let (scopes, expires_at) = (Scopes::new(new.scopes), new.expires_at);
    let created_by = Creator::Operator;
    let (dock_id, allowed_ips) = (None, AllowedIps::default());
    let properties = KeyProperties { owner, name, scopes, expires_at, dock_id, allowed_ips, created_by };
    let (record, credential) = mint(environment, properties, now)?;
    let is_first = owner == Owner::Platform && store.deployment().await?.is_none();
    let (deployment, secret, own) = deployment(now)?;
    if !is_first || !store.create_deployment((&deployment, &secret), &own, &record, &write(operator, now)?).await? {
        store.create_api_key(&record, None, &write(operator, now)?).await?;
    }
    Ok(CreatedKey { id: record.key.id, credential: credential.reveal().to_owned() })
}

/// Creates a new deployment record, its cursor secret and its default organization.
fn deployment(now: Time) -> Result<(Deployment, CursorSecret, Organization)> {
    let mut namespace = [0; 32];
    getrandom::fill(&mut namespace).map_err(|e| Error::internal(e.to_string()))?;
    let own = Organization {
        id: OrganizationId::new(now, random()?),
        name: Name::parse("Default").map_err(Error::internal)?,
        slug: Slug::parse("default").map_err(Error::internal)?,
        metadata: Metadata::default(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let deployment = Deployment { namespace: Namespace::new(namespace), organization_id: own.id, created_at: now };
    let secret = CursorSecret { secret: format!("{:032x}{:032x}", random()?, random()?) };
    Ok((deployment, secret, own))
}

/// Returns the metadata of a write by the operator with this id. No request to the API has an actor of this type.
fn write(operator: &str, now: Time) -> Result<Write> {
    let actor = Actor { kind: "operator".to_owned(), id: operator.to_owned() };
    let request_id = RequestId::new(now, random()?).to_string();
    Ok(Write {
        origin: Origin { actor, dialect: Dialect::Operator, request_id, ip_address: None, user_agent: None, now },
        idempotency: None,
    })
}
