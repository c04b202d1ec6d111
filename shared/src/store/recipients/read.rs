//! Reads of recipients, with the current state of their links to parties.

use std::collections::HashMap;

use futures::future::{try_join, try_join3};
use serde::{Deserialize, de::IgnoredAny};

use super::link_keys;
use crate::{
    domain::{
        LowercaseEmail, Recipient, Search, StakeholderClass,
        error::{Error, Result},
        id::{self, DockId, OrganizationId, PartyId, RecipientId, RoleId},
    },
    store::{
        Listed, Page, Store,
        keys::{self, Key},
        listing::{Keep, READ_BY_FILTER, Section},
        reads::decode,
        record::{Memberships, RecipientRecord, RecipientRef},
    },
};

/// Recipient with the current state of its link to a party.
#[derive(Debug, Clone)]
pub struct LinkedRecipient {
    /// The recipient, as it is stored.
    pub recipient: Recipient,
    /// Its groups.
    pub memberships: Memberships,
    /// Party of the recipient; `None` also if the party no longer exists.
    pub party_id: Option<PartyId>,
    /// Role `RECIPIENT` of that party in the dock; `None` if the party does not hold it.
    pub role_id: Option<RoleId>,
}

/// Filter of a list of recipients. `None` does not filter.
#[derive(Debug, Clone, Default)]
pub struct RecipientFilter {
    /// E-mail address of the recipient.
    pub email: Option<LowercaseEmail>,
    /// Text that the name or the e-mail address contains.
    pub search: Option<Search>,
    /// Relation of the recipients to the documents.
    pub stakeholder_class: Option<StakeholderClass>,
    /// Party of the recipients.
    pub party: Option<PartyId>,
}

impl RecipientFilter {
    fn is_open(&self) -> bool {
        self.search.is_none() && self.stakeholder_class.is_none() && self.party.is_none()
    }

    fn keeps(&self, recipient: &Recipient) -> bool {
        let found =
            |search: &Search| search.matches(recipient.name.as_str()) || search.matches(recipient.email.as_str());
        self.search.as_ref().is_none_or(found)
            && self.stakeholder_class.is_none_or(|class| recipient.stakeholder_class == Some(class))
            && self.party.is_none_or(|party| recipient.party_id == Some(party))
    }
}

#[derive(Deserialize)]
struct StoredId {
    id: String,
}

impl Store {
    /// Reads a recipient with its link.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn recipient(
        &self,
        organization: OrganizationId,
        dock: DockId,
        id: RecipientId,
    ) -> Result<Option<LinkedRecipient>> {
        // The counters of a dock are deleted with it. Its recipients may be deleted later.
        let (counter, key) = (keys::dock_count_shard(organization, dock, 0), keys::recipient(organization, dock, id));
        let mut found = self.get_batch([counter.clone(), key.clone()]).await?;
        if !found.contains_key(&counter) {
            return Err(Error::not_found::<id::Dock>());
        }
        let Some(item) = found.remove(&key) else { return Ok(None) };
        Ok(self.with_links(vec![decode(item)?]).await?.pop())
    }

    /// Reads recipients of a dock by their ids. Those that do not exist are left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(in crate::store) async fn recipients_of(
        &self,
        organization: OrganizationId,
        dock: DockId,
        ids: &[RecipientId],
    ) -> Result<HashMap<RecipientId, LinkedRecipient>> {
        let found = self.get_batch(ids.iter().map(|id| keys::recipient(organization, dock, *id))).await?;
        let records = found.into_values().map(decode).collect::<Result<_>>()?;
        let linked = self.with_links(records).await?;
        Ok(linked.into_iter().map(|linked| (linked.recipient.id, linked)).collect())
    }

    /// Reads the current state of the links of recipients.
    async fn with_links(&self, records: Vec<RecipientRecord>) -> Result<Vec<LinkedRecipient>> {
        let linked = records.iter().filter_map(|record| Some((&record.recipient, record.recipient.party_id?)));
        let linked = linked.flat_map(|(recipient, party)| link_keys(recipient, party));
        let found: HashMap<Key, StoredId> = self.get_batch_of(linked, &["id"]).await?;
        let with_link = |RecipientRecord { recipient, memberships }| {
            let keys = recipient.party_id.map(|party| link_keys(&recipient, party));
            let [party, role] = keys.map_or([None, None], |keys| keys.map(|key| found.get(&key)));
            let party_id = recipient.party_id.filter(|_| party.is_some());
            let role_id = role.filter(|_| party.is_some()).map(|role| role.id.parse().map_err(Error::internal));
            Ok(LinkedRecipient { party_id, role_id: role_id.transpose()?, recipient, memberships })
        };
        records.into_iter().map(with_link).collect()
    }

    /// Reads a page of the recipients of a dock that `filter` accepts, newest first.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_recipients(
        &self,
        organization: OrganizationId,
        dock: DockId,
        filter: &RecipientFilter,
        page: &Page,
    ) -> Result<Listed<LinkedRecipient>> {
        let counts = async {
            let counts = self.dock_counts(organization, dock).await?;
            counts.ok_or_else(Error::not_found::<id::Dock>)
        };
        let party_exists = async {
            let Some(party) = filter.party else { return Ok(true) };
            let found: Option<IgnoredAny> = self.get(&keys::party(organization, party)).await?;
            Ok(found.is_some())
        };
        let listed = Box::pin(self.list_stored(organization, dock, filter, page));
        let (listed, counts, party_exists) = try_join3(listed, counts, party_exists).await?;
        if !party_exists {
            return Ok(Listed::empty());
        }
        let total = if filter.is_open() && filter.email.is_none() { Some(counts.recipients) } else { listed.total };
        let mut linked = self.with_links(listed.values().cloned().collect()).await?.into_iter();
        Ok(listed.try_filter_map(|_| Ok(linked.next()))?.with_total(total))
    }

    async fn list_stored(
        &self,
        organization: OrganizationId,
        dock: DockId,
        filter: &RecipientFilter,
        page: &Page,
    ) -> Result<Listed<RecipientRecord>> {
        let keep = |record: &RecipientRecord| filter.keeps(&record.recipient);
        if let Some(email) = &filter.email {
            let found = self.recipient_by_email(organization, dock, email).await?;
            let few = found.into_iter().filter(keep).collect();
            return Ok(Listed::of_few(few, page, |record: &RecipientRecord| record.recipient.id.to_string()));
        }
        let sections = [Section::single(keys::recipients(organization, dock))];
        let filtered: Keep<'_, RecipientRecord> = if filter.is_open() { None } else { Some(&keep) };
        let total =
            async { if filter.is_open() { Ok(None) } else { self.count_kept(&sections, &keep, READ_BY_FILTER).await } };
        let (listed, total) = try_join(self.list(&sections, page, filtered), total).await?;
        Ok(listed.with_total(total))
    }

    async fn recipient_by_email(
        &self,
        organization: OrganizationId,
        dock: DockId,
        email: &LowercaseEmail,
    ) -> Result<Option<RecipientRecord>> {
        let owner: Option<RecipientRef> = self.get(&keys::recipient_email(organization, dock, email)).await?;
        let Some(RecipientRef { recipient_id }) = owner else { return Ok(None) };
        let found: Option<RecipientRecord> = self.get(&keys::recipient(organization, dock, recipient_id)).await?;
        // The recipient may have changed its address between the reads.
        Ok(found.filter(|record| record.recipient.email == *email))
    }
}
