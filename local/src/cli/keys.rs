//! `berth keys create`.

use berth_shared::{
    credentials::Scope,
    operator::{self, NewKey},
    store::Store,
};

use super::{arguments::KeyArguments, message, print_stderr, print_stdout};
use crate::{connection::StoreConnection, error::error_chain};

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
        (_, true) => organization_scopes(),
        (_, false) => Scope::ALL.to_vec(),
    };
    let key =
        NewKey { name: arguments.name, organization: arguments.organization, scopes, expires_at: arguments.expires_at };
    let created = operator::create_key(&store, arguments.environment, key, &connection.operator().await).await;
    let created = created.map_err(|error| format!("cannot create the API key: {}", error_chain(&error)))?;
    let description = format!(
        "API key {} of {owner}, environment {}. Its credential is shown only once:",
        created.id, arguments.environment
    );
    Ok((created.credential, description))
}

/// Returns the default scopes of an organization key: every scope, except that of creating further keys.
fn organization_scopes() -> Vec<Scope> {
    Scope::ALL.iter().copied().filter(|scope| *scope != Scope::ApiKeysWrite).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_scopes_of_an_organization_key_exclude_the_creation_of_keys() {
        let scopes: Vec<_> = organization_scopes().iter().map(|scope| scope.as_str()).collect();
        assert_eq!(scopes.len(), Scope::ALL.len() - 1);
        assert!(scopes.contains(&"api-keys:read") && scopes.contains(&"ledger:admin"), "{scopes:?}");
        assert!(!scopes.contains(&"api-keys:write"), "{scopes:?}");
    }
}
