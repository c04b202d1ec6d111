use std::path::Path;

use futures::future::join_all;

use super::*;
use crate::StoreChoice;

fn in_directory(directory: &Path) -> Options {
    Options { store: StoreChoice::Embedded { directory: directory.to_owned() }, ..Options::default() }
}

#[tokio::test]
async fn the_first_key_is_created_once() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(in_directory(directory.path())).await.unwrap();
    assert!(first.first_key().is_some_and(|key| key.starts_with("dk_test_")));
    first.stop().await;
    let second = start(in_directory(directory.path())).await.unwrap();
    assert_eq!(second.first_key(), None);
    second.stop().await;
}

#[tokio::test]
async fn no_key_is_created_if_the_port_is_in_use() {
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
async fn two_servers_cannot_use_one_directory() {
    let directory = tempfile::tempdir().unwrap();
    let running = start(in_directory(directory.path())).await.unwrap();
    let error = start(in_directory(directory.path())).await.unwrap_err();
    assert!(matches!(error, StartError::DirectoryInUse { .. }), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn concurrent_requests_succeed_over_reused_connections() {
    let running = start(Options::default()).await.unwrap();
    let http = reqwest::Client::new();
    let url = format!("{}/no/such/path", running.url());
    for _ in 0..2 {
        let results = join_all((0..100).map(|_| http.get(&url).send())).await;
        assert!(results.iter().all(|result| result.as_ref().is_ok_and(|response| response.status() == 404)));
    }
    running.stop().await;
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn the_body_limit_is_that_of_api_gateway() {
    let running = start(Options::default()).await.unwrap();
    let post = |length: usize| reqwest::Client::new().post(running.url()).body(vec![b' '; length]).send();
    let limit = 10 * 1024 * 1024;
    assert_eq!(post(limit).await.unwrap().status(), 404);
    let rejected = post(limit + 1).await.unwrap();
    assert_eq!(rejected.status(), 413);
    assert_eq!(rejected.text().await.unwrap(), r#"{"message":"Request Entity Too Large"}"#);
    running.stop().await;
}

#[tokio::test]
async fn the_server_gives_access_to_its_dynamodb() {
    let running = start(Options::default()).await.unwrap();
    assert!(running.embedded().is_some());
    assert_eq!(running.store_port(), None);
    let tables = running.client().list_tables().send().await.unwrap();
    assert_eq!(tables.table_names(), [running.table()]);
    running.stop().await;
}
