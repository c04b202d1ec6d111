//! What the callers of a round do, all at once, and what each is told.

use std::sync::{PoisonError, atomic::Ordering};

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    fault_plan::{Climate, Weather},
    models::{HintOp, KeyOp, KeyedOp, NameOp, PartyOp, Patch, RoleOp},
    recorder::Dice,
    setup::{Naming, Round, Slot, seen},
};
use crate::harness::{Answer, Call, paths};

/// How many callers a round has.
pub const CALLERS: u64 = 8;

/// One caller of a round.
struct Hand {
    dice: Dice,
    process: usize,
    request: String,
    number: u64,
    climate: Climate,
}

impl Round<'_> {
    /// All callers at once, each with dice of its own.
    pub async fn run(&self, (seed, round): (u64, u64), calls_each: u64, climate: Climate) {
        join_all((0..CALLERS).map(|caller| async move {
            let dice = Dice::of(&[seed, round, caller]);
            let mut hand = Hand { dice, process: 0, request: String::new(), number: 0, climate };
            for call in 0..calls_each {
                hand.number = caller * calls_each + call;
                hand.request = format!("{}{}", self.requests(), hand.number);
                hand.process = *hand.dice.one_of(&[0, 1]);
                self.act(&mut hand).await;
            }
        }))
        .await;
    }

    async fn act(&self, hand: &mut Hand) {
        match hand.dice.below(100) {
            0..30 => self.role(hand).await,
            30..42 => self.name(hand, &self.slugs).await,
            42..52 => self.name(hand, &self.domains).await,
            52..72 => self.change(hand).await,
            72..80 => self.crowd(hand).await,
            80..87 => self.keyed(hand).await,
            87..92 => self.hint(hand).await,
            92..98 => self.credential(hand).await,
            _ => self.stranger().await,
        }
    }

    async fn send(&self, hand: &mut Hand, call: Call) -> Option<Answer> {
        let weather = Weather::drawn(&mut hand.dice, hand.climate);
        let (answer, faults) = weather.send(call, &hand.request, self.wire).await;
        self.figures.calls.fetch_add(1, Ordering::Relaxed);
        if faults > 0 {
            let mut kinds = self.figures.faults.lock().unwrap_or_else(PoisonError::into_inner);
            *kinds.entry(weather.kind()).or_default() += faults;
        }
        self.figures.open.fetch_add(usize::from(answer.is_none()), Ordering::Relaxed);
        answer
    }

    async fn role(&self, hand: &mut Hand) {
        let slot = hand.dice.one_of(&self.slots);
        let caller = &self.tenant[hand.process];
        let roles = paths::roles(&self.organization, &slot.party);
        let (recorded, clock) = (&slot.recorded, &self.clock);
        let (what, latest) = (hand.dice.below(10), recorded.latest());
        let begun = clock.tick();
        match (what, latest) {
            (5..8, Some(id)) => {
                let answer = self.send(hand, caller.call(Method::DELETE, &format!("{roles}/{id}"))).await;
                match answer.map(|answer| answer.status) {
                    Some(200) => recorded.told(begun, clock, RoleOp::Revoked(id)),
                    Some(status) => {
                        assert_eq!(status, 404);
                        recorded.told(begun, clock, RoleOp::Gone(id));
                    }
                    None => recorded.untold(begun, RoleOp::RevokeUnanswered(id)),
                }
            }
            (8.., _) => {
                let held = self.role_held(hand, slot).await;
                if let Some(held) = held {
                    if let Some(id) = &held {
                        recorded.met(id);
                    }
                    recorded.told(begun, clock, RoleOp::Read(held));
                }
            }
            _ => {
                let body = json!({ "dockId": slot.dock, "role": slot.role });
                match self.send(hand, caller.call(Method::POST, &roles).json(&body)).await {
                    None => recorded.untold(begun, RoleOp::AssignUnanswered),
                    Some(answer) if answer.status == 201 => {
                        recorded.made(&answer.id());
                        recorded.told(begun, clock, RoleOp::Assigned(answer.id()));
                    }
                    Some(answer) => {
                        let held = answer.refused(409, "ROLE_ALREADY_ASSIGNED").text("conflictId");
                        recorded.met(&held);
                        recorded.told(begun, clock, RoleOp::Held(held));
                    }
                }
            }
        }
    }

    /// Which role is held there, if there is an answer.
    async fn role_held(&self, hand: &mut Hand, slot: &Slot) -> Option<Option<String>> {
        let check = json!({ "checks": [{ "dockId": slot.dock, "partyId": slot.party, "role": slot.role }] });
        let target = paths::role_checks(&self.organization);
        let answer =
            self.send(hand, self.tenant[hand.process].call(Method::POST, &target).json(&check)).await?.expect(200);
        Some(answer.json().pointer("/results/0/roleId").and_then(Value::as_str).map(ToOwned::to_owned))
    }

    async fn name(&self, hand: &mut Hand, naming: &Naming) {
        let (owner, wanted) = (hand.dice.one_of(&naming.owners), hand.dice.one_of(&naming.names).clone());
        let (recorded, clock, member) = (&naming.recorded, &self.clock, naming.member);
        let is_slug = member == "slug";
        // A domain can be given up; a slug only for another.
        let wanted = Some(wanted).filter(|_| is_slug || hand.dice.below(3) > 0);
        let caller = &self.platform[hand.process];
        let (what, begun) = (hand.dice.below(10), clock.tick());
        if what < 7 {
            let call = caller.call(Method::PATCH, &owner.path).json(&json!({ member: wanted }));
            match self.send(hand, call).await {
                None => recorded.untold(begun, NameOp::TakeUnanswered(owner.id.clone(), wanted)),
                Some(answer) if answer.status == 200 => {
                    assert_eq!(answer.json()[member], json!(wanted));
                    recorded.told(begun, clock, NameOp::Took(owner.id.clone(), wanted));
                }
                Some(answer) => {
                    let told = if is_slug {
                        Some(answer.refused(409, "SLUG_ALREADY_TAKEN").text("conflictId"))
                    } else {
                        answer.refused(400, "DOMAIN_ALREADY_REGISTERED");
                        None
                    };
                    let wanted = wanted.expect("only a name can be another's");
                    recorded.told(begun, clock, NameOp::Refused(owner.id.clone(), wanted, told));
                }
            }
        } else if is_slug && what == 7 {
            let wanted = wanted.expect("a slug");
            let target = format!("/v1/organizations?slug={wanted}");
            if let Some(answer) = self.send(hand, caller.call(Method::GET, &target)).await {
                let found =
                    answer.expect(200).json().pointer("/data/0/id").and_then(Value::as_str).map(ToOwned::to_owned);
                recorded.told(begun, clock, NameOp::Found(wanted, found));
            }
        } else if let Some(answer) = self.send(hand, caller.call(Method::GET, &owner.path)).await {
            let name = answer.expect(200).json()[member].as_str().map(ToOwned::to_owned);
            recorded.told(begun, clock, NameOp::Read(owner.id.clone(), name));
        }
    }

    async fn change(&self, hand: &mut Hand) {
        let changed = hand.dice.one_of(&self.parties);
        let (recorded, clock) = (&changed.recorded, &self.clock);
        let caller = &self.tenant[hand.process];
        let read = hand.dice.below(4) == 0;
        // Which version is named is up to chance: some are right.
        let latest = recorded.latest().and_then(|version| version.parse::<u64>().ok());
        let version = latest.filter(|_| hand.dice.below(3) == 0);
        let patch = match hand.dice.below(4) {
            0 => Patch::Name(format!("Name {}", hand.number)),
            mark => Patch::Mark(format!("m{mark}"), Some(hand.dice.below(5)).filter(|value| *value > 0)),
        };
        let begun = clock.tick();
        if read {
            if let Some(answer) = self.send(hand, caller.call(Method::GET, &changed.path)).await {
                let seen = seen(&answer.expect(200));
                recorded.met(&seen.version.to_string());
                recorded.told(begun, clock, PartyOp::Read(seen));
            }
            return;
        }
        let body = match &patch {
            Patch::Name(name) => json!({ "name": name }),
            Patch::Mark(mark, value) => json!({ "metadata": { mark.as_str(): value } }),
        };
        let mut call = caller.call(Method::PATCH, &changed.path).json(&body);
        if let Some(version) = version {
            call = call.header("if-match", &format!("\"{version}\""));
        }
        match self.send(hand, call).await {
            None => recorded.untold(begun, PartyOp::PatchUnanswered(patch, version)),
            Some(answer) if answer.status == 200 => {
                let seen = seen(&answer);
                recorded.met(&seen.version.to_string());
                recorded.told(begun, clock, PartyOp::Patched(patch, version, seen));
            }
            Some(answer) => {
                answer.refused(412, "PRECONDITION_FAILED");
                recorded.told(begun, clock, PartyOp::Stale(version.expect("only a version can be stale")));
            }
        }
    }

    async fn crowd(&self, hand: &mut Hand) {
        let name = format!("Crowd {}", hand.number);
        let body =
            json!({ "type": *hand.dice.one_of(&["INDIVIDUAL", "ORGANIZATION"]), "name": name, "externalRef": name });
        let target = paths::parties(&self.organization);
        let answer = self.send(hand, self.tenant[hand.process].call(Method::POST, &target).json(&body)).await;
        let id = answer.map(|answer| answer.expect(201).id());
        self.crowd.lock().unwrap_or_else(PoisonError::into_inner).insert(name, id);
    }

    async fn keyed(&self, hand: &mut Hand) {
        let recorded = hand.dice.one_of(&self.keys);
        let variant = u32::try_from(hand.dice.below(2)).expect("small");
        let body = json!({ "type": "INDIVIDUAL", "name": format!("Keyed {variant}") });
        let target = paths::parties(&self.organization);
        let key = format!("{}-{}", recorded.name.replace(' ', "-"), self.label);
        let call = self.tenant[hand.process].call(Method::POST, &target).header("idempotency-key", &key).json(&body);
        let (clock, begun) = (&self.clock, self.clock.tick());
        match self.send(hand, call).await {
            None => recorded.untold(begun, KeyedOp::Unanswered(variant)),
            Some(answer) if answer.status == 422 => {
                answer.refused(422, "IDEMPOTENCY_KEY_REUSED");
                recorded.told(begun, clock, KeyedOp::Reused(variant));
            }
            Some(answer) => {
                let id = answer.clone().expect(201).id();
                if answer.header("idempotency-replayed").is_some() {
                    recorded.met(&id);
                    recorded.told(begun, clock, KeyedOp::Again(variant, id));
                } else {
                    recorded.made(&id);
                    recorded.told(begun, clock, KeyedOp::First(variant, id));
                }
            }
        }
    }

    async fn hint(&self, hand: &mut Hand) {
        let (hint, recorded) = hand.dice.one_of(&self.hints);
        let organization = (*hand.dice.one_of(&[&self.organization, &self.neighbour])).clone();
        let body = json!({ "partyIdHint": hint, "identityProviderId": organization });
        let (clock, begun) = (&self.clock, self.clock.tick());
        let answer =
            self.send(hand, self.platform[hand.process].call(Method::POST, paths::LEDGER_PARTIES).json(&body)).await;
        match answer.map(|answer| answer.status) {
            None => recorded.untold(begun, HintOp::AllocateUnanswered(organization)),
            Some(200) => recorded.told(begun, clock, HintOp::Allocated(organization)),
            Some(400) => recorded.told(begun, clock, HintOp::Exists(organization)),
            Some(status) => {
                assert_eq!(status, 403);
                recorded.told(begun, clock, HintOp::Elsewhere(organization));
            }
        }
    }

    async fn credential(&self, hand: &mut Hand) {
        let credential = hand.dice.one_of(&self.credentials);
        let (recorded, clock) = (&credential.recorded, &self.clock);
        let revoke = hand.dice.below(6) == 0;
        let begun = clock.tick();
        if revoke {
            let target = paths::api_key(&credential.id);
            match self.send(hand, self.platform[hand.process].call(Method::DELETE, &target)).await {
                None => recorded.untold(begun, KeyOp::RevokeUnanswered),
                Some(answer) => {
                    answer.expect(200);
                    recorded.told(begun, clock, KeyOp::Revoked);
                }
            }
        } else {
            let target = format!("/v1/docks?organizationId={}", self.organization);
            match self.send(hand, credential.callers[hand.process].call(Method::GET, &target)).await {
                None => {}
                Some(answer) if answer.status == 200 => recorded.told(begun, clock, KeyOp::Taken),
                Some(answer) => {
                    answer.refused(401, "UNAUTHORIZED");
                    recorded.told(begun, clock, KeyOp::Refused);
                }
            }
        }
    }

    /// Another tenant, who is told of nothing that there is.
    async fn stranger(&self) {
        let answer = self.stranger.get(&self.parties[0].path).await;
        assert!([404, 503].contains(&answer.status), "{answer:?}");
        self.figures.calls.fetch_add(1, Ordering::Relaxed);
    }
}
