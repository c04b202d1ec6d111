//! Slugs: their owners, and the suffixes for further organizations with the same name.
//!
//! The item of a slug is never deleted. If a slug is freed and taken again, its suffixes continue where they stopped.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::ReturnValue,
};

use super::{
    Item, Store,
    expression::{Condition, Update, key_attributes},
    keys,
    reads::decode,
    record::{SlugRecord, SlugState, StoredRecord},
    retry::Attempt,
};
use crate::domain::{Slug, SlugStem, error::Result, id::OrganizationId};

/// Returns the state of a slug from its item; without an item, that of a slug that was never used.
pub(super) fn state_of(item: Option<Item>) -> Result<SlugState> {
    item.map_or_else(|| Ok(SlugState::default()), decode)
}

/// Returns the condition and the update that give a free slug to `owner`.
pub(super) fn taking(owner: OrganizationId) -> Result<(Condition, Update)> {
    Ok((Condition::Lacks("organizationId"), Update::default().set("organizationId", &owner)?))
}

/// Returns the condition and the update that free a slug of `owner`.
pub(super) fn freeing(owner: OrganizationId) -> Result<(Condition, Update)> {
    Ok((Condition::equals("organizationId", &owner)?, Update::default().remove("organizationId")))
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
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn slug_owner(&self, slug: &Slug) -> Result<Option<OrganizationId>> {
        let found: Option<SlugState> = self.get(&keys::slug(slug)).await?;
        Ok(found.and_then(|found| found.organization_id))
    }
}
