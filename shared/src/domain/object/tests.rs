use super::*;
use crate::domain::{Name, Patch, Text};

crate::object! {
    /// A sample.
    struct Sample {
        /// Name.
        name: Required<Name>,
        /// Code.
        #[name = "code"]
        short_code: Optional<Text<2>>,
        /// Expiry.
        expires_at: OptionalExpiry,
        /// A sample inside.
        inner: Patched<Inner>,
    }
}

crate::object! {
    /// An object inside another one.
    struct Inner {
        /// Name.
        name: Required<Name>,
    }
}

const CONTEXT: ReadContext = ReadContext {
    strict: true,
    sender: None,
    sender_expires_at: Some(Time::from_millis(253_402_300_799_000)),
    now: Time::from_millis(1_000),
};

fn violations(text: &str) -> Vec<String> {
    let json = Json::parse(text.as_bytes()).unwrap();
    let found = read_object::<Sample>(&json, CONTEXT).err().unwrap_or_default();
    found.into_iter().map(|violation| format!("{}: {}", violation.path.join("."), violation.detail)).collect()
}

#[test]
fn every_violation_is_reported_in_the_order_of_the_members() {
    let text = r#"{"code": "abc", "expiresAt": "1970-01-01T00:00:01Z", "inner": {"x": 1}, "other": 1}"#;
    assert_eq!(
        violations(text),
        [
            "name: is required",
            "code: must be at most 2 characters long",
            "expiresAt: must be in the future",
            "inner.x: is not known",
            "inner.name: is required",
            "other: is not known",
        ]
    );
}

#[test]
fn null_and_absent_members_differ_only_in_a_patch() {
    let read = |text: &str| read_object::<Sample>(&Json::parse(text.as_bytes()).unwrap(), CONTEXT).unwrap();
    let absent = read(r#"{"name": "a"}"#);
    assert!(absent.short_code.is_none() && matches!(absent.inner, Patch::Keep));
    let null = read(r#"{"name": "a", "code": null, "expiresAt": null, "inner": null}"#);
    assert!(null.short_code.is_none() && null.expires_at.is_none() && matches!(null.inner, Patch::Clear));
    assert_eq!(null.name.as_str(), "a");
    let Patch::Set(inner) = read(r#"{"name": "a", "inner": {"name": "b"}}"#).inner else { panic!() };
    assert_eq!(inner.name.as_str(), "b");
}

#[test]
fn the_schema_has_every_member_and_requires_what_must_be_present() {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<Sample>().to_value();
    let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["name", "code", "expiresAt", "inner"]);
    assert_eq!(schema["required"], serde_json::json!(["name"]));
    assert_eq!(schema["properties"]["name"]["description"], "Name.");
}
