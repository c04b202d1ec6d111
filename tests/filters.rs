//! Filters: what each list finds, and for whom.

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::{Answer, Berth, Caller, DIRECTORY_SCOPES, tests};

const ULID: &str = "01HQ3K9B2V6R4X8ZT1M5N7P0QS";

pub fn tests() -> Vec<Trial> {
    tests![
        search_finds_parts_of_names_in_any_case,
        search_ignores_case_beyond_ascii,
        search_and_cursors_have_a_longest_form,
        parties_are_filtered_by_type_and_external_reference,
        docks_and_keys_are_filtered_by_organization,
        organizations_are_filtered_by_slug_and_follow_their_names,
        an_organization_sees_its_own_in_every_list,
        unknown_ids_find_nothing_and_unknown_words_are_told,
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

    async fn get(&self, target: &str) -> Answer {
        self.platform.get(target).await.expect(200)
    }

    fn parties(&self) -> String {
        format!("/v1/organizations/{}/parties", self.organization)
    }

    async fn party(&self, kind: &str, name: &str, external_ref: Option<&str>) -> String {
        let body = json!({ "type": kind, "name": name, "externalRef": external_ref });
        self.platform.post(&self.parties(), &body).await.expect(201).id()
    }

    /// That the list has exactly these rows, newest first, and says so.
    async fn finds(&self, target: &str, wanted: &[&str]) {
        let page = self.get(target).await;
        assert_eq!(ids(&page), wanted, "{target}");
        assert_eq!(page.json()["meta"]["total"], wanted.len(), "{target}");
    }
}

/// The ids of the rows of a page.
fn ids(answer: &Answer) -> Vec<String> {
    let rows = answer.json()["data"].as_array().expect("data");
    rows.iter().map(|row| row["id"].as_str().expect("id").to_owned()).collect()
}

fn names(answer: &Answer) -> Vec<&str> {
    let rows = answer.json()["data"].as_array().expect("data");
    rows.iter().map(|row| row["name"].as_str().expect("name")).collect()
}

async fn search_finds_parts_of_names_in_any_case() {
    let world = World::new().await;
    let first = world.party("INDIVIDUAL", "First American Title", None).await;
    let second = world.party("ORGANIZATION", "AMERICAN 100% Trust_", None).await;
    let third = world.party("ORGANIZATION", "Banque Générale", None).await;
    let parties = world.parties();
    for (search, wanted) in [
        ("american", vec![&second, &first]),
        ("AMERICAN", vec![&second, &first]),
        ("first%20am", vec![&first]),
        ("100%25", vec![&second]),
        ("st_", vec![&second]),
        ("g%C3%89n%C3%A9rale", vec![&third]),
        // Composed or not, it is one text.
        ("Ge%CC%81ne%CC%81", vec![&third]),
        ("%20", vec![&third, &second, &first]),
        (".*", vec![]),
        ("american&type=INDIVIDUAL", vec![&first]),
        ("american&limit=1&offset=1&type=ORGANIZATION", vec![]),
    ] {
        let page = world.get(&format!("{parties}?search={search}")).await;
        assert_eq!(ids(&page).iter().collect::<Vec<_>>(), wanted, "{search}");
    }
    let page = world.get(&format!("{parties}?search=american&limit=1")).await;
    assert_eq!((&page.json()["meta"]["total"], ids(&page)), (&json!(2), vec![second]));
    for list in ["/v1/organizations", "/v1/docks"] {
        world.platform.create_dock(&world.organization, "Ünder Writing").await;
        world.platform.create_organization("Ünder Writing").await;
        let page = world.get(&format!("{list}?search=%C3%BCNDER+wr")).await;
        assert!(!names(&page).is_empty() && names(&page).iter().all(|name| *name == "Ünder Writing"), "{list}");
        assert_eq!(page.json()["meta"]["total"], names(&page).len());
    }
}

async fn search_ignores_case_beyond_ascii() {
    let world = World::new().await;
    // A sigma at the end of a word has a lower case of its own; a sharp s has two letters in upper case.
    for (name, searches) in [
        ("ΟΔΥΣΣΕΥΣ ΑΕ", ["οδυσ", "ΟΔΥΣ", "οδυσσευς", "ΟΔΥΣΣΕΥΣ"]),
        ("Straße GmbH", ["straße", "STRASSE", "strass", "STRAẞE"]),
        ("İstanbul Bankası", ["İSTANBUL", "bankası", "BANKASI", "stanbul"]),
        ("ДОМ Książki", ["дом", "Дом", "KSIĄŻKI", "książ"]),
    ] {
        let party = world.party("ORGANIZATION", name, None).await;
        for search in searches {
            let target = reqwest::Url::parse_with_params("http://x/", [("search", search)]).expect("a URL");
            let page = world.get(&format!("{}?{}", world.parties(), target.query().expect("a query"))).await;
            assert_eq!(ids(&page), [party.as_str()], "{search} in {name}");
        }
    }
}

async fn search_and_cursors_have_a_longest_form() {
    let world = World::new().await;
    let parties = world.parties();
    for list in ["/v1/organizations", "/v1/docks", &parties] {
        world.get(&format!("{list}?search={}", "%C3%A9".repeat(200))).await;
        let refused = world.platform.get(&format!("{list}?search={}", "%C3%A9".repeat(201))).await;
        assert_eq!(refused.failures(), ["search"], "{list}");
    }
    for cursor in ["A", "%00", "%20", &"A".repeat(512), &"A".repeat(513), &"A".repeat(4_000)] {
        for name in ["cursor", "anchor"] {
            assert_eq!(world.platform.get(&format!("{parties}?{name}={cursor}")).await.failures(), [name]);
        }
    }
}

async fn parties_are_filtered_by_type_and_external_reference() {
    let world = World::new().await;
    let ann = world.party("INDIVIDUAL", "Ann", Some("E-1")).await;
    let bob = world.party("ORGANIZATION", "Bob", Some("E-1")).await;
    let eve = world.party("INDIVIDUAL", "Eve", Some("e-1")).await;
    let parties = world.parties();
    for (filter, wanted) in [
        ("", vec![&*eve, &bob, &ann]),
        ("?type=INDIVIDUAL", vec![&*eve, &ann]),
        ("?type=ORGANIZATION", vec![&*bob]),
        // References are compared as they are.
        ("?externalRef=E-1", vec![&*bob, &ann]),
        ("?externalRef=e-1", vec![&*eve]),
        ("?externalRef=E-", vec![]),
        ("?externalRef=E-1&type=INDIVIDUAL", vec![&*ann]),
        ("?externalRef=E-1&search=bo", vec![&*bob]),
        ("?externalRef=E-1&search=eve", vec![]),
        ("?type=INDIVIDUAL&search=E", vec![&*eve]),
    ] {
        world.finds(&format!("{parties}{filter}"), &wanted).await;
    }
    // What the index knows of a party follows its changes.
    let patch = json!({ "name": "Zoe", "type": "INDIVIDUAL" });
    world.platform.patch(&format!("{parties}/{bob}"), &patch).await.expect(200);
    world.finds(&format!("{parties}?externalRef=E-1&search=bo"), &[]).await;
    world.finds(&format!("{parties}?externalRef=E-1&search=zo"), &[&bob]).await;
    world.finds(&format!("{parties}?externalRef=E-1&type=INDIVIDUAL"), &[&bob, &ann]).await;
    // A filtered page is full, whatever lies between its rows.
    let page = world.get(&format!("{parties}?externalRef=E-1&search=n&limit=1")).await;
    assert_eq!((ids(&page), &page.json()["meta"]["hasMore"]), (vec![ann], &json!(false)));
}

async fn docks_and_keys_are_filtered_by_organization() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let (mine, theirs) = (
        world.platform.create_dock(&world.organization, "Desk").await.id(),
        world.platform.create_dock(&other, "Desk").await.id(),
    );
    let key = world.platform.create_api_key(Some(&other), &["docks:read"]).await.id();
    world.finds("/v1/docks", &[&theirs, &mine]).await;
    world.finds(&format!("/v1/docks?organizationId={other}"), &[&theirs]).await;
    world.finds(&format!("/v1/docks?organizationId={}&search=DESK", world.organization), &[&mine]).await;
    world.finds("/v1/docks?search=desk", &[&theirs, &mine]).await;
    world.finds(&format!("/v1/api-keys?organizationId={other}"), &[&key]).await;
    // The first key of the platform is in the list of all.
    assert_eq!(world.get("/v1/api-keys").await.json()["meta"]["total"], 2);
    world.platform.delete(&format!("/v1/api-keys/{key}")).await.expect(200);
    world.finds(&format!("/v1/api-keys?organizationId={other}"), &[&key]).await;
    // A new name is found at once, the old one no more.
    world.platform.patch(&format!("/v1/docks/{mine}"), &json!({ "name": "Counter" })).await.expect(200);
    world.finds("/v1/docks?search=desk", &[&theirs]).await;
    world.finds("/v1/docks?search=counter", &[&mine]).await;
}

async fn organizations_are_filtered_by_slug_and_follow_their_names() {
    let world = World::new().await;
    let bank = world.platform.create_organization("Bank").await.id();
    let acme = &world.organization;
    world.finds("/v1/organizations?slug=bank", &[&bank]).await;
    world.finds("/v1/organizations?slug=bank&search=BAN", &[&bank]).await;
    world.finds("/v1/organizations?slug=bank&search=acme", &[]).await;
    world.finds("/v1/organizations?slug=ban", &[]).await;
    world.platform.patch(&format!("/v1/organizations/{acme}"), &json!({ "name": "Zenith" })).await.expect(200);
    world.finds("/v1/organizations?search=acme", &[]).await;
    world.finds("/v1/organizations?search=zenith", &[acme]).await;
    // Neither order nor slug follow the name.
    let default = world.platform.default_organization().await;
    world.finds("/v1/organizations", &[&bank, acme, &default]).await;
    world.finds("/v1/organizations?slug=acme", &[acme]).await;
    assert_eq!(names(&world.get("/v1/organizations").await)[..2], ["Bank", "Zenith"]);
}

async fn an_organization_sees_its_own_in_every_list() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    for organization in [&world.organization, &other] {
        world.platform.create_dock(organization, "Desk").await;
        world.platform.create_api_key(Some(organization), &["docks:read"]).await;
    }
    let tenant = world.berth.tenant(&world.organization, &DIRECTORY_SCOPES).await;
    for (list, owner, count) in
        [("/v1/organizations", "id", 1), ("/v1/docks", "organizationId", 1), ("/v1/api-keys", "organizationId", 2)]
    {
        let page = tenant.get(list).await.expect(200);
        assert_eq!(page.json()["meta"]["total"], count, "{list}");
        let rows = page.json()["data"].as_array().expect("data");
        assert!(rows.len() == count && rows.iter().all(|row| row[owner] == *world.organization), "{list}");
        // What belongs to another and what does not exist are one.
        let filters = if list == "/v1/organizations" {
            ["slug=other".to_owned(), "slug=nobody".to_owned()]
        } else {
            [format!("organizationId={other}"), format!("organizationId=org_{ULID}")]
        };
        let [foreign, unknown] = filters.map(|filter| format!("{list}?{filter}"));
        let (foreign, unknown) = (tenant.get(&foreign).await.expect(200), tenant.get(&unknown).await.expect(200));
        assert_eq!((foreign.json(), &foreign.json()["meta"]["total"]), (unknown.json(), &json!(0)), "{list}");
    }
    assert_eq!(tenant.get("/v1/organizations?search=OTHER").await.expect(200).json()["meta"]["total"], 0);
    assert_eq!(tenant.get("/v1/organizations?search=ACME").await.expect(200).json()["meta"]["total"], 1);
    let other = tenant.get("/v1/organizations?limit=1&offset=1").await.expect(200);
    assert_eq!((ids(&other).len(), &other.json()["meta"]["total"]), (0, &json!(1)));
}

async fn unknown_ids_find_nothing_and_unknown_words_are_told() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "D").await.id();
    let party = world.party("INDIVIDUAL", "P", None).await;
    world.platform.assign(&world.organization, &party, &dock, "RECIPIENT").await;
    let of_party = format!("{}/{party}/roles", world.parties());
    for target in [
        format!("/v1/docks?organizationId=org_{ULID}"),
        format!("/v1/docks?organizationId=org_{ULID}&search=d"),
        format!("/v1/api-keys?organizationId=org_{ULID}"),
        format!("{of_party}?dockId=dock_{ULID}"),
        format!("{of_party}?dockId=dock_{ULID}&role=RECIPIENT"),
        format!("{}?externalRef=unknown", world.parties()),
    ] {
        world.finds(&target, &[]).await;
        let page = world.get(&target).await;
        assert_eq!(page.json()["meta"]["hasMore"], false);
    }
    let of_dock = format!("/v1/docks/{dock}/parties");
    for (target, name, words) in [
        (world.parties(), "type", ["individual", "COMPANY", "1"]),
        (of_party, "role", ["recipient", "OWNER", "DISTRIBUTOR,RECIPIENT"]),
        (of_dock, "role", ["distributor", "x", "%20RECIPIENT"]),
    ] {
        for word in words {
            assert_eq!(world.platform.get(&format!("{target}?{name}={word}")).await.failures(), [name], "{word}");
        }
    }
}
