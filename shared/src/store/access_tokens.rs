//! Access tokens of machine clients: issuance, verification and revocation.

use super::{
    Change, Entity, Store, Write,
    expression::Condition,
    keys,
    reads::decode,
    record::{AccessTokenRecord, MachineClientRecord, TokenIssuances},
    transaction::{Outcome, Transaction},
};
use crate::domain::{
    AccessToken, MachineClient,
    credentials::Owner,
    error::Result,
    id::{AccessTokenId, MachineClientId},
    time::Time,
};

/// Number of tokens that a client can obtain in a sliding window of one minute.
pub const MAX_ISSUANCES: usize = 10;
/// Length of that window, in milliseconds.
const WINDOW_MILLIS: u64 = 60_000;
/// Age from which an eventually consistent read finds a token, in milliseconds. DynamoDB replicates within a second.
const REPLICATION_MILLIS: u64 = 60_000;

#[derive(Debug, Clone, Copy)]
struct Step;

/// The limit of issuances is reached until this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyIssuances(pub Time);

impl TokenIssuances {
    /// Returns the record after an issuance at `now` by a client whose last issuances are `before`.
    ///
    /// # Errors
    /// [`TooManyIssuances`] if the client has obtained [`MAX_ISSUANCES`] tokens within the last minute.
    pub fn after(before: Option<&Self>, id: MachineClientId, now: Time) -> Result<Self, TooManyIssuances> {
        let counts = |time: &Time| now < time.plus_millis(WINDOW_MILLIS);
        let times = before.map(|before| before.times.as_slice()).unwrap_or_default();
        let mut times: Vec<Time> = times.iter().copied().filter(counts).collect();
        if let Some(oldest) = times.len().checked_sub(MAX_ISSUANCES).and_then(|at| times.get(at)) {
            return Err(TooManyIssuances(oldest.plus_millis(WINDOW_MILLIS)));
        }
        times.push(now);
        // Requests may arrive in another order than they are served.
        times.sort_unstable();
        let version = before.map_or(0, |before| before.version) + 1;
        let ttl = now.plus_millis(WINDOW_MILLIS).seconds_since_epoch() + 1;
        Ok(Self { id, times, version, ttl })
    }
}

impl Store {
    /// Reads a machine client and its last issuances, strongly consistent, to authenticate it by its secret.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn machine_client_to_authenticate(
        &self,
        id: MachineClientId,
    ) -> Result<(Option<MachineClientRecord>, Option<TokenIssuances>)> {
        let (client, issuances) = (keys::machine_client(id), keys::token_issuances(id));
        let mut items = self.get_batch([client.clone(), issuances.clone()]).await?;
        let client = items.remove(&client).map(decode).transpose()?;
        Ok((client, items.remove(&issuances).map(decode).transpose()?))
    }

    /// Stores a new token of `client`, and counts the issuance: `issuances` replaces `before`. Returns `false` and writes nothing
    /// if the client was deactivated or deleted, or obtained another token in between.
    ///
    /// # Errors
    /// As every write.
    pub async fn issue_token(
        &self,
        client: &MachineClient,
        new: &AccessTokenRecord,
        (before, issuances): (Option<&TokenIssuances>, &TokenIssuances),
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let same = Condition::equals("generation", &client.generation)?;
        transaction.check(Step, &keys::machine_client(client.id), same)?;
        let unchanged = before.map_or(Condition::Absent, |before| Condition::version(before.version));
        transaction.replace(Step, issuances, unchanged)?;
        transaction.create(Step, new)?;
        let owner = Owner::Organization(client.organization_id);
        let change = Change::created(owner, Entity::AccessToken, &new.token.id, &new.token)?;
        transaction.audit(write, &Change { dock: client.dock_id, ..change })?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }

    /// Reads a token and its client, with one request whether they exist or not. The read is eventually consistent, which costs
    /// half as much, unless the ids say that one of them is so new that replicas may lack it.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn token_to_verify(
        &self,
        client: MachineClientId,
        id: AccessTokenId,
        now: Time,
    ) -> Result<Option<(MachineClientRecord, AccessTokenRecord)>> {
        let is_recent = now < id.time().max(client.time()).plus_millis(REPLICATION_MILLIS);
        let (client, token) = (keys::machine_client(client), keys::access_token(id));
        let mut items = self.get_batch_with([client.clone(), token.clone()], is_recent).await?;
        let (Some(client), Some(token)) = (items.remove(&client), items.remove(&token)) else { return Ok(None) };
        let (client, token): (MachineClientRecord, AccessTokenRecord) = (decode(client)?, decode(token)?);
        Ok((token.token.machine_client_id == client.client.id).then_some((client, token)))
    }

    /// Revokes a token. Returns `false` and writes nothing if it does not exist any more.
    ///
    /// # Errors
    /// As every write.
    pub async fn revoke_token(&self, client: &MachineClient, token: &AccessToken, write: &Write) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        transaction.delete(Step, &keys::access_token(token.id), Condition::Exists)?;
        let owner = Owner::Organization(token.organization_id);
        let change = Change::deleted(owner, Entity::AccessToken, &token.id, token)?;
        transaction.audit(write, &Change { dock: client.dock_id, ..change })?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_obtains_ten_tokens_in_a_sliding_minute() {
        let id = MachineClientId::new(Time::from_millis(1), 2);
        let at = |second: u64| Time::from_millis(1_000_000 + second * 1000);
        let mut last = None;
        for second in 0..10 {
            last = TokenIssuances::after(last.as_ref(), id, at(second)).ok();
            assert_eq!(last.as_ref().map(|last: &TokenIssuances| last.version), Some(second + 1));
        }
        let rejected = |second| TokenIssuances::after(last.as_ref(), id, at(second)).err();
        assert_eq!(rejected(10), Some(TooManyIssuances(at(60))));
        assert_eq!(rejected(59), Some(TooManyIssuances(at(60))));
        assert_eq!(rejected(60), None);
        let next = TokenIssuances::after(last.as_ref(), id, at(60)).unwrap();
        assert_eq!(next.times.len(), 10);
        assert_eq!(TokenIssuances::after(Some(&next), id, at(60)), Err(TooManyIssuances(at(61))));
    }
}
