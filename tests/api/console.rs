//! `GET /console` and its assets.

use std::collections::BTreeSet;

use macro_rules_attribute::apply;
use reqwest::Method;

use crate::harness::{TestServer, api_test, encoding::decode};

#[apply(api_test)]
async fn the_page_has_a_strict_policy_and_is_revalidated() {
    let server = TestServer::start().await;
    let page = server.anonymous().get("/console").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert_eq!(
        page.header("content-security-policy"),
        Some(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    );
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let text = page.body_text();
    for forbidden in ["<style", "style=", "onload", "<script>", "http://", "https://", "{assets}"] {
        assert!(!text.contains(forbidden), "the page contains {forbidden}");
    }
    let tag = page.header("etag").expect("a tag");
    let known = server.anonymous().request(Method::GET, "/console").header("if-none-match", tag).send().await;
    assert!(known.expect(304).header("content-security-policy").is_some());
}

#[apply(api_test)]
async fn assets_are_cached_for_ever_under_paths_that_change_with_them() {
    let server = TestServer::start().await;
    let mut types = BTreeSet::new();
    for path in berth_functions::asset_paths() {
        let get =
            |accepted: &str| server.anonymous().request(Method::GET, &path).header("accept-encoding", accepted).send();
        let identity = get("identity").await.expect(200);
        assert_eq!(identity.header("cache-control"), Some("public, max-age=31536000, immutable"));
        types.insert(identity.header("content-type").expect("a type").to_owned());
        for encoding in ["gzip", "br"] {
            let response = get(encoding).await.expect(200);
            assert_eq!(response.header("content-encoding"), Some(encoding));
            assert_eq!(decode(Some(encoding), &response.body), identity.body, "{path} {encoding}");
        }
        let tag = identity.header("etag").expect("a tag");
        server.anonymous().request(Method::GET, &path).header("if-none-match", tag).send().await.expect(304);
    }
    assert!(types.iter().map(String::as_str).eq(["image/svg+xml", "text/css", "text/javascript"]), "{types:?}");
}

#[apply(api_test)]
async fn unknown_assets_are_not_found() {
    let server = TestServer::start().await;
    let path = berth_functions::asset_paths().next().expect("an asset");
    let (folder, name) = path.rsplit_once('/').expect("a path");
    for unknown in [
        format!("{folder}/nothing.js"),
        format!("{folder}/index.html"),
        format!("{folder}/..%2fmain.js"),
        format!("/console/assets/0000000000000000/{name}"),
    ] {
        let response = server.anonymous().get(&unknown).await;
        assert_eq!(response.expect_error(404, "ROUTE_NOT_FOUND").header("cache-control"), None, "{unknown}");
    }
}
