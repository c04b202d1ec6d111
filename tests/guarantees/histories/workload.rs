//! The concurrent requests of a round, and their recorded responses.

use std::sync::{PoisonError, atomic::Ordering};

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    fault_plan::{FaultPlan, FaultRate},
    models::{HintOp, KeyOp, KeyedOp, NameOp, PartyOp, Patch, RoleOp},
    recorder::Rng,
    setup::{Naming, Round, Slot, seen},
};
use crate::harness::{RequestBuilder, TestResponse, paths};

/// Number of clients in a round.
pub const CLIENTS: u64 = 8;

/// One client of a round.
pub struct Worker {
    pub rng: Rng,
    pub process: usize,
    request: String,
    number: u64,
    rate: FaultRate,
}

impl Round<'_> {
    /// Runs all clients at once, each with its own random numbers.
    pub async fn run(&self, (seed, round): (u64, u64), requests_each: u64, rate: FaultRate) {
        join_all((0..CLIENTS).map(|client| async move {
            let rng = Rng::of(&[seed, round, client]);
            let mut worker = Worker { rng, process: 0, request: String::new(), number: 0, rate };
            for request in 0..requests_each {
                worker.number = client * requests_each + request;
                worker.request = format!("{}{}", self.requests(), worker.number);
                worker.process = *worker.rng.one_of(&[0, 1]);
                self.act(&mut worker).await;
            }
        }))
        .await;
    }

    async fn act(&self, worker: &mut Worker) {
        match worker.rng.below(100) {
            0..24 => self.role(worker).await,
            24..30 => self.mortal(worker).await,
            30..42 => self.name(worker, &self.slugs).await,
            42..52 => self.name(worker, &self.domains).await,
            52..72 => self.change(worker).await,
            72..80 => self.crowd(worker).await,
            80..87 => self.keyed(worker).await,
            87..92 => self.hint(worker).await,
            92..98 => self.credential(worker).await,
            _ => self.stranger().await,
        }
    }

    pub(super) async fn send(&self, worker: &mut Worker, request: RequestBuilder) -> Option<TestResponse> {
        let plan = FaultPlan::draw(&mut worker.rng, worker.rate);
        let (response, faults) = plan.send(request, &worker.request, self.wire).await;
        self.figures.requests.fetch_add(1, Ordering::Relaxed);
        if faults > 0 {
            let mut kinds = self.figures.faults.lock().unwrap_or_else(PoisonError::into_inner);
            *kinds.entry(plan.kind()).or_default() += faults;
        }
        self.figures.indeterminate.fetch_add(usize::from(response.is_none()), Ordering::Relaxed);
        response
    }

    async fn role(&self, worker: &mut Worker) {
        let slot = worker.rng.one_of(&self.slots);
        let client = &self.tenant[worker.process];
        let roles = paths::roles(&self.organization, &slot.party);
        let (recorded, clock) = (&slot.recorded, &self.clock);
        let (what, latest) = (worker.rng.below(10), recorded.latest());
        let begun = clock.tick();
        match (what, latest) {
            (5..8, Some(id)) => {
                let response = self.send(worker, client.request(Method::DELETE, &format!("{roles}/{id}"))).await;
                match response.map(|response| response.status) {
                    Some(200) => recorded.completed(begun, clock, RoleOp::Revoked(id)),
                    Some(status) => {
                        assert_eq!(status, 404);
                        recorded.completed(begun, clock, RoleOp::NotFound(id));
                    }
                    None => recorded.indeterminate(begun, RoleOp::RevokeIndeterminate(id)),
                }
            }
            (8.., _) => {
                let held = self.role_held(worker, slot).await;
                if let Some(held) = held {
                    if let Some(id) = &held {
                        recorded.observed(id);
                    }
                    recorded.completed(begun, clock, RoleOp::Read(held));
                }
            }
            _ => {
                let body = json!({ "dockId": slot.dock, "role": slot.role });
                match self.send(worker, client.request(Method::POST, &roles).json(&body)).await {
                    None => recorded.indeterminate(begun, RoleOp::AssignIndeterminate),
                    Some(response) if response.status == 201 => {
                        recorded.created(&response.id());
                        recorded.completed(begun, clock, RoleOp::Assigned(response.id()));
                    }
                    Some(response) => {
                        let held = response.expect_error(409, "ROLE_ALREADY_ASSIGNED").text("conflictId");
                        recorded.observed(&held);
                        recorded.completed(begun, clock, RoleOp::Held(held));
                    }
                }
            }
        }
    }

    /// Returns the assigned role, if there is a response.
    async fn role_held(&self, worker: &mut Worker, slot: &Slot) -> Option<Option<String>> {
        let check = json!({ "checks": [{ "dockId": slot.dock, "partyId": slot.party, "role": slot.role }] });
        let target = paths::role_checks(&self.organization);
        let response = self
            .send(worker, self.tenant[worker.process].request(Method::POST, &target).json(&check))
            .await?
            .expect(200);
        Some(response.json().pointer("/results/0/roleId").and_then(Value::as_str).map(ToOwned::to_owned))
    }

    async fn name(&self, worker: &mut Worker, naming: &Naming) {
        let (owner, wanted) = (worker.rng.one_of(&naming.owners), worker.rng.one_of(&naming.names).clone());
        let (recorded, clock, member) = (&naming.recorded, &self.clock, naming.member);
        let is_slug = member == "slug";
        // A domain can be removed, a slug only replaced.
        let wanted = Some(wanted).filter(|_| is_slug || worker.rng.below(3) > 0);
        let client = &self.platform[worker.process];
        let (what, begun) = (worker.rng.below(10), clock.tick());
        if what < 7 {
            let request = client.request(Method::PATCH, &owner.path).json(&json!({ member: wanted }));
            match self.send(worker, request).await {
                None => recorded.indeterminate(begun, NameOp::SetIndeterminate(owner.id.clone(), wanted)),
                Some(response) if response.status == 200 => {
                    assert_eq!(response.json()[member], json!(wanted));
                    recorded.completed(begun, clock, NameOp::Set(owner.id.clone(), wanted));
                }
                Some(response) if is_slug && response.json()["code"] == "SLUG_RESERVED" => {
                    let wanted = wanted.expect("only a name can be reserved");
                    recorded.completed(begun, clock, NameOp::Reserved(owner.id.clone(), wanted));
                }
                Some(response) => {
                    let found = if is_slug {
                        Some(response.expect_error(409, "SLUG_ALREADY_TAKEN").text("conflictId"))
                    } else {
                        response.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
                        None
                    };
                    let wanted = wanted.expect("only a name can conflict");
                    recorded.completed(begun, clock, NameOp::Conflict(owner.id.clone(), wanted, found));
                }
            }
        } else if is_slug && what == 7 {
            let wanted = wanted.expect("a slug");
            let target = format!("/v1/organizations?slug={wanted}");
            if let Some(response) = self.send(worker, client.request(Method::GET, &target)).await {
                let found =
                    response.expect(200).json().pointer("/data/0/id").and_then(Value::as_str).map(ToOwned::to_owned);
                recorded.completed(begun, clock, NameOp::Found(wanted, found));
            }
        } else if let Some(response) = self.send(worker, client.request(Method::GET, &owner.path)).await {
            let name = response.expect(200).json()[member].as_str().map(ToOwned::to_owned);
            recorded.completed(begun, clock, NameOp::Read(owner.id.clone(), name));
        }
    }

    async fn change(&self, worker: &mut Worker) {
        let changed = worker.rng.one_of(&self.parties);
        let (recorded, clock) = (&changed.recorded, &self.clock);
        let client = &self.tenant[worker.process];
        let read = worker.rng.below(4) == 0;
        // The version is random: some are correct.
        let latest = recorded.latest().and_then(|version| version.parse::<u64>().ok());
        let version = latest.filter(|_| worker.rng.below(3) == 0);
        let patch = match worker.rng.below(4) {
            0 => Patch::Name(format!("Name {}", worker.number)),
            mark => Patch::Mark(format!("m{mark}"), Some(worker.rng.below(5)).filter(|value| *value > 0)),
        };
        let begun = clock.tick();
        if read {
            if let Some(response) = self.send(worker, client.request(Method::GET, &changed.path)).await {
                let seen = seen(&response.expect(200));
                recorded.observed(&seen.version.to_string());
                recorded.completed(begun, clock, PartyOp::Read(seen));
            }
            return;
        }
        let body = match &patch {
            Patch::Name(name) => json!({ "name": name }),
            Patch::Mark(mark, value) => json!({ "metadata": { mark.as_str(): value } }),
        };
        let mut request = client.request(Method::PATCH, &changed.path).json(&body);
        if let Some(version) = version {
            request = request.header("if-match", &format!("\"{version}\""));
        }
        match self.send(worker, request).await {
            None => recorded.indeterminate(begun, PartyOp::PatchIndeterminate(patch, version)),
            Some(response) if response.status == 200 => {
                let seen = seen(&response);
                recorded.observed(&seen.version.to_string());
                recorded.completed(begun, clock, PartyOp::Patched(patch, version, seen));
            }
            Some(response) => {
                response.expect_error(412, "PRECONDITION_FAILED");
                recorded.completed(begun, clock, PartyOp::Stale(version.expect("only a version can be stale")));
            }
        }
    }

    async fn crowd(&self, worker: &mut Worker) {
        let name = format!("Crowd {}", worker.number);
        let body =
            json!({ "type": *worker.rng.one_of(&["INDIVIDUAL", "ORGANIZATION"]), "name": name, "externalRef": name });
        let target = paths::parties(&self.organization);
        let response = self.send(worker, self.tenant[worker.process].request(Method::POST, &target).json(&body)).await;
        let id = response.map(|response| response.expect(201).id());
        self.crowd.lock().unwrap_or_else(PoisonError::into_inner).insert(name, id);
    }

    async fn keyed(&self, worker: &mut Worker) {
        let recorded = worker.rng.one_of(&self.keys);
        let variant = u32::try_from(worker.rng.below(2)).expect("small");
        let body = json!({ "type": "INDIVIDUAL", "name": format!("Keyed {variant}") });
        let target = paths::parties(&self.organization);
        let key = format!("{}-{}", recorded.name.replace(' ', "-"), self.label);
        let request =
            self.tenant[worker.process].request(Method::POST, &target).header("idempotency-key", &key).json(&body);
        let (clock, begun) = (&self.clock, self.clock.tick());
        match self.send(worker, request).await {
            None => recorded.indeterminate(begun, KeyedOp::Indeterminate(variant)),
            Some(response) if response.status == 422 => {
                response.expect_error(422, "IDEMPOTENCY_KEY_REUSED");
                recorded.completed(begun, clock, KeyedOp::Reused(variant));
            }
            Some(response) => {
                let id = response.clone().expect(201).id();
                if response.header("idempotency-replayed").is_some() {
                    recorded.observed(&id);
                    recorded.completed(begun, clock, KeyedOp::Replayed(variant, id));
                } else {
                    recorded.created(&id);
                    recorded.completed(begun, clock, KeyedOp::First(variant, id));
                }
            }
        }
    }

    async fn hint(&self, worker: &mut Worker) {
        let (hint, recorded) = worker.rng.one_of(&self.hints);
        let organization = (*worker.rng.one_of(&[&self.organization, &self.neighbour])).clone();
        let body = json!({ "partyIdHint": hint, "identityProviderId": organization });
        let (clock, begun) = (&self.clock, self.clock.tick());
        let response = self
            .send(worker, self.platform[worker.process].request(Method::POST, paths::LEDGER_PARTIES).json(&body))
            .await;
        match response.map(|response| response.status) {
            None => recorded.indeterminate(begun, HintOp::AllocateIndeterminate(organization)),
            Some(200) => recorded.completed(begun, clock, HintOp::Allocated(organization)),
            Some(400) => recorded.completed(begun, clock, HintOp::Exists(organization)),
            Some(status) => {
                assert_eq!(status, 403);
                recorded.completed(begun, clock, HintOp::Elsewhere(organization));
            }
        }
    }

    async fn credential(&self, worker: &mut Worker) {
        let credential = worker.rng.one_of(&self.credentials);
        let (recorded, clock) = (&credential.recorded, &self.clock);
        let revoke = worker.rng.below(6) == 0;
        let begun = clock.tick();
        if revoke {
            let target = paths::api_key(&credential.id);
            match self.send(worker, self.platform[worker.process].request(Method::DELETE, &target)).await {
                None => recorded.indeterminate(begun, KeyOp::RevokeIndeterminate),
                Some(response) => {
                    response.expect(200);
                    recorded.completed(begun, clock, KeyOp::Revoked);
                }
            }
        } else {
            let target = format!("/v1/docks?organizationId={}", self.organization);
            match self.send(worker, credential.clients[worker.process].request(Method::GET, &target)).await {
                None => {}
                Some(response) if response.status == 200 => recorded.completed(begun, clock, KeyOp::Accepted),
                Some(response) => {
                    response.expect_error(401, "UNAUTHORIZED");
                    recorded.completed(begun, clock, KeyOp::Rejected);
                }
            }
        }
    }

    /// Sends a request of another tenant, which must not find anything.
    async fn stranger(&self) {
        let response = self.stranger.get(&self.parties[0].path).await;
        assert!([404, 503].contains(&response.status), "{response:?}");
        self.figures.requests.fetch_add(1, Ordering::Relaxed);
    }
}
