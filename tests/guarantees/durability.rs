//! Kills the program during writes: acknowledged writes persist, and the table is consistent.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use berth::StoreCredentials;
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::program::Program;
use crate::harness::checker::check;
use crate::harness::{PATIENCE, StorePort, TestClient, api_test, paths};

const ROUNDS: usize = 3;
const CLIENTS: usize = 8;

/// Acknowledged writes: the path of a resource, and a member with its value; `None` if it must not exist.
type Acknowledged = Mutex<Vec<(String, Option<(&'static str, Value)>)>>;

/// A client whose server may end at any moment. It stops then.
struct Writer<'a> {
    http: reqwest::Client,
    url: &'a str,
    key: &'a str,
    gone: &'a AtomicBool,
}

impl Writer<'_> {
    /// Sends a request, and returns the body of the response; `None` if the server has ended.
    async fn request(&self, method: Method, target: &str, body: &Value) -> Option<Value> {
        let request = self.http.request(method, format!("{}{target}", self.url)).bearer_auth(self.key).json(body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(_) if self.gone.load(Ordering::SeqCst) => return None,
            Err(error) => panic!("the server did not respond: {error}"),
        };
        let status = response.status().as_u16();
        // A truncated response acknowledges nothing.
        let body: Value = response.json().await.ok()?;
        assert!(matches!(status, 200 | 201), "{target}: {body}");
        Some(body)
    }

    /// Writes until the server ends.
    async fn write(&self, client: usize, round: usize, done: &Acknowledged) -> Option<()> {
        let keep = |target: &str, fact| done.lock().expect("no test panics here").push((target.to_owned(), fact));
        let id = |created: &Value| created["id"].as_str().expect("an id").to_owned();
        for number in 0.. {
            let name = format!("Writer {client} {round} {number}");
            // All organizations have one name: their slugs come from one counter.
            let created = self.request(Method::POST, paths::ORGANIZATIONS, &json!({ "name": "Crash" })).await?;
            let organization = paths::organization(&id(&created));
            keep(&organization, Some(("slug", created["slug"].clone())));
            let body = json!({ "organizationId": created["id"], "name": name, "domain": format!("{client}-{round}-{number}.example") });
            let dock = id(&self.request(Method::POST, paths::DOCKS, &body).await?);
            keep(&paths::dock(&dock), Some(("name", json!(name))));
            let body = json!({ "type": "INDIVIDUAL", "name": name, "externalRef": name });
            let party = id(&self.request(Method::POST, &format!("{organization}/parties"), &body).await?);
            let party = format!("{organization}/parties/{party}");
            keep(&party, Some(("name", json!(name))));
            let body = json!({ "dockId": dock, "role": "RECIPIENT" });
            let role = id(&self.request(Method::POST, &format!("{party}/roles"), &body).await?);
            keep(&format!("{party}/roles"), Some(("RECIPIENT", json!(role))));
            let body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
            let role = id(&self.request(Method::POST, &format!("{party}/roles"), &body).await?);
            self.request(Method::DELETE, &format!("{party}/roles/{role}"), &Value::Null).await?;
            keep(&format!("{party}/roles/{role}"), None);
            let body = json!({ "name": format!("{name}, changed"), "type": "ORGANIZATION", "externalRef": null });
            self.request(Method::PATCH, &party, &body).await?;
            keep(&party, Some(("type", json!("ORGANIZATION"))));
        }
        None
    }
}

/// Asserts that every acknowledged write persists.
async fn expect_all(client: &TestClient, done: Vec<(String, Option<(&'static str, Value)>)>) {
    for (target, fact) in done {
        match fact {
            Some((role @ "RECIPIENT", id)) => {
                let found = client.get(&format!("{target}?role={role}")).await.expect(200);
                assert_eq!(found.json()["data"][0]["id"], id, "{target}");
            }
            // The change of the party may have taken effect without a response.
            Some(("name", name)) => {
                let found = client.get(&target).await.expect(200).text("name");
                assert!(found.starts_with(name.as_str().expect("a name")), "{target}");
            }
            Some((member, value)) => {
                assert_eq!(client.get(&target).await.expect(200).json()[member], value, "{target}");
            }
            None => drop(client.delete(&target).await.expect(404)),
        }
    }
}

fn store(port: &StorePort) -> Client {
    let StoreCredentials { access_key_id, secret_access_key } = &port.credentials;
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(berth_shared::store::https_client(berth_shared::store::Trust::Platform))
        .endpoint_url(&port.url)
        .region(Region::new("local"))
        .credentials_provider(Credentials::new(access_key_id, secret_access_key, None, None, "tests"));
    Client::from_conf(config.build())
}

#[apply(api_test)]
async fn acknowledged_writes_survive_a_kill() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut program = Program::start(directory.path());
    let key = program.key.clone().expect("a key");
    for round in 0..ROUNDS {
        let (done, gone) = (Acknowledged::default(), AtomicBool::new(false));
        let url = program.url.clone();
        let writer = || Writer { http: reqwest::Client::new(), url: &url, key: &key, gone: &gone };
        let writers = join_all((0..CLIENTS).map(|client| {
            let (writer, done) = (writer(), &done);
            async move { writer.write(client, round, done).await }
        }));
        let kill = async {
            // Waits for some writes, however long they take on a busy machine. The kill comes at a different step each
            // time.
            let begun = Instant::now();
            while done.lock().expect("no test panics here").len() <= CLIENTS * 4 && begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            tokio::time::sleep(Duration::from_millis(500 + 370 * round as u64)).await;
            gone.store(true, Ordering::SeqCst);
            program.kill();
        };
        futures::future::join(writers, kill).await;
        program = Program::start_with(directory.path(), |program| {
            program.args(["--store-port", "0"]);
        });
        assert_eq!(program.key, None);
        let done = done.into_inner().expect("no test panics here");
        assert!(done.len() > CLIENTS * 4, "killed before enough writes: {}", done.len());
        expect_all(&program.client(&key), done).await;
        let found = check(&store(program.store.as_ref().expect("a port")), "berth").await;
        assert!(found.is_empty(), "{found:#?}");
    }
}
