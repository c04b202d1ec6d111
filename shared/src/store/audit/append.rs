//! Entries that other services append.

use super::{Action, Actor, Entity, Origin};
use crate::{
    domain::{
        Metadata,
        credentials::Owner,
        error::{Error, Result},
        id::{self, AuditEntryId, DockId, OrganizationId},
        json::Json,
    },
    store::{
        Store, Write,
        expression::Condition,
        keys, random,
        record::{AuditEntry, AuditRow, Changes, Content, Details},
        transaction::{Outcome, Transaction, unexpected},
    },
};

/// Entry of another service, about a resource that is not one of Berth.
#[derive(Debug, Clone)]
pub struct Appended {
    /// Organization to whose trail the entry belongs.
    pub organization: OrganizationId,
    /// Dock that the change concerns; `None` if it concerns no dock.
    pub dock: Option<DockId>,
    /// Type of the resource.
    pub entity: Entity,
    /// Id of the resource.
    pub entity_id: String,
    /// Kind of change.
    pub action: Action,
    /// Author of the change; `None` if it is the caller.
    pub actor: Option<Actor>,
    /// Values before and after the change.
    pub changes: Option<(Option<Metadata>, Option<Metadata>)>,
    /// Custom attributes.
    pub metadata: Metadata,
    /// IP address of the service's client.
    pub ip_address: Option<String>,
    /// User agent of the service's client.
    pub user_agent: Option<String>,
}

/// The step whose condition may fail: the organization or the dock does not exist.
#[derive(Debug, Clone, Copy)]
struct Step;

impl Appended {
    /// Returns the audit entry of a request with this origin.
    ///
    /// # Errors
    /// [`Error::Internal`] if the system has no randomness.
    fn into_entry(self, origin: &Origin) -> Result<AuditEntry> {
        let values = |metadata: Option<Metadata>| metadata.map_or(Json::Null, |it| Json::Object(it.members().to_vec()));
        let changes = self.changes.map(|(before, after)| Changes { before: values(before), after: values(after) });
        let details = Details {
            changes,
            metadata: Some(self.metadata),
            ip_address: self.ip_address,
            user_agent: self.user_agent,
        };
        Ok(AuditEntry {
            id: AuditEntryId::new(origin.now, random()?),
            owner: Owner::Organization(self.organization),
            dock_id: self.dock,
            entity_type: self.entity,
            entity_id: self.entity_id,
            action: self.action,
            actor: self.actor.unwrap_or_else(|| origin.actor.clone()),
            dialect: origin.dialect,
            request_id: origin.request_id.clone(),
            created_at: origin.now,
            expires_at: None,
            ttl: None,
            content: Content::Plain(details),
        })
    }
}

impl Store {
    /// Returns the audit entry of an entry of another service, sent by a request with this origin.
    ///
    /// # Errors
    /// [`Error::Internal`] if the system has no randomness.
    pub fn appended_entry(&self, appended: Appended, origin: &Origin) -> Result<AuditEntry> {
        Ok(appended.into_entry(origin)?.expiring(self.audit_retention.end(origin.now)))
    }

    /// Appends an entry of another service. The entry itself is the record of the request.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; `DOCK_NOT_FOUND` if the organization has no such dock; as every write.
    pub async fn append_audit_entry(
        &self,
        organization: OrganizationId,
        entry: &AuditEntry,
        write: &Write,
    ) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        // One of eight counters, so that simultaneous requests do not conflict on one item. A dock has its organization.
        let bits = entry.id.ulid().0;
        let counter = match entry.dock_id {
            Some(dock) => keys::dock_count(organization, dock, bits),
            None => keys::count(organization, bits),
        };
        transaction.check(Step, &counter, Condition::Exists)?;
        transaction.audit_step(entry)?;
        AuditRow::of(entry)?.iter().try_for_each(|row| transaction.audit_step(row))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(failed) => match (failed.first(), entry.dock_id) {
                (Some((Step, _)), Some(_)) => Err(Error::not_found::<id::Dock>()),
                (Some((Step, _)), None) => Err(Error::not_found::<id::Organization>()),
                (None, _) => Err(unexpected(&failed)),
            },
        }
    }
}
