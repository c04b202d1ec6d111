//! Request bodies: size, depth and syntax.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{PartyWorld, api_test, paths, world::succeeded};

#[apply(api_test)]
async fn a_body_has_at_most_262144_bytes() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        let padded = |length: usize| {
            let body = body.to_string();
            format!("{body}{}", " ".repeat(length - body.len()))
        };
        let error = world.send(&method, &target, padded(262_145)).await.expect_error(413, "BODY_TOO_LARGE");
        assert!(error.json()["message"].is_string());
        assert!(succeeded(&world.send(&method, &target, padded(262_144)).await), "{method} {target}");
    }
}

#[apply(api_test)]
async fn a_body_has_at_most_32_levels() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        // The object is one level. Arrays within an unknown member are the others.
        let nested = |arrays: usize| {
            let deep = format!("{}{}", "[".repeat(arrays), "]".repeat(arrays));
            body.to_string().replacen('{', &format!("{{\"unknown\":{deep},"), 1)
        };
        world.assert_rejects(&method, &target, nested(32)).await;
        assert!(succeeded(&world.send(&method, &target, nested(31)).await), "{method} {target}");
    }
}

#[apply(api_test)]
async fn duplicate_members_are_rejected_at_any_depth() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        for twice in [r#""x":1,"x":1"#, r#""x":{"a":[{"b":1,"\u0062":2}]}"#] {
            let body = body.to_string().replacen('{', &format!("{{{twice},"), 1);
            world.assert_rejects(&method, &target, body).await;
        }
    }
    // Equal names in different objects are different members.
    let body = r#"{"name":"Acme","metadata":{"name":{"name":1}}}"#;
    world.send(&Method::POST, paths::ORGANIZATIONS, body).await.expect(201);
}

#[apply(api_test)]
async fn malformed_json_is_one_error() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        let body = body.to_string();
        let broken = [&body[..body.len() - 1], &format!("{body}{{}}"), "nul", "'a'", "{\"name\":01}", "{name:1}", " "];
        for broken in broken {
            world.assert_rejects(&method, &target, broken).await;
        }
        let not_utf8 = [&b"{\"name\":\""[..], b"\xc3\x28", b"\"}"].concat();
        world.assert_rejects(&method, &target, not_utf8).await;
        // A lone surrogate is not a character.
        world.assert_rejects(&method, &target, r#"{"name":"\ud800"}"#).await;
        world.assert_rejects(&method, &target, "").await;
        world.platform.request(method, &target).send().await.expect_error(400, "MALFORMED_BODY");
    }
}

#[apply(api_test)]
async fn a_body_must_be_an_object() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        for wrong in [json!([body]), json!("text"), json!(1), json!(null), json!(true)] {
            let error = world.send(&method, &target, wrong.to_string()).await;
            assert_eq!(error.error_locations(), [""], "{method} {target} {wrong}");
        }
    }
}

#[apply(api_test)]
async fn the_content_type_is_json_or_absent() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        let send = |media_type: &'static str| {
            world.platform.request(method.clone(), &target).body(media_type, body.to_string()).send()
        };
        for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json", ""] {
            send(wrong).await.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
        }
        if method == Method::PATCH {
            assert!(succeeded(&send("application/merge-patch+json; charset=utf-8").await), "{target}");
            send("application/json-patch+json").await.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
        } else {
            send("application/merge-patch+json").await.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
    for media_type in ["application/json", "Application/JSON ; charset=utf-8"] {
        for (method, target, body) in world.bodies().into_iter().filter(|(_, target, _)| !target.ends_with("/roles")) {
            let request = world.platform.request(method, &target).body(media_type, body.to_string());
            assert!(succeeded(&request.send().await), "{target} {media_type}");
        }
    }
    let (url, key) = (world.server.running().url(), world.platform.credential().expect("a key"));
    for (method, target, body) in world.bodies() {
        // The harness always sets a content type, so the request is sent without it.
        let request = reqwest::Client::new().request(method, format!("{url}{target}")).bearer_auth(key);
        let response = request.body(body.to_string()).send().await.expect("a response");
        assert!(response.status().is_success(), "{target} {response:?}");
    }
}

#[apply(api_test)]
async fn a_byte_order_mark_and_a_lone_surrogate_are_named() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        let rejected = async |body: String, wanted: &str| {
            let error = world.send(&method, &target, body.clone()).await.expect_error(400, "MALFORMED_BODY");
            let message = error.text("message");
            assert!(message.contains(wanted), "{target} {body:?}: {message}");
        };
        rejected(format!("\u{feff}{body}"), "byte order mark (U+FEFF)").await;
        for lone in [r"\ud800", r"\uDFFF", r"\ud800\u0041", r"\udc00\ud800", r"\ud83d\ud83d"] {
            rejected(format!(r#"{{"name":"{lone}"}}"#), "lone surrogate at line 1 column ").await;
            rejected(format!(r#"{{"unknown":[{{"{lone}":1}}]}}"#), "lone surrogate at line 1 column ").await;
        }
    }
    let pair = r#"{"name":"\ud83d\ude00"}"#;
    assert_eq!(world.send(&Method::POST, paths::ORGANIZATIONS, pair).await.expect(201).text("name"), "😀");
    // A mark inside a string is a character.
    let inside = "{\"name\":\"a\u{feff}b\"}";
    world.send(&Method::POST, paths::ORGANIZATIONS, inside).await.expect(201);
}

#[apply(api_test)]
async fn positions_in_errors_count_from_the_start_of_the_body() {
    let world = PartyWorld::new().await;
    for (body, position) in [
        ("{\n \"name\": \"a\",\n \"metadata\": {\"a\": tru}}", "at line 3 column 23"),
        ("{\n \"name\": \"a\",\n \"metadata\": {\n  \"a\": [1, \"\\ud800\"]}}", "at line 4 column 19"),
    ] {
        let error = world.send(&Method::POST, paths::ORGANIZATIONS, body).await.expect_error(400, "MALFORMED_BODY");
        assert!(error.text("message").contains(position), "{}", error.text("message"));
    }
    let body = b"{\"name\":\"\xff\"}".to_vec();
    let error = world.send(&Method::POST, paths::ORGANIZATIONS, body).await.expect_error(400, "MALFORMED_BODY");
    assert!(error.text("message").ends_with("at offset 9"), "{}", error.text("message"));
}
