//! Changes of the members of a group. Many members are changed in several transactions.

use std::collections::BTreeSet;

use berth_shared::{
    Error, Result,
    domain::Group,
    error::Code,
    http::{Request, Response},
    id::{self, DockId, GroupId, OrganizationId, RecipientId},
    store::{GroupWithMembers, MEMBERS_PER_WRITE, MemberName, SHOWN_MEMBERS},
};

use super::view::GroupView;

/// Place of a group.
pub(super) type Place = (OrganizationId, DockId);

/// Reads a group.
pub(super) async fn find(request: &Request, (organization, dock): Place, id: GroupId) -> Result<GroupWithMembers> {
    let found = request.store().group(organization, dock, id).await?;
    found.ok_or_else(Error::not_found::<id::Group>)
}

/// Returns the ids without repetitions.
pub(super) fn distinct(ids: Vec<RecipientId>) -> Vec<RecipientId> {
    let mut seen = BTreeSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}

/// Returns the first members of a group that has these, and others that follow them.
pub(super) fn first(mut members: Vec<MemberName>) -> Vec<MemberName> {
    members.sort_by_key(|member| std::cmp::Reverse(member.id));
    members.truncate(SHOWN_MEMBERS);
    members
}

/// Creates the response with a group.
pub(super) fn respond(group: &Group, members: &[MemberName]) -> Result<Response> {
    let view = GroupView::new(group, members);
    let tag = view.tag(group.version)?;
    Ok(Response::new(&view)?.with_etag(tag))
}

/// Adds recipients to a group. The response is recorded with the last transaction, unless the group is being created.
pub(super) async fn add(
    request: &Request,
    place: Place,
    id: GroupId,
    recipients: &[RecipientId],
    is_recorded: bool,
) -> Result<Response> {
    let (store, (organization, dock)) = (request.store(), place);
    loop {
        let GroupWithMembers { group: before, members } = find(request, place, id).await?;
        let present = store.members_among(organization, dock, id, recipients).await?;
        let missing: Vec<_> = recipients.iter().filter(|id| !present.contains(id)).copied().collect();
        if before.recipient_count + missing.len() as u64 > Group::MAX_RECIPIENTS {
            let detail = format!("A group has at most {} recipients", Group::MAX_RECIPIENTS);
            return Err(Error::conflict(Code::TooManyMembers, detail, None));
        }
        let added = &missing[..missing.len().min(MEMBERS_PER_WRITE)];
        let is_last = added.len() == missing.len();
        if added.is_empty() && !before.is_filling {
            return respond(&before, &members);
        }
        let mut after = before.with_count(before.recipient_count + added.len() as u64, request.now());
        after.is_filling = before.is_filling && !is_last;
        let names = store.member_names(organization, dock, added).await?;
        let response = respond(&after, &first([members, names].concat()))?;
        let write = if is_last && is_recorded { request.write_with_response(&response)? } else { request.write()? };
        // If the group or a recipient changed since the read, read them again.
        if store.add_group_members(&before, &after, added, &write).await? && is_last {
            return Ok(response);
        }
    }
}

/// Removes recipients from a group. One that is not a member is ignored.
pub(super) async fn remove(
    request: &Request,
    place: Place,
    id: GroupId,
    recipients: &[RecipientId],
) -> Result<Response> {
    let (store, (organization, dock)) = (request.store(), place);
    let mut is_begun = false;
    loop {
        let GroupWithMembers { group: before, mut members } = find(request, place, id).await?;
        if !is_begun {
            request.require_match(before.version)?;
        }
        let present = store.members_among(organization, dock, id, recipients).await?;
        let removed: Vec<_> = present.iter().take(MEMBERS_PER_WRITE).copied().collect();
        if removed.is_empty() {
            return respond(&before, &members);
        }
        let after = before.with_count(before.recipient_count - removed.len() as u64, request.now());
        // If the group changed since the read, read it again.
        if store.remove_group_members(&before, &after, &removed, &request.write()?).await? {
            is_begun = true;
            // Other members follow the ones that a larger group shows.
            if removed.len() == present.len() && before.recipient_count <= SHOWN_MEMBERS as u64 {
                members.retain(|member| !present.contains(&member.id));
                return respond(&after, &members);
            }
        }
    }
}
