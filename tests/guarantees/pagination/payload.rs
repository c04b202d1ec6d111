//! Pages of large rows end early: no response is larger than the payload limit of Lambda.

use macro_rules_attribute::apply;
use serde_json::json;

use super::pages::{By, many, next};
use crate::harness::{TestClient, TestResponse, World, api_test, paths, world::ids};

/// Maximum size of a payload, in bytes.
const MAX: usize = 5_242_880;

/// Returns the size of the body as Lambda sends it: as a JSON string.
fn payload(response: &TestResponse) -> usize {
    serde_json::to_string(response.body_text()).expect("a text").len()
}

/// Asserts that a list of large rows is complete, and that its first page ends early. Returns the length of that page.
async fn assert_limited(client: &TestClient, list: &str, by: By, wanted: &[String]) -> usize {
    let mut target = Some(format!("{list}{}limit=100", if list.contains('?') { '&' } else { '?' }));
    let (mut found, mut pages) = (Vec::new(), Vec::new());
    while let Some(at) = target {
        let page = client.get(&at).await.expect(200);
        assert!(payload(&page) <= MAX, "{list}: {}", payload(&page));
        assert_eq!(page.json()["meta"]["pageSize"], 100, "{list}");
        found.extend(ids(&page));
        pages.push((ids(&page).len(), payload(&page)));
        target = next(&page, &at, by);
    }
    assert_eq!(found, wanted, "{list}");
    let [(rows, size), _] = pages[..] else { panic!("{list}: {pages:?}") };
    assert!(size > MAX / 5 * 4, "{list} ends later: {size}");
    rows
}

/// Parties that were allocated at `/v2` may have 256 KB of annotations.
#[apply(api_test)]
async fn lists_of_parties_end_early() {
    let world = World::new().await;
    let mut parties = Vec::new();
    for at in 0..8 {
        // A quote is two bytes in JSON, and four in the payload.
        let annotations = json!({ "a": "\"".repeat(190_000) });
        let body = json!({
            "partyIdHint": format!("Large {at}"), "identityProviderId": world.organization,
            "localMetadata": { "annotations": annotations },
        });
        world.platform.allocate_ledger_party(&body).await.expect(200);
        let newest = world.get(&format!("{}?limit=1", world.parties_path())).await;
        parties.insert(0, ids(&newest).remove(0));
    }
    let list = world.parties_path();
    for (filter, by) in [("", By::Cursor), ("", By::Link), ("?search=large", By::Link)] {
        let rows = assert_limited(&world.platform, &format!("{list}{filter}"), by, &parties).await;
        if filter.is_empty() {
            // An offset counts rows, not pages.
            let rest = world.get(&format!("{list}?offset={rows}")).await;
            assert_eq!(ids(&rest), parties[rows..]);
        }
    }
    // A small external reference does not change the annotations.
    for party in &parties {
        let target = paths::party(&world.organization, party);
        world.platform.patch(&target, &json!({ "externalRef": "same" })).await.expect(200);
    }
    assert_limited(&world.platform, &format!("{list}?externalRef=same"), By::Cursor, &parties).await;
}

/// A dock may have 16 KiB of CSS.
#[apply(api_test)]
async fn lists_of_docks_end_early() {
    let world = World::new().await;
    let (client, organization) = (&world.platform, &world.organization);
    let mut docks = many(95, |at| async move {
        let css = "\"".repeat(16 * 1024);
        let body = json!({ "organizationId": organization, "name": format!("Large {at}"), "customCss": css });
        client.post_dock(&body).await.expect(201).id()
    })
    .await;
    docks.sort();
    docks.reverse();
    let tenant = world.server.tenant(organization, &["docks:read"]).await;
    let own = format!("/v1/docks?organizationId={organization}");
    for (client, list, by) in [
        (client, paths::DOCKS, By::Cursor),
        (client, &own, By::Link),
        (&tenant, paths::DOCKS, By::Cursor),
        (client, "/v1/docks?search=large", By::Link),
    ] {
        assert_limited(client, list, by, &docks).await;
    }
}

/// The rows of the other lists are so small that 100 of the largest ones fit.
#[apply(api_test)]
async fn the_largest_rows_of_other_lists_fit_into_one_page() {
    let world = World::new().await;
    let (client, organization) = (&world.platform, &world.organization);
    let name = |at: usize| format!("{}{at:03}", "\u{10900}".repeat(197));
    let metadata = json!({ "a": "\"".repeat(8_180) });
    let organizations = many(98, |at| {
        let body = json!({ "name": name(at), "metadata": metadata });
        async move { client.post_organization(&body).await.expect(201).id() }
    });
    assert_eq!(organizations.await.len(), 98);
    let party = world.create_party("INDIVIDUAL", &name(0), None).await;
    let dock = client.create_dock(organization, &name(0)).await.id();
    many(100, |at| {
        let (name, party, dock) = (name(at), &party, &dock);
        async move {
            let other = client.create_dock(organization, &name).await.id();
            client.assign(organization, party, &other, "RECIPIENT").await;
            let guest = client.create_party(organization, &name).await.id();
            client.assign(organization, &guest, dock, "RECIPIENT").await;
            client.create_api_key(Some(organization), &["docks:read"]).await.id()
        }
    })
    .await;
    for list in [
        paths::ORGANIZATIONS,
        paths::DOCKS,
        &world.parties_path(),
        &paths::roles(organization, &party),
        &paths::dock_parties(&dock),
        &paths::organization_roles(organization),
        &format!("{}?organizationId={organization}", paths::API_KEYS),
        paths::API_KEYS,
    ] {
        let page =
            client.get(&format!("{list}{}limit=100", if list.contains('?') { '&' } else { '?' })).await.expect(200);
        assert_eq!(ids(&page).len(), 100, "{list}");
        assert!(payload(&page) <= MAX, "{list}: {}", payload(&page));
    }
}
