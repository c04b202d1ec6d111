//! Slugs: the owner of a slug, and the suffix of the next organization with the same name.
//!
//! A slug's item outlives its owner where it has given out suffixes: a name that is freed and taken again goes on
//! counting where it stopped, instead of trying every number from 1.
//!
//! A slug that an organization gives up stays reserved for it for 30 days. Otherwise another organization could take it
//! and receive what is meant for its previous owner.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::ReturnValue,
};
use serde::Deserialize;

use super::{
    Item, Store,
    expression::{Condition, Update, attribute, key_attributes},
    keys,
    reads::decode,
    retry::Attempt,
};
use crate::domain::{
    Slug, SlugStem,
    error::{Code, Error, Result},
    id::OrganizationId,
    time::Time,
};

/// The item of a slug.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Guard {
    /// The owner; `None` if the slug is free again.
    pub(super) organization_id: Option<OrganizationId>,
    /// The last suffix that was given out.
    last: u64,
    /// Suffixes that were reserved and not used.
    returned: BTreeSet<u64>,
}

impl Guard {
    pub(super) fn read(item: Option<Item>) -> Result<Self> {
        item.map_or_else(|| Ok(Self::default()), decode)
    }
}

/// Time for which a slug stays reserved after its organization gave it up, in milliseconds: 30 days.
const RESERVATION: u64 = 30 * 24 * 60 * 60 * 1000;

/// Takes a slug that no organization has, and that is not reserved for another one: the condition and the update.
pub(super) fn taking(owner: OrganizationId, now: Time) -> Result<(Condition, Update)> {
    let condition = Condition::Unclaimed {
        owner: "organizationId",
        former: ("releasedBy", attribute(&owner)?),
        until: ("reservedUntil", now.millis_since_epoch()),
    };
    let update = Update::default().set("organizationId", &owner)?.remove("releasedBy").remove("reservedUntil");
    Ok((condition, update))
}

/// Gives a slug of `owner` up and reserves it for its return: the condition and the update.
pub(super) fn releasing(owner: OrganizationId, now: Time) -> Result<(Condition, Update)> {
    let until = now.plus_millis(RESERVATION).millis_since_epoch();
    let update = Update::default().remove("organizationId").set("releasedBy", &owner)?.set("reservedUntil", &until)?;
    Ok((Condition::equals("organizationId", &owner)?, update))
}

/// Returns the error for a slug that the service itself reserves.
pub(super) fn require_unreserved(slug: &Slug) -> Result<()> {
    if slug.is_reserved() {
        return Err(Error::conflict(Code::SlugReserved, "The slug is reserved for the service", None));
    }
    Ok(())
}

/// Returns the error for a slug that was not taken, because of its item. Slugs are public, so every client gets it. Only
/// the HTTP layer knows whether the client sees the owner.
pub(super) fn not_taken(guard: &Guard) -> Error {
    if let Some(owner) = guard.organization_id {
        return Error::conflict(Code::SlugAlreadyTaken, "Another organization has this slug", Some(owner.to_string()));
    }
    let detail = "The slug is reserved for the organization that gave it up less than 30 days ago";
    Error::conflict(Code::SlugReserved, detail, None)
}

impl Store {
    /// Reserves a suffix of the stem for the caller alone: one that was returned, else the next. `guard` is the last
    /// known state of the stem's item.
    pub(super) async fn reserve_suffix(&self, stem: &SlugStem, guard: &Guard) -> Result<u64> {
        if let Some(returned) = guard.returned.first()
            && self.take_returned(stem, *returned).await?
        {
            return Ok(*returned);
        }
        let next = Update::default().add("last", 1);
        let update = self.update_guard(stem, next, None).return_values(ReturnValue::AllNew);
        let output = self.retrying(|| async { Attempt::of(update.clone().send().await) }).await?;
        Ok(Guard::read(output.attributes)?.last)
    }

    /// Gives a suffix back that was reserved and not used, so that the suffixes have no gap.
    pub(super) async fn return_suffix(&self, stem: &SlugStem, suffix: u64) -> Result<()> {
        let update = self.update_guard(stem, Update::default().add_to_set("returned", suffix), None);
        self.retrying(|| async { Attempt::of(update.clone().send().await) }).await?;
        Ok(())
    }

    /// Takes the returned `suffix`. Returns whether no other request took it before.
    async fn take_returned(&self, stem: &SlugStem, suffix: u64) -> Result<bool> {
        let delete = Update::default().delete_from_set("returned", suffix);
        let update = self.update_guard(stem, delete, Some(Condition::Contains("returned", suffix)));
        let once = || async {
            match update.clone().send().await {
                Err(error)
                    if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
                {
                    Attempt::Done(false)
                }
                result => Attempt::of(result).map(|_| true),
            }
        };
        self.retrying(once).await
    }

    fn update_guard(&self, stem: &SlugStem, update: Update, condition: Option<Condition>) -> UpdateItemFluentBuilder {
        let rendered = update.render(condition);
        self.client
            .update_item()
            .table_name(self.table())
            .set_key(Some(key_attributes(&keys::slug(stem.slug()))))
            .update_expression(rendered.update)
            .set_condition_expression(rendered.condition)
            .set_expression_attribute_names(rendered.names)
            .set_expression_attribute_values(rendered.values)
    }

    /// Returns the owner of a slug.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn slug_owner(&self, slug: &Slug) -> Result<Option<OrganizationId>> {
        let guard: Option<Guard> = self.get(&keys::slug(slug)).await?;
        Ok(guard.and_then(|guard| guard.organization_id))
    }
}
