//! Keys of API keys, machine clients and their tokens, and of what depends on them.

use ulid::Ulid;

use super::{Key, Range, key, owned, range, tenant};
use crate::domain::{
    credentials::Owner,
    id::{AccessTokenId, ApiKeyId, MachineClientId, OrganizationId},
};

/// Returns the key of an API key. It does not depend on the owner, which authentication does not know before the read.
pub fn api_key(id: ApiKeyId) -> Key {
    key(format!("KEY#{}", id.ulid()), "KEY")
}

/// Returns the key of a machine client. Like that of an API key, it does not depend on the owner.
pub fn machine_client(id: MachineClientId) -> Key {
    key(format!("CLIENT#{}", id.ulid()), "CLIENT")
}

/// Returns the key of a machine client's row in the list of its organization.
pub fn machine_client_row(organization: OrganizationId, id: MachineClientId) -> Key {
    let Range { pk, prefix } = machine_client_rows(organization);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// Returns the range of the machine clients of an organization.
pub fn machine_client_rows(organization: OrganizationId) -> Range {
    range(tenant(organization), "MC#")
}

/// Returns the key of an access token.
pub fn access_token(id: AccessTokenId) -> Key {
    key(format!("TOKEN#{}", id.ulid()), "TOKEN")
}

/// Returns the key of the last issuances of a machine client. It has a partition key of its own, so that the role that issues
/// tokens cannot change machine clients.
pub fn token_issuances(id: MachineClientId) -> Key {
    key(format!("ISSUED#{}", id.ulid()), "ISSUED")
}

/// Returns the key of a credential in the list of those that `parent` created.
pub fn credential_child(parent: Ulid, id: Ulid) -> Key {
    let Range { pk, prefix } = credential_children(parent);
    key(pk, format!("{prefix}{id}"))
}

/// Returns the range of the credentials that `parent` created. They have a partition key of their own, so that a role which
/// may delete pending revocations cannot delete credentials.
pub fn credential_children(parent: Ulid) -> Range {
    range(format!("LINEAGE#{parent}"), "CHILD#")
}

/// Returns the key of a revoked credential whose children remain to be revoked, because it descends from `root`.
pub fn pending_revocation(root: Ulid, id: Ulid) -> Key {
    let Range { pk, prefix } = pending_revocations(root);
    key(pk, format!("{prefix}{id}"))
}

/// Returns the range of the pending revocations of the descendants of `root`.
pub fn pending_revocations(root: Ulid) -> Range {
    range(format!("LINEAGE#{root}"), "PENDING#")
}

/// Returns the key of the last use of a credential. It has a partition key of its own, so that a role which may record
/// uses cannot change credentials.
pub fn credential_use(id: Ulid) -> Key {
    key(format!("USED#{id}"), "USED")
}

/// Returns the key of an API key's row in its owner's list.
pub fn api_key_row(owner: Owner, id: ApiKeyId) -> Key {
    key(owned(owner), format!("KEY#{}", id.ulid()))
}

/// Returns the range of the API keys of one owner.
pub fn api_key_rows(owner: Owner) -> Range {
    range(owned(owner), "KEY#")
}

/// Returns the key of an API key's row in the list of all API keys.
pub fn any_api_key_row(id: ApiKeyId) -> Key {
    key("KEYS".to_owned(), id.ulid().to_string())
}

/// Returns the range of the list of all API keys.
pub fn any_api_key_rows() -> Range {
    range("KEYS".to_owned(), "")
}

/// Returns the key of the recorded response to an `Idempotency-Key` of the credential with these 128 bits. `digest` is the hexadecimal
/// SHA-256 of the `Idempotency-Key`.
pub fn idempotency(owner: Owner, credential: Ulid, digest: &str) -> Key {
    key(format!("{}#IDEM#{credential}#{digest}", owned(owner)), "IDEM")
}
