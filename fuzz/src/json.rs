//! Bodies: the reading of JSON that keeps everything, metadata, and merge patches.

use berth_shared::{
    domain::{Address, FromJson, Metadata, MetadataPatch, RoleName},
    json::Json,
};

/// Two texts with a zero between them: a document, and a patch of it.
pub fn check(data: &[u8]) {
    let (document, patch) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, data),
    };
    let read = Json::parse(document);
    // serde_json takes whatever is taken here, but for numbers that no machine has.
    let Ok(json) = read else { return };
    assert!(serde_json::from_slice::<&serde_json::value::RawValue>(document).is_ok());
    let text = json.to_text();
    assert_eq!(Json::parse(text.as_bytes()).as_ref(), Ok(&json), "the text of what was read reads otherwise");
    let _ = (Address::from_json(&json), RoleName::from_json(&json));
    let Ok(metadata) = Metadata::from_json(&json) else { return };
    let again = Json::parse(metadata.to_text().as_bytes()).ok();
    assert_eq!(again.and_then(|json| Metadata::from_json(&json).ok()).as_ref(), Some(&metadata));
    annotations(&metadata);
    let Some(patch) = Json::parse(patch).ok().and_then(|json| MetadataPatch::from_json(&json).ok()) else { return };
    if let Ok(once) = metadata.merge(patch.clone()) {
        let twice = once.merge(patch).expect("within the limits once, within them again");
        assert_eq!(twice, once, "a merge patch is the same twice");
    }
}

/// What the ledger's dialect shows of metadata can be sent back, and changes nothing then.
fn annotations(metadata: &Metadata) {
    let shown = berth_shared::ledger::shown(metadata);
    assert!(berth_shared::ledger::check_annotations(&shown, false).is_ok());
    let merged = berth_shared::ledger::merged(metadata, &shown);
    assert_eq!(berth_shared::ledger::shown(&merged), shown);
    assert_eq!(merged.members().len(), metadata.members().len());
}
