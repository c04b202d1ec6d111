//! Revocation of a credential with all credentials that descend from it: API keys, and machine clients, which create others
//! with their tokens.
//!
//! A credential can create others only while it is live, and the transaction that creates one checks that. So once it is
//! revoked, the list of its children is complete. The traversal revokes each credential before it reads its children, and no
//! descendant escapes, whatever is created meanwhile.
//!
//! The traversal is resumable. Every revocation also writes a pending revocation below the root: the credential whose children remain.
//! It is deleted when they are revoked. A request continues where an earlier one stopped.

use futures::future::try_join_all;
use serde::de::DeserializeOwned;
use tokio::time::{Duration, Instant};

use super::{
    Store, Write, api_keys,
    expression::{Condition, Update, attribute},
    keys::{self, Key, Range},
    machine_clients,
    reads::decode,
    record::{ApiKeyRecord, CredentialRow, MachineClientRecord, PendingRevocation, RevokedParent},
    retry::Attempt,
    transaction::{AUDIT_ACTIONS, MAX_ACTIONS, Outcome, Transaction},
};
use crate::domain::{
    ApiKey, MachineClient,
    credentials::{CredentialId, Principal},
    error::{Code, Error, Result},
    id::AccessTokenId,
    time::Time,
};

/// Maximum number of children that one transaction revokes. Each takes up to four actions of at most 100 and its audit
/// trail, and one is common.
const CHILDREN: i32 = 11;
const _: () = assert!(CHILDREN as usize * (3 + AUDIT_ACTIONS) < MAX_ACTIONS);
/// Maximum number of pending revocations whose children are read in parallel.
const PENDING: i32 = 25;
/// Time before the deadline at which the traversal stops, so that its last transaction can end.
const MARGIN: Duration = Duration::from_millis(500);

/// All steps of the traversal fail for one reason: another request has changed the items. They are then read again.
#[derive(Debug, Clone, Copy)]
struct Step;

/// The credential that creates another one, or learns its new secret.
#[derive(Debug, Clone, Copy)]
pub struct Minter {
    /// API key, or machine client of the access token.
    pub id: CredentialId,
    /// Access token that sends the request; `None` for an API key.
    pub token: Option<AccessTokenId>,
}

impl From<&Principal> for Minter {
    fn from(principal: &Principal) -> Self {
        Self { id: principal.id, token: principal.token }
    }
}

/// Adds the steps that check that a credential is neither revoked nor expired at `now`.
pub(super) fn require_live<S: Copy>(
    transaction: &mut Transaction<S>,
    step: S,
    minter: Minter,
    now: Time,
) -> Result<()> {
    let live = |ended| Ok::<_, Error>(Condition::Live(ended, "expiresAt", attribute(&now)?));
    let (key, ended) = match minter.id {
        CredentialId::ApiKey(id) => (keys::api_key(id), "revokedAt"),
        CredentialId::MachineClient(id) => (keys::machine_client(id), "deactivatedAt"),
    };
    transaction.check(step, &key, live(ended)?)?;
    match minter.token {
        // A revoked token has no item.
        Some(token) => transaction.check(step, &keys::access_token(token), live("revokedAt")?),
        None => Ok(()),
    }
}

/// Returns the key of the item of a credential.
fn key_of(id: CredentialId) -> Key {
    match id {
        CredentialId::ApiKey(id) => keys::api_key(id),
        CredentialId::MachineClient(id) => keys::machine_client(id),
    }
}

impl Store {
    /// Revokes an API key and all credentials that descend from it. Returns `false` and writes nothing if the key has changed since
    /// `root` was read.
    ///
    /// # Errors
    /// `REVOCATION_IN_PROGRESS` if the time does not suffice: another request continues. As every write.
    pub async fn revoke_api_key_and_descendants(&self, root: &ApiKey, write: &Write) -> Result<bool> {
        let id = CredentialId::ApiKey(root.id);
        let continues = root.revoked_at.is_some() && !self.pending(id, 1).await?.is_empty();
        if !continues {
            let mut transaction = Transaction::new(self, write)?;
            if root.revoked_at.is_none() {
                api_keys::revoke(&mut transaction, Step, root, write)?;
            }
            if !self.begin_revocation(transaction, id, write).await? {
                return Ok(false);
            }
        }
        self.revoke_descendants(id, write).await?;
        Ok(true)
    }

    /// Deactivates a machine client, and revokes all credentials that descend from it. Returns `false` and writes nothing if the
    /// client has changed since `root` was read.
    ///
    /// # Errors
    /// `REVOCATION_IN_PROGRESS` if the time does not suffice: another request continues. As every write.
    pub async fn deactivate_machine_client_and_descendants(&self, root: &MachineClient, write: &Write) -> Result<bool> {
        let id = CredentialId::MachineClient(root.id);
        let continues = !root.is_active() && !self.pending(id, 1).await?.is_empty();
        if !continues {
            let mut transaction = Transaction::new(self, write)?;
            if root.is_active() {
                let after = root.deactivated_at(write.origin.now);
                machine_clients::replace(&mut transaction, Step, (root, &after), write)?;
            }
            if !self.begin_revocation(transaction, id, write).await? {
                return Ok(false);
            }
        }
        self.revoke_descendants(id, write).await?;
        Ok(true)
    }

    /// Revokes all credentials that descend from a revoked one.
    async fn revoke_descendants(&self, root: CredentialId, write: &Write) -> Result<()> {
        // Every request makes progress, however little time it has.
        let mut is_begun = false;
        loop {
            let pending = self.pending(root, PENDING).await?;
            if pending.is_empty() {
                return Ok(());
            }
            self.require_time(is_begun)?;
            let mut reads = Vec::with_capacity(pending.len());
            for parent in &pending {
                reads.push(self.children(parent));
            }
            let children = try_join_all(reads).await?;
            let (ended, rest): (Vec<_>, Vec<_>) =
                pending.iter().zip(&children).partition(|(_, children)| children.is_empty());
            self.end_revocations(root, &ended, write).await?;
            for (parent, children) in rest {
                self.require_time(is_begun)?;
                self.revoke_children(root, parent, children, write).await?;
                is_begun = true;
            }
            is_begun = true;
        }
    }

    /// Checks that the traversal, if it has begun, has time for another step.
    fn require_time(&self, is_begun: bool) -> Result<()> {
        if is_begun && Instant::now() + MARGIN >= self.deadline {
            let detail = "Descendants of the credential remain to be revoked; repeat the request to continue";
            return Err(Error::new(Code::RevocationInProgress, detail));
        }
        Ok(())
    }

    /// Adds the pending revocation of the root to the transaction that revokes it, and commits it.
    async fn begin_revocation(
        &self,
        mut transaction: Transaction<Step>,
        root: CredentialId,
        write: &Write,
    ) -> Result<bool> {
        add_pending(&mut transaction, root, root)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }

    /// Revokes the next children of a revoked credential. If another request revokes one of them, writes nothing.
    async fn revoke_children(
        &self,
        root: CredentialId,
        parent: &RevokedParent,
        children: &[CredentialRow],
        write: &Write,
    ) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        let mut items = self.get_batch(children.iter().map(|child| key_of(child.id))).await?;
        for child in children {
            let item = items.remove(&key_of(child.id));
            match (child.id, item) {
                (CredentialId::ApiKey(_), Some(item)) => {
                    let ApiKeyRecord { key, .. } = decode(item)?;
                    if key.revoked_at.is_none() {
                        api_keys::revoke(&mut transaction, Step, &key, write)?;
                    }
                }
                (CredentialId::ApiKey(_), None) => {
                    return Err(Error::internal("an API key in a list of children does not exist"));
                }
                (CredentialId::MachineClient(_), Some(item)) => {
                    let MachineClientRecord { client, .. } = decode(item)?;
                    if client.is_active() {
                        let after = client.deactivated_at(write.origin.now);
                        machine_clients::replace(&mut transaction, Step, (&client, &after), write)?;
                    }
                }
                // A deleted machine client.
                (CredentialId::MachineClient(_), None) => {}
            }
            // Credentials that were revoked before may have live children, too.
            add_pending(&mut transaction, root, child.id)?;
        }
        let update = Update::default().set("after", &children.last().map(|last| last.id))?;
        transaction.update(
            Step,
            &keys::pending_revocation(root.ulid(), parent.id.ulid()),
            Condition::Exists,
            update,
        )?;
        transaction.commit(self, write).await?;
        Ok(())
    }

    /// Deletes the pending revocations of the credentials without further children.
    async fn end_revocations(
        &self,
        root: CredentialId,
        ended: &[(&RevokedParent, &Vec<CredentialRow>)],
        write: &Write,
    ) -> Result<()> {
        if ended.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::new(self, write)?;
        for (parent, _) in ended {
            transaction.delete(Step, &keys::pending_revocation(root.ulid(), parent.id.ulid()), Condition::Exists)?;
        }
        transaction.commit(self, write).await?;
        Ok(())
    }

    async fn pending(&self, root: CredentialId, limit: i32) -> Result<Vec<RevokedParent>> {
        self.first_rows(&keys::pending_revocations(root.ulid()), None, limit).await
    }

    async fn children(&self, parent: &RevokedParent) -> Result<Vec<CredentialRow>> {
        let after = parent.after.map(|last| keys::credential_child(parent.id.ulid(), last.ulid()).sk);
        self.first_rows(&keys::credential_children(parent.id.ulid()), after.as_deref(), CHILDREN).await
    }

    /// Reads at most `limit` rows of a range, newest first, after the sort key `after`.
    pub(super) async fn first_rows<T: DeserializeOwned>(
        &self,
        range: &Range,
        after: Option<&str>,
        limit: i32,
    ) -> Result<Vec<T>> {
        let query = self.query(range, after).limit(limit);
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        response.items.unwrap_or_default().into_iter().map(decode).collect()
    }
}

/// Adds the step that writes the pending revocation of a credential. One that exists begins again.
fn add_pending(transaction: &mut Transaction<Step>, root: CredentialId, id: CredentialId) -> Result<()> {
    let update = Update::default().set("id", &id)?.remove("after");
    transaction.upsert::<PendingRevocation>(Step, &keys::pending_revocation(root.ulid(), id.ulid()), None, update)
}
