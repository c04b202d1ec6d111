//! Target `json`: the lossless JSON parser, metadata, and merge patches.

use berth_shared::{
    domain::{Address, FromJson, Metadata, MetadataPatch, RoleName},
    json::Json,
};

/// Checks a document, and a patch of it after a zero byte.
pub fn check(data: &[u8]) {
    let (document, patch) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, data),
    };
    let Ok(json) = Json::parse(document) else { return };
    // RawValue, because numbers can exceed the range of an f64.
    assert!(serde_json::from_slice::<&serde_json::value::RawValue>(document).is_ok());
    let text = json.to_text();
    assert_eq!(Json::parse(text.as_bytes()).as_ref(), Ok(&json), "the text of a document parses to another document");
    let _ = (Address::from_json(&json), RoleName::from_json(&json));
    let Ok(metadata) = Metadata::from_json(&json) else { return };
    let again = Json::parse(metadata.to_text().as_bytes()).ok();
    assert_eq!(again.and_then(|json| Metadata::from_json(&json).ok()).as_ref(), Some(&metadata));
    check_annotations(&metadata);
    let Some(patch) = Json::parse(patch).ok().and_then(|json| MetadataPatch::from_json(&json).ok()) else { return };
    if let Ok(once) = metadata.merge(patch.clone()) {
        let twice = once.merge(patch).expect("the second merge is within the limits, like the first");
        assert_eq!(twice, once, "a merge patch is not idempotent");
    }
}

/// Checks that the annotations that the ledger dialect returns for metadata can be sent back, and then change nothing.
fn check_annotations(metadata: &Metadata) {
    let shown = berth_shared::ledger::shown(metadata);
    assert!(berth_shared::ledger::check_new_annotations(&shown, "field").is_ok());
    let merged = berth_shared::ledger::merged(metadata, &shown);
    assert_eq!(berth_shared::ledger::shown(&merged), shown);
    assert_eq!(merged.members().len(), metadata.members().len());
}
