use std::path::Path;

use futures::future::join_all;

use super::*;
use crate::StoreChoice;

fn in_directory(directory: &Path) -> Options {
    Options { store: StoreChoice::Embedded { directory: directory.to_owned() }, ..Options::default() }
}

#[tokio::test]
async fn the_first_key_is_made_once() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(in_directory(directory.path())).await.unwrap();
    assert!(first.first_key().is_some_and(|key| key.starts_with("dk_test_")));
    first.stop().await;
    let second = start(in_directory(directory.path())).await.unwrap();
    assert_eq!(second.first_key(), None);
    second.stop().await;
}

#[tokio::test]
async fn a_taken_port_costs_no_key() {
    let directory = tempfile::tempdir().unwrap();
    let other = start(Options::default()).await.unwrap();
    let port = other.address.port();
    let error = start(Options { port, ..in_directory(directory.path()) }).await.unwrap_err();
    assert!(matches!(error, StartError::PortInUse { port: taken } if taken == port), "{error}");
    other.stop().await;

    let running = start(in_directory(directory.path())).await.unwrap();
    assert!(running.first_key().is_some());
    running.stop().await;
}

#[tokio::test]
async fn a_directory_serves_one_process() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(in_directory(directory.path())).await.unwrap();
    let error = start(in_directory(directory.path())).await.unwrap_err();
    assert!(matches!(error, StartError::DirectoryInUse { .. }), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn many_calls_at_once_are_answered_over_kept_connections() {
    let running = start(Options::default()).await.unwrap();
    let http = reqwest::Client::new();
    let url = format!("{}/no/such/path", running.url());
    for _ in 0..2 {
        let calls = join_all((0..100).map(|_| http.get(&url).send())).await;
        assert!(calls.iter().all(|call| call.as_ref().is_ok_and(|answer| answer.status() == 404)));
    }
    running.stop().await;
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_body_may_be_as_long_as_at_aws() {
    let running = start(Options::default()).await.unwrap();
    let post = |length: usize| reqwest::Client::new().post(running.url()).body(vec![b' '; length]).send();
    let limit = 10 * 1024 * 1024;
    assert_eq!(post(limit).await.unwrap().status(), 404);
    let refused = post(limit + 1).await.unwrap();
    assert_eq!(refused.status(), 413);
    assert_eq!(refused.text().await.unwrap(), r#"{"message":"Request Entity Too Large"}"#);
    running.stop().await;
}

#[tokio::test]
async fn the_store_can_be_looked_into() {
    let running = start(Options::default()).await.unwrap();
    assert!(running.store_url().is_some_and(|url| url.starts_with("http://127.0.0.1:")));
    let tables = running.client().list_tables().send().await.unwrap();
    assert_eq!(tables.table_names(), [running.table()]);
    running.stop().await;
}
