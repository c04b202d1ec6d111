//! Representation of parties and users in the ledger dialect. Every member is always present; absent values are empty
//! strings.

use berth_shared::{
    domain::Party,
    http::{Parameter, PayloadBudget},
    ledger::{Annotations, Category, LedgerError, LedgerRequest, LedgerResult, User, check_user_id_in_path, shown},
    store::Deployment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Party on the ledger.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerPartyDetails")]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyDetails {
    /// Identifier of the party: `<hint>::<namespace>`.
    pub(super) party: String,
    /// Whether the party is hosted on this participant.
    pub(super) is_local: bool,
    /// Metadata of the party on this participant.
    pub(super) local_metadata: ObjectMeta,
    /// Identity provider of the party: the identifier of an organization, or empty for the default one.
    pub(super) identity_provider_id: String,
}

/// Metadata of a party or user on this participant.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "LedgerObjectMeta")]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectMeta {
    /// Version for conflict detection in updates; empty if it is not visible.
    pub(super) resource_version: String,
    /// Annotations by key. Values are strings.
    pub(super) annotations: Annotations,
}

/// Metadata of a party to create or update.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "LedgerObjectMetaInput")]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectMetaInput {
    /// Version that the update is based on: a decimal integer. Empty, `null` or omitted: any.
    pub(super) resource_version: Option<String>,
    /// Annotations by key, 256 KiB in total; `null` means none. An empty value removes the key in updates.
    pub(super) annotations: Option<Annotations>,
}

/// Response with one party.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LedgerPartyResponse")]
pub(super) struct PartyResponse {
    /// The requested, allocated or updated party.
    pub(super) party_details: PartyDetails,
}

/// User of the ledger API.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LedgerUser")]
pub(super) struct UserView {
    /// Identifier of the user.
    pub(super) id: String,
    /// Primary party of the user: always empty.
    pub(super) primary_party: String,
    /// Whether the user is deactivated.
    pub(super) is_deactivated: bool,
    /// Metadata of the user on this participant.
    pub(super) metadata: ObjectMeta,
    /// Identity provider of the user: the identifier of an organization, or empty for the default one.
    pub(super) identity_provider_id: String,
}

/// Response with one user.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerUserResponse")]
pub(super) struct UserResponse {
    /// The requested user.
    pub(super) user: UserView,
}

impl PartyDetails {
    /// Creates the representation of a party for administrators of its identity provider.
    pub(super) fn new(request: &LedgerRequest, deployment: &Deployment, party: &Party) -> Self {
        Self {
            party: request.party_id(&deployment.namespace, party),
            is_local: true,
            local_metadata: ObjectMeta {
                // Canton counts versions from 0, the table from 1.
                resource_version: (party.version - 1).to_string(),
                annotations: shown(&party.metadata),
            },
            identity_provider_id: request.provider_id(deployment, party.organization_id),
        }
    }

    /// Takes the size of the representation from the budget of a response. Returns whether it fits.
    pub(super) fn fits(&self, budget: &mut PayloadBudget) -> LedgerResult<bool> {
        let json = serde_json::to_string(self).map_err(berth_shared::Error::internal)?;
        Ok(budget.take(&json))
    }

    /// Creates the representation of a party for administrators of other identity providers. Only the default identity
    /// provider sees that the party is local.
    pub(super) fn redacted(party: String, is_local: bool) -> Self {
        Self { party, is_local, local_metadata: ObjectMeta::default(), identity_provider_id: String::new() }
    }
}

impl UserResponse {
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

/// The identity provider whose parties an endpoint returns in full.
pub(super) const PARTIES_PROVIDER: Parameter = Parameter {
    name: "identity-provider-id",
    description: "Identity provider: the identifier of an organization. Empty or omitted: your own \
        organization, or the default one with a platform key. Parties of others are returned without \
        annotations.",
    schema: crate::schemas::ledger_provider,
};

/// The identity provider of the user that an endpoint returns.
pub(super) const USER_PROVIDER: Parameter = Parameter {
    name: "identity-provider-id",
    description: "Identity provider of the user: the identifier of an organization. Empty or omitted: that of the \
        authenticated user.",
    schema: crate::schemas::ledger_provider,
};

/// Returns the user in the path, if the user belongs to the identity provider. `operation` is its name in errors.
///
/// # Errors
/// `INVALID_ARGUMENT` if the id is malformed, 403 for another user's id if the caller is no admin, `INVALID_FIELD` if the
/// provider is malformed, `USER_NOT_FOUND` if the id is not that of the caller, 403 for another identity provider.
pub(super) async fn requested_user<'a>(
    request: &'a LedgerRequest,
    operation: &str,
    provider: &str,
) -> LedgerResult<&'a User> {
    let (id, user) = (request.path("user-id"), request.user()?);
    check_user_id_in_path(id)?;
    if id == user.id {
        request.check_own_provider(provider).await?;
        return Ok(user);
    }
    request.admin()?;
    request.viewer(provider).await?;
    Err(unknown_user(operation, id).into())
}

/// Creates the error `USER_NOT_FOUND`.
pub(super) fn unknown_user(operation: &str, id: &str) -> LedgerError {
    let cause = format!("{operation} failed for unknown user \"{id}\"");
    LedgerError::new(Category::NotFound, "USER_NOT_FOUND", cause).about("USER", id)
}
