//! Access to a machine client by its id.

use berth_shared::{
    Error, Result,
    credentials::{Principal, Scopes},
    error::Code,
    http::Request,
    id,
    store::ListedMachineClient,
};

/// Returns the machine client in the path.
///
/// # Errors
/// `MACHINE_CLIENT_NOT_FOUND` if the organization has no such client; the errors of [`Request::organization`].
pub(super) async fn find(request: &Request) -> Result<ListedMachineClient> {
    let (organization, id) = (request.organization()?, request.path("machineClientId")?);
    let found = request.store().machine_client(organization, id).await?;
    found.ok_or_else(Error::not_found::<id::MachineClient>)
}

/// Checks that the caller holds every one of `scopes`. `action` is what it is about to do with a client that has them.
///
/// # Errors
/// `SCOPE_NOT_HELD`
pub(super) fn require_scopes(caller: &Principal, scopes: &Scopes, action: &str) -> Result<()> {
    match caller.scopes.lacking(scopes).as_slice() {
        [] => Ok(()),
        [first, ..] => {
            let detail = format!(
                "A credential can {action} only machine clients whose scopes it holds; this credential does not hold {first}"
            );
            Err(Error::new(Code::ScopeNotHeld, detail))
        }
    }
}
