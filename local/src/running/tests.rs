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
async fn the_limits_of_a_body_are_those_of_api_gateway_and_lambda() {
    let running = start(Options::default()).await.unwrap();
    let http = reqwest::Client::new();
    // A body of another type is base64 in the event.
    let post = |length: usize| {
        http.post(format!("{}/v1/none", running.url()))
            .header("content-type", "application/json")
            .body(vec![b' '; length])
            .send()
    };
    // Lambda's limit of 6 MiB applies to the event, which also has the headers.
    let event_limit = 6 * 1024 * 1024;
    assert_eq!(post(event_limit - 2048).await.unwrap().status(), 404);
    for length in [event_limit, 10 * 1024 * 1024, 10 * 1024 * 1024 + 1] {
        let rejected = post(length).await.unwrap();
        assert_eq!(rejected.status(), 413, "{length}");
        assert_eq!(rejected.text().await.unwrap(), r#"{"message":"Request Entity Too Large"}"#);
    }
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

/// Sends the bytes of a request over a connection of its own, and returns the status of the response.
async fn status_of(running: &RunningServer, request: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut stream = tokio::net::TcpStream::connect(running.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{response}"))
}

#[tokio::test]
async fn malformed_heads_are_rejected() {
    let running = start(Options::default()).await.unwrap();
    let get = |target: &str, headers: &str| format!("GET {target} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
    for (target, headers, expected) in [
        ("/v1/healthz", "host: localhost\r\n", 200),
        ("/v1/healthz", "host: localhost\r\nhost: localhost\r\n", 400),
        ("/v1/healthz", "", 400),
        ("/v1/healthz", "host: example.com\r\n", 403),
        ("/v1/healthz?a=\"b\"", "host: localhost\r\n", 400),
        ("/v1/healthz?a=<b>", "host: localhost\r\n", 400),
        ("/v1/healthz?a={b}", "host: localhost\r\n", 400),
        ("/v1/healthz?a=é", "host: localhost\r\n", 400),
        ("http://example.com/v1/healthz", "host: localhost\r\n", 403),
    ] {
        assert_eq!(status_of(&running, &get(target, headers)).await, expected, "{target} {headers:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_page_of_another_origin_can_neither_read_nor_write_unless_cors_allows_it() {
    let cors_origins = vec!["https://app.example.com".to_owned()];
    let running = start(Options { cors_origins, ..Options::default() }).await.unwrap();
    let http = reqwest::Client::new();
    let send = |method: reqwest::Method, origin: &str| {
        http.request(method, format!("{}/v1/healthz", running.url()))
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .send()
    };
    for method in [reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::OPTIONS] {
        for origin in ["https://example.com", "null", "http://localhost:1"] {
            let response = send(method.clone(), origin).await.unwrap();
            assert_eq!(response.status(), 403, "{method} {origin}");
            assert!(!response.headers().contains_key("access-control-allow-origin"));
        }
    }
    let preflight = send(reqwest::Method::OPTIONS, "https://app.example.com").await.unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "https://app.example.com");
    assert!(preflight.headers()["access-control-allow-headers"].to_str().unwrap().contains("traceparent"));
    let response = send(reqwest::Method::GET, "https://app.example.com").await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
    assert!(response.headers()["access-control-expose-headers"].to_str().unwrap().contains("etag"));
    let own = send(reqwest::Method::GET, &running.url()).await.unwrap();
    assert_eq!(own.status(), 200);
    assert!(!own.headers().contains_key("access-control-allow-origin"));
    running.stop().await;
}
