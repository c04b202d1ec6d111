//! Slugs: their owners, and the suffixes for further organizations with the same name.
//!
//! The item of a slug is never deleted. If a slug is released and taken again, its suffixes continue where they stopped.
//!
//! A slug that an organization gives up stays reserved for it for 30 days. Otherwise another organization could take it
//! and receive what is meant for its previous owner.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::ReturnValue,
};

use super::{
    Item, Store,
    expression::{Condition, Update, attribute, key_attributes},
    keys,
    reads::decode,
    record::{SlugRecord, SlugState, StoredRecord},
    retry::Attempt,
};
use crate::domain::{
    Slug, SlugStem,
    error::{Code, Error, Result},
    id::OrganizationId,
    time::Time,
};

/// Returns the state of a slug from its item; without an item, that of a slug that was never used.
pub(super) fn state_of(item: Option<Item>) -> Result<SlugState> {
    item.map_or_else(|| Ok(SlugState::default()), decode)
}

/// Time for which a slug stays reserved after its organization gave it up, in milliseconds: 30 days.
const RESERVATION: u64 = 30 * 24 * 60 * 60 * 1000;

/// Returns the condition and the update that give a slug to `owner`, if it has no owner and is not reserved for another
/// organization.
pub(super) fn taking(owner: OrganizationId, now: Time) -> Result<(Condition, Update)> {
    let condition = Condition::Unclaimed {
        owner: "organizationId",
        former: ("releasedBy", attribute(&owner)?),
        until: ("reservedUntil", now.millis_since_epoch()),
    };
    let update = Update::default().set("organizationId", &owner)?.remove("releasedBy").remove("reservedUntil");
    Ok((condition, update))
}

/// Returns the condition and the update that release a slug of `owner` and reserve it for `owner`.
pub(super) fn releasing(owner: OrganizationId, now: Time) -> Result<(Condition, Update)> {
    let until = now.plus_millis(RESERVATION).millis_since_epoch();
    let update = Update::default().remove("organizationId").set("releasedBy", &owner)?.set("reservedUntil", &until)?;
    Ok((Condition::equals("organizationId", &owner)?, update))
}

/// Checks that the service does not reserve the slug.
///
/// # Errors
/// `SLUG_RESERVED`.
pub(super) fn require_unreserved(slug: &Slug) -> Result<()> {
    if slug.is_reserved() {
        return Err(Error::conflict(Code::SlugReserved, "The slug is reserved for the service", None));
    }
    Ok(())
}

/// Returns the error for a slug in this `state`, which another organization has or had. Slugs are public, so every client
/// gets it. The layer that knows the client decides whether the error names the owner.
pub(super) fn not_taken(state: &SlugState) -> Error {
    if let Some(owner) = state.organization_id {
        return Error::conflict(Code::SlugAlreadyTaken, "Another organization has this slug", Some(owner.to_string()));
    }
    let detail = "The slug is reserved for the organization that gave it up less than 30 days ago";
    Error::conflict(Code::SlugReserved, detail, None)
}

impl Store {
    /// Reserves a suffix for another organization with this stem: a returned one, or else the next. No other request gets the
    /// same suffix. `state` is the last known state of the stem.
    pub(super) async fn reserve_suffix(&self, stem: &SlugStem, state: &SlugState) -> Result<u64> {
        if let Some(returned) = state.returned.first()
            && self.take_returned(stem, *returned).await?
        {
            return Ok(*returned);
        }
        let next = Update::default().add("last", 1);
        let update = self.update_slug(stem, next, None).return_values(ReturnValue::AllNew);
        let response = self.retrying(|| async { Attempt::of(update.clone().send().await) }).await?;
        Ok(state_of(response.attributes)?.last)
    }

    /// Returns a reserved suffix that was not used, so that the next organization with this name gets it.
    pub(super) async fn return_suffix(&self, stem: &SlugStem, suffix: u64) -> Result<()> {
        let update = self.update_slug(stem, Update::default().add_to_set("returned", suffix), None);
        self.retrying(|| async { Attempt::of(update.clone().send().await) }).await?;
        Ok(())
    }

    /// Takes a returned suffix. Returns `false` if another request took it first.
    async fn take_returned(&self, stem: &SlugStem, suffix: u64) -> Result<bool> {
        let delete = Update::default().delete_from_set("returned", suffix);
        let update = self.update_slug(stem, delete, Some(Condition::Contains("returned", suffix)));
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

    fn update_slug(&self, stem: &SlugStem, update: Update, condition: Option<Condition>) -> UpdateItemFluentBuilder {
        let rendered = update.set_entity_type(SlugRecord::ENTITY_TYPE).render(condition);
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
    /// [`Error::Unavailable`].
    pub async fn slug_owner(&self, slug: &Slug) -> Result<Option<OrganizationId>> {
        let found: Option<SlugState> = self.get(&keys::slug(slug)).await?;
        Ok(found.and_then(|found| found.organization_id))
    }
}
