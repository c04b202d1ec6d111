//! Slugs: who has one, and which suffix the next namesake gets.
//!
//! A slug's item outlives its owner where it has given out suffixes: a name that is freed and taken again goes on
//! counting where it stopped, instead of trying every number from 1.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue},
};
use serde::Deserialize;

use super::{
    Item, Store,
    expression::{Change, attribute, key_attributes},
    keys,
    reads::decode,
    retry::Attempt,
};
use crate::domain::{Slug, SlugStem, error::Result, id::OrganizationId};

/// What the item of a slug says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Guard {
    /// Who has it; nobody where it is free again.
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

/// The change that takes a slug which nobody has.
pub(super) fn taking(owner: OrganizationId) -> Result<Change> {
    Change::when("attribute_not_exists(#organizationId)").set("organizationId", &owner)
}

/// The change that frees a slug of `owner`.
pub(super) fn freeing(owner: OrganizationId) -> Result<Change> {
    let own = Change::when("#organizationId = :owner").value(":owner", attribute(&owner)?);
    Ok(own.remove("organizationId"))
}

impl Store {
    /// A suffix for a namesake, the caller's alone: one that was returned, else the next. `guard` is what was last seen
    /// of the stem.
    pub(super) async fn reserve_suffix(&self, stem: &SlugStem, guard: &Guard) -> Result<u64> {
        if let Some(returned) = guard.returned.first()
            && self.take_returned(stem, *returned).await?
        {
            return Ok(*returned);
        }
        let next = Change::default().add("last", 1);
        let update = self.update_guard(stem, next).return_values(ReturnValue::AllNew);
        let answer = self.retrying(|| async { Attempt::of(update.clone().send().await) }).await?;
        Ok(Guard::read(answer.attributes)?.last)
    }

    /// Gives a suffix back that was reserved and not used, so that the next namesake leaves no gap.
    pub(super) async fn return_suffix(&self, stem: &SlugStem, suffix: u64) -> Result<()> {
        let update = self
            .client
            .update_item()
            .table_name(self.table())
            .set_key(Some(key_attributes(&keys::slug(stem.slug()))))
            .update_expression("ADD returned :suffix")
            .expression_attribute_values(":suffix", AttributeValue::Ns(vec![suffix.to_string()]));
        self.retrying(|| async { Attempt::of(update.clone().send().await) }).await?;
        Ok(())
    }

    /// Whether this call took the returned `suffix`, and not another one before it.
    async fn take_returned(&self, stem: &SlugStem, suffix: u64) -> Result<bool> {
        let update = self
            .client
            .update_item()
            .table_name(self.table())
            .set_key(Some(key_attributes(&keys::slug(stem.slug()))))
            .update_expression("DELETE returned :suffix")
            .condition_expression("contains(returned, :number)")
            .expression_attribute_values(":suffix", AttributeValue::Ns(vec![suffix.to_string()]))
            .expression_attribute_values(":number", AttributeValue::N(suffix.to_string()));
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

    fn update_guard(&self, stem: &SlugStem, change: Change) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(self.table())
            .set_key(Some(key_attributes(&keys::slug(stem.slug()))))
            .update_expression(change.expression())
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
    }

    /// Who has a slug.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::domain::error::Error::Unavailable).
    pub async fn slug_owner(&self, slug: &Slug) -> Result<Option<OrganizationId>> {
        let guard: Option<Guard> = self.get(&keys::slug(slug)).await?;
        Ok(guard.and_then(|guard| guard.organization_id))
    }
}
