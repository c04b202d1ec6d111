//! What a merge patch does to each member of each resource, and to what hangs on it.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::harness::{Answer, Berth, Caller, tests};

pub fn tests() -> Vec<Trial> {
    tests![
        members_that_are_not_named_stay,
        optional_members_of_a_party_are_set_and_cleared,
        optional_members_of_a_dock_are_set_and_cleared,
        an_address_is_replaced_whole,
        members_that_are_needed_cannot_be_cleared,
        metadata_is_merged_by_its_top_level,
        only_the_time_of_the_change_moves,
        a_party_that_changes_its_type_is_counted_anew,
        a_slug_that_is_given_up_is_free,
        a_slug_that_is_taken_is_refused,
        a_new_name_leaves_the_slug,
        a_dock_has_its_domains_alone,
        a_domain_that_is_given_up_is_free,
        changes_of_different_keys_at_the_same_moment_all_last,
    ]
}

struct World {
    berth: Berth,
    platform: Caller,
    organization: String,
}

impl World {
    async fn new() -> Self {
        let berth = Berth::start().await;
        let platform = berth.platform();
        let organization = platform.create_organization("Acme").await.id();
        Self { berth, platform, organization }
    }

    fn organization(&self) -> String {
        format!("/v1/organizations/{}", self.organization)
    }

    fn parties(&self) -> String {
        format!("{}/parties", self.organization())
    }

    async fn party(&self) -> String {
        let party = self.platform.create_party(&self.organization, "Ann").await;
        format!("{}/{}", self.parties(), party.id())
    }

    async fn dock(&self, body: Value) -> Answer {
        let mut body = body;
        body["organizationId"] = json!(self.organization);
        body["name"] = json!("Desk");
        self.platform.post("/v1/docks", &body).await
    }

    async fn new_dock(&self, body: Value) -> String {
        format!("/v1/docks/{}", self.dock(body).await.expect(201).id())
    }

    /// The resource after a patch: as it was answered, and as it is read.
    async fn patched(&self, target: &str, patch: Value) -> Value {
        let answered = self.platform.patch(target, &patch).await.expect(200);
        let read = self.platform.get(target).await.expect(200);
        assert_eq!((answered.json(), answered.header("etag")), (read.json(), read.header("etag")), "{patch}");
        read.json().clone()
    }

    /// That a patch changes these members, and nothing else but the time of the change.
    async fn changes(&self, target: &str, patch: Value, changed: Value) {
        let mut wanted = self.platform.get(target).await.expect(200).json().clone();
        let after = self.patched(target, patch.clone()).await;
        for (member, value) in changed.as_object().expect("members") {
            wanted[member] = value.clone();
        }
        wanted["updatedAt"] = after["updatedAt"].clone();
        assert_eq!(after, wanted, "{patch}");
    }
}

async fn members_that_are_not_named_stay() {
    let world = World::new().await;
    let party = json!({
        "type": "INDIVIDUAL", "name": "Ann", "email": "a@b.com", "externalRef": "E-1", "metadata": { "a": 1 },
    });
    let party = world.platform.post(&world.parties(), &party).await.expect(201);
    let party = format!("{}/{}", world.parties(), party.id());
    let dock = json!({
        "domain": "a.example.com", "customDomain": "b.example.com", "legalName": "Desk AG", "taxId": "1",
        "businessType": "llc", "registrationNumber": "2", "businessPhone": "3", "businessEmail": "a@b.com",
        "businessAddress": { "city": "Bonn" }, "primaryColor": "#fff", "secondaryColor": "#000", "customCss": "a{}",
    });
    let dock = world.new_dock(dock).await;
    world.changes(&world.organization(), json!({ "metadata": { "k": 1 } }), json!({ "metadata": { "k": 1 } })).await;
    for target in [world.organization(), party, dock] {
        world.changes(&target, json!({}), json!({})).await;
        world.changes(&target, json!({ "name": " New\u{2003}" }), json!({ "name": "New" })).await;
    }
}

async fn optional_members_of_a_party_are_set_and_cleared() {
    let world = World::new().await;
    let party = world.party().await;
    for (member, one, other) in [("email", "a@b.com", "c@d.com"), ("externalRef", "E-1", "E-2")] {
        for value in [json!(one), json!(other), json!(null), json!(null), json!(one)] {
            world.changes(&party, json!({ member: value }), json!({ member: value })).await;
        }
    }
    world.changes(&party, json!({ "type": "INDIVIDUAL" }), json!({ "type": "INDIVIDUAL" })).await;
    // The index follows.
    for (external_ref, found) in [("E-1", 1), ("E-2", 0)] {
        let listed = world.platform.get(&format!("{}?externalRef={external_ref}", world.parties())).await;
        assert_eq!(listed.json()["meta"]["total"], found, "{external_ref}");
    }
}

async fn optional_members_of_a_dock_are_set_and_cleared() {
    let world = World::new().await;
    let dock = world.new_dock(json!({})).await;
    for (member, value) in [
        ("domain", "a.example.com"),
        ("customDomain", "b.example.com"),
        ("legalName", "Desk AG"),
        ("businessType", "llc"),
        ("taxId", "1"),
        ("registrationNumber", "2"),
        ("businessPhone", "3"),
        ("businessEmail", "a@b.com"),
        ("primaryColor", "#fff"),
        ("secondaryColor", "#000"),
        ("customCss", "a{}"),
    ] {
        for value in [json!(value), json!(null), json!(null), json!(value)] {
            world.changes(&dock, json!({ member: value }), json!({ member: value })).await;
        }
    }
    // A dock stays with its organization, and tells its own state.
    let ignored = json!({ "organizationId": "org_x", "status": "CLOSED", "id": "x", "createdAt": 1 });
    world.changes(&dock, ignored, json!({})).await;
}

async fn an_address_is_replaced_whole() {
    let world = World::new().await;
    let dock = world.new_dock(json!({ "businessAddress": { "street": "Am Hof 1", "city": "Bonn" } })).await;
    let address = |city: Value, country: Value| json!({ "businessAddress": { "street": null, "city": city, "state": null, "postalCode": null, "country": country } });
    let patch = json!({ "businessAddress": { "country": "DE", "city": null } });
    world.changes(&dock, patch, address(json!(null), json!("DE"))).await;
    world.changes(&dock, json!({ "businessAddress": {} }), address(json!(null), json!(null))).await;
    world.changes(&dock, json!({ "businessAddress": null }), json!({ "businessAddress": null })).await;
}

async fn members_that_are_needed_cannot_be_cleared() {
    let world = World::new().await;
    let (party, dock) = (world.party().await, world.new_dock(json!({})).await);
    for (target, member) in [
        (&world.organization(), "name"),
        (&world.organization(), "slug"),
        (&party, "name"),
        (&party, "type"),
        (&dock, "name"),
    ] {
        let before = world.platform.get(target).await;
        let patch = json!({ member: null, "metadata": { "x": 1 }, "taxId": "1" });
        assert_eq!(world.platform.patch(target, &patch).await.failures(), [format!("/{member}")]);
        assert_eq!(world.platform.get(target).await.json(), before.json(), "nothing of the patch was written");
    }
}

async fn metadata_is_merged_by_its_top_level() {
    let world = World::new().await;
    for target in [world.organization(), world.party().await] {
        for (patch, after) in [
            (
                json!({ "a": 1, "b": { "x": 1, "y": 2 }, "c": [1, 2] }),
                json!({ "a": 1, "b": { "x": 1, "y": 2 }, "c": [1, 2] }),
            ),
            (json!({ "a": "2" }), json!({ "a": "2", "b": { "x": 1, "y": 2 }, "c": [1, 2] })),
            // Inside a value nothing is merged, and null is a value.
            (json!({ "b": { "x": null } }), json!({ "a": "2", "b": { "x": null }, "c": [1, 2] })),
            (json!({ "c": [null] }), json!({ "a": "2", "b": { "x": null }, "c": [null] })),
            (json!({ "a": null, "nowhere": null, "d": false }), json!({ "b": { "x": null }, "c": [null], "d": false })),
            (json!({}), json!({ "b": { "x": null }, "c": [null], "d": false })),
            (json!(null), json!({})),
            (json!({ "": "", "a/b": 1, "ключ": "значение" }), json!({ "": "", "a/b": 1, "ключ": "значение" })),
            (json!({ "": null }), json!({ "a/b": 1, "ключ": "значение" })),
        ] {
            world.changes(&target, json!({ "metadata": patch }), json!({ "metadata": after })).await;
        }
    }
    // In a creation null is a value like any other.
    let body = json!({ "name": "Nulls", "metadata": { "a": null } });
    let made = world.platform.post("/v1/organizations", &body).await.expect(201);
    assert_eq!(made.json()["metadata"], json!({ "a": null }));
}

async fn only_the_time_of_the_change_moves() {
    let world = World::new().await;
    for target in [world.organization(), world.party().await, world.new_dock(json!({})).await] {
        let before = world.platform.get(&target).await;
        assert_eq!(before.text("createdAt"), before.text("updatedAt"));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let after = world.patched(&target, json!({ "name": "New" })).await;
        assert_eq!(after["createdAt"], before.json()["createdAt"]);
        assert!(after["updatedAt"].as_str() > before.json()["updatedAt"].as_str(), "{after}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let again = world.patched(&target, json!({ "name": "New" })).await;
        assert_eq!(again, after, "nothing changed, nor did the time");
    }
}

async fn a_party_that_changes_its_type_is_counted_anew() {
    let world = World::new().await;
    let party = world.party().await;
    world.party().await;
    let totals = || async {
        let mut totals = Vec::new();
        for filter in ["", "?type=ORGANIZATION", "?type=INDIVIDUAL"] {
            let listed = world.platform.get(&format!("{}{filter}", world.parties())).await.expect(200);
            let meta = listed.json()["meta"]["total"].as_u64().expect("a total");
            assert_eq!(meta, listed.json()["data"].as_array().map_or(0, Vec::len) as u64);
            totals.push(meta);
        }
        totals
    };
    assert_eq!(totals().await, [2, 2, 0]);
    world.patched(&party, json!({ "type": "INDIVIDUAL" })).await;
    assert_eq!(totals().await, [2, 1, 1]);
    world.patched(&party, json!({ "type": "INDIVIDUAL" })).await;
    assert_eq!(totals().await, [2, 1, 1]);
    world.patched(&party, json!({ "type": "ORGANIZATION" })).await;
    assert_eq!(totals().await, [2, 2, 0]);
    assert_eq!(world.platform.get(&world.organization()).await.json()["_count"]["parties"], 2);
}

async fn a_slug_that_is_given_up_is_free() {
    let world = World::new().await;
    world.changes(&world.organization(), json!({ "slug": "new" }), json!({ "slug": "new" })).await;
    let find = |slug: &'static str| {
        let platform = world.platform.clone();
        async move {
            platform.get(&format!("/v1/organizations?slug={slug}")).await.expect(200).json()["data"][0]["id"].clone()
        }
    };
    assert_eq!((find("acme").await, find("new").await), (Value::Null, json!(world.organization)));
    let second = world.platform.create_organization("Acme").await;
    assert_eq!(second.text("slug"), "acme");
    assert_eq!(find("acme").await, json!(second.id()));
    world.platform.patch(&world.organization(), &json!({ "slug": "acme" })).await.refused(409, "SLUG_ALREADY_TAKEN");
    // And back, once the other gives it up.
    world.patched(&format!("/v1/organizations/{}", second.id()), json!({ "slug": "other" })).await;
    world.changes(&world.organization(), json!({ "slug": "acme" }), json!({ "slug": "acme" })).await;
    assert_eq!(find("acme").await, json!(world.organization));
}

async fn a_slug_that_is_taken_is_refused() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let patch = json!({ "slug": "other", "name": "New" });
    let refused = world.platform.patch(&world.organization(), &patch).await.refused(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(refused.json()["conflictId"], json!(other));
    // An organization's key learns that the slug is taken, and not by whom.
    let tenant = world.berth.tenant(&world.organization, &["organizations:write"]).await;
    let refused = tenant.patch(&world.organization(), &patch).await.refused(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(refused.json()["conflictId"], Value::Null);
    let unchanged = world.platform.get(&world.organization()).await;
    assert_eq!((unchanged.text("name"), unchanged.text("slug")), ("Acme".to_owned(), "acme".to_owned()));
    // One's own slug is not in one's way.
    world.changes(&world.organization(), json!({ "slug": "acme" }), json!({})).await;
}

async fn a_new_name_leaves_the_slug() {
    let world = World::new().await;
    world.changes(&world.organization(), json!({ "name": "Bank" }), json!({ "name": "Bank" })).await;
    assert_eq!(world.platform.create_organization("Bank").await.text("slug"), "bank");
    assert_eq!(world.platform.create_organization("Acme").await.text("slug"), "acme-1");
}

async fn a_dock_has_its_domains_alone() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    // One dock may have one domain in both places.
    let both = world.new_dock(json!({ "domain": "both.example.com", "customDomain": "BOTH.example.com" })).await;
    world.new_dock(json!({ "domain": "a.example.com", "customDomain": "b.example.com" })).await;
    let dock = world.new_dock(json!({})).await;
    for domain in ["both.example.com", "a.example.com", "b.example.com"] {
        for member in ["domain", "customDomain"] {
            let sent = domain.to_uppercase();
            let foreign = json!({ "organizationId": other, "name": "D", member: sent });
            for refused in [
                world.platform.post("/v1/docks", &foreign).await,
                world.dock(json!({ member: sent })).await,
                world.platform.patch(&dock, &json!({ member: sent, "name": "New" })).await,
            ] {
                let refused = refused.refused(400, "DOMAIN_ALREADY_REGISTERED");
                assert_eq!(refused.text("message"), format!("Domain '{domain}' is already registered to another dock"));
            }
        }
    }
    assert_eq!(world.platform.get(&dock).await.text("name"), "Desk", "nothing of the patches was written");
    // Of two places that have it, one is not enough to give it up.
    world.changes(&both, json!({ "domain": null }), json!({ "domain": null })).await;
    world.dock(json!({ "domain": "both.example.com" })).await.refused(400, "DOMAIN_ALREADY_REGISTERED");
    world.changes(&both, json!({ "customDomain": null }), json!({ "customDomain": null })).await;
    world.dock(json!({ "domain": "both.example.com" })).await.expect(201);
}

async fn a_domain_that_is_given_up_is_free() {
    let world = World::new().await;
    let dock = world.new_dock(json!({ "domain": "a.example.com", "customDomain": "b.example.com" })).await;
    // The two change places: they stay this dock's.
    let swapped = json!({ "domain": "b.example.com", "customDomain": "a.example.com" });
    world.changes(&dock, swapped.clone(), swapped).await;
    world.changes(&dock, json!({ "domain": "c.example.com" }), json!({ "domain": "c.example.com" })).await;
    let second = world.new_dock(json!({ "domain": "b.example.com" })).await;
    world.platform.patch(&dock, &json!({ "domain": "b.example.com" })).await.refused(400, "DOMAIN_ALREADY_REGISTERED");
    world.changes(&second, json!({ "domain": null }), json!({ "domain": null })).await;
    world.changes(&dock, json!({ "domain": "b.example.com" }), json!({ "domain": "b.example.com" })).await;
}

async fn changes_of_different_keys_at_the_same_moment_all_last() {
    let world = World::new().await;
    for target in [world.party().await, world.organization()] {
        let patches = (0..32).map(|at| {
            let (caller, target) = (world.platform.clone(), target.clone());
            tokio::spawn(async move { caller.patch(&target, &json!({ "metadata": { format!("k{at}"): at } })).await })
        });
        let mut tags = Vec::new();
        for (at, patch) in patches.collect::<Vec<_>>().into_iter().enumerate() {
            let answer = patch.await.expect("no panic").expect(200);
            assert_eq!(answer.json()["metadata"][format!("k{at}")], at);
            tags.push(answer.header("etag").expect("a tag").to_owned());
        }
        let all: BTreeMap<_, _> = (0..32).map(|at| (format!("k{at}"), json!(at))).collect();
        assert_eq!(world.platform.get(&target).await.json()["metadata"], json!(all), "{target}");
        // Each was a version of its own.
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 32, "{tags:?}");
    }
}
