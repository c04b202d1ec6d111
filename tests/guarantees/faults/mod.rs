//! Faults of DynamoDB: transient ones are not noticed, permanent ones return 503, and no write is partial.

mod corrupt_data;
mod matrix;

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::http::{Access, Endpoint, Handler};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::checker::assert_consistent;
use crate::harness::{Fault, PATIENCE, TestClient, TestResponse, TestServer, Wire, api_test, paths};

/// A server with fault injection, and resources to write to.
struct FaultWorld {
    server: TestServer,
    wire: Wire,
    client: TestClient,
    organization: String,
    dock: String,
    party: String,
    role: String,
    recipient: String,
    group: String,
    key: String,
    ledger_party: String,
    user: String,
    machine_client: String,
    /// Credentials of another machine client, for `POST /v1/oauth/token`.
    grant: Value,
    /// Access token of that client.
    token: String,
}

impl FaultWorld {
    /// If DynamoDB is unavailable, a request retries for `request_timeout` minus half a second.
    async fn open(request_timeout: Duration) -> Self {
        let wire = Wire::new();
        let options = Options { http_client: Some(wire.layer()), request_timeout, ..Options::default() };
        let server = TestServer::start_with(options).await;
        let client = server.platform();
        let organization = client.create_organization("Storm").await.id();
        let dock = client.create_dock(&organization, "Dock").await.id();
        let party = client.create_party(&organization, "Party").await;
        let (party, ledger_party) = (party.id(), party.text("ledgerParty"));
        let role = client.assign(&organization, &party, &dock, "RECIPIENT").await.id();
        let recipient = client.create_recipient(&dock, "storm@example.com").await.id();
        let group = client.create_group(&dock, "Storm", &[]).await.id();
        let key = client.create_api_key(None, &["docks:read"]).await.id();
        // The first list of a process reads the secret of the cursors.
        client.list_docks().await.expect(200);
        let user = client.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
        let user = user.as_str().expect("an id").to_owned();
        let machine_client = client.create_machine_client(&organization, &["docks:read"]).await.id();
        let other = client.create_machine_client(&organization, &["docks:read"]).await;
        let (id, secret) = (other.text("clientId"), other.text("clientSecret"));
        let grant = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
        let token = client.access_token(&other).await;
        Self {
            machine_client,
            grant,
            token,
            server,
            wire,
            client,
            organization,
            dock,
            party,
            role,
            recipient,
            group,
            key,
            ledger_party,
            user,
        }
    }

    /// Returns a path of the endpoint list with ids.
    fn target(&self, path: &str) -> String {
        [
            ("{orgId}", &self.organization),
            ("{dockId}", &self.dock),
            ("{partyId}", &self.party),
            ("{roleId}", &self.role),
            ("{recipientId}", &self.recipient),
            ("{groupId}", &self.group),
            ("{keyId}", &self.key),
            ("{machineClientId}", &self.machine_client),
            ("{party}", &self.ledger_party),
            ("{user-id}", &self.user),
            ("{entityId}", &self.party),
        ]
        .into_iter()
        .fold(path.replace("{entityType}", "party"), |path, (name, id)| path.replace(name, id))
    }

    /// Returns a valid body for the endpoint.
    fn body(&self, endpoint: &str, number: usize) -> Option<Value> {
        let name = format!("Thing {number}");
        Some(match endpoint {
            "create-organization"
            | "update-organization"
            | "update-dock"
            | "update-party"
            | "update-api-key"
            | "update-recipient"
            | "update-machine-client" => json!({ "name": name }),
            "create-recipient" => json!({ "name": name, "email": format!("{number}@example.com") }),
            "create-group" | "update-group" => json!({ "name": name }),
            "add-group-recipients" | "remove-group-recipients" => json!({ "recipientIds": [self.recipient] }),
            "create-recipients-batch" => {
                json!({ "recipients": [{ "name": name, "email": format!("{number}@example.com") }] })
            }
            "create-dock" => json!({ "organizationId": self.organization, "name": name }),
            "create-party" => json!({ "type": "INDIVIDUAL", "name": name, "externalRef": name }),
            "assign-role" => json!({ "dockId": self.dock, "role": "DISTRIBUTOR" }),
            "check-roles" => {
                json!({ "checks": [{ "dockId": self.dock, "partyId": self.party, "role": "RECIPIENT" }] })
            }
            "create-api-key" | "create-machine-client" => json!({ "name": name, "scopes": ["docks:read"] }),
            "issue-token" => self.grant.clone(),
            "introspect-token" | "revoke-token" => json!({ "token": self.token }),
            "allocate-ledger-party" => json!({ "partyIdHint": name }),
            "update-ledger-party" => json!({
                "partyDetails": { "party": self.ledger_party, "identityProviderId": self.organization, "localMetadata": { "annotations": { "number": name } } },
                "updateMask": { "paths": ["local_metadata.annotations"] },
            }),
            _ => return None,
        })
    }

    /// Returns the path of a request to the endpoint. A deletion gets a new resource without others.
    async fn path(&self, endpoint: &'static Endpoint, number: usize) -> String {
        let name = format!("Deleted {number}");
        match endpoint.name {
            "delete-organization" => paths::organization(&self.client.create_organization(&name).await.id()),
            "delete-dock" => paths::dock(&self.client.create_dock(&self.organization, &name).await.id()),
            "delete-party" => {
                let party = self.client.create_party(&self.organization, &name).await.id();
                paths::party(&self.organization, &party)
            }
            _ => endpoint.path.to_owned(),
        }
    }

    async fn request(&self, method: &Method, path: &str, body: Option<&Value>) -> TestResponse {
        let request = self.client.request(method.clone(), &self.target(path));
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    /// Returns the number of items, without those of the platform: its counters are created when they are first needed.
    async fn items(&self) -> i32 {
        let (client, table) = (self.server.running().client(), self.server.running().table());
        let scan = client.scan().table_name(table).consistent_read(true).filter_expression("pk <> :platform");
        let scan = scan.expression_attribute_values(":platform", AttributeValue::S("PLATFORM".to_owned()));
        scan.send().await.expect("read").count
    }
}

/// The last use of a key is recorded with `PutItem`, like nothing else. If that write fails, the response does not wait
/// for it until the timeout.
#[apply(api_test)]
async fn a_failed_last_used_update_does_not_delay_the_response() {
    let world = FaultWorld::open(PATIENCE).await;
    for (scope, target, id) in [
        ("organizations:read", paths::organization(&world.organization), "unmarked-1"),
        ("ledger:read", "/v2/authenticated-user".to_owned(), "unmarked-2"),
    ] {
        let key = world.client.create_api_key(Some(&world.organization), &[scope]).await;
        let client = world.client.with_credential(&key.text("key"));
        world.wire.plan(id, |operation| (operation == "PutItem").then(Fault::throttled));
        let begun = Instant::now();
        client.request(Method::GET, &target).header("x-request-id", id).send().await.expect(200);
        assert!(begun.elapsed() < PATIENCE / 2, "{target}: {:?}", begun.elapsed());
        assert!(world.wire.end_plan(id) > 0, "{target}: the use is recorded without PutItem");
    }
}

/// The transaction of each writing endpoint fails with each fault. The retry succeeds, and takes effect once.
#[apply(api_test)]
async fn a_transient_fault_is_retried() {
    let world = FaultWorld::open(PATIENCE).await;
    let faults = [
        Fault::throttled(),
        Fault::error(400, "TransactionInProgressException"),
        Fault::canceled(&["TransactionConflict", "None"]),
        // The condition may have failed because of the conflicting transaction, which may belong to the same request.
        Fault::canceled(&["ConditionalCheckFailed", "TransactionConflict"]),
        Fault::error(500, "InternalServerError"),
        Fault::error(503, "ServiceUnavailable"),
        Fault::ResponseLost,
        Fault::ConnectionRefused,
        Fault::Late(Duration::from_millis(50)),
    ];
    let writing = ENDPOINTS.iter().filter(|endpoint| {
        endpoint.method != Method::GET
            && !["check-roles", "assign-role", "revoke-role", "delete-recipient", "introspect-token", "fallback"]
                .contains(&endpoint.name)
            && !endpoint.path.contains("{groupId}")
    });
    let mut number = 0;
    for endpoint in writing {
        let mut grown = None;
        for fault in &faults {
            number += 1;
            // Each request creates the same number of items, whichever fault came before.
            let body = world.body(endpoint.name, number);
            if ["revoke-api-key", "delete-machine-client", "revoke-token"].contains(&endpoint.name) && number > 1 {
                continue;
            }
            let path = world.path(endpoint, number).await;
            let before = world.items().await;
            world.wire.once("TransactWriteItems", fault.clone());
            let response = world.request(&endpoint.method, &path, body.as_ref()).await;
            assert_eq!(response.status, endpoint.success, "{} after {fault:?}: {response:?}", endpoint.name);
            assert_eq!(world.wire.clear_faults(), 1, "{} had the fault", endpoint.name);
            let created = world.items().await - before;
            assert_eq!(*grown.get_or_insert(created), created, "{} takes effect once after {fault:?}", endpoint.name);
            assert_consistent(&world.server).await;
        }
    }
    for fault in faults {
        world.wire.once("TransactWriteItems", fault.clone());
        let body = world.body("assign-role", 0);
        let roles = "/v1/organizations/{orgId}/parties/{partyId}/roles";
        // Never 409 because of the request's own write.
        let role = world.request(&Method::POST, roles, body.as_ref()).await.expect(201).id();
        assert_eq!(world.wire.clear_faults(), 1);
        let recipient = world.client.create_recipient(&world.dock, "short@example.com").await.id();
        // Nor 404 after its own revocation or deletion.
        let group = world.client.create_group(&world.dock, "Short", &[&recipient]).await.id();
        let member = format!("{}/{recipient}", paths::group_recipients(&world.dock, &group));
        for deleted in [
            format!("{roles}/{role}"),
            member,
            paths::group(&world.dock, &group),
            paths::recipient(&world.dock, &recipient),
        ] {
            world.wire.once("TransactWriteItems", fault.clone());
            world.request(&Method::DELETE, &deleted, None).await.expect(200);
            assert_eq!(world.wire.clear_faults(), 1);
        }
    }
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn every_endpoint_returns_503_if_dynamodb_is_unavailable() {
    let world = FaultWorld::open(Duration::from_millis(1500)).await;
    let before = world.items().await;
    let faults = [
        Fault::ConnectionRefused,
        Fault::error(500, "InternalServerError"),
        Fault::throttled(),
        Fault::error(400, "AccessDeniedException"),
        Fault::error(400, "ResourceNotFoundException"),
    ];
    // The ledger caches its description in the process, so these endpoints need no DynamoDB request.
    let cached = ["get-participant-id", "authenticated-user", "get-ledger-user", "connected-synchronizers"];
    let asking = ENDPOINTS.iter().filter(|endpoint| {
        (endpoint.access != Access::Public || endpoint.name == "ledger-readyz") && !cached.contains(&endpoint.name)
    });
    let requests = asking.enumerate().map(|(number, endpoint)| {
        let (world, fault) = (&world, faults[number % faults.len()].clone());
        async move {
            let body = world.body(endpoint.name, number);
            world.wire.always(fault.clone());
            let response = world.request(&endpoint.method, endpoint.path, body.as_ref()).await;
            assert_eq!(response.status, 503, "{} with {fault:?}: {response:?}", endpoint.name);
            match endpoint.handler {
                _ if endpoint.name == "ledger-readyz" => assert!(response.body_text().ends_with("readyz check failed")),
                Handler::Other(dialect) if dialect.name() == "oauth" => {
                    assert_eq!(response.json()["error"], "temporarily_unavailable");
                }
                Handler::Other(_) => assert_eq!(response.json()["code"], "SERVICE_NOT_RUNNING"),
                Handler::Rest(_) => assert_eq!(response.json()["code"], "STORE_UNAVAILABLE"),
            }
            assert_eq!(response.header("retry-after"), Some("1"));
            let found = String::from_utf8_lossy(&response.body).into_owned();
            let leaks = ["SECRET", "Exception", "dynamodb", "transaction", "Throttl"];
            assert!(!leaks.iter().any(|word| found.contains(word)), "{found}");
        }
    });
    for request in requests {
        request.await;
    }
    assert!(world.wire.clear_faults() > 20);
    assert_eq!(world.items().await, before, "no item is written");
    assert_consistent(&world.server).await;
    // When DynamoDB is available again, so is the service.
    world.client.list_docks().await.expect(200);
}
