//! Ids of parties on the ledger: a hint, two colons, and the namespace of the participant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{Name, Party, id::PartyId};

/// The longest id, in characters.
const MAX_ID: usize = 255;
/// The longest hint, in characters: what a namespace and two colons leave of an id.
pub const MAX_HINT: usize = 185;
/// What stands between hint and namespace.
const DELIMITER: &str = "::";

/// The text is not a party id or hint of the ledger. Displays the cause as Canton words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidLedgerId(pub(crate) String);

/// The fingerprint of the participant's key: `1220` and 64 hexadecimal digits. Made once per deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Namespace(String);

impl Namespace {
    /// The namespace with these 256 bits.
    #[must_use]
    pub fn new(bits: [u8; 32]) -> Self {
        Self(format!("1220{}", crate::domain::hex::encode(&bits)))
    }

    /// The id of the participant, and of the one synchronizer that it is connected to.
    #[must_use]
    pub fn participant(&self) -> String {
        format!("berth{DELIMITER}{self}")
    }

    /// The namespace as errors show it.
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

/// The part of a party's id that its maker chose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hint(String);

impl Hint {
    /// Reads a hint, in the ledger's order of checks: characters and length of an id, the delimiter, the hint's length.
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

    /// A hint for a caller who gave none.
    #[must_use]
    pub fn generated(random: u128) -> Self {
        // The form of a random UUID: version 4, variant 1.
        let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        let groups = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        Self(format!("party-{}", groups.join("-")))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole id, in the namespace of this deployment.
    #[must_use]
    pub fn in_namespace(&self, namespace: &Namespace) -> String {
        format!("{}{DELIMITER}{namespace}", self.0)
    }

    /// The party that this hint names if it was made in the REST dialect: its id is its hint there.
    #[must_use]
    pub fn as_party_id(&self) -> Option<PartyId> {
        self.0.parse().ok()
    }

    /// The hint as a name, without the white space at its ends.
    #[must_use]
    pub fn to_name(&self) -> Name {
        // A hint of nothing but spaces is a hint, and no name.
        Name::parse(&self.0).unwrap_or_else(|_| Name::unnamed())
    }
}

/// Characters of ids: ASCII letters, digits, `:`, `-`, `_` and space; 1 to 255 of them.
///
/// # Errors
/// [`InvalidLedgerId`] with Canton's text.
pub(crate) fn check_characters(text: &str) -> Result<(), InvalidLedgerId> {
    let legal = |c: char| c.is_ascii_alphanumeric() || ":-_ ".contains(c);
    if text.is_empty() {
        return Err(InvalidLedgerId("Party is empty".to_owned()));
    }
    if text.chars().count() > MAX_ID {
        return Err(InvalidLedgerId(format!("Party is too long (max: {MAX_ID})")));
    }
    match text.chars().find(|c| !legal(*c)) {
        Some(odd) => {
            Err(InvalidLedgerId(format!("non expected character 0x{:x} in Daml-LF Party {text:?}", u32::from(odd))))
        }
        None => Ok(()),
    }
}

/// The id of a party on the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPartyId {
    /// What its maker chose.
    pub hint: Hint,
    /// Whose namespace it is in.
    pub namespace: String,
}

impl LedgerPartyId {
    /// Reads an id as a caller sends it.
    ///
    /// # Errors
    /// [`InvalidLedgerId`] with Canton's text.
    pub fn parse(text: &str) -> Result<Self, InvalidLedgerId> {
        check_characters(text)?;
        // A party without a namespace is well-formed and nobody's.
        let (hint, namespace) = text.rsplit_once(DELIMITER).unwrap_or((text, ""));
        Ok(Self { hint: Hint(hint.to_owned()), namespace: namespace.to_owned() })
    }

    /// The id of `party`.
    #[must_use]
    pub fn of(party: &Party, namespace: &Namespace) -> String {
        match &party.ledger_hint {
            Some(hint) => format!("{}{DELIMITER}{namespace}", hint.as_str()),
            None => format!("{}{DELIMITER}{namespace}", party.id),
        }
    }
}

/// Whether `id` is a user id of the ledger: at most 128 characters of `[a-zA-Z0-9@^$.!`\-#+'~_|:()]`.
#[must_use]
pub fn is_user_id(id: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "@^$.!`-#+'~_|:()".contains(c);
    id.len() <= 128 && id.chars().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_checked_in_the_ledgers_order() {
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
