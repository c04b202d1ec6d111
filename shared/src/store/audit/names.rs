//! Names of the audited resources and changes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Type of a changed resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// Organization.
    Organization,
    /// Dock.
    Dock,
    /// Party.
    Party,
    /// Role.
    Role,
    /// Recipient of a dock.
    Recipient,
    /// Group of recipients.
    Group,
    /// API key.
    ApiKey,
    /// Machine client.
    MachineClient,
    /// Access token of a machine client.
    AccessToken,
    /// Resource of another service, which appends entries about it.
    #[serde(untagged)]
    Other(String),
}

/// Kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The resource was created.
    Create,
    /// Members of the resource changed.
    Update,
    /// The resource was deleted, or a role was revoked.
    Delete,
    /// The API key was revoked.
    Revoke,
}

impl Entity {
    /// All types of Berth's own resources.
    pub const ALL: &'static [Self] =
        &[Self::Organization, Self::Dock, Self::Party, Self::Role, Self::Recipient, Self::ApiKey];

    /// Returns the type with this name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let own = Self::ALL.iter().find(|entity| entity.as_str() == name);
        own.cloned().unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// Returns the name, as in responses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Organization => "organization",
            Self::Dock => "dock",
            Self::Party => "party",
            Self::Role => "role",
            Self::Recipient => "recipient",
            Self::Group => "group",
            Self::ApiKey => "api_key",
            Self::MachineClient => "machine_client",
            Self::AccessToken => "access_token",
            Self::Other(name) => name,
        }
    }

    /// Returns the kinds of changes of a resource of this type that the trail can have.
    #[must_use]
    pub const fn actions(&self) -> &'static [Action] {
        use Action::{Create, Delete, Revoke, Update};
        match self {
            Self::Role | Self::AccessToken => &[Create, Delete],
            Self::ApiKey => &[Create, Update, Revoke],
            _ => &[Create, Update, Delete],
        }
    }

    /// Returns whether the trail can have this kind of change of a resource of this type.
    pub(super) fn has(&self, action: Action) -> bool {
        self.actions().contains(&action)
    }

    /// Returns whether the resource is one of another service.
    #[must_use]
    pub const fn is_other(&self) -> bool {
        matches!(self, Self::Other(_))
    }
}

impl Action {
    /// Returns the name of the change of a resource of this type, as in responses: `party.role.assigned`. Entries of other
    /// services have the name that the service sent: `create`, `update` or `delete`.
    #[must_use]
    pub fn name(self, entity: &Entity) -> String {
        let past = match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Delete => "deleted",
            Self::Revoke => "revoked",
        };
        match (entity, self) {
            (Entity::Other(_), action) => action.to_string(),
            (Entity::Role, Self::Create) => "party.role.assigned".to_owned(),
            (Entity::Role, Self::Delete) => "party.role.revoked".to_owned(),
            (Entity::Role, _) => format!("party.role.{past}"),
            (entity, _) => format!("{}.{past}", entity.as_str()),
        }
    }

    /// Returns the names of all changes, in the order of the types of resources. The last three are those of other services.
    #[must_use]
    pub fn names() -> Vec<String> {
        let others = Entity::Other(String::new());
        let entities = Entity::ALL.iter().chain([&others]);
        entities.flat_map(|entity| entity.actions().iter().map(|action| action.name(entity))).collect()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Revoke => "revoke",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_stored_by_its_name() {
        for entity in Entity::ALL.iter().chain([&Entity::Other("artifact".to_owned())]) {
            let stored = serde_json::to_value(entity).unwrap();
            assert_eq!(stored, entity.as_str());
            assert_eq!(serde_json::from_value::<Entity>(stored).unwrap(), *entity);
            assert_eq!(Entity::named(entity.as_str()), *entity);
        }
    }

    #[test]
    fn names_of_changes_are_unique() {
        let mut names = Action::names();
        assert!(names.contains(&"party.role.assigned".to_owned()) && names.contains(&"api_key.revoked".to_owned()));
        assert_eq!(names[names.len() - 3..], ["create", "update", "delete"]);
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
