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
async fn names_have_no_deceptive_or_unknown_characters() {
    let world = World::new().await;
    // Bidirectional controls, separators, private use, and unassigned characters with two noncharacters.
    let forbidden = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{2028}\u{2029}\
                     \u{e000}\u{f8ff}\u{f0000}\u{10fffd}\u{378}\u{fffe}\u{fdd0}";
    for (target, mut body) in world.named() {
        for wrong in forbidden.chars() {
            body["name"] = json!(format!("Ann{wrong}Bob"));
            let error = world.platform.post(&target, &body).await;
            assert_eq!(error.error_locations(), ["/name"], "{target} {wrong:?}");
            let detail = error.json()["detail"].to_string();
            assert!(detail.contains(&format!("U+{:04X}", u32::from(wrong))), "{detail}");
        }
        // Directional marks have a use, as have the joiners of scripts and emoji.
        body["name"] = json!("א\u{200f}!\u{200e}\u{61c}b 👩\u{200d}🚀");
        let created = world.platform.post(&target, &body).await.expect(201);
        assert_eq!(json!(created.text("name")), body["name"], "{target}");
    }
    // A new name obeys the same rule. Other members do not have it.
    let error = world.platform.patch(&world.organization_path(), &json!({ "name": "a\u{202e}b" })).await;
    assert_eq!(error.error_locations(), ["/name"]);
    world.platform.post_dock(&world.dock_body("legalName", &json!("a\u{202e}b"))).await.expect(201);
}

#[apply(api_test)]
async fn names_have_a_visible_character() {
    let world = World::new().await;
    for (target, mut body) in world.named() {
        // A soft hyphen, a zero-width space, fillers, a blank, a variation selector and a directional mark.
        for wrong in ["\u{ad}", "\u{200b} \u{200b}", "\u{3164}", "\u{115f}\u{1160}", "\u{2800}", "\u{fe0f}", "\u{200e}"]
        {
            body["name"] = json!(wrong);
            assert_eq!(world.platform.post(&target, &body).await.error_locations(), ["/name"], "{target} {wrong:?}");
        }
        body["name"] = json!(".");
        world.platform.post(&target, &body).await.expect(201);
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
