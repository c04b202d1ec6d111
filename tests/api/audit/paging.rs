//! Pages of the audit trail, while it grows.

use berth_functions::ENDPOINTS;
use berth_shared::{http::Access, store::Entity};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::pagination::pages::{By, expect_each_once, many, paginate};
use crate::harness::{
    PartyWorld, TestServer, api_test,
    checker::assert_consistent,
    paths,
    samples::{SampleRequest, Tenant},
};

#[apply(api_test)]
async fn pages_of_every_filter_are_complete_while_writers_write() {
    let world = PartyWorld::new().await;
    let (platform, organization, party) = (&world.platform, &world.organization, &world.party);
    let writer = world.server.tenant(organization, &["parties:write", "roles:write", "roles:read"]).await;
    many(30, |at| {
        let (writer, path) = (&writer, world.party_path());
        async move { writer.patch(&path, &json!({ "externalRef": format!("{at}") })).await.expect(200).id() }
    })
    .await;
    many(30, |at| {
        let (writer, world) = (&writer, &world);
        async move {
            let dock = world.platform.create_dock(&world.organization, &format!("Dock {at}")).await.id();
            writer.assign(&world.organization, &world.party, &dock, "RECIPIENT").await.id()
        }
    })
    .await;
    for _ in 0..12 {
        let role = writer.assign(organization, party, &world.dock, "DISTRIBUTOR").await.id();
        writer.delete(&paths::role(organization, party, &role)).await.expect(200);
    }
    let list = format!("{}?organizationId={organization}", paths::AUDIT_LOGS);
    let newest = platform.get(&format!("{list}&actorId=nobody")).await.expect(200);
    assert_eq!(newest.json()["data"], json!([]));
    let revoked = platform.get(&format!("{list}&action=party.role.revoked&limit=1")).await.expect(200);
    let actor = revoked.json()["data"][0]["actor"]["id"].as_str().expect("an id").to_owned();
    for (filter, least) in [
        (String::new(), 110),
        (format!("&entityId={party}"), 31),
        (format!("&dockId={}", world.dock), 25),
        (format!("&actorId={actor}"), 84),
        ("&action=party.role.assigned".to_owned(), 42),
        ("&entityType=role".to_owned(), 54),
        (format!("&actorId={actor}&entityType=party"), 30),
    ] {
        let target = format!("{list}{filter}");
        let (before, rows) = paginate(platform, &format!("{target}&limit=100"), By::Cursor, async |_| {}).await;
        assert!(before.len() >= least, "{filter}: {}", before.len());
        assert!(rows.is_sorted_by(|one, next| one["id"].as_str() > next["id"].as_str()), "{filter}: newest first");
        let stood: Vec<String> = before.keys().cloned().collect();
        for by in [By::Cursor, By::Link] {
            let write = async |page: usize| {
                if page < 4 {
                    let role = writer.assign(organization, party, &world.dock, "DISTRIBUTOR").await.id();
                    writer.delete(&paths::role(organization, party, &role)).await.expect(200);
                    let body = json!({ "externalRef": format!("{filter}{page}") });
                    writer.patch(&world.party_path(), &body).await.expect(200);
                }
            };
            let (seen, _) = paginate(platform, &format!("{target}&limit=9"), by, write).await;
            expect_each_once(&seen, &stood);
        }
    }
    assert_consistent(&world.server).await;
}

/// The next request after a change finds its entry, by every filter that applies.
#[apply(api_test)]
async fn every_change_is_in_the_trail_of_the_next_request() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Acme").await;
    let platform = server.platform();
    let (mut checked, mut number) = (0, 0);
    let writes = ENDPOINTS.iter().filter(|endpoint| endpoint.store.iter().any(|grant| grant.action.writes()));
    for endpoint in writes.filter(|endpoint| matches!(endpoint.access, Access::Scope(_))) {
        number += 1;
        let creator = Tenant { client: platform.clone(), ..tenant.clone() };
        let (fresh, _) = creator.with_fresh_resource(endpoint, &format!("Audit {number}")).await;
        let id = format!("audited-{number}");
        let request = SampleRequest::of(endpoint, &fresh).request(&platform).header("x-request-id", &id);
        let response = request.send().await.expect(endpoint.success);
        let entity = if endpoint.name == "create-audit-entry" {
            response.text("entityId")
        } else if endpoint.method == Method::POST {
            response.id()
        } else {
            let target = SampleRequest::of(endpoint, &fresh).target();
            target.split('?').next().and_then(|path| path.rsplit('/').next()).expect("an id").to_owned()
        };
        let owner = match endpoint.name {
            "create-organization" => format!("?organizationId={}", response.id()),
            // A platform key creates a platform key, whose entries belong to the platform.
            "revoke-api-key" | "update-api-key" | "rotate-api-key" => "?offset=0".to_owned(),
            _ => format!("?organizationId={}", fresh.organization),
        };
        let list = format!("{}{owner}", paths::AUDIT_LOGS);
        let page = platform.get(&format!("{list}&limit=1")).await.expect(200);
        let entry = page.json()["data"][0].clone();
        assert_eq!((&entry["requestId"], &entry["entityId"]), (&json!(id), &json!(entity)), "{}", endpoint.name);
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let entity_type = text(&entry["entityType"]);
        let is_own = Entity::ALL.iter().any(|entity| entity.as_str() == entity_type);
        assert_eq!(is_own, endpoint.name != "create-audit-entry", "{entity_type}");
        let mut filters = vec![
            format!("&entityId={entity}"),
            format!("&entityType={entity_type}"),
            format!("&action={}", text(&entry["action"])),
            format!("&actorId={}", text(&entry["actor"]["id"])),
        ];
        filters.extend(entry["dockId"].as_str().map(|dock| format!("&dockId={dock}")));
        for filter in filters {
            let page = platform.get(&format!("{list}{filter}&limit=1")).await.expect(200);
            assert_eq!(page.json()["data"][0], entry, "{} {filter}", endpoint.name);
        }
        let target = paths::entity_audit_logs(&entity_type, &entity);
        let page = platform.get(&format!("{target}{owner}&limit=1")).await.expect(200);
        assert_eq!(page.json()["data"][0], entry, "{}", endpoint.name);
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} endpoints");
}
