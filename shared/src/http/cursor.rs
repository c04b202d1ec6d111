//! Cursors: positions in a list that only this deployment can write, for one list and its filters only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The longest cursor that is looked at.
pub(super) const MAX_CURSOR: usize = 512;
/// The first byte: which form the rest has.
const FORM: u8 = 1;
/// How much of the HMAC is kept: 128 bits.
const MAC: usize = 16;

/// The secret that a deployment signs its cursors with.
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey")
    }
}

impl CursorKey {
    /// The key with this secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        // HMAC takes keys of every length; the empty one stands in for a refusal that there is not.
        Self(Hmac::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())))
    }

    /// The cursor for `position` in the list that `binding` names.
    #[must_use]
    pub fn seal(&self, binding: &str, position: &str) -> String {
        let mut token = vec![FORM];
        token.extend(self.mac(binding, position).finalize().into_bytes().iter().take(MAC));
        token.extend(position.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The position that `cursor` holds; `None` where it is altered or of another list.
    #[must_use]
    pub fn open(&self, binding: &str, cursor: &str) -> Option<String> {
        if cursor.len() > MAX_CURSOR {
            return None;
        }
        let token = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (form, rest) = token.split_first()?;
        let (mac, position) = rest.split_at_checked(MAC)?;
        let position = std::str::from_utf8(position).ok()?;
        let known = self.mac(binding, position).verify_truncated_left(mac).is_ok();
        (*form == FORM && known).then(|| position.to_owned())
    }

    fn mac(&self, binding: &str, position: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // The length keeps one binding and position from reading as another pair.
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
    fn a_cursor_opens_for_its_list_and_its_deployment_only() {
        let (key, other) = (CursorKey::new(b"one"), CursorKey::new(b"two"));
        let cursor = key.seal("/v1/docks", "0/01HQ");
        assert_eq!(key.open("/v1/docks", &cursor).as_deref(), Some("0/01HQ"));
        assert_eq!(key.open("/v1/dock", &cursor), None);
        assert_eq!(other.open("/v1/docks", &cursor), None);
        assert_eq!(key.open("/v1/docks", &"A".repeat(MAX_CURSOR + 1)), None);
    }

    proptest! {
        #[test]
        fn one_changed_character_is_noticed(position: String, at: prop::sample::Index, by in 1_usize..64) {
            const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let key = CursorKey::new(b"secret");
            let mut cursor = key.seal("list", &position).into_bytes();
            let at = at.index(cursor.len());
            let digit = DIGITS.iter().position(|known| *known == cursor[at]).unwrap();
            cursor[at] = DIGITS[(digit + by) % 64];
            prop_assert_eq!(key.open("list", std::str::from_utf8(&cursor).unwrap()), None);
        }

        #[test]
        fn any_text_is_answered(text: String) {
            let _ = CursorKey::new(b"secret").open("list", &text);
        }
    }
}
