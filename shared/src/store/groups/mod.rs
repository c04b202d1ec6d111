//! Groups of recipients.
//!
//! A membership is an item of the group, and an entry in the recipient's set of groups. So the members of a group are one
//! range, and the deletion of a recipient finds its groups. Every change of the members is a new version of the group.

mod read;

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Change, Entity, Item, Store, Write,
    expression::{Condition, Update},
    keys,
    reads::decode,
    record::{GroupMember, GroupName, GroupRef, RecipientRef},
    transaction::{AUDIT_ACTIONS, MAX_ACTIONS, Outcome, Transaction, unexpected},
};
use crate::domain::{
    Group,
    credentials::Owner,
    error::{Code, Error, Result},
    id::{self, RecipientId},
};

pub use read::{GroupWithMembers, MemberName, SHOWN_MEMBERS};

/// Name of the counter for groups.
pub(super) const COUNTER: &str = "groups";

/// Step of a transaction, in the order in which their errors take precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Dock,
    Group,
    Recipient,
    Name,
    Other,
}

/// Maximum number of members that one transaction adds or removes. Each takes two of its 100 actions, and the group itself
/// and its audit trail at most ten.
pub const MEMBERS_PER_WRITE: usize = (MAX_ACTIONS - 5 - AUDIT_ACTIONS) / 2;

/// Adds the steps that remove a group together with its dock, whose counters are gone. Its members remain.
pub(super) fn remove<S: Copy>(transaction: &mut Transaction<S>, step: S, group: &Group, write: &Write) -> Result<()> {
    let (organization, dock, id) = (group.organization_id, group.dock_id, group.id);
    transaction.delete(step, &keys::group(organization, dock, id), Condition::version(group.version))?;
    transaction.delete(step, &keys::group_name(organization, dock, &group.name), Condition::Exists)?;
    let change = Change::deleted(Owner::Organization(organization), Entity::Group, &id, group)?;
    transaction.audit(write, &change.in_dock(dock))
}

/// Change of the members of a group, for its audit entry.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MembersChange<'a> {
    recipient_count: u64,
    recipient_ids: &'a [RecipientId],
}

impl Store {
    /// Creates a group with at most [`MEMBERS_PER_WRITE`] members. Returns `false` and writes nothing if a member does not
    /// exist.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`, `GROUP_NAME_ALREADY_USED` with the id of the other group; as every write.
    pub async fn create_group(&self, new: &Group, members: &[RecipientId], write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        count_in_dock(&mut transaction, new, 1)?;
        add_members(&mut transaction, new, members)?;
        transaction.create(Step::Name, &name_of(new))?;
        transaction.create(Step::Other, new)?;
        let owner = Owner::Organization(new.organization_id);
        transaction.audit(write, &Change::created(owner, Entity::Group, &new.id, new)?.in_dock(new.dock_id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => not_written(failed),
        }
    }

    /// Replaces `before` with `after`. Returns `false` and writes nothing if the group has changed in between.
    ///
    /// # Errors
    /// `GROUP_NAME_ALREADY_USED` with the id of the other group; as every write.
    pub async fn update_group(&self, before: &Group, after: &Group, write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default()
            .set("name", &after.name)?
            .set("description", &after.description)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        let key = keys::group(after.organization_id, after.dock_id, after.id);
        transaction.update(Step::Group, &key, Condition::version(before.version), update)?;
        if before.name != after.name {
            transaction.create(Step::Name, &name_of(after))?;
            delete_name(&mut transaction, before)?;
        }
        let owner = Owner::Organization(after.organization_id);
        let change = Change::updated(owner, Entity::Group, &after.id, before, after)?;
        transaction.audit(write, &change.in_dock(after.dock_id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => not_written(failed),
        }
    }

    /// Adds at most [`MEMBERS_PER_WRITE`] members, which the group does not have. `after` is the group with them. Returns
    /// `false` and writes nothing if the group has changed in between, or a member does not exist.
    ///
    /// # Errors
    /// As every write.
    pub async fn add_group_members(
        &self,
        before: &Group,
        after: &Group,
        added: &[RecipientId],
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        change_count(&mut transaction, before, after)?;
        add_members(&mut transaction, after, added)?;
        self.commit_members(transaction, before, (&[], after, added), write).await
    }

    /// Removes at most [`MEMBERS_PER_WRITE`] members of the group. `after` is the group without them. Returns `false` and
    /// writes nothing if the group has changed in between.
    ///
    /// # Errors
    /// As every write.
    pub async fn remove_group_members(
        &self,
        before: &Group,
        after: &Group,
        removed: &[RecipientId],
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        change_count(&mut transaction, before, after)?;
        remove_members(&mut transaction, after, removed)?;
        self.commit_members(transaction, before, (removed, after, &[]), write).await
    }

    async fn commit_members(
        &self,
        mut transaction: Transaction<Step>,
        before: &Group,
        (removed, after, added): (&[RecipientId], &Group, &[RecipientId]),
        write: &Write,
    ) -> Result<bool> {
        let old = MembersChange { recipient_count: before.recipient_count, recipient_ids: removed };
        let new = MembersChange { recipient_count: after.recipient_count, recipient_ids: added };
        let owner = Owner::Organization(after.organization_id);
        let change = Change::updated(owner, Entity::Group, &after.id, &old, &new)?;
        transaction.audit(write, &change.in_dock(after.dock_id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => not_written(failed),
        }
    }

    /// Deletes a group with at most [`MEMBERS_PER_WRITE`] members, which are all its members. Returns `false` and writes
    /// nothing if it has changed since `before` was read.
    ///
    /// # Errors
    /// As every write.
    pub async fn delete_group(&self, before: &Group, members: &[RecipientId], write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let key = keys::group(before.organization_id, before.dock_id, before.id);
        transaction.delete(Step::Group, &key, Condition::version(before.version))?;
        delete_name(&mut transaction, before)?;
        remove_members(&mut transaction, before, members)?;
        count_in_dock(&mut transaction, before, -1)?;
        let owner = Owner::Organization(before.organization_id);
        let change = Change::deleted(owner, Entity::Group, &before.id, before)?;
        transaction.audit(write, &change.in_dock(before.dock_id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => not_written(failed),
        }
    }
}

/// Returns the outcome of a write whose conditions failed: `false` if the group or a member has changed.
fn not_written(failed: Vec<(Step, Option<Item>)>) -> Result<bool> {
    let steps: BTreeSet<Step> = failed.iter().map(|(step, _)| *step).collect();
    match failed.into_iter().min_by_key(|(step, _)| *step) {
        Some((Step::Dock, _)) => Err(Error::not_found::<id::Dock>()),
        Some((Step::Group | Step::Recipient, _)) => Ok(false),
        Some((Step::Name, Some(current))) => {
            let GroupRef { group_id } = decode(current)?;
            let detail = "Another group of the dock has this name";
            Err(Error::conflict(Code::GroupNameAlreadyUsed, detail, Some(group_id.to_string())))
        }
        _ => Err(unexpected(&steps.into_iter().map(|step| (step, None)).collect::<Vec<_>>())),
    }
}

/// Adds the step that changes the counter of the dock.
fn count_in_dock(transaction: &mut Transaction<Step>, group: &Group, by: i64) -> Result<()> {
    let shard = keys::dock_count(group.organization_id, group.dock_id, group.id.ulid().0);
    transaction.update(Step::Dock, &shard, Condition::Exists, Update::default().add(COUNTER, by))
}

/// Adds the step that changes the number of members.
fn change_count(transaction: &mut Transaction<Step>, before: &Group, after: &Group) -> Result<()> {
    let update = Update::default()
        .set("recipientCount", &after.recipient_count)?
        .set("isFilling", &after.is_filling.then_some(true))?
        .set("updatedAt", &after.updated_at)?
        .set("version", &after.version)?;
    let key = keys::group(after.organization_id, after.dock_id, after.id);
    transaction.update(Step::Group, &key, Condition::version(before.version), update)
}

/// Adds the steps that add recipients to a group.
fn add_members(transaction: &mut Transaction<Step>, group: &Group, added: &[RecipientId]) -> Result<()> {
    let Group { organization_id, dock_id, id: group_id, .. } = *group;
    for recipient_id in added.iter().copied() {
        let joined = Update::default().add_text_to_set("groups", &group_id.to_string()).add("groupChanges", 1);
        let recipient = keys::recipient(organization_id, dock_id, recipient_id);
        transaction.update(Step::Recipient, &recipient, Condition::Exists, joined)?;
        let member = RecipientRef { recipient_id };
        transaction.create(Step::Other, &GroupMember { organization_id, dock_id, group_id, member })?;
    }
    Ok(())
}

/// Adds the steps that remove recipients from a group.
fn remove_members(transaction: &mut Transaction<Step>, group: &Group, removed: &[RecipientId]) -> Result<()> {
    let Group { organization_id, dock_id, id: group_id, .. } = *group;
    for recipient_id in removed.iter().copied() {
        let left = Update::default().delete_texts_from_set("groups", vec![group_id.to_string()]).add("groupChanges", 1);
        let recipient = keys::recipient(organization_id, dock_id, recipient_id);
        transaction.update(Step::Recipient, &recipient, Condition::Exists, left)?;
        let member = keys::group_member(organization_id, dock_id, group_id, recipient_id);
        transaction.delete(Step::Other, &member, Condition::Exists)?;
    }
    Ok(())
}

fn name_of(group: &Group) -> GroupName {
    let Group { organization_id, dock_id, id: group_id, .. } = *group;
    GroupName { organization_id, dock_id, name: group.name.clone(), owner: GroupRef { group_id } }
}

/// Adds the step that deletes the item of the name of a group.
fn delete_name(transaction: &mut Transaction<Step>, group: &Group) -> Result<()> {
    let key = keys::group_name(group.organization_id, group.dock_id, &group.name);
    transaction.delete(Step::Other, &key, Condition::equals("groupId", &group.id)?)
}
