//! Filters of every list.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{DIRECTORY_SCOPES, TestResponse, World, api_test, paths, world::ULID, world::ids};

pub fn names(response: &TestResponse) -> Vec<&str> {
    let rows = response.json()["data"].as_array().expect("data");
    rows.iter().map(|row| row["name"].as_str().expect("name")).collect()
}

#[apply(api_test)]
async fn search_matches_substrings_case_insensitively() {
    let world = World::new().await;
    let first = world.create_party("INDIVIDUAL", "First American Title", None).await;
    let second = world.create_party("ORGANIZATION", "AMERICAN 100% Trust_", None).await;
    let third = world.create_party("ORGANIZATION", "Banque Générale", None).await;
    let parties = world.parties_path();
    for (search, wanted) in [
        ("american", vec![&second, &first]),
        ("AMERICAN", vec![&second, &first]),
        ("first%20am", vec![&first]),
        ("100%25", vec![&second]),
        ("st_", vec![&second]),
        ("g%C3%89n%C3%A9rale", vec![&third]),
        // Composed or decomposed, it is the same text.
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
    for list in [paths::ORGANIZATIONS, "/v1/docks"] {
        world.platform.create_dock(&world.organization, "Ünder Writing").await;
        world.platform.create_organization("Ünder Writing").await;
        let page = world.get(&format!("{list}?search=%C3%BCNDER+wr")).await;
        assert!(!names(&page).is_empty() && names(&page).iter().all(|name| *name == "Ünder Writing"), "{list}");
        assert_eq!(page.json()["meta"]["total"], names(&page).len());
    }
}

#[apply(api_test)]
async fn search_ignores_case_and_width_beyond_ascii() {
    let world = World::new().await;
    // A final sigma has its own lower case. A sharp s has two letters in upper case.
    for (name, searches) in [
        ("ΟΔΥΣΣΕΥΣ ΑΕ", ["οδυσ", "ΟΔΥΣ", "οδυσσευς", "ΟΔΥΣΣΕΥΣ"]),
        ("Straße GmbH", ["straße", "STRASSE", "strass", "STRAẞE"]),
        ("İstanbul Bankası", ["İSTANBUL", "bankası", "BANKASI", "stanbul"]),
        ("ДОМ Książki", ["дом", "Дом", "KSIĄŻKI", "książ"]),
        // Full-width and half-width characters, ligatures and compatibility characters.
        ("ＷＩＤＥ Ｂａｎｋ", ["wide bank", "WIDE", "ｗｉｄｅ", "e Ｂank"]),
        ("ガス Netz", ["ｶﾞｽ", "ガス", "ｶﾞ", "ス NETZ"]),
        ("Oﬃce ⅷ", ["office", "OFFICE VIII", "oﬃ", "ⅷ"]),
    ] {
        let party = world.create_party("ORGANIZATION", name, None).await;
        for search in searches {
            let target = reqwest::Url::parse_with_params("http://x/", [("search", search)]).expect("a URL");
            let page = world.get(&format!("{}?{}", world.parties_path(), target.query().expect("a query"))).await;
            assert_eq!(ids(&page), [party.as_str()], "{search} in {name}");
        }
    }
}

#[apply(api_test)]
async fn search_and_cursor_have_maximum_lengths() {
    let world = World::new().await;
    let parties = world.parties_path();
    for list in [paths::ORGANIZATIONS, paths::DOCKS, &parties] {
        world.get(&format!("{list}?search={}", "%C3%A9".repeat(200))).await;
        let error = world.platform.get(&format!("{list}?search={}", "%C3%A9".repeat(201))).await;
        assert_eq!(error.error_locations(), ["search"], "{list}");
    }
    for cursor in ["A", "%00", "%20", &"A".repeat(512), &"A".repeat(513), &"A".repeat(4_000)] {
        for name in ["cursor", "anchor"] {
            assert_eq!(world.platform.get(&format!("{parties}?{name}={cursor}")).await.error_locations(), [name]);
        }
    }
}

#[apply(api_test)]
async fn an_organization_key_lists_only_its_resources() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    for organization in [&world.organization, &other] {
        world.platform.create_dock(organization, "Desk").await;
        world.platform.create_api_key(Some(organization), &["docks:read"]).await;
    }
    let tenant = world.server.tenant(&world.organization, &DIRECTORY_SCOPES).await;
    for (list, owner, count) in
        [(paths::ORGANIZATIONS, "id", 1), (paths::DOCKS, "organizationId", 1), (paths::API_KEYS, "organizationId", 2)]
    {
        let page = tenant.get(list).await.expect(200);
        assert_eq!(page.json()["meta"]["total"], count, "{list}");
        let rows = page.json()["data"].as_array().expect("data");
        assert!(rows.len() == count && rows.iter().all(|row| row[owner] == *world.organization), "{list}");
        // Another organization and one that does not exist are indistinguishable.
        let filters = if list == "/v1/organizations" {
            ["slug=other".to_owned(), "slug=nobody".to_owned()]
        } else {
            [format!("organizationId={other}"), format!("organizationId=org_{ULID}")]
        };
        let [foreign, nonexistent] = filters.map(|filter| format!("{list}?{filter}"));
        let (foreign, nonexistent) =
            (tenant.get(&foreign).await.expect(200), tenant.get(&nonexistent).await.expect(200));
        assert_eq!((foreign.json(), &foreign.json()["meta"]["total"]), (nonexistent.json(), &json!(0)), "{list}");
    }
    assert_eq!(tenant.get("/v1/organizations?search=OTHER").await.expect(200).json()["meta"]["total"], 0);
    assert_eq!(tenant.get("/v1/organizations?search=ACME").await.expect(200).json()["meta"]["total"], 1);
    let other = tenant.get("/v1/organizations?limit=1&offset=1").await.expect(200);
    assert_eq!((ids(&other).len(), &other.json()["meta"]["total"]), (0, &json!(1)));
}

#[apply(api_test)]
async fn unknown_ids_match_nothing_and_unknown_values_are_rejected() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "D").await.id();
    let party = world.create_party("INDIVIDUAL", "P", None).await;
    world.platform.assign(&world.organization, &party, &dock, "RECIPIENT").await;
    let of_party = format!("{}/{party}/roles", world.parties_path());
    for target in [
        format!("/v1/docks?organizationId=org_{ULID}"),
        format!("/v1/docks?organizationId=org_{ULID}&search=d"),
        format!("/v1/api-keys?organizationId=org_{ULID}"),
        format!("{of_party}?dockId=dock_{ULID}"),
        format!("{of_party}?dockId=dock_{ULID}&role=RECIPIENT"),
        format!("{}?externalRef=unknown", world.parties_path()),
    ] {
        world.assert_list(&target, &[]).await;
        let page = world.get(&target).await;
        assert_eq!(page.json()["meta"]["hasMore"], false);
    }
    let of_dock = paths::dock_parties(&dock);
    for (target, name, words) in [
        (world.parties_path(), "type", ["individual", "COMPANY", "1"]),
        (of_party, "role", ["recipient", "OWNER", "DISTRIBUTOR,RECIPIENT"]),
        (of_dock, "role", ["distributor", "x", "%20RECIPIENT"]),
    ] {
        for word in words {
            assert_eq!(
                world.platform.get(&format!("{target}?{name}={word}")).await.error_locations(),
                [name],
                "{word}"
            );
        }
    }
}
