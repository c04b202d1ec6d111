//! Deletion of recipients.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{COUNTER, LinkedRecipient, Step, delete_email};
use crate::{
    domain::{
        Recipient,
        credentials::Owner,
        error::{Error, Result},
        id::{self, GroupId},
    },
    store::{
        Change, Entity, Store, Write,
        expression::{Condition, Update},
        keys,
        transaction::{Outcome, Transaction, unexpected},
    },
};

/// Maximum number of groups that one transaction takes a recipient out of. Each takes two of its 100 actions.
const GROUPS_PER_WRITE: usize = 30;

/// Change of the groups of a recipient, for its audit entry.
#[derive(Serialize)]
struct GroupsChange<'a> {
    groups: &'a [GroupId],
}

impl Store {
    /// Deletes a recipient, and takes it out of its groups. Returns `false` if it has changed since `before` was read, or if
    /// it was in so many groups that it is only taken out of some of them.
    ///
    /// # Errors
    /// As every write.
    pub async fn delete_recipient(&self, before: &LinkedRecipient, write: &Write) -> Result<bool> {
        let groups = self.existing_groups(before).await?;
        if groups.len() > GROUPS_PER_WRITE {
            self.leave(before, &groups[..GROUPS_PER_WRITE], write).await?;
            return Ok(false);
        }
        let LinkedRecipient { recipient, memberships, .. } = before;
        let (organization, dock) = (recipient.organization_id, recipient.dock_id);
        let mut transaction = Transaction::new(self, write)?;
        // A recipient that joins a group meanwhile is another state.
        let unchanged = Condition::VersionAnd(recipient.version, "groupChanges", memberships.group_changes);
        transaction.delete(Step::Recipient, &keys::recipient(organization, dock, recipient.id), unchanged)?;
        delete_email(&mut transaction, recipient)?;
        transaction.delete(Step::Other, &keys::recipient_pointer(recipient.id), Condition::Exists)?;
        leave_groups(&mut transaction, recipient, &groups, write)?;
        let shard = keys::dock_count(organization, dock, recipient.id.ulid().0);
        transaction.update(Step::Dock, &shard, Condition::Exists, Update::default().add(COUNTER, -1))?;
        let owner = Owner::Organization(organization);
        let change = Change::deleted(owner, Entity::Recipient, &recipient.id, recipient)?;
        transaction.audit(write, &change.in_dock(dock))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.iter().map(|(step, _)| *step).min() {
                Some(Step::Recipient) => Ok(false),
                Some(Step::Dock) => Err(Error::not_found::<id::Dock>()),
                _ => Err(unexpected(&failed)),
            },
        }
    }

    /// Takes a recipient out of some groups.
    async fn leave(&self, before: &LinkedRecipient, groups: &[GroupId], write: &Write) -> Result<()> {
        let LinkedRecipient { recipient, memberships, .. } = before;
        let (organization, dock) = (recipient.organization_id, recipient.dock_id);
        let mut transaction = Transaction::new(self, write)?;
        let unchanged = Condition::VersionAnd(recipient.version, "groupChanges", memberships.group_changes);
        let left: Vec<String> = groups.iter().map(ToString::to_string).collect();
        let update = Update::default().delete_texts_from_set("groups", left).add("groupChanges", 1);
        transaction.update(Step::Recipient, &keys::recipient(organization, dock, recipient.id), unchanged, update)?;
        leave_groups(&mut transaction, recipient, groups, write)?;
        let (old, new) = (GroupsChange { groups }, GroupsChange { groups: &[] });
        let owner = Owner::Organization(organization);
        let change = Change::updated(owner, Entity::Recipient, &recipient.id, &old, &new)?;
        transaction.audit(write, &change.in_dock(dock))?;
        transaction.commit(self, write).await?;
        Ok(())
    }

    /// Returns the groups of a recipient that exist.
    async fn existing_groups(&self, recipient: &LinkedRecipient) -> Result<Vec<GroupId>> {
        let LinkedRecipient { recipient, memberships, .. } = recipient;
        let key = |id: &GroupId| keys::group(recipient.organization_id, recipient.dock_id, *id);
        let groups: BTreeSet<GroupId> = memberships.groups.iter().copied().collect();
        let found = self.get_batch(groups.iter().map(key)).await?;
        Ok(groups.into_iter().filter(|id| found.contains_key(&key(id))).collect())
    }
}

/// Adds the steps that take a recipient out of groups, except the change of the recipient.
fn leave_groups(
    transaction: &mut Transaction<Step>,
    recipient: &Recipient,
    groups: &[GroupId],
    write: &Write,
) -> Result<()> {
    let (organization, dock) = (recipient.organization_id, recipient.dock_id);
    for group in groups.iter().copied() {
        let member = keys::group_member(organization, dock, group, recipient.id);
        transaction.delete(Step::Other, &member, Condition::Exists)?;
        let fewer = Update::default().set("updatedAt", &write.origin.now)?.add("recipientCount", -1).add("version", 1);
        transaction.update(Step::Other, &keys::group(organization, dock, group), Condition::Exists, fewer)?;
    }
    Ok(())
}
