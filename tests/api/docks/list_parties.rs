//! `GET /v1/docks/{dockId}/parties`.

use macro_rules_attribute::apply;

use crate::guarantees::pagination::pages::{By, expect_each_once, many, nothing, paginate, parties};
use crate::harness::{
    PartyWorld, TestServer, api_test, checker::assert_consistent, next_millisecond, paths, world::each, world::rows,
};

#[apply(api_test)]
async fn as_of_returns_every_period_in_which_a_role_was_held() {
    let world = PartyWorld::new().await;
    let mut spells = Vec::new();
    for _ in 0..3 {
        let role = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
        spells.push(role.clone());
        next_millisecond().await;
        world.revoke(&role).await;
        next_millisecond().await;
    }
    for spell in spells {
        let begin = spell.text("createdAt");
        for list in [
            world.of_party(&format!("?asOf={begin}")).await,
            world.of_dock(&world.dock, &format!("?asOf={begin}")).await,
        ] {
            assert_eq!(each(&list, "id"), [spell.id()]);
        }
    }
    assert!(rows(&world.of_dock(&world.dock, "").await).is_empty());
}

#[apply(api_test)]
async fn pagination_returns_every_role_once_while_roles_are_assigned() {
    let server = TestServer::start().await;
    let client = &server.platform();
    let organization = &client.create_organization("Members").await.id();
    let dock = &client.create_dock(organization, "Full").await.id();
    let members = parties(client, organization, 60).await;
    let roles = many(120, |at| {
        let (party, role) = (&members[at / 2], ["DISTRIBUTOR", "RECIPIENT"][at % 2]);
        async move { client.assign(organization, party, dock, role).await.id() }
    })
    .await;
    let list = format!("{}?limit=7", paths::dock_parties(dock));
    for by in [By::Cursor, By::Link] {
        // Rows that are added between two pages sort before the rows that were already returned.
        let between = |_| async {
            let party = client.create_party(organization, "Newcomer").await.id();
            client.assign(organization, &party, dock, "RECIPIENT").await;
        };
        let (seen, rows) = paginate(client, &list, by, between).await;
        expect_each_once(&seen, &roles);
        assert!(rows.iter().all(|row| row["partyName"].is_string() && row["partyType"] == "ORGANIZATION"));
        let mine = rows.iter().filter(|row| roles.iter().any(|id| row["id"] == *id));
        let order: Vec<_> = mine.map(|row| (row["partyId"].to_string(), row["role"].to_string())).collect();
        let sorted = order.is_sorted_by(|one, next| one.0 > next.0 || (one.0 == next.0 && one.1 < next.1));
        assert!(sorted, "newest party first, DISTRIBUTOR before RECIPIENT");
        let (seen, _) = paginate(client, &format!("{list}&role=DISTRIBUTOR"), by, nothing).await;
        assert_eq!(seen.len(), 60);
    }
    assert_consistent(&server).await;
}
