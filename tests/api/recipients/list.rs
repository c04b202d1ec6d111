//! `GET /v1/docks/{dockId}/recipients`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::{body, body_of};
use crate::harness::{PartyWorld, api_test, paths, samples::nonexistent, world::each};

#[apply(api_test)]
async fn the_list_is_newest_first_with_an_exact_total() {
    let world = PartyWorld::new().await;
    let mut created = Vec::new();
    for at in 0..5 {
        created.insert(0, world.post_recipient(&body(&format!("r{at}@example.com"))).await.expect(201).id());
    }
    let rows: Vec<_> = created.iter().map(String::as_str).collect();
    world.assert_list(&world.recipients_path(), &rows).await;
    world.platform.delete(&paths::recipient(&world.dock, rows[2])).await.expect(200);
    world.assert_list(&world.recipients_path(), &[rows[0], rows[1], rows[3], rows[4]]).await;
    let page = world.get(&format!("{}?limit=1&offset=3", world.recipients_path())).await;
    assert_eq!(page.json()["data"][0]["id"], json!(rows[4]));
    assert_eq!(page.json()["meta"]["total"], 4);
}

#[apply(api_test)]
async fn the_list_can_be_filtered() {
    let world = PartyWorld::new().await;
    let with = |email: &str, name: &str, class: Value, party: Value| {
        let body = json!({ "name": name, "email": email, "stakeholderClass": class, "partyId": party });
        let world = &world;
        async move { world.post_recipient(&body).await.expect(201).id() }
    };
    let ann = with("ann@one.example", "Ann", json!("agent"), json!(world.party)).await;
    let bob = with("bob@two.example", "Robert", json!("auditor"), json!(null)).await;
    let cay = with("cay@one.example", "Cay Annson", json!("agent"), json!(null)).await;
    let party = &world.party;
    for (filter, wanted) in [
        ("stakeholderClass=agent".to_owned(), vec![&*cay, &ann]),
        ("search=ANN".to_owned(), vec![&*cay, &ann]),
        ("search=two.ex".to_owned(), vec![&*bob]),
        ("email=Bob@TWO.example".to_owned(), vec![&*bob]),
        ("email=bob@two.example&stakeholderClass=agent".to_owned(), vec![]),
        ("email=nobody@two.example".to_owned(), vec![]),
        (format!("partyId={party}"), vec![&*ann]),
        (format!("partyId={party}&search=cay"), vec![]),
        (format!("partyId={}", nonexistent(party)), vec![]),
    ] {
        world.assert_list(&format!("{}?{filter}", world.recipients_path()), &wanted).await;
    }
    let wrong = format!("{}?stakeholderClass=owner&email=x&partyId=pty_1&search=", world.recipients_path());
    let error = world.platform.get(&wrong).await;
    assert_eq!(error.error_locations(), ["search", "email", "stakeholderClass", "partyId"]);
}

#[apply(api_test)]
async fn rows_have_the_current_roles_of_their_parties() {
    let world = PartyWorld::new().await;
    world.new_recipient(&body("none@example.com")).await;
    let held = world.post_recipient(&body_of("held@example.com", &world.party)).await.expect(201).text("roleId");
    let second = world.platform.create_party(&world.organization, "Second").await.id();
    let lost = world.post_recipient(&body_of("lost@example.com", &second)).await.expect(201).text("roleId");
    world.revoke(&world.platform.get(&paths::role(&world.organization, &second, &lost)).await).await;
    let list = world.get(&world.recipients_path()).await;
    assert_eq!(each(&list, "roleId"), ["null", held.as_str(), "null"]);
    assert_eq!(each(&list, "partyId"), [second.as_str(), world.party.as_str(), "null"]);
}

#[apply(api_test)]
async fn an_unknown_dock_has_no_list() {
    let world = PartyWorld::new().await;
    let unknown = paths::recipients(&nonexistent(&world.dock));
    world.platform.get(&unknown).await.expect_error(404, "DOCK_NOT_FOUND");
    world.platform.get(&format!("{unknown}?email=a@example.com")).await.expect_error(404, "DOCK_NOT_FOUND");
}
