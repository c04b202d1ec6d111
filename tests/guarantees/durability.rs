//! The program killed in the middle of its writes: what it has acknowledged is there, and everything fits together.

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
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::program::Program;
use crate::harness::checker::check;
use crate::harness::{Caller, api_test, paths};

const ROUNDS: usize = 3;
const CALLERS: usize = 8;
/// How long something may take to be written on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What was acknowledged: where it is, and a member of it with its value; no value where it must be gone.
type Acknowledged = Mutex<Vec<(String, Option<(&'static str, Value)>)>>;

/// A caller whose server may be gone at any moment: then it stops.
struct Writer<'a> {
    http: reqwest::Client,
    url: &'a str,
    key: &'a str,
    gone: &'a AtomicBool,
}

impl Writer<'_> {
    /// The body of the answer; `None` once there is none.
    async fn call(&self, method: Method, target: &str, body: &Value) -> Option<Value> {
        let call = self.http.request(method, format!("{}{target}", self.url)).bearer_auth(self.key).json(body);
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(_) if self.gone.load(Ordering::SeqCst) => return None,
            Err(error) => panic!("the server was there: {error}"),
        };
        let status = answer.status().as_u16();
        // An answer that breaks off acknowledges nothing.
        let body: Value = answer.json().await.ok()?;
        assert!(matches!(status, 200 | 201), "{target}: {body}");
        Some(body)
    }

    /// Writes one thing after another until the server is gone.
    async fn write(&self, caller: usize, round: usize, done: &Acknowledged) -> Option<()> {
        let keep = |target: &str, fact| done.lock().expect("no one panics").push((target.to_owned(), fact));
        let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();
        for number in 0.. {
            let name = format!("Writer {caller} {round} {number}");
            // One name for all: their slugs come from one item.
            let made = self.call(Method::POST, paths::ORGANIZATIONS, &json!({ "name": "Crash" })).await?;
            let organization = paths::organization(&id(&made));
            keep(&organization, Some(("slug", made["slug"].clone())));
            let body = json!({ "organizationId": made["id"], "name": name, "domain": format!("{caller}-{round}-{number}.example") });
            let dock = id(&self.call(Method::POST, paths::DOCKS, &body).await?);
            keep(&paths::dock(&dock), Some(("name", json!(name))));
            let body = json!({ "type": "INDIVIDUAL", "name": name, "externalRef": name });
            let party = id(&self.call(Method::POST, &format!("{organization}/parties"), &body).await?);
            let party = format!("{organization}/parties/{party}");
            keep(&party, Some(("name", json!(name))));
            let body = json!({ "dockId": dock, "role": "RECIPIENT" });
            let role = id(&self.call(Method::POST, &format!("{party}/roles"), &body).await?);
            keep(&format!("{party}/roles"), Some(("RECIPIENT", json!(role))));
            let body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
            let role = id(&self.call(Method::POST, &format!("{party}/roles"), &body).await?);
            self.call(Method::DELETE, &format!("{party}/roles/{role}"), &Value::Null).await?;
            keep(&format!("{party}/roles/{role}"), None);
            let body = json!({ "name": format!("{name}, changed"), "type": "ORGANIZATION", "externalRef": null });
            self.call(Method::PATCH, &party, &body).await?;
            keep(&party, Some(("type", json!("ORGANIZATION"))));
        }
        None
    }
}

/// Fails unless everything that was acknowledged is there.
async fn expect_all(caller: &Caller, done: Vec<(String, Option<(&'static str, Value)>)>) {
    for (target, fact) in done {
        match fact {
            Some((role @ "RECIPIENT", id)) => {
                let found = caller.get(&format!("{target}?role={role}")).await.expect(200);
                assert_eq!(found.json()["data"][0]["id"], id, "{target}");
            }
            // The change of the party may have come through without being acknowledged.
            Some(("name", name)) => {
                let found = caller.get(&target).await.expect(200).text("name");
                assert!(found.starts_with(name.as_str().expect("a name")), "{target}");
            }
            Some((member, value)) => {
                assert_eq!(caller.get(&target).await.expect(200).json()[member], value, "{target}");
            }
            None => drop(caller.delete(&target).await.expect(404)),
        }
    }
}

fn store(url: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(berth_shared::store::https_client(berth_shared::store::Trust::Platform))
        .endpoint_url(url)
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"));
    Client::from_conf(config.build())
}

#[apply(api_test)]
async fn what_was_acknowledged_outlives_a_kill() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut program = Program::start(directory.path());
    let key = program.key.clone().expect("a key");
    for round in 0..ROUNDS {
        let (done, gone) = (Acknowledged::default(), AtomicBool::new(false));
        let url = program.url.clone();
        let writer = || Writer { http: reqwest::Client::new(), url: &url, key: &key, gone: &gone };
        let writers = join_all((0..CALLERS).map(|caller| {
            let (writer, done) = (writer(), &done);
            async move { writer.write(caller, round, done).await }
        }));
        let kill = async {
            // When something was written, which takes as long as the machine is busy, and not at the same step each time.
            let begun = Instant::now();
            while done.lock().expect("no one panics").len() <= CALLERS * 4 && begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            tokio::time::sleep(Duration::from_millis(500 + 370 * round as u64)).await;
            gone.store(true, Ordering::SeqCst);
            program.kill();
        };
        futures::future::join(writers, kill).await;
        program = Program::start(directory.path());
        assert_eq!(program.key, None);
        let done = done.into_inner().expect("no one panics");
        assert!(done.len() > CALLERS * 4, "it was killed before it had written anything: {}", done.len());
        expect_all(&program.caller(&key), done).await;
        let found = check(&store(&program.store), "berth").await;
        assert!(found.is_empty(), "{found:#?}");
    }
}
