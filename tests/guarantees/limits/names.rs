//! Limits of names.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{World, api_test, paths};

#[apply(api_test)]
async fn names_have_at_most_200_code_points_after_trimming() {
    let world = World::new().await;
    for (target, mut body) in world.named() {
        // Characters of four bytes: the limit counts code points. Surrounding white space does not count.
        body["name"] = json!(format!("\u{3000}\t {}\u{2003}\r\n", "𝄞".repeat(200)));
        let created = world.platform.post(&target, &body).await.expect(201);
        assert_eq!(created.text("name"), "𝄞".repeat(200), "{target}");
        body["name"] = json!("𝄞".repeat(201));
        assert_eq!(world.platform.post(&target, &body).await.error_locations(), ["/name"], "{target}");
    }
}

#[apply(api_test)]
async fn names_are_normalized_to_nfc() {
    let world = World::new().await;
    for (target, mut body) in world.named() {
        // 400 code points as sent, 200 after NFC.
        body["name"] = json!("e\u{301}".repeat(200));
        let created = world.platform.post(&target, &body).await.expect(201);
        assert_eq!(created.text("name"), "\u{e9}".repeat(200), "{target}");
        // The reverse: one code point that NFC decomposes.
        body["name"] = json!(format!("{}\u{958}", "a".repeat(199)));
        assert_eq!(world.platform.post(&target, &body).await.error_locations(), ["/name"], "{target}");
    }
}

#[apply(api_test)]
async fn names_are_not_empty_and_have_no_control_characters() {
    let world = World::new().await;
    for (target, mut body) in world.named() {
        assert_eq!(world.platform.post(&target, &body).await.error_locations(), ["/name"], "{target}");
        for wrong in [
            json!(""),
            json!(" \t\u{2003}"),
            json!("a\u{0}b"),
            json!("a\nb"),
            json!("a\u{7f}b"),
            json!("a\u{85}b"),
            json!(null),
            json!(7),
            json!(["Ann"]),
        ] {
            body["name"] = wrong.clone();
            assert_eq!(world.platform.post(&target, &body).await.error_locations(), ["/name"], "{target} {wrong}");
        }
    }
}

#[apply(api_test)]
async fn slugs_have_at_most_63_characters() {
    let world = World::new().await;
    let created = |slug: Value| json!({ "name": "Acme", "slug": slug });
    let longest = "a-1".repeat(21);
    assert_eq!(world.platform.post_organization(&created(json!(longest))).await.text("slug"), longest);
    assert_eq!(world.platform.post_organization(&created(json!("a"))).await.text("slug"), "a");
    let target = paths::organization(&world.organization);
    for wrong in ["a".repeat(64).as_str(), "", "-a", "a-", "A", "a_b", "a b", "é", "-"].map(Value::from) {
        let error = world.platform.post_organization(&created(wrong.clone())).await;
        assert_eq!(error.error_locations(), ["/slug"], "{wrong}");
        let error = world.platform.patch(&target, &json!({ "slug": wrong })).await;
        assert_eq!(error.error_locations(), ["/slug"], "{wrong}");
    }
    assert_eq!(world.platform.get("/v1/organizations?slug=A").await.error_locations(), ["slug"]);
    assert_eq!(world.platform.patch(&target, &json!({ "slug": null })).await.error_locations(), ["/slug"]);
}
