//! How the ledger's dialect shows things: every field always written, empty texts in place of what is absent.

use berth_shared::{
    domain::Party,
    ledger::{Annotations, Category, LedgerError, LedgerRequest, LedgerResult, User, check_user_id, shown},
    store::Deployment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A party on the ledger.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyDetails {
    /// Its id.
    pub(super) party: String,
    /// Whether it is hosted here.
    pub(super) is_local: bool,
    /// What this participant keeps of it.
    pub(super) local_metadata: ObjectMeta,
    /// The identity provider it belongs to; empty: the default one.
    pub(super) identity_provider_id: String,
}

/// What a participant keeps of a thing.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectMeta {
    /// The version, which changes are held against.
    pub(super) resource_version: String,
    /// Annotations by key.
    pub(super) annotations: Annotations,
}

/// A thing's metadata as a caller sends it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SentMeta {
    /// The version that the caller has seen; empty: any.
    pub(super) resource_version: Option<String>,
    /// Annotations by key.
    pub(super) annotations: Option<Annotations>,
}

/// The answer about one party.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LedgerParty")]
pub(super) struct PartyAnswer {
    /// The party.
    pub(super) party_details: PartyDetails,
}

/// A user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LedgerUser")]
pub(super) struct UserView {
    /// The user's id.
    pub(super) id: String,
    /// The user's main party; always empty.
    pub(super) primary_party: String,
    /// Whether the user is shut out.
    pub(super) is_deactivated: bool,
    /// What this participant keeps of the user.
    pub(super) metadata: ObjectMeta,
    /// The identity provider the user belongs to; empty: the default one.
    pub(super) identity_provider_id: String,
}

/// The answer about one user.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerUserAnswer")]
pub(super) struct UserAnswer {
    /// The user.
    pub(super) user: UserView,
}

impl PartyDetails {
    /// `party`, as those who administer it see it.
    pub(super) fn new(request: &LedgerRequest, deployment: &Deployment, party: &Party) -> Self {
        Self {
            party: request.party_id(&deployment.namespace, party),
            is_local: true,
            local_metadata: ObjectMeta {
                // Versions count from 0 there and from 1 here.
                resource_version: (party.version - 1).to_string(),
                annotations: shown(&party.metadata),
            },
            identity_provider_id: request.provider_id(deployment, party.organization_id),
        }
    }

    /// The same party, as those who administer another identity provider see it.
    pub(super) fn blanked(self, is_local: bool) -> Self {
        let local_metadata = ObjectMeta::default();
        Self { is_local, local_metadata, identity_provider_id: String::new(), ..self }
    }
}

impl UserAnswer {
    pub(super) fn new(request: &LedgerRequest, deployment: &Deployment, user: &User) -> Self {
        let provider = user.owner.organization().map(|own| request.provider_id(deployment, own));
        let metadata = ObjectMeta { resource_version: "0".to_owned(), annotations: Annotations::new() };
        Self {
            user: UserView {
                id: user.id.clone(),
                primary_party: String::new(),
                is_deactivated: false,
                metadata,
                identity_provider_id: provider.unwrap_or_default(),
            },
        }
    }
}

/// The user that the path names, if it is the one who calls.
///
/// # Errors
/// `INVALID_FIELD`, `USER_NOT_FOUND`
pub(super) fn known_user(request: &LedgerRequest) -> LedgerResult<&User> {
    let (id, user) = (request.path("user-id"), request.user()?);
    check_user_id(id)?;
    if id == user.id {
        return Ok(user);
    }
    Err(unknown_user(id).into())
}

/// `USER_NOT_FOUND`
pub(super) fn unknown_user(id: &str) -> LedgerError {
    let cause = format!("getting user failed for unknown user \"{id}\"");
    LedgerError::new(Category::NotFound, "USER_NOT_FOUND", cause).about("USER", id)
}
