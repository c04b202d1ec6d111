//! Recipients, their e-mail addresses, and their links to parties.
//!
//! A recipient with a party has the party's role `RECIPIENT` in the dock. The role is not stored with the recipient: it is
//! read with it, so a revocation or the deletion of the party changes no recipient.

mod delete;
mod read;

use super::{
    Change, Entity, Item, Store, Write,
    expression::{Condition, Update},
    keys::{self, Key},
    random,
    reads::decode,
    record::{RecipientEmail, RecipientPlace, RecipientPointer, RecipientRecord, RecipientRef, RoleCounts},
    roles::{add_role, count_role},
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Recipient, Role, RoleName,
    credentials::Owner,
    error::{Code, Error, Result},
    id::{self, PartyId, RoleId},
};

pub use read::{LinkedRecipient, RecipientFilter};

/// Name of the counter for recipients.
pub(super) const COUNTER: &str = "recipients";

/// Step of a transaction, in the order in which their errors take precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Dock,
    Recipient,
    Party,
    Email,
    Role,
    Other,
}

/// Role `RECIPIENT` of the party of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientRole {
    /// The party lacks the role. It is assigned with this id.
    Assign(RoleId),
    /// The party holds the role with this id.
    Held(RoleId),
}

impl RecipientRole {
    /// Returns the id of the role.
    #[must_use]
    pub const fn id(self) -> RoleId {
        match self {
            Self::Assign(id) | Self::Held(id) => id,
        }
    }
}

/// Outcome of a write of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientWrite {
    /// The recipient is written.
    Done,
    /// Nothing is written: the recipient has changed since it was read.
    Changed,
    /// Nothing is written: another request assigned or revoked the role of the party. This is its current state.
    RoleIs(RecipientRole),
}

impl Store {
    /// Creates a recipient. If it has a party, `role` is that party's role.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`, `PARTY_NOT_FOUND`, and `EMAIL_ALREADY_USED` with the id of the other recipient. With
    /// `disclose_foreign` also the 403 for a party of another organization. As every write.
    pub async fn create_recipient(
        &self,
        new: &Recipient,
        role: Option<RecipientRole>,
        disclose_foreign: bool,
        write: &Write,
    ) -> Result<RecipientWrite> {
        let (organization, dock) = (new.organization_id, new.dock_id);
        let mut transaction = Transaction::new(self, write)?;
        let mut count = Update::default().add(COUNTER, 1);
        let shard = keys::dock_count(organization, dock, new.id.ulid().0);
        match role {
            // A transaction cannot update one counter twice.
            Some(RecipientRole::Assign(id)) if keys::dock_count(organization, dock, id.ulid().0) == shard => {
                count = count.add(RoleCounts::attribute(RoleName::Recipient), 1);
            }
            Some(RecipientRole::Assign(id)) => count_in_dock(&mut transaction, new, id)?,
            _ => {}
        }
        transaction.update(Step::Dock, &shard, Condition::Exists, count)?;
        link(&mut transaction, new, role, write)?;
        transaction.create(Step::Email, &email_of(new))?;
        transaction.create(Step::Other, &RecipientRecord::new(new.clone()))?;
        let place = RecipientPlace { organization_id: organization, dock_id: dock };
        transaction.create(Step::Other, &RecipientPointer { id: new.id, place })?;
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::created(owner, Entity::Recipient, &new.id, new)?.in_dock(dock))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(RecipientWrite::Done),
            Outcome::ConditionsFailed(failed) => self.not_written(new, failed, disclose_foreign, write).await,
        }
    }

    /// Returns the outcome of a write whose conditions failed.
    async fn not_written(
        &self,
        recipient: &Recipient,
        failed: Vec<(Step, Option<Item>)>,
        disclose_foreign: bool,
        write: &Write,
    ) -> Result<RecipientWrite> {
        let steps: Vec<Step> = failed.iter().map(|(step, _)| *step).collect();
        match (failed.into_iter().min_by_key(|(step, _)| *step), recipient.party_id) {
            (Some((Step::Dock, _)), _) => Err(Error::not_found::<id::Dock>()),
            (Some((Step::Party, _)), party @ Some(_)) if disclose_foreign => {
                Err(self.foreign_or_unknown(recipient.organization_id, party, None).await?)
            }
            (Some((Step::Party, _)), _) => Err(Error::not_found::<id::Party>()),
            (Some((Step::Email, Some(current))), _) => {
                let RecipientRef { recipient_id } = decode(current)?;
                let detail = "Another recipient of the dock has this e-mail address";
                Err(Error::conflict(Code::EmailAlreadyUsed, detail, Some(recipient_id.to_string())))
            }
            (Some((Step::Recipient, _)), _) => Ok(RecipientWrite::Changed),
            (Some((Step::Role, Some(current))), _) => {
                let current: Role = decode(current)?;
                Ok(RecipientWrite::RoleIs(RecipientRole::Held(current.id)))
            }
            // The role was revoked after it was found.
            (Some((Step::Role, None)), _) => {
                Ok(RecipientWrite::RoleIs(RecipientRole::Assign(RoleId::new(write.origin.now, random()?))))
            }
            _ => {
                let steps: Vec<_> = steps.into_iter().map(|step| (step, None)).collect();
                Err(unexpected(&steps))
            }
        }
    }

    /// Replaces `before` with `after`. If a party is set, `role` is that party's role.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`, `PARTY_NOT_FOUND`, and `EMAIL_ALREADY_USED` with the id of the other recipient. With
    /// `disclose_foreign` also the 403 for a party of another organization. As every write.
    pub async fn update_recipient(
        &self,
        before: &Recipient,
        after: &Recipient,
        role: Option<RecipientRole>,
        disclose_foreign: bool,
        write: &Write,
    ) -> Result<RecipientWrite> {
        let (organization, dock) = (after.organization_id, after.dock_id);
        let mut transaction = Transaction::new(self, write)?;
        if let Some(RecipientRole::Assign(id)) = role {
            count_in_dock(&mut transaction, after, id)?;
        }
        let update = Update::default()
            .set("name", &after.name)?
            .set("email", &after.email)?
            .set("stakeholderClass", &after.stakeholder_class)?
            .set("identifiers", &after.identifiers)?
            .set("partyId", &after.party_id)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        let key = keys::recipient(organization, dock, after.id);
        transaction.update(Step::Recipient, &key, Condition::version(before.version), update)?;
        link(&mut transaction, after, role, write)?;
        if before.email != after.email {
            transaction.create(Step::Email, &email_of(after))?;
            delete_email(&mut transaction, before)?;
        }
        let change = Change::updated(Owner::Organization(organization), Entity::Recipient, &after.id, before, after)?;
        transaction.audit(write, &change.in_dock(dock))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(RecipientWrite::Done),
            Outcome::ConditionsFailed(failed) => self.not_written(after, failed, disclose_foreign, write).await,
        }
    }
}

/// Adds the steps that remove a recipient together with its dock, whose counters are gone.
pub(super) fn remove<S: Copy>(
    transaction: &mut Transaction<S>,
    step: S,
    recipient: &Recipient,
    write: &Write,
) -> Result<()> {
    let (organization, dock, id) = (recipient.organization_id, recipient.dock_id, recipient.id);
    transaction.delete(step, &keys::recipient(organization, dock, id), Condition::Exists)?;
    let address = keys::recipient_email(organization, dock, &recipient.email);
    transaction.delete(step, &address, Condition::Exists)?;
    transaction.delete(step, &keys::recipient_pointer(id), Condition::Exists)?;
    let change = Change::deleted(Owner::Organization(organization), Entity::Recipient, &id, recipient)?;
    transaction.audit(write, &change.in_dock(dock))
}

/// Returns the keys of the party and of its role, from which the state of a link is read.
fn link_keys(recipient: &Recipient, party: PartyId) -> [Key; 2] {
    let (organization, dock) = (recipient.organization_id, recipient.dock_id);
    [keys::party(organization, party), keys::dock_role(organization, dock, party, RoleName::Recipient)]
}

/// Adds the steps that link a recipient to its party: they assign the role, or check that the party still holds it.
fn link(
    transaction: &mut Transaction<Step>,
    recipient: &Recipient,
    role: Option<RecipientRole>,
    write: &Write,
) -> Result<()> {
    let (organization, dock) = (recipient.organization_id, recipient.dock_id);
    match (recipient.party_id, role) {
        (Some(party_id), Some(RecipientRole::Assign(id))) => {
            let role = Role {
                id,
                dock_id: dock,
                party_id,
                role: RoleName::Recipient,
                created_at: write.origin.now,
                revoked_at: None,
                revoked_by: None,
            };
            count_role(transaction, Step::Party, organization, &role)?;
            let change = add_role(transaction, [Step::Role, Step::Other], organization, &role)?;
            // The entry of the creation of the recipient has the ULID of both.
            transaction.audit(write, &change.with_own_id())
        }
        (Some(party), Some(RecipientRole::Held(id))) => {
            let [_, role] = link_keys(recipient, party);
            transaction.check(Step::Role, &role, Condition::equals("id", &id)?)
        }
        _ => Ok(()),
    }
}

/// Adds the step that counts a new role in the dock of a recipient.
fn count_in_dock(transaction: &mut Transaction<Step>, recipient: &Recipient, role: RoleId) -> Result<()> {
    let shard = keys::dock_count(recipient.organization_id, recipient.dock_id, role.ulid().0);
    let count = Update::default().add(RoleCounts::attribute(RoleName::Recipient), 1);
    transaction.update(Step::Dock, &shard, Condition::Exists, count)
}

fn email_of(recipient: &Recipient) -> RecipientEmail {
    RecipientEmail {
        organization_id: recipient.organization_id,
        dock_id: recipient.dock_id,
        email: recipient.email.clone(),
        owner: RecipientRef { recipient_id: recipient.id },
    }
}

/// Adds the step that deletes the item of the e-mail address of a recipient.
fn delete_email(transaction: &mut Transaction<Step>, recipient: &Recipient) -> Result<()> {
    let key = keys::recipient_email(recipient.organization_id, recipient.dock_id, &recipient.email);
    transaction.delete(Step::Other, &key, Condition::equals("recipientId", &recipient.id)?)
}
