//! Records of roles. A role is two items: one by dock and one by party.
//!
//! Entity types are short here, because queries with `asOf` read every role of a party.

use super::StoredRecord;
use crate::{
    domain::{Role, id::OrganizationId},
    store::keys::{self, Key, RecordKey},
};

/// Current role, by dock. No second item can have its key, so a party holds a role in a dock only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleByDock {
    /// Organization of the dock and the party.
    pub organization_id: OrganizationId,
    /// The role.
    pub role: Role,
}

impl StoredRecord for RoleByDock {
    const ENTITY_TYPE: &'static str = "dock_role";
    type Attributes = Role;

    fn key(&self) -> Key {
        let Role { dock_id, party_id, role, .. } = self.role;
        keys::dock_role(self.organization_id, dock_id, party_id, role)
    }

    fn attributes(&self) -> &Role {
        &self.role
    }

    fn from_parts(key: RecordKey, role: Role) -> Option<Self> {
        match key {
            RecordKey::RoleByDock { organization_id, .. } => Some(Self { organization_id, role }),
            _ => None,
        }
    }
}

/// Current role, by party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleByParty {
    /// Organization of the dock and the party.
    pub organization_id: OrganizationId,
    /// The role.
    pub role: Role,
}

impl StoredRecord for RoleByParty {
    const ENTITY_TYPE: &'static str = "role";
    type Attributes = Role;

    fn key(&self) -> Key {
        let Role { id, party_id, .. } = self.role;
        keys::party_role(self.organization_id, party_id, id)
    }

    fn attributes(&self) -> &Role {
        &self.role
    }

    fn from_parts(key: RecordKey, role: Role) -> Option<Self> {
        match key {
            RecordKey::RoleByParty { organization_id, .. } => Some(Self { organization_id, role }),
            _ => None,
        }
    }
}

/// Revoked role, by dock. Its role has the members `revoked_at` and `revoked_by`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedRoleByDock {
    /// Organization of the dock and the party.
    pub organization_id: OrganizationId,
    /// The role.
    pub role: Role,
}

impl StoredRecord for RevokedRoleByDock {
    const ENTITY_TYPE: &'static str = "revoked_dock_role";
    type Attributes = Role;

    fn key(&self) -> Key {
        let Role { id, dock_id, party_id, role, .. } = self.role;
        keys::dock_past_role(self.organization_id, dock_id, party_id, role, id)
    }

    fn attributes(&self) -> &Role {
        &self.role
    }

    fn from_parts(key: RecordKey, role: Role) -> Option<Self> {
        match key {
            RecordKey::RevokedRoleByDock { organization_id, .. } => Some(Self { organization_id, role }),
            _ => None,
        }
    }
}

/// Revoked role, by party. Its role has the members `revoked_at` and `revoked_by`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedRoleByParty {
    /// Organization of the dock and the party.
    pub organization_id: OrganizationId,
    /// The role.
    pub role: Role,
}

impl StoredRecord for RevokedRoleByParty {
    const ENTITY_TYPE: &'static str = "revoked_role";
    type Attributes = Role;

    fn key(&self) -> Key {
        let Role { id, party_id, .. } = self.role;
        keys::party_past_role(self.organization_id, party_id, id)
    }

    fn attributes(&self) -> &Role {
        &self.role
    }

    fn from_parts(key: RecordKey, role: Role) -> Option<Self> {
        match key {
            RecordKey::RevokedRoleByParty { organization_id, .. } => Some(Self { organization_id, role }),
            _ => None,
        }
    }
}
