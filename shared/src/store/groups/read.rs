//! Reads of groups and their members.

use std::collections::{BTreeSet, HashMap};

use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use serde::Deserialize;

use crate::{
    domain::{
        Group, LowercaseEmail, Name,
        error::{Error, Result},
        id::{self, DockId, GroupId, Kind, OrganizationId, RecipientId},
    },
    store::{
        LinkedRecipient, Listed, Page, Start, Store,
        keys::{self, Key},
        listing::Section,
        reads::decode,
        record::RecipientRef,
    },
};

/// Number of members that the representation of a group shows.
pub const SHOWN_MEMBERS: usize = 100;
/// Number of groups whose members are read in parallel.
const PARALLEL_GROUPS: usize = 25;

/// Group with its first members, newest recipient first.
#[derive(Debug, Clone)]
pub struct GroupWithMembers {
    /// The group.
    pub group: Group,
    /// Its first [`SHOWN_MEMBERS`] members.
    pub members: Vec<MemberName>,
}

/// Name and e-mail address of a member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MemberName {
    /// Recipient.
    pub id: RecipientId,
    /// Its display name.
    pub name: Name,
    /// Its e-mail address.
    pub email: LowercaseEmail,
}

impl Store {
    /// Reads a group with its first members.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn group(
        &self,
        organization: OrganizationId,
        dock: DockId,
        id: GroupId,
    ) -> Result<Option<GroupWithMembers>> {
        let members = self.first_members(organization, dock, id, SHOWN_MEMBERS);
        let (group, members) = try_join(self.group_alone(organization, dock, id), members).await?;
        let Some(group) = group else { return Ok(None) };
        let members = self.member_names(organization, dock, &members).await?;
        Ok(Some(GroupWithMembers { group, members }))
    }

    async fn group_alone(&self, organization: OrganizationId, dock: DockId, id: GroupId) -> Result<Option<Group>> {
        // The counters of a dock are deleted with it. Its groups may be deleted later.
        let (counter, key) = (keys::dock_count_shard(organization, dock, 0), keys::group(organization, dock, id));
        let mut found = self.get_batch([counter.clone(), key.clone()]).await?;
        if !found.contains_key(&counter) {
            return Err(Error::not_found::<id::Dock>());
        }
        found.remove(&key).map(decode).transpose()
    }

    /// Returns the ids of the first members of a group, newest recipient first.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn first_members(
        &self,
        organization: OrganizationId,
        dock: DockId,
        group: GroupId,
        most: usize,
    ) -> Result<Vec<RecipientId>> {
        let sections = [Section::single(keys::group_members(organization, dock, group))];
        let page = Page { limit: most, start: Start::default() };
        let listed: Listed<RecipientRef> = self.list(&sections, &page, None).await?;
        Ok(listed.values().map(|row| row.recipient_id).collect())
    }

    /// Returns the names of members, in the order of `members`. One that was deleted meanwhile is left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn member_names(
        &self,
        organization: OrganizationId,
        dock: DockId,
        members: &[RecipientId],
    ) -> Result<Vec<MemberName>> {
        let key = |id: &RecipientId| keys::recipient(organization, dock, *id);
        let mut found: HashMap<Key, MemberName> =
            self.get_batch_of(members.iter().map(key), &["id", "name", "email"]).await?;
        Ok(members.iter().filter_map(|id| found.remove(&key(id))).collect())
    }

    /// Returns which of `recipients` are members of a group.
    ///
    /// # Errors
    /// `RECIPIENT_NOT_FOUND`, if one of them is not a recipient of the dock; [`Error::Unavailable`].
    pub async fn members_among(
        &self,
        organization: OrganizationId,
        dock: DockId,
        group: GroupId,
        recipients: &[RecipientId],
    ) -> Result<BTreeSet<RecipientId>> {
        let recipient = |id: &RecipientId| keys::recipient(organization, dock, *id);
        let member = |id: &RecipientId| keys::group_member(organization, dock, group, *id);
        let keys = recipients.iter().flat_map(|id| [recipient(id), member(id)]);
        let found: HashMap<Key, serde::de::IgnoredAny> = self.get_batch_of(keys, &[]).await?;
        if let Some(unknown) = recipients.iter().find(|id| !found.contains_key(&recipient(id))) {
            let detail = format!("Recipient {unknown} not found");
            return Err(Error::new(<id::Recipient as Kind>::NOT_FOUND, detail));
        }
        Ok(recipients.iter().filter(|id| found.contains_key(&member(id))).copied().collect())
    }

    /// Reads a page of the groups of a dock with their first members, newest group first.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_groups(
        &self,
        organization: OrganizationId,
        dock: DockId,
        page: &Page,
    ) -> Result<Listed<GroupWithMembers>> {
        let counts = async {
            let counts = self.dock_counts(organization, dock).await?;
            counts.ok_or_else(Error::not_found::<id::Dock>)
        };
        let sections = [Section::single(keys::groups(organization, dock))];
        let (listed, counts) = try_join(self.list::<Group>(&sections, page, None), counts).await?;
        let groups: Vec<GroupId> = listed.values().map(|group| group.id).collect();
        let members = groups.iter().map(|id| self.first_members(organization, dock, *id, SHOWN_MEMBERS));
        let members: Vec<Vec<RecipientId>> =
            stream::iter(members.collect::<Vec<_>>()).buffered(PARALLEL_GROUPS).try_collect().await?;
        let every: Vec<RecipientId> = members.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let names = self.member_names(organization, dock, &every).await?;
        let names: HashMap<RecipientId, MemberName> = names.into_iter().map(|name| (name.id, name)).collect();
        let mut members = members.into_iter();
        let with_members = |group| {
            let ids = members.next().unwrap_or_default();
            GroupWithMembers { group, members: ids.iter().filter_map(|id| names.get(id).cloned()).collect() }
        };
        Ok(listed.map(with_members).with_total(Some(counts.groups)))
    }

    /// Reads a page of the members of a group, newest recipient first.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`, `GROUP_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_group_members(
        &self,
        organization: OrganizationId,
        dock: DockId,
        group: GroupId,
        page: &Page,
    ) -> Result<Listed<LinkedRecipient>> {
        let sections = [Section::single(keys::group_members(organization, dock, group))];
        let found = async {
            let found = self.group_alone(organization, dock, group).await?;
            found.ok_or_else(Error::not_found::<id::Group>)
        };
        let (listed, group) = try_join(self.list::<RecipientRef>(&sections, page, None), found).await?;
        let ids: Vec<RecipientId> = listed.values().map(|row| row.recipient_id).collect();
        let mut recipients = self.recipients_of(organization, dock, &ids).await?;
        let listed = listed.try_filter_map(|row| Ok(recipients.remove(&row.recipient_id)))?;
        Ok(listed.with_total(Some(group.recipient_count)))
    }
}
