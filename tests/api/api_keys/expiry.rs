//! The expiry of a new API key, which is at most that of its creator.

use berth_shared::time::Time;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestResponse, TestServer, api_test};

const END: &str = "2999-01-01T00:00:00.000Z";

fn body(expires_at: &Value) -> Value {
    json!({ "name": "Child", "scopes": ["api-keys:write"], "expiresAt": expires_at })
}

#[track_caller]
fn assert_too_late(response: TestResponse) {
    let error = response.expect_error(400, "VALIDATION_FAILED");
    assert_eq!(error.error_locations(), ["/expiresAt"]);
    assert!(error.text("detail").contains(END), "{}", error.json());
}

#[apply(api_test)]
async fn a_key_does_not_outlive_its_creator() {
    let server = TestServer::start().await;
    let created = server.platform().post_api_key(&body(&json!(END))).await.expect(201);
    let parent = server.client(&created.text("key"));
    for allowed in [END, "2998-12-31T23:59:59.999Z", "2999-01-01T02:00:00+02:00"] {
        let child = parent.post_api_key(&body(&json!(allowed))).await.expect(201);
        assert_eq!(child.text("expiresAt"), allowed.parse::<Time>().expect("a time").to_string());
    }
    for later in ["2999-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z"] {
        assert_too_late(parent.post_api_key(&body(&json!(later))).await);
    }
    // Without a creator's expiry, any is allowed.
    let created = server.platform().post_api_key(&body(&json!("9999-12-31T23:59:59.999Z"))).await.expect(201);
    assert_eq!(created.text("expiresAt"), "9999-12-31T23:59:59.999Z");
    let error = server.platform().post_api_key(&body(&json!("9999-12-31T23:59:59-00:01"))).await;
    assert_eq!(error.error_locations(), ["/expiresAt"]);
}

#[apply(api_test)]
async fn a_key_without_expiry_expires_with_its_creator() {
    let server = TestServer::start().await;
    let created = server.platform().post_api_key(&body(&json!(END))).await.expect(201);
    let parent = server.client(&created.text("key"));
    let without = json!({ "name": "Child", "scopes": ["api-keys:write"] });
    for request in [&without, &body(&Value::Null)] {
        let child = parent.post_api_key(request).await.expect(201);
        assert_eq!(child.text("expiresAt"), END);
        // So do its own children.
        let child = server.client(&child.text("key"));
        assert_eq!(child.post_api_key(request).await.expect(201).text("expiresAt"), END);
        assert_too_late(child.post_api_key(&body(&json!("2999-01-01T00:00:01Z"))).await);
    }
}

#[apply(api_test)]
async fn an_expiry_after_that_of_the_creator_is_reported_with_other_errors() {
    let server = TestServer::start().await;
    let created = server.platform().post_api_key(&body(&json!(END))).await.expect(201);
    let parent = server.client(&created.text("key"));
    let request = json!({ "name": "", "scopes": ["docks:fly"], "expiresAt": "3000-01-01T00:00:00Z" });
    let error = parent.post_api_key(&request).await;
    assert_eq!(error.error_locations(), ["/name", "/scopes/0", "/expiresAt"]);
}
