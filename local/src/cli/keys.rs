//! `berth keys create`.

use berth_shared::{
    credentials::Scope,
    operator::{self, NewKey},
    store::Store,
};

use super::{arguments::KeyArguments, message, print_stderr, print_stdout};
use crate::{connection::StoreConnection, error::error_chain};

/// Prefixes of scopes outside the directory of an organization: the ledger, and other services that use Berth's keys.
const NON_DIRECTORY_SCOPES: [&str; 3] = ["ledger:", "artifacts:", "policies:"];

/// Creates an API key. Standard output has only the credential.
pub(super) async fn create(arguments: KeyArguments) -> Result<(), String> {
    let connection = StoreConnection::open_or_join(&arguments.store.choice()).await.map_err(message)?;
    let created = create_in(&connection, arguments).await;
    connection.close().await;
    let (credential, description) = created?;
    print_stderr(&description);
    print_stdout(&credential);
    Ok(())
}

/// Creates an API key. Returns its credential, and a description for the user.
async fn create_in(connection: &StoreConnection, arguments: KeyArguments) -> Result<(String, String), String> {
    connection.prepare_table(&arguments.store.table).await.map_err(message)?;
    let store = Store::connect(connection.config(), &arguments.store.table);
    let owner = match &arguments.organization {
        Some(organization) => format!("organization {organization}"),
        None => "the platform".to_owned(),
    };
    let scopes = match (arguments.scopes, arguments.organization.is_some()) {
        (scopes, _) if !scopes.is_empty() => scopes,
        (_, true) => directory_scopes(),
        (_, false) => Scope::ALL.to_vec(),
    };
    let key =
        NewKey { name: arguments.name, organization: arguments.organization, scopes, expires_at: arguments.expires_at };
    let created = operator::create_key(&store, arguments.environment, key).await;
    let created = created.map_err(|error| format!("cannot create the API key: {}", error_chain(&error)))?;
    let description = format!(
        "API key {} of {owner}, environment {}. Its credential is shown only once:",
        created.id, arguments.environment
    );
    Ok((created.credential, description))
}

/// Returns every scope of an organization's directory.
fn directory_scopes() -> Vec<Scope> {
    let is_outside = |scope: &Scope| NON_DIRECTORY_SCOPES.iter().any(|prefix| scope.as_str().starts_with(prefix));
    Scope::ALL.iter().copied().filter(|scope| !is_outside(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directory_scopes_exclude_the_ledger_and_other_services() {
        let scopes: Vec<_> = directory_scopes().iter().map(ToString::to_string).collect();
        for included in ["docks:read", "docks:write", "parties:read", "roles:write", "api-keys:write", "audit:read"] {
            assert!(scopes.iter().any(|scope| scope == included), "{included}");
        }
        for excluded in ["ledger:admin", "artifacts:write", "policies:read"] {
            assert!(!scopes.iter().any(|scope| scope == excluded), "{excluded}");
        }
    }
}
