//! Verification after a round, when no request is in progress: whether all responses and the final state are
//! linearizable.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, atomic::Ordering},
};

use serde_json::Value;

use super::{
    linearizability::{MAX_STEPS, Model, Verdict},
    models::{ApiKey, Hint, HintOp, Keyed, NameOp, PartyOp, RoleOp, RoleSlot},
    recorder::Recorder,
    setup::{Naming, Round, seen},
};
use crate::harness::{TestClient, TestResponse, paths};

/// Returns the rows of a list, which must fit on one page.
async fn listed(client: &TestClient, target: &str) -> (Vec<Value>, TestResponse) {
    let response = client.get(target).await.expect(200);
    let rows = response.json()["data"].as_array().expect("rows").clone();
    assert!(response.json()["meta"]["nextCursor"].is_null(), "{target} has one page");
    (rows, response)
}

fn text(row: &Value, member: &str) -> String {
    row[member].as_str().unwrap_or_default().to_owned()
}

impl Round<'_> {
    /// Reads the final state, as requests after all others, and checks every history.
    ///
    /// # Errors
    /// An error describes the first operation without an explanation.
    pub async fn verify(&self) -> Result<(), String> {
        self.wire.quiet(&self.requests()).await;
        self.check_mortals().await?;
        self.read_roles().await;
        for naming in [&self.slugs, &self.domains] {
            self.read_names(naming).await;
        }
        for changed in &self.parties {
            let begun = self.clock.tick();
            let now = seen(&self.own.get(&changed.path).await.expect(200));
            changed.recorded.completed(begun, &self.clock, PartyOp::Read(now));
        }
        self.read_hints().await;
        for slot in &self.slots {
            self.check(&slot.recorded, &RoleSlot { orphans: slot.recorded.orphans() })?;
        }
        for naming in [&self.slugs, &self.domains] {
            self.check(&naming.recorded, &naming.model)?;
        }
        for changed in &self.parties {
            self.check(&changed.recorded, &changed.model)?;
        }
        for key in &self.keys {
            self.check(key, &Keyed { orphans: key.orphans() })?;
        }
        for (_, hint) in &self.hints {
            self.check(hint, &Hint)?;
        }
        for credential in &self.credentials {
            self.check(&credential.recorded, &ApiKey)?;
        }
        self.count_roles().await?;
        self.count().await
    }

    /// Checks one history. An aborted search is counted. It has no verdict.
    pub(super) fn check<M: Model>(&self, recorded: &Recorder<M::Op>, model: &M) -> Result<(), String> {
        match recorded.check(model) {
            Verdict::Linearizable(steps) => {
                self.figures.longest.fetch_max(steps, Ordering::Relaxed);
                Ok(())
            }
            Verdict::NotLinearizable(reason) => Err(format!("{}: {reason}", recorded.name)),
            Verdict::Aborted => {
                self.figures.aborted.fetch_add(1, Ordering::Relaxed);
                eprintln!(
                    "history: the search was ABORTED after {MAX_STEPS} steps: {} of {}",
                    recorded.name, self.label
                );
                Ok(())
            }
        }
    }

    /// Reads roles by three endpoints.
    async fn read_roles(&self) {
        let client = &self.own;
        for slot in &self.slots {
            let begun = self.clock.tick();
            let of_party = format!("{}?limit=100", paths::roles(&self.organization, &slot.party));
            let (of_party, _) = listed(client, &of_party).await;
            let (in_dock, _) = listed(client, &format!("{}?limit=100", paths::dock_parties(&slot.dock))).await;
            let found = |rows: &[Value], id: &str| {
                let is_here = |row: &&Value| {
                    let members = [("partyId", &slot.party), ("dockId", &slot.dock)];
                    let named = members.iter().all(|(name, id)| row.get(name).is_none_or(|found| found == id.as_str()));
                    named && row["role"] == slot.role
                };
                rows.iter().find(is_here).map(|row| text(row, id))
            };
            for held in [found(&of_party, "id"), found(&in_dock, "id")] {
                if let Some(id) = &held {
                    slot.recorded.observed(id);
                }
                slot.recorded.completed(begun, &self.clock, RoleOp::Read(held));
            }
        }
    }

    async fn read_names(&self, naming: &Naming) {
        for owner in &naming.owners {
            let begun = self.clock.tick();
            let found = self.admin.get(&owner.path).await.expect(200);
            let name = found.json()[naming.member].as_str().map(ToOwned::to_owned);
            naming.recorded.completed(begun, &self.clock, NameOp::Read(owner.id.clone(), name));
        }
    }

    async fn read_hints(&self) {
        for organization in [&self.organization, &self.neighbour] {
            let begun = self.clock.tick();
            let target = format!("/v2/parties?pageSize=10000&identity-provider-id={organization}");
            let found = self.admin.get(&target).await.expect(200);
            let parties = found.json()["partyDetails"].as_array().expect("parties");
            for (hint, recorded) in &self.hints {
                let begins = format!("{hint}::");
                // Parties of other organizations are listed without a version.
                let mut shown = parties.iter().filter(|party| party["localMetadata"]["resourceVersion"] != "");
                let listed = shown.any(|party| text(party, "party").starts_with(&begins));
                recorded.completed(begun, &self.clock, HintOp::Listed(organization.clone(), listed));
            }
        }
    }

    /// Checks that the lists of roles report as many roles as they have.
    async fn count_roles(&self) -> Result<(), String> {
        let docks = self.slots.iter().map(|slot| paths::dock_parties(&slot.dock));
        let parties = self.slots.iter().map(|slot| paths::roles(&self.organization, &slot.party));
        for target in docks.chain(parties) {
            for filter in ["", "&role=DISTRIBUTOR", "&role=RECIPIENT"] {
                let target = format!("{target}?limit=100{filter}");
                let (rows, response) = listed(&self.own, &target).await;
                let total = response.json()["meta"]["total"].as_u64();
                if total != u64::try_from(rows.len()).ok() {
                    return Err(format!("counters: {target} has {} rows and reports {total:?}", rows.len()));
                }
            }
        }
        Ok(())
    }

    /// Checks that every created party is listed once, no other party is, and the counter is correct.
    async fn count(&self) -> Result<(), String> {
        let target = paths::organization(&self.organization);
        let (rows, response) = listed(&self.own, &format!("{target}/parties?limit=100")).await;
        let said = self.own.get(&target).await.expect(200).json()["_count"]["parties"].clone();
        let totals = (said.as_u64(), response.json()["meta"]["total"].as_u64());
        let is = u64::try_from(rows.len()).ok();
        if totals != (is, is) {
            return Err(format!("counters: {is:?} parties, but counter and list report {totals:?}"));
        }
        let mut crowd = BTreeMap::new();
        for row in rows.iter().filter(|row| text(row, "name").starts_with("Crowd ")) {
            if let Some(twice) = crowd.insert(text(row, "name"), text(row, "id")) {
                return Err(format!("crowd: {} was created once and is listed twice, also as {twice}", row["name"]));
            }
        }
        let found = self.crowd.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, id) in found.iter() {
            if id.is_some() && crowd.get(name) != id.as_ref() {
                return Err(format!("crowd: {name} was created as {id:?}, and is listed as {:?}", crowd.get(name)));
            }
        }
        if let Some((name, _)) = crowd.iter().find(|(name, _)| !found.contains_key(*name)) {
            return Err(format!("crowd: no request created {name}"));
        }
        Ok(())
    }
}
