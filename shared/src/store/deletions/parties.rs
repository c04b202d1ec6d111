//! The deletion of a party.

use futures::future::try_join3;

use super::{Deletions, KnownRoles, Leaving, revoke_roles, roles::counts_exactly};
use crate::{
    domain::{
        Hint, Party, Role,
        credentials::Owner,
        error::{Error, Result},
        id::{self, OrganizationId, PartyId},
    },
    store::{
        Change, Entity, Store, Write,
        expression::{Condition, Update},
        keys::{self, DeletedResource},
        organizations::counting,
        parties::counter,
        record::{HintOwner, LedgerHint, PartyRecord},
        transaction::{Outcome, Transaction, unexpected},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The party or its roles. They may have changed.
    Party,
    /// An item that changes only together with the party.
    Other,
}

impl Store {
    /// Deletes a party and revokes its roles, or continues a deletion. `matches` checks the version of the party.
    ///
    /// # Errors
    /// `PARTY_NOT_FOUND`, `DELETION_IN_PROGRESS`; those of `matches`; as every write.
    pub async fn delete_party(
        &self,
        organization: OrganizationId,
        id: PartyId,
        matches: impl Fn(u64) -> Result<()>,
        write: &Write,
    ) -> Result<()> {
        let resource = DeletedResource::Party(id);
        let most = i32::try_from(KnownRoles::READ).unwrap_or(i32::MAX);
        // If the roles change while they are read, they are revoked after the party is deleted.
        let mut is_first = true;
        loop {
            let (record, roles, deletions) = try_join3(
                self.get::<PartyRecord>(&keys::party(organization, id)),
                self.first_rows::<Role>(&keys::party_roles(organization, id), None, most),
                self.deletions(organization),
            )
            .await?;
            let Some(record) = record else {
                let deletion = deletions.in_progress(resource).ok_or_else(Error::not_found::<id::Party>)?;
                matches(deletion.version)?;
                return self.sweep(organization, resource, write).await;
            };
            matches(record.party.version)?;
            let roles = KnownRoles(roles);
            let known = roles.split().filter(|_| is_first);
            if let Some(deletions) = self.try_delete_party(&record, known, deletions, write).await? {
                return self.end_roles(organization, resource, known.map(|(_, rest)| rest), &deletions, write).await;
            }
            is_first = false;
        }
    }

    /// Deletes a party. With `roles`, which are all of its roles in two parts, also revokes the first part. Returns the
    /// deletions with this one; `None` and writes nothing if the party or its roles have changed.
    async fn try_delete_party(
        &self,
        record: &PartyRecord,
        roles: Option<(&[Role], &[Role])>,
        mut deletions: Deletions,
        write: &Write,
    ) -> Result<Option<Deletions>> {
        let PartyRecord { party, ledger_user, .. } = record;
        let organization = party.organization_id;
        let resource = DeletedResource::Party(party.id);
        let leaving = Leaving {
            organization_id: organization,
            resource,
            name: &party.name,
            kind: Some(party.kind),
            version: party.version,
        };
        deletions.0.insert(resource, leaving.deletion(write));
        let mut transaction = Transaction::new(self, write)?;
        let unchanged = match roles {
            Some((first, rest)) => {
                let version = i64::try_from(party.version).unwrap_or(i64::MAX);
                counts_exactly(first.iter().chain(rest), &[("version", version)])
            }
            None => Condition::version(party.version),
        };
        transaction.delete(Step::Party, &keys::party(organization, party.id), unchanged)?;
        if let Some((first, _)) = roles {
            let revoked: Vec<Role> = first.iter().map(|role| deletions.apply(role.clone())).collect();
            revoke_roles(&mut transaction, Step::Party, organization, &revoked, &deletions, write)?;
        }
        transaction.delete(Step::Other, &keys::party_pointer(party.id), Condition::Exists)?;
        let (shard, change) = counting(organization, party.id.ulid().0, counter(party.kind), -1);
        transaction.update(Step::Other, &shard, Condition::Exists, change)?;
        if let Some(external_ref) = &party.external_ref {
            let key = keys::party_by_ref(organization, external_ref, party.id);
            transaction.delete(Step::Other, &key, Condition::Exists)?;
        }
        leave_ledger(&mut transaction, party, ledger_user.as_deref(), write)?;
        let has_rest = roles.is_none_or(|(_, rest)| !rest.is_empty());
        leaving.bury(&mut transaction, Step::Other, has_rest, write)?;
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::deleted(owner, Entity::Party, &party.id, party)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(Some(deletions)),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Party, _)) => Ok(None),
                _ => Err(unexpected(&failed)),
            },
        }
    }
}

/// Adds the steps that remove a party from the ledger: from its organization's list, and from the rights of its user. The
/// hint stays and blocks the ledger id for ever.
fn leave_ledger(transaction: &mut Transaction<Step>, party: &Party, user: Option<&str>, write: &Write) -> Result<()> {
    let (organization_id, party_id) = (party.organization_id, party.id);
    let Some(hint) = &party.ledger_hint else {
        // The id of a party that was created at `/v1` is its ledger id. Only its pointer blocked it.
        let hint = Hint::of_party(party_id);
        let owner = HintOwner { organization_id, party_id, deleted_at: Some(write.origin.now) };
        return transaction.create(Step::Other, &LedgerHint { hint, owner });
    };
    let deleted = Update::default().set("deletedAt", &write.origin.now)?;
    transaction.update(Step::Other, &keys::ledger_hint(hint), Condition::Exists, deleted)?;
    transaction.delete(Step::Other, &keys::ledger_row(organization_id, hint), Condition::Exists)?;
    if let Some(user) = user {
        transaction.delete(Step::Other, &keys::ledger_right(user, hint), Condition::Exists)?;
        let fewer = Update::default().add("rights", -1);
        transaction.update(Step::Other, &keys::ledger_right_counter(user), Condition::Exists, fewer)?;
    }
    Ok(())
}
