//! Access to an API key by its id.

use berth_shared::{
    Error, Result,
    credentials::{Owner, Principal, Scopes},
    domain::ApiKey,
    error::Code,
    id,
};

/// Returns whether the caller has access to keys of this owner.
fn sees(caller: &Principal, owner: Owner) -> bool {
    caller.owner == Owner::Platform || caller.owner == owner
}

/// Returns the key that was found, if the caller has access to it.
///
/// # Errors
/// `API_KEY_NOT_FOUND` if the key does not exist, or belongs to another owner.
pub(super) fn visible<T>(caller: &Principal, found: Option<T>, key: impl Fn(&T) -> &ApiKey) -> Result<T> {
    found.filter(|found| sees(caller, key(found).owner)).ok_or_else(Error::not_found::<id::ApiKey>)
}

/// Checks that the caller holds every scope of a key, so that it cannot change what is stronger than itself. `action` is what
/// it is about to do.
///
/// # Errors
/// `SCOPE_NOT_HELD`
pub(super) fn require_scopes(caller: &Principal, key: &ApiKey, action: &str) -> Result<()> {
    match caller.scopes.lacking(&Scopes::new(key.scopes.clone())).as_slice() {
        [] => Ok(()),
        [first, ..] => {
            let detail =
                format!("An API key can {action} only keys whose scopes it holds; this API key does not hold {first}");
            Err(Error::new(Code::ScopeNotHeld, detail))
        }
    }
}
