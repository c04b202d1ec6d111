//! Docks and parties that are deleted while clients assign roles to them: the model, the requests and the final reads.

use reqwest::Method;
use serde_json::{Value, json};

use super::{linearizability::Model, models::possible_ids, recorder::Recorder, setup::Round, workload::Worker};
use crate::harness::{TestClient, paths};

/// Number of other parties with both roles in a dock whose deletion needs a sweep.
const OTHERS: usize = 8;

/// A role in a dock and of a party of which one is deleted.
pub struct Mortal {
    party: String,
    dock: String,
    /// Path of the dock or party that is deleted.
    path: String,
    pub recorded: Recorder<MortalOp>,
}

/// A role that ends for ever with its dock or party.
pub struct MortalRole {
    /// Ids that responses contained, but not as created ones.
    orphans: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    Exists(Option<String>),
    Deleted,
}

#[derive(Debug, PartialEq)]
pub enum MortalOp {
    Assigned(String),
    /// Rejected, because this role is assigned.
    Held(String),
    AssignIndeterminate,
    Checked(Option<String>),
    Deleted,
    DeleteIndeterminate,
    /// Whether the resource was found.
    Found(bool),
}

impl Model for MortalRole {
    type State = State;
    type Op = MortalOp;

    fn first(&self) -> State {
        State::Exists(None)
    }

    fn apply(&self, state: &State, op: &MortalOp) -> Vec<State> {
        let holds = match (op, state) {
            (MortalOp::Assigned(id), State::Exists(None)) => return vec![State::Exists(Some(id.clone()))],
            (MortalOp::AssignIndeterminate, State::Exists(None)) => {
                return possible_ids(&self.orphans).map(|id| State::Exists(Some(id))).collect();
            }
            (MortalOp::Deleted | MortalOp::DeleteIndeterminate, State::Exists(_)) => return vec![State::Deleted],
            // Another request can continue a deletion.
            (MortalOp::Deleted, State::Deleted) => true,
            (MortalOp::Held(id), State::Exists(held)) => held.as_ref() == Some(id),
            (MortalOp::Checked(id), State::Exists(held)) => id == held,
            (MortalOp::Checked(id), State::Deleted) => id.is_none(),
            (MortalOp::Found(found), state) => *found == (*state != State::Deleted),
            _ => false,
        };
        if holds { vec![state.clone()] } else { Vec::new() }
    }

    fn is_read_only(op: &MortalOp) -> bool {
        matches!(op, MortalOp::Held(_) | MortalOp::Checked(_) | MortalOp::Found(_))
    }
}

/// Creates a dock without roles, one with many, and a party.
pub async fn mortals(admin: &TestClient, organization: &str) -> Vec<Mortal> {
    let (mut docks, mut parties) = (Vec::new(), Vec::new());
    for name in ["Quick", "Slow", "Last"] {
        docks.push(admin.create_dock(organization, name).await.id());
        parties.push(admin.create_party(organization, name).await.id());
    }
    for number in 0..OTHERS {
        let other = admin.create_party(organization, &format!("Other {number}")).await.id();
        for role in ["DISTRIBUTOR", "RECIPIENT"] {
            admin.assign(organization, &other, &docks[1], role).await;
        }
    }
    let mortal = |at: usize, path: String| Mortal {
        recorded: Recorder::new(format!("deletion of {path}")),
        party: parties[at].clone(),
        dock: docks[at].clone(),
        path,
    };
    let party = paths::party(organization, &parties[2]);
    vec![mortal(0, paths::dock(&docks[0])), mortal(1, paths::dock(&docks[1])), mortal(2, party)]
}

impl Round<'_> {
    pub(super) async fn mortal(&self, worker: &mut Worker) {
        let mortal = worker.rng.one_of(&self.mortals);
        let client = &self.tenant[worker.process];
        let (recorded, clock) = (&mortal.recorded, &self.clock);
        let (what, begun) = (worker.rng.below(10), clock.tick());
        match what {
            0..4 => {
                let target = paths::roles(&self.organization, &mortal.party);
                let body = json!({ "dockId": mortal.dock, "role": "RECIPIENT" });
                match self.send(worker, client.request(Method::POST, &target).json(&body)).await {
                    None => recorded.indeterminate(begun, MortalOp::AssignIndeterminate),
                    Some(response) if response.status == 201 => {
                        recorded.created(&response.id());
                        recorded.completed(begun, clock, MortalOp::Assigned(response.id()));
                    }
                    Some(response) if response.status == 404 => {
                        recorded.completed(begun, clock, MortalOp::Found(false));
                    }
                    Some(response) => {
                        let held = response.expect_error(409, "ROLE_ALREADY_ASSIGNED").text("conflictId");
                        recorded.observed(&held);
                        recorded.completed(begun, clock, MortalOp::Held(held));
                    }
                }
            }
            4..6 => {
                let check = json!({ "dockId": mortal.dock, "partyId": mortal.party, "role": "RECIPIENT" });
                let target = paths::role_checks(&self.organization);
                let request = client.request(Method::POST, &target).json(&json!({ "checks": [check] }));
                if let Some(response) = self.send(worker, request).await {
                    let held = response.expect(200).json().pointer("/results/0/roleId").cloned();
                    let held = held.as_ref().and_then(Value::as_str).map(ToOwned::to_owned);
                    if let Some(id) = &held {
                        recorded.observed(id);
                    }
                    recorded.completed(begun, clock, MortalOp::Checked(held));
                }
            }
            6..8 => {
                if let Some(response) = self.send(worker, client.request(Method::GET, &mortal.path)).await {
                    assert!(matches!(response.status, 200 | 404), "{response:?}");
                    recorded.completed(begun, clock, MortalOp::Found(response.status == 200));
                }
            }
            _ => match self.send(worker, client.request(Method::DELETE, &mortal.path)).await {
                None => recorded.indeterminate(begun, MortalOp::DeleteIndeterminate),
                Some(response) if response.status == 200 => recorded.completed(begun, clock, MortalOp::Deleted),
                Some(response) => {
                    response.expect(404);
                    recorded.completed(begun, clock, MortalOp::Found(false));
                }
            },
        }
    }

    /// Reads what is left, ends the deletions in progress, and checks the histories.
    pub(super) async fn check_mortals(&self) -> Result<(), String> {
        for mortal in &self.mortals {
            let begun = self.clock.tick();
            let exists = self.own.get(&mortal.path).await.status == 200;
            mortal.recorded.completed(begun, &self.clock, MortalOp::Found(exists));
            let roles = self.own.get(&format!("{}?limit=100", paths::dock_parties(&mortal.dock))).await;
            let rows = roles.json()["data"].as_array().cloned().unwrap_or_default();
            let own = rows.iter().find(|row| row["partyId"] == mortal.party.as_str());
            let held = own.and_then(|row| row["id"].as_str()).map(ToOwned::to_owned);
            if let Some(id) = &held {
                mortal.recorded.observed(id);
            }
            mortal.recorded.completed(begun, &self.clock, MortalOp::Checked(held));
            let model = MortalRole { orphans: mortal.recorded.orphans() };
            self.check(&mortal.recorded, &model)?;
            if !exists {
                // The last sweep may have been interrupted.
                self.own.delete(&mortal.path).await;
                self.own.delete(&mortal.path).await.expect(404);
            }
        }
        Ok(())
    }
}
