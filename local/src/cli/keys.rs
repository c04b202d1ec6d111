//! `berth keys create`.

use berth_shared::{
    credentials::Scope,
    operator::{self, NewKey},
    store::Store,
};

use super::{arguments::KeyArguments, one_line, say, tell};
use crate::{error::in_one_line, opened::Opened};

/// What scopes are about that do not belong to an organization's own directory: the ledger, and services behind Berth.
const BEYOND_THE_DIRECTORY: [&str; 3] = ["ledger:", "artifacts:", "policies:"];

/// Makes an API key. The credential is all that is written to standard output.
pub(super) async fn create(arguments: KeyArguments) -> Result<(), String> {
    let opened = Opened::open_or_join(&arguments.store.choice()).await.map_err(one_line)?;
    let made = create_in(&opened, arguments).await;
    opened.close().await;
    let (credential, description) = made?;
    tell(&description);
    say(&credential);
    Ok(())
}

async fn create_in(opened: &Opened, arguments: KeyArguments) -> Result<(String, String), String> {
    opened.prepare_table(&arguments.store.table).await.map_err(one_line)?;
    let store = Store::connect(opened.config(), &arguments.store.table);
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
    let created = created.map_err(|error| format!("cannot make the key: {}", in_one_line(&error)))?;
    let description = format!(
        "API key {} of {owner}, environment {}. Its credential is shown only now:",
        created.id, arguments.environment
    );
    Ok((created.credential, description))
}

/// Everything an organization may do in its own directory.
fn directory_scopes() -> Vec<Scope> {
    let beyond = |scope: &Scope| BEYOND_THE_DIRECTORY.iter().any(|prefix| scope.as_str().starts_with(prefix));
    Scope::ALL.iter().copied().filter(|scope| !beyond(scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organizations_key_holds_its_directory_and_no_more() {
        let scopes: Vec<_> = directory_scopes().iter().map(ToString::to_string).collect();
        for held in ["docks:read", "docks:write", "parties:read", "roles:write", "api-keys:write", "audit:read"] {
            assert!(scopes.iter().any(|scope| scope == held), "{held}");
        }
        for foreign in ["ledger:admin", "artifacts:write", "policies:read"] {
            assert!(!scopes.iter().any(|scope| scope == foreign), "{foreign}");
        }
    }
}
