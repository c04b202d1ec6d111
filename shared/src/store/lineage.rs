//! Revocation of an API key with all keys that descend from it.
//!
//! A key can create others only while it is live, and the transaction that creates one checks that. So once a key is revoked,
//! the list of its children is complete. The traversal revokes each key before it reads the children of that key, and no
//! descendant escapes, whatever is created meanwhile.
//!
//! The traversal is resumable. Every revocation also writes a pending revocation below the root: the key whose children remain.
//! It is deleted when they are revoked. A request continues where an earlier one stopped.

use futures::future::try_join_all;
use serde::de::DeserializeOwned;
use tokio::time::{Duration, Instant};

use super::{
    Store, Write, api_keys,
    expression::{Condition, Update},
    keys::{self, Range},
    reads::decode,
    record::{ApiKeyRecord, ApiKeyRow, PendingRevocation, RevokedParent},
    retry::Attempt,
    transaction::{AUDIT_ACTIONS, MAX_ACTIONS, Outcome, Transaction},
};
use crate::domain::{
    ApiKey,
    error::{Code, Error, Result},
    id::ApiKeyId,
};

/// Maximum number of children that one transaction revokes. Each takes seven actions of at most 100, and one is common.
const CHILDREN: i32 = 14;
const _: () = assert!(CHILDREN as usize * (2 + AUDIT_ACTIONS) < MAX_ACTIONS);
/// Maximum number of pending revocations whose children are read in parallel.
const PENDING: i32 = 25;
/// Time before the deadline at which the traversal stops, so that its last transaction can end.
const MARGIN: Duration = Duration::from_millis(500);

/// All steps of the traversal fail for one reason: another request has changed the items. They are then read again.
#[derive(Debug, Clone, Copy)]
struct Step;

impl Store {
    /// Revokes an API key and all keys that descend from it. Returns `false` and writes nothing if the key has changed since
    /// `root` was read.
    ///
    /// # Errors
    /// `REVOCATION_IN_PROGRESS` if the time does not suffice: another request continues. As every write.
    pub async fn revoke_api_key_and_descendants(&self, root: &ApiKey, write: &Write) -> Result<bool> {
        let continues = root.revoked_at.is_some() && !self.pending(root.id, 1).await?.is_empty();
        if !continues && !self.begin_revocation(root, write).await? {
            return Ok(false);
        }
        // Every request makes progress, however little time it has.
        let mut is_begun = false;
        loop {
            let pending = self.pending(root.id, PENDING).await?;
            if pending.is_empty() {
                return Ok(true);
            }
            self.require_time(is_begun)?;
            let mut reads = Vec::with_capacity(pending.len());
            for parent in &pending {
                reads.push(self.children(parent));
            }
            let children = try_join_all(reads).await?;
            let (ended, rest): (Vec<_>, Vec<_>) =
                pending.iter().zip(&children).partition(|(_, children)| children.is_empty());
            self.end_revocations(root.id, &ended, write).await?;
            for (parent, children) in rest {
                self.require_time(is_begun)?;
                self.revoke_children(root.id, parent, children, write).await?;
                is_begun = true;
            }
            is_begun = true;
        }
    }

    /// Checks that the traversal, if it has begun, has time for another step.
    fn require_time(&self, is_begun: bool) -> Result<()> {
        if is_begun && Instant::now() + MARGIN >= self.deadline {
            let detail = "Descendants of the API key remain to be revoked; repeat the request to continue";
            return Err(Error::new(Code::RevocationInProgress, detail));
        }
        Ok(())
    }

    /// Revokes the root if it is live, and adds its pending revocation.
    async fn begin_revocation(&self, root: &ApiKey, write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        if root.revoked_at.is_none() {
            api_keys::revoke(&mut transaction, Step, root, write)?;
        }
        add_pending(&mut transaction, root.id, root.id)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }

    /// Revokes the next children of a revoked key. If another request revokes one of them, writes nothing.
    async fn revoke_children(
        &self,
        root: ApiKeyId,
        parent: &RevokedParent,
        children: &[ApiKeyRow],
        write: &Write,
    ) -> Result<()> {
        let mut transaction = Transaction::new(self, write)?;
        let mut items = self.get_batch(children.iter().map(|child| keys::api_key(child.id))).await?;
        for child in children {
            let item = items.remove(&keys::api_key(child.id));
            let item = item.ok_or_else(|| Error::internal("an API key in a list of children does not exist"))?;
            let ApiKeyRecord { key, .. } = decode(item)?;
            if key.revoked_at.is_none() {
                api_keys::revoke(&mut transaction, Step, &key, write)?;
            }
            // Keys that were revoked before may have live children, too.
            add_pending(&mut transaction, root, child.id)?;
        }
        let update = Update::default().set("after", &children.last().map(|last| last.id))?;
        transaction.update(Step, &keys::pending_revocation(root, parent.id), Condition::Exists, update)?;
        transaction.commit(self, write).await?;
        Ok(())
    }

    /// Deletes the pending revocations of the keys without further children.
    async fn end_revocations(
        &self,
        root: ApiKeyId,
        ended: &[(&RevokedParent, &Vec<ApiKeyRow>)],
        write: &Write,
    ) -> Result<()> {
        if ended.is_empty() {
            return Ok(());
        }
        let mut transaction = Transaction::new(self, write)?;
        for (parent, _) in ended {
            transaction.delete(Step, &keys::pending_revocation(root, parent.id), Condition::Exists)?;
        }
        transaction.commit(self, write).await?;
        Ok(())
    }

    async fn pending(&self, root: ApiKeyId, limit: i32) -> Result<Vec<RevokedParent>> {
        self.first_rows(&keys::pending_revocations(root), None, limit).await
    }

    async fn children(&self, parent: &RevokedParent) -> Result<Vec<ApiKeyRow>> {
        let after = parent.after.map(|last| keys::api_key_child(parent.id, last).sk);
        self.first_rows(&keys::api_key_children(parent.id), after.as_deref(), CHILDREN).await
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

/// Adds the step that writes the pending revocation of a key. One that exists begins again.
fn add_pending(transaction: &mut Transaction<Step>, root: ApiKeyId, id: ApiKeyId) -> Result<()> {
    let update = Update::default().set("id", &id)?.remove("after");
    transaction.upsert::<PendingRevocation>(Step, &keys::pending_revocation(root, id), None, update)
}
