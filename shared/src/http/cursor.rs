//! Cursors: positions in a list, signed by the deployment and bound to one list and its filters.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Maximum length of a cursor.
pub(super) const MAX_CURSOR: usize = 512;
/// First byte of a cursor: the version of its format.
const FORMAT_VERSION: u8 = 1;
/// Length of the truncated HMAC in bytes: 128 bits.
const MAC_BYTES: usize = 16;

/// Secret key with which a deployment signs its cursors.
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey")
    }
}

impl CursorKey {
    /// Creates the key from a secret of any length.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        // HMAC accepts keys of any length, so the fallback is never used.
        Self(Hmac::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())))
    }

    /// Creates a cursor for `position` in the list that `binding` identifies.
    #[must_use]
    pub fn seal(&self, binding: &str, position: &str) -> String {
        let mut token = vec![FORMAT_VERSION];
        token.extend(self.mac(binding, position).finalize().into_bytes().iter().take(MAC_BYTES));
        token.extend(position.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Returns the position in `cursor`; `None` if the cursor was altered or belongs to another list.
    #[must_use]
    pub fn open(&self, binding: &str, cursor: &str) -> Option<String> {
        if cursor.len() > MAX_CURSOR {
            return None;
        }
        let token = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = token.split_first()?;
        let (mac, position) = rest.split_at_checked(MAC_BYTES)?;
        let position = std::str::from_utf8(position).ok()?;
        let is_valid = self.mac(binding, position).verify_truncated_left(mac).is_ok();
        (*version == FORMAT_VERSION && is_valid).then(|| position.to_owned())
    }

    fn mac(&self, binding: &str, position: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // The length prefix separates binding and position unambiguously.
        mac.update(&(binding.len() as u64).to_be_bytes());
        mac.update(binding.as_bytes());
        mac.update(position.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_is_valid_only_for_its_list_and_deployment() {
        let (key, other) = (CursorKey::new(b"one"), CursorKey::new(b"two"));
        let cursor = key.seal("/v1/docks", "0/01HQ");
        assert_eq!(key.open("/v1/docks", &cursor).as_deref(), Some("0/01HQ"));
        assert_eq!(key.open("/v1/dock", &cursor), None);
        assert_eq!(other.open("/v1/docks", &cursor), None);
        assert_eq!(key.open("/v1/docks", &"A".repeat(MAX_CURSOR + 1)), None);
    }

    proptest! {
        #[test]
        fn a_changed_character_is_detected(position: String, at: prop::sample::Index, by in 1_usize..64) {
            const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let key = CursorKey::new(b"secret");
            let mut cursor = key.seal("list", &position).into_bytes();
            let at = at.index(cursor.len());
            let digit = DIGITS.iter().position(|known| *known == cursor[at]).unwrap();
            cursor[at] = DIGITS[(digit + by) % 64];
            prop_assert_eq!(key.open("list", std::str::from_utf8(&cursor).unwrap()), None);
        }

        #[test]
        fn arbitrary_texts_do_not_panic(text: String) {
            let _ = CursorKey::new(b"secret").open("list", &text);
        }
    }
}
