//! Many calls at the same moment: what of them takes effect, and what each is told.

use std::collections::BTreeSet;

use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::checker::expect_whole;
use crate::harness::{Answer, Berth, Caller, api_test, paths};

/// A race is won by chance: what goes wrong once in ten times is found in so many rounds.
const ROUNDS: usize = 20;

/// The answers with this status.
fn with_status(answers: &[Answer], status: u16) -> Vec<&Answer> {
    answers.iter().filter(|answer| answer.status == status).collect()
}

async fn count(caller: &Caller, organization: &str, of: &str) -> Value {
    caller.get_organization(&organization).await.expect(200).json()["_count"][of].clone()
}

#[apply(api_test)]
async fn organizations_of_one_name_get_slugs_without_gaps() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    for round in 0..ROUNDS {
        let body = json!({ "name": format!("Rush {round}") });
        let made = join_all((0..64).map(|_| caller.post_organization(&body))).await;
        let slugs: BTreeSet<_> = made.into_iter().map(|answer| answer.expect(201).text("slug")).collect();
        let stem = format!("rush-{round}");
        let expected = (1..64).map(|suffix| format!("{stem}-{suffix}")).chain([stem.clone()]).collect();
        assert_eq!(slugs, expected);
    }
    expect_whole(&berth).await;
}

#[apply(api_test)]
async fn one_role_is_assigned_once() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Quay").await.id();
    let dock = caller.create_dock(&organization, "East").await.id();
    for round in 0..ROUNDS {
        let party = caller.create_party(&organization, &format!("Party {round}")).await.id();
        let assign = || caller.try_assign(&organization, &party, &dock, "RECIPIENT");
        let answers = join_all((0..64).map(|_| assign())).await;
        let [made] = with_status(&answers, 201)[..] else { panic!("{answers:#?}") };
        let refused = with_status(&answers, 409);
        assert_eq!(refused.len(), 63);
        for refused in refused {
            assert_eq!(refused.json()["code"], "ROLE_ALREADY_ASSIGNED");
            assert_eq!(refused.json()["conflictId"], made.id());
        }
    }
    expect_whole(&berth).await;
}

/// The same call 32 times at once, with one key: the answers, which must be one.
async fn repeated(caller: &Caller, target: &str, key: &str, body: &Value) -> Answer {
    let call = || caller.call(Method::POST, target).header("idempotency-key", key).json(body).send();
    let answers = join_all((0..32).map(|_| call())).await;
    let first = answers[0].clone().expect(201);
    let mut replayed = 0;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (first.status, &first.body));
        for header in ["location", "etag", "content-type"] {
            assert_eq!(answer.header(header), first.header(header));
        }
        replayed += usize::from(answer.header("idempotency-replayed") == Some("true"));
    }
    assert_eq!(replayed, 31, "one call took effect, the others were told of it");
    first
}

#[apply(api_test)]
async fn one_idempotency_key_has_one_effect() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Mole").await.id();
    let dock = caller.create_dock(&organization, "West").await.id();
    let parties = paths::parties(&organization);
    for round in 1..=ROUNDS {
        let body = json!({ "type": "INDIVIDUAL", "name": "One of 32" });
        let party = repeated(&caller, &parties, &format!("party-{round}"), &body).await.id();
        assert_eq!(count(&caller, &organization, "parties").await, round);
        let body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
        let role = repeated(&caller, &format!("{parties}/{party}/roles"), &format!("role-{round}"), &body).await.id();
        let held = caller.get(&format!("{parties}/{party}/roles")).await.expect(200);
        assert_eq!(held.json()["data"][0]["id"], role);
        assert_eq!(held.json()["meta"]["total"], 1);
    }
    expect_whole(&berth).await;
}

#[apply(api_test)]
async fn one_idempotency_key_makes_one_namesake() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    for round in 0..ROUNDS {
        let name = format!("Twin {round}");
        caller.create_organization(&name).await;
        let body = json!({ "name": name });
        let made = repeated(&caller, paths::ORGANIZATIONS, &format!("twin-{round}"), &body).await.json().clone();
        let slug = made["slug"].as_str().expect("a slug");
        let suffix: usize = slug.trim_start_matches(&format!("twin-{round}-")).parse().expect("a suffix");
        let found = caller.get(&format!("/v1/organizations?search={}", name.replace(' ', "%20"))).await.expect(200);
        let all = found.json()["data"].as_array().expect("rows");
        let own: Vec<_> = all.iter().filter(|organization| organization["name"] == name).collect();
        assert_eq!(own.len(), 2);
        if round + 1 == ROUNDS {
            // The other 31 may have reserved numbers: those that come next get them, lowest first.
            let mut expected = 1..;
            for _ in 1..suffix.max(2) {
                let number = expected.by_ref().find(|number| *number != suffix).expect("a number");
                assert_eq!(caller.create_organization(&name).await.text("slug"), format!("twin-{round}-{number}"));
            }
        }
    }
    expect_whole(&berth).await;
}

#[apply(api_test)]
async fn parties_of_one_organization_are_all_counted() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    for round in 0..ROUNDS {
        let organization = caller.create_organization(&format!("Crowd {round}")).await.id();
        let made = (0..200).map(|number| {
            let body = json!({ "type": if number % 3 == 0 { "INDIVIDUAL" } else { "ORGANIZATION" }, "name": "Guest" });
            let (caller, target) = (caller.clone(), paths::parties(&organization));
            async move { caller.post(&target, &body).await.expect(201).id() }
        });
        let ids: BTreeSet<_> = join_all(made).await.into_iter().collect();
        assert_eq!(ids.len(), 200);
        assert_eq!(count(&caller, &organization, "parties").await, 200);
    }
    expect_whole(&berth).await;
}

/// Without If-Match the last writer wins, but changes of different members do not undo one another.
#[apply(api_test)]
async fn patches_of_one_party_are_all_kept() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Slip").await.id();
    for round in 0..ROUNDS {
        let party = caller.create_party(&organization, &format!("Party {round}")).await.id();
        let target = paths::party(&organization, &party);
        let patches = (0..16).map(|number| {
            let body = json!({ "metadata": { format!("key{number}"): number } });
            let (caller, target) = (caller.clone(), target.clone());
            async move { caller.patch(&target, &body).await.expect(200) }
        });
        join_all(patches).await;
        let after = caller.get(&target).await.expect(200);
        let expected: Value = (0..16).map(|number| (format!("key{number}"), json!(number))).collect();
        assert_eq!(after.json()["metadata"], expected);
        assert_eq!(after.header("etag"), Some("\"17\""));
    }
    expect_whole(&berth).await;
}

#[apply(api_test)]
async fn a_role_is_revoked_once() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Weir").await.id();
    let dock = caller.create_dock(&organization, "South").await.id();
    let party = caller.create_party(&organization, "Party").await.id();
    for _ in 0..ROUNDS {
        let role = caller.assign(&organization, &party, &dock, "RECIPIENT").await.id();
        let target = paths::role(&organization, &party, &role);
        let answers = join_all((0..16).map(|_| caller.delete(&target))).await;
        assert_eq!((with_status(&answers, 200).len(), with_status(&answers, 404).len()), (1, 15));
    }
    expect_whole(&berth).await;
}
