//! What the operator does before anyone can call: making the deployment and its first key, and keys after that.

use crate::{
    domain::{
        ApiKey, Metadata, Name, Namespace, Organization, Slug,
        credentials::{Credential, Environment, Owner, Scope, Scopes},
        error::{Error, Result},
        id::{ApiKeyId, OrganizationId, RequestId},
        time::Time,
    },
    store::{Actor, ApiKeyRecord, Deployment, Dialect, Origin, Store, Write, random},
};

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// Whose it is; `None`: the platform's.
    pub organization: Option<OrganizationId>,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// From then on it is refused; `None`: never.
    pub expires_at: Option<Time>,
}

/// A key that was made.
#[derive(Debug, Clone)]
pub struct CreatedKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The credential, which cannot be shown again.
    pub credential: String,
}

/// A new key and its credential, as nobody has stored them yet.
///
/// # Errors
/// [`Error::Internal`] where the machine has no randomness.
pub fn mint(
    environment: Environment,
    owner: Owner,
    name: Name,
    scopes: &Scopes,
    expires_at: Option<Time>,
    now: Time,
) -> Result<(ApiKeyRecord, Credential)> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|e| Error::internal(e.to_string()))?;
    let id = ApiKeyId::new(now, random()?);
    let credential = Credential::new(environment, id, secret);
    let key = ApiKey {
        id,
        owner,
        name,
        scopes: scopes.as_slice().to_vec(),
        environment,
        start: credential.start().to_owned(),
        expires_at,
        created_at: now,
        revoked_at: None,
        version: 1,
    };
    Ok((ApiKeyRecord::new(key, &credential.digest()), credential))
}

/// Makes the deployment with a first platform key that may do everything. The credential, if this call made it; `None`
/// if the deployment was there.
///
/// # Errors
/// [`Error::Unavailable`] where the store does not answer.
pub async fn initialize(store: &Store, environment: Environment) -> Result<Option<String>> {
    if store.deployment().await?.is_some() {
        return Ok(None);
    }
    let now = Time::now();
    let name = Name::parse("First key").map_err(Error::internal)?;
    let (record, credential) = mint(environment, Owner::Platform, name, &Scopes::new(Scope::ALL.to_vec()), None, now)?;
    let (deployment, own) = deployment(now)?;
    let made = store.create_deployment(&deployment, &own, &record, &write(now)?).await?;
    Ok(made.then(|| credential.reveal().to_owned()))
}

/// Makes a key, and the deployment where it is not made yet.
///
/// # Errors
/// `VALIDATION_FAILED` for a name that is none, `ORGANIZATION_NOT_FOUND`, [`Error::Unavailable`].
pub async fn create_key(store: &Store, environment: Environment, new: NewKey) -> Result<CreatedKey> {
    let now = Time::now();
    let name = Name::parse(&new.name)
        .map_err(|detail| Error::invalid(vec![crate::domain::error::FieldError::parameter("name", detail)]))?;
    let owner = new.organization.map_or(Owner::Platform, Owner::Organization);
    let (record, credential) = mint(environment, owner, name, &Scopes::new(new.scopes), new.expires_at, now)?;
    let is_first = owner == Owner::Platform && store.deployment().await?.is_none();
    let (deployment, own) = deployment(now)?;
    if !is_first || !store.create_deployment(&deployment, &own, &record, &write(now)?).await? {
        store.create_api_key(&record, &write(now)?).await?;
    }
    Ok(CreatedKey { id: record.key.id, credential: credential.reveal().to_owned() })
}

/// A new deployment and its own organization.
fn deployment(now: Time) -> Result<(Deployment, Organization)> {
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
    let deployment = Deployment {
        cursor_secret: format!("{:032x}{:032x}", random()?, random()?),
        namespace: Namespace::new(namespace),
        organization_id: own.id,
        created_at: now,
    };
    Ok((deployment, own))
}

/// Changes by the operator: no call of the API has this actor.
fn write(now: Time) -> Result<Write> {
    let actor = Actor { kind: "operator".to_owned(), id: "berth".to_owned() };
    let request_id = RequestId::new(now, random()?).to_string();
    Ok(Write {
        origin: Origin { actor, dialect: Dialect::Operator, request_id, ip_address: None, user_agent: None, now },
        idempotency: None,
    })
}
