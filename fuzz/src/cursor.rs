//! Target `cursor`: only cursors that this key sealed for this list can be opened.

use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use berth_shared::http::CursorKey;

/// Checks a binding (the first line), and a cursor or position (the rest).
pub fn check(data: &[u8]) {
    static KEY: OnceLock<CursorKey> = OnceLock::new();
    let key = KEY.get_or_init(|| CursorKey::new(b"a secret that no input has"));
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (binding, text) = text.split_once('\n').unwrap_or(("", text));
    assert_eq!(key.open(binding, text), None, "an unsealed cursor is opened");
    let sealed = key.seal(binding, text);
    assert_eq!(key.open(binding, &sealed).is_some(), sealed.len() <= 512);
    assert_eq!(key.open(&format!("{binding}?"), &sealed), None, "a cursor of another list is opened");
    // XOR of the cursor and the input.
    let mut altered = URL_SAFE_NO_PAD.decode(&sealed).expect("a cursor is base64");
    let before = altered.clone();
    altered.iter_mut().zip(text.bytes()).for_each(|(byte, by)| *byte ^= by);
    if altered != before {
        assert_eq!(key.open(binding, &URL_SAFE_NO_PAD.encode(altered)), None, "an altered cursor is opened");
    }
}
