//! Samples of the records of recipients and their groups.

use super::{super::*, Values};
use crate::domain::{
    Group, LowercaseEmail, Metadata, Recipient, StakeholderClass, Text,
    id::{GroupId, RecipientId},
    json::Json,
};

impl Values {
    fn recipient(&self) -> Recipient {
        Recipient {
            id: RecipientId::from_ulid(self.ulid(3)),
            organization_id: self.organization(),
            dock_id: self.dock().id,
            name: self.name.clone(),
            email: LowercaseEmail::parse(&format!("r{}@example.com", self.number)).unwrap(),
            stakeholder_class: self.is_set.then_some(StakeholderClass::Agent),
            identifiers: Metadata::of_ledger(vec![("n".to_owned(), Json::Number("1.0".to_owned()))]),
            party_id: self.is_set.then(|| self.party().id),
            created_at: self.time(),
            updated_at: self.time(),
            version: self.number,
        }
    }

    fn group(&self) -> Group {
        let Recipient { organization_id, dock_id, created_at, .. } = self.recipient();
        let description = self.is_set.then(|| Text::parse("Lenders").unwrap());
        let id = GroupId::from_ulid(self.ulid(4));
        let group = Group::new(id, organization_id, dock_id, self.name.clone(), description, created_at);
        Group { recipient_count: self.number, is_filling: self.is_set, ..group }
    }

    /// Returns the records of recipients and their groups.
    pub(super) fn records_of_recipients(&self) -> Vec<Record> {
        let (recipient, group) = (self.recipient(), self.group());
        let Recipient { id, organization_id, dock_id, .. } = recipient;
        let email = recipient.email.clone();
        let owner = RecipientRef { recipient_id: id };
        let name = group.name.clone();
        let groups = [group.id].into_iter().filter(|_| self.is_set).collect();
        let memberships = Memberships { groups, group_changes: self.number };
        vec![
            RecipientEmail { organization_id, dock_id, email, owner }.into(),
            RecipientPointer { id, place: RecipientPlace { organization_id, dock_id } }.into(),
            RecipientRecord { recipient, memberships }.into(),
            GroupName { organization_id, dock_id, name, owner: GroupRef { group_id: group.id } }.into(),
            GroupMember { organization_id, dock_id, group_id: group.id, member: owner }.into(),
            group.into(),
        ]
    }
}
