//! Ids of ledger parties: a hint, two colons, and the namespace of the participant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{Name, Party, id::PartyId};

/// Maximum length of an id, in characters.
const MAX_ID: usize = 255;
/// Maximum length of a hint, in characters: that of an id without namespace and delimiter.
pub const MAX_HINT: usize = 185;
/// Delimiter between hint and namespace.
const DELIMITER: &str = "::";

/// An invalid party id or hint. It displays as the cause in Canton's wording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidLedgerId(pub(crate) String);

/// The fingerprint of the participant's key: `1220` and 64 hexadecimal digits. Generated once per deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Namespace(String);

impl Namespace {
    /// Returns the namespace with these 256 bits.
    #[must_use]
    pub fn new(bits: [u8; 32]) -> Self {
        Self(format!("1220{}", crate::domain::hex::encode(&bits)))
    }

    /// Returns the id of the participant.
    #[must_use]
    pub fn participant(&self) -> String {
        format!("participant{DELIMITER}{self}")
    }

    /// Returns the id of the synchronizer.
    #[must_use]
    pub fn synchronizer(&self) -> String {
        format!("berth{DELIMITER}{self}")
    }

    /// Returns the abbreviated namespace for errors.
    #[must_use]
    pub fn shortened(&self) -> String {
        format!("{}...", &self.0[..12])
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The part of a party's id that the client chose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hint(String);

impl Hint {
    /// Parses a hint. Checks in Canton's order: characters and length of an id, delimiter, length of the hint.
    ///
    /// # Errors
    /// [`InvalidLedgerId`] with Canton's text.
    pub fn parse(text: &str) -> Result<Self, InvalidLedgerId> {
        check_characters(text)?;
        if text.contains(DELIMITER) {
            let cause = format!("String {text:?} is not a valid identifier: it contains the delimiter {DELIMITER}");
            return Err(InvalidLedgerId(cause));
        }
        if text.len() > MAX_HINT {
            let cause = format!(
                "The given string has a maximum length of {MAX_HINT} but a string of length {} was given",
                text.len()
            );
            return Err(InvalidLedgerId(cause));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns a generated hint, for a request without one.
    #[must_use]
    pub fn generated(random: u128) -> Self {
        // The format of a random UUID: version 4, variant 1.
        let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        let groups = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        Self(format!("party-{}", groups.join("-")))
    }

    /// Returns the hint of a party that was created in the REST dialect: its id.
    #[must_use]
    pub fn of_party(id: PartyId) -> Self {
        Self(id.to_string())
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id in the namespace of this deployment.
    #[must_use]
    pub fn in_namespace(&self, namespace: &Namespace) -> String {
        format!("{}{DELIMITER}{namespace}", self.0)
    }

    /// Returns the id of the party if it was created in the REST dialect: there, the hint is the id.
    #[must_use]
    pub fn as_party_id(&self) -> Option<PartyId> {
        self.0.parse().ok()
    }

    /// Returns the hint as a name, without white space at both ends.
    #[must_use]
    pub fn to_name(&self) -> Name {
        // A hint may consist of spaces, a name may not.
        Name::parse(&self.0).unwrap_or_else(|_| Name::unnamed())
    }
}

/// Checks that an id has 1 to 255 ASCII letters, digits, `:`, `-`, `_` and spaces.
///
/// # Errors
/// [`InvalidLedgerId`] with Canton's text.
pub(crate) fn check_characters(text: &str) -> Result<(), InvalidLedgerId> {
    let legal = |c: char| c.is_ascii_alphanumeric() || ":-_ ".contains(c);
    if text.is_empty() {
        return Err(InvalidLedgerId("Daml-LF Party is empty".to_owned()));
    }
    if text.chars().count() > MAX_ID {
        return Err(InvalidLedgerId(format!("Daml-LF Party is too long (max: {MAX_ID})")));
    }
    match text.chars().find(|c| !legal(*c)) {
        Some(odd) => {
            Err(InvalidLedgerId(format!("non expected character 0x{:x} in Daml-LF Party {text:?}", u32::from(odd))))
        }
        None => Ok(()),
    }
}

/// The id of a ledger party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPartyId {
    /// Part that the client chose.
    pub hint: Hint,
    /// Namespace; empty if the id has none.
    pub namespace: String,
}

impl LedgerPartyId {
    /// Parses an id from a client.
    ///
    /// # Errors
    /// [`InvalidLedgerId`] with Canton's text.
    pub fn parse(text: &str) -> Result<Self, InvalidLedgerId> {
        check_characters(text)?;
        // A party without a namespace is well-formed, but does not exist.
        let (hint, namespace) = text.rsplit_once(DELIMITER).unwrap_or((text, ""));
        Ok(Self { hint: Hint(hint.to_owned()), namespace: namespace.to_owned() })
    }

    /// Returns the id of `party`.
    #[must_use]
    pub fn of(party: &Party, namespace: &Namespace) -> String {
        match &party.ledger_hint {
            Some(hint) => format!("{}{DELIMITER}{namespace}", hint.as_str()),
            None => format!("{}{DELIMITER}{namespace}", party.id),
        }
    }
}

/// Returns whether `id` is a valid user id: at most 128 characters of `[a-zA-Z0-9@^$.!`\-#+'~_|:()]`.
#[must_use]
pub fn is_user_id(id: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "@^$.!`-#+'~_|:()".contains(c);
    id.len() <= 128 && id.chars().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_checked_in_cantons_order() {
        let cause = |text: &str| Hint::parse(text).unwrap_err().to_string();
        assert!(Hint::parse("Alice-1_a b:c").is_ok() && Hint::parse(&"a".repeat(185)).is_ok());
        assert!(cause("").contains("empty"));
        assert!(cause("a!b").contains("0x21"));
        assert!(cause(&"!".repeat(256)).contains("too long"));
        assert!(cause(&format!("a::{}", "b".repeat(200))).contains("delimiter"));
        assert!(cause(&"a".repeat(186)).contains("185"));
    }

    #[test]
    fn generated_hints_are_random_uuids() {
        let hint = Hint::generated(u128::MAX);
        assert_eq!(hint.as_str(), "party-ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(Hint::generated(0).as_str(), "party-00000000-0000-4000-8000-000000000000");
    }
}
