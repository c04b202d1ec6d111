//! The sweep: ends everything that belonged to a deleted dock or party, in steps.
//!
//! Each step reads what remains, and ends it in transactions. Nothing can be added meanwhile, because the resource and its
//! counters are gone. So the sweep ends, and any request can continue it.

use futures::{StreamExt, future::try_join, stream};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::{Duration, Instant};

use super::{Deletions, ROLE_ACTIONS, revoke_roles};
use crate::{
    domain::{
        Group, Recipient, Role,
        error::{Code, Error, Result},
        id::OrganizationId,
    },
    store::{
        Store, Write,
        expression::{Condition, Update},
        groups,
        keys::{self, DeletedResource, Key, Range},
        recipients,
        transaction::{AUDIT_ACTIONS, MAX_ACTIONS, Outcome, Transaction},
    },
};

/// Maximum number of roles that one transaction revokes.
const ROLES: usize = MAX_ACTIONS / ROLE_ACTIONS;
/// Number of transactions in parallel.
const TRANSACTIONS: usize = 4;
/// Minimum time before the deadline at which the sweep stops, so that its last transactions can end. If a step took longer, it
/// is twice that time.
const MARGIN: Duration = Duration::from_millis(500);
/// Time for which an ended deletion is kept, in milliseconds: longer than any request takes.
const KEPT: u64 = 60 * 60 * 1000;

/// All steps fail for one reason: another request has changed the items. They are then read again.
#[derive(Debug, Clone, Copy)]
struct Step;

/// Key of an item that has no other content to read.
#[derive(Deserialize)]
struct Row {
    pk: String,
    sk: String,
}

/// Kind of resources that belong to a dock or a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Children {
    /// Roles in the dock or of the party.
    Roles,
    /// Groups of recipients of the dock. Without them, nothing joins them any more.
    Groups,
    /// Members of the groups.
    Members,
    /// Recipients of the dock.
    Recipients,
}

impl Children {
    /// All kinds, in the order in which they are swept.
    const ALL: [Self; 4] = [Self::Roles, Self::Groups, Self::Members, Self::Recipients];
}

impl Store {
    /// Ends everything that belonged to a deleted dock or party, and then its deletion.
    ///
    /// # Errors
    /// `DELETION_IN_PROGRESS` if the time does not suffice: another request continues. As every write.
    pub(super) async fn sweep(
        &self,
        organization: OrganizationId,
        resource: DeletedResource,
        write: &Write,
    ) -> Result<()> {
        // Every request makes progress, however little time it has.
        let mut is_begun = false;
        let mut margin = MARGIN;
        for children in Children::ALL {
            loop {
                let begun = Instant::now();
                if is_begun && begun + margin >= self.deadline {
                    let detail = "The resource is deleted, and what belonged to it remains to be removed; repeat the \
                                  request to continue";
                    return Err(Error::new(Code::DeletionInProgress, detail));
                }
                let remain = match children {
                    Children::Roles => self.sweep_roles(organization, resource, write).await?,
                    children => self.sweep_dock(organization, resource, children, write).await?,
                };
                is_begun = true;
                margin = margin.max(begun.elapsed() * 2);
                if !remain {
                    break;
                }
            }
        }
        self.end_deletion(organization, resource, write).await
    }

    /// Revokes the next roles of a deleted resource. Returns whether roles may remain.
    async fn sweep_roles(
        &self,
        organization: OrganizationId,
        resource: DeletedResource,
        write: &Write,
    ) -> Result<bool> {
        let range = match resource {
            DeletedResource::Dock(id) => keys::current_dock_roles(organization, id),
            DeletedResource::Party(id) => keys::party_roles(organization, id),
            // An organization is deleted only when it has no docks and parties.
            DeletedResource::Organization => return Ok(false),
        };
        let most = ROLES * TRANSACTIONS;
        let rows = self.first_rows::<Role>(&range, None, i32::try_from(most).unwrap_or(i32::MAX));
        let (roles, deletions) = try_join(rows, self.deletions(organization)).await?;
        if !deletions.has(resource) {
            return Err(Error::internal("the roles of a resource that is not deleted are swept"));
        }
        let transactions: Vec<_> =
            roles.chunks(ROLES).map(|roles| self.sweep_some_roles(organization, roles, &deletions, write)).collect();
        let results: Vec<Result<bool>> = stream::iter(transactions).buffer_unordered(TRANSACTIONS).collect().await;
        let mut remain = roles.len() == most;
        for is_committed in results {
            remain |= !is_committed?;
        }
        Ok(remain)
    }

    /// Removes the next groups, members of groups or recipients of a deleted dock. Returns whether some may remain.
    async fn sweep_dock(
        &self,
        organization: OrganizationId,
        resource: DeletedResource,
        children: Children,
        write: &Write,
    ) -> Result<bool> {
        // The recipients of a party stay, without the party.
        let DeletedResource::Dock(dock) = resource else { return Ok(false) };
        match children {
            Children::Groups => {
                let range = keys::groups(organization, dock);
                self.sweep_rows(&range, 2 + AUDIT_ACTIONS, write, |transaction, group: &Group| {
                    groups::remove(transaction, Step, group, write)
                })
                .await
            }
            Children::Members => {
                let range = keys::dock_group_members(organization, dock);
                self.sweep_rows(&range, 1, write, |transaction, Row { pk, sk }| {
                    transaction.delete(Step, &Key { pk: pk.clone(), sk: sk.clone() }, Condition::Exists)
                })
                .await
            }
            _ => {
                let range = keys::recipients(organization, dock);
                self.sweep_rows(&range, 3 + AUDIT_ACTIONS, write, |transaction, recipient: &Recipient| {
                    recipients::remove(transaction, Step, recipient, write)
                })
                .await
            }
        }
    }

    /// Removes the next rows of a range, each by this number of actions. Returns whether rows may remain.
    async fn sweep_rows<T: DeserializeOwned>(
        &self,
        range: &Range,
        actions: usize,
        write: &Write,
        remove: impl Fn(&mut Transaction<Step>, &T) -> Result<()>,
    ) -> Result<bool> {
        let at_once = MAX_ACTIONS / actions;
        let most = at_once * TRANSACTIONS;
        let rows: Vec<T> = self.first_rows(range, None, i32::try_from(most).unwrap_or(i32::MAX)).await?;
        let mut transactions = Vec::new();
        for rows in rows.chunks(at_once) {
            let mut transaction = Transaction::new(self, write)?;
            rows.iter().try_for_each(|row| remove(&mut transaction, row))?;
            transactions.push(transaction.commit(self, write));
        }
        let outcomes: Vec<_> = stream::iter(transactions).buffer_unordered(TRANSACTIONS).collect().await;
        let mut remain = rows.len() == most;
        for outcome in outcomes {
            remain |= !matches!(outcome?, Outcome::Committed);
        }
        Ok(remain)
    }

    /// Revokes roles of deleted resources in one transaction. Returns `false` and writes nothing if another request revokes
    /// one of them.
    async fn sweep_some_roles(
        &self,
        organization: OrganizationId,
        roles: &[Role],
        deletions: &Deletions,
        write: &Write,
    ) -> Result<bool> {
        let revoked: Vec<Role> = roles.iter().map(|role| deletions.apply(role.clone())).collect();
        let mut transaction = Transaction::new(self, write)?;
        revoke_roles(&mut transaction, Step, organization, &revoked, deletions, write)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }

    /// Revokes the roles that the first transaction of a deletion left, and ends the deletion. If they are known and fit into
    /// one transaction, it is the last one; else the sweep reads them.
    pub(super) async fn end_roles(
        &self,
        organization: OrganizationId,
        resource: DeletedResource,
        rest: Option<&[Role]>,
        deletions: &Deletions,
        write: &Write,
    ) -> Result<()> {
        let Some(rest) = rest else { return self.sweep(organization, resource, write).await };
        if rest.is_empty() {
            return Ok(());
        }
        let revoked: Vec<Role> = rest.iter().map(|role| deletions.apply(role.clone())).collect();
        let mut transaction = Transaction::new(self, write)?;
        revoke_roles(&mut transaction, Step, organization, &revoked, deletions, write)?;
        mark_ended(&mut transaction, organization, resource, write)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            // Another request continued the deletion.
            Outcome::ConditionsFailed(_) => self.sweep(organization, resource, write).await,
        }
    }

    /// Marks a deletion as ended.
    async fn end_deletion(&self, organization: OrganizationId, resource: DeletedResource, write: &Write) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        mark_ended(&mut transaction, organization, resource, write)?;
        transaction.commit(self, write).await?;
        Ok(())
    }
}

/// Adds a step that marks a deletion as ended. It is removed later, when no request can have read the roles before their end.
fn mark_ended(
    transaction: &mut Transaction<Step>,
    organization: OrganizationId,
    resource: DeletedResource,
    write: &Write,
) -> Result<()> {
    let ttl = write.origin.now.plus_millis(KEPT).millis_since_epoch() / 1000;
    let update = Update::default().set(keys::TTL, &ttl)?;
    transaction.update(Step, &keys::pending_deletion(organization, resource), Condition::Exists, update)
}
