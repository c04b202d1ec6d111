//! Records of roles. A role is two items: one by dock and one by party.
//!
//! Entity types are short here, because queries with `asOf` read every role of a party.

use super::{StoredRecord, stores_member};
use crate::{
    domain::{Role, id::OrganizationId},
    store::keys::{self, Key},
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
    stores_member!(role: Role, RoleByDock { organization_id });

    fn key(&self) -> Key {
        let Role { dock_id, party_id, role, .. } = self.role;
        keys::dock_role(self.organization_id, dock_id, party_id, role)
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
    stores_member!(role: Role, RoleByParty { organization_id });

    fn key(&self) -> Key {
        let Role { id, party_id, .. } = self.role;
        keys::party_role(self.organization_id, party_id, id)
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
    stores_member!(role: Role, RevokedRoleByDock { organization_id });

    fn key(&self) -> Key {
        let Role { id, dock_id, party_id, role, .. } = self.role;
        keys::dock_past_role(self.organization_id, dock_id, party_id, role, id)
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
    stores_member!(role: Role, RevokedRoleByParty { organization_id });

    fn key(&self) -> Key {
        let Role { id, party_id, .. } = self.role;
        keys::party_past_role(self.organization_id, party_id, id)
    }
}
