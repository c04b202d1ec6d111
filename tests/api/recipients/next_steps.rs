//! The documented next steps after the creation of a party, and after the assignment of a role.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{TestServer, api_test, paths, world::each};

/// "Create a recipient linked to this party": the role `RECIPIENT` is assigned automatically.
#[apply(api_test)]
async fn a_recipient_linked_to_a_party_assigns_the_role() {
    let server = TestServer::start().await;
    let client = server.platform();
    // Create an organization, a dock under it, and a party.
    let body = json!({ "name": "Bank of America", "metadata": { "industry": "financial-services" } });
    let organization = client.post_organization(&body).await.expect(201).id();
    let dock = client.create_dock(&organization, "Agent Portal").await.id();
    let party = json!({ "type": "ORGANIZATION", "name": "First American Title", "externalRef": "EIN:94-1234567" });
    let party = client.post_party(&organization, &party).await.expect(201).id();
    assert_eq!(each(&client.get(&paths::roles(&organization, &party)).await, "id"), Vec::<&str>::new());
    // Create a recipient that is linked to this party.
    let recipient = json!({
        "name": "Closing Desk", "email": "Closing@example.com", "stakeholderClass": "agent",
        "identifiers": { "agency_code": "FAT-1" }, "partyId": party,
    });
    let recipient = client.post(&paths::recipients(&dock), &recipient).await.expect(201);
    // The party has the role RECIPIENT in that dock.
    let roles = client.get(&format!("{}?dockId={dock}", paths::roles(&organization, &party))).await.expect(200);
    assert_eq!(each(&roles, "role"), ["RECIPIENT"]);
    assert_eq!(each(&roles, "id"), [recipient.text("roleId")]);
    assert_eq!(each(&roles, "dockName"), ["Agent Portal"]);
    // It was assigned once: a second recipient and an assignment find it.
    let second = json!({ "name": "Escrow Desk", "email": "escrow@example.com", "partyId": party });
    let second = client.post(&paths::recipients(&dock), &second).await.expect(201);
    assert_eq!(second.text("roleId"), recipient.text("roleId"));
    let duplicate = client.try_assign(&organization, &party, &dock, "RECIPIENT").await;
    assert_eq!(duplicate.expect_error(409, "ROLE_ALREADY_ASSIGNED").text("conflictId"), recipient.text("roleId"));
}
