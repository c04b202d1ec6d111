//! The format of a credential: a prefix such as `dk_live_`, 22 base62 digits for each id, `_`, 43 digits of the secret, 6 of the
//! checksum.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use ulid::Ulid;

use super::Environment;
use crate::domain::id::{AccessTokenId, ApiKeyId, MachineClientId};

/// Digits of base62 in ASCII order, so that strings of equal length sort like their numbers.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of an id of 128 bits.
const ID_DIGITS: usize = 22;
/// Digits of a secret of 256 bits.
const SECRET_DIGITS: usize = 43;
/// Digits of a CRC-32 checksum.
const CHECKSUM_DIGITS: usize = 6;
/// Number of digits of the id that lists show after the prefix.
const START_DIGITS: usize = 6;
/// Prefix of the client identifiers of machine clients.
const CLIENT_PREFIX: &str = "dyc_";

/// The SHA-256 digest of a credential. It is the only part that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of no credential: no text is known whose SHA-256 is 0.
    pub const NONE: Self = Self([0; 32]);

    /// Compares two digests in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the digest with these 32 bytes; `None` for another length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Subject that a credential authenticates. It determines the first prefix and the ids of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialSubject {
    /// An API key: `dk_`.
    ApiKey(ApiKeyId),
    /// A machine client, to obtain access tokens: `dys_`.
    ClientSecret(MachineClientId),
    /// An access token of a machine client: `dyt_`. It contains both ids, so that one request reads both.
    AccessToken(MachineClientId, AccessTokenId),
}

impl CredentialSubject {
    /// Returns the first prefix.
    const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey(_) => "dk",
            Self::ClientSecret(_) => "dys",
            Self::AccessToken(..) => "dyt",
        }
    }

    fn ids(self) -> String {
        let id = |ulid: Ulid| base62(&ulid.to_bytes(), ID_DIGITS);
        match self {
            Self::ApiKey(key) => id(key.ulid()),
            Self::ClientSecret(client) => id(client.ulid()),
            Self::AccessToken(client, token) => id(client.ulid()) + &id(token.ulid()),
        }
    }

    fn parse(prefix: &str, ids: &str) -> Option<Self> {
        let id = |digits: &str| number(digits).map(Ulid);
        match prefix {
            "dk" => id(ids).map(|id| Self::ApiKey(ApiKeyId::from_ulid(id))),
            "dys" => id(ids).map(|id| Self::ClientSecret(MachineClientId::from_ulid(id))),
            "dyt" => {
                let (client, token) = ids.split_at_checked(ID_DIGITS)?;
                let (client, token) = (id(client)?, id(token)?);
                Some(Self::AccessToken(MachineClientId::from_ulid(client), AccessTokenId::from_ulid(token)))
            }
            _ => None,
        }
    }
}

impl From<ApiKeyId> for CredentialSubject {
    fn from(key: ApiKeyId) -> Self {
        Self::ApiKey(key)
    }
}

/// Client identifier of a machine client in OAuth 2.0: `dyc_` and 22 base62 digits of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientId(pub MachineClientId);

/// The text is not a client identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed client identifier")]
pub struct MalformedClientId;

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CLIENT_PREFIX}{}", base62(&self.0.ulid().to_bytes(), ID_DIGITS))
    }
}

impl FromStr for ClientId {
    type Err = MalformedClientId;

    fn from_str(text: &str) -> Result<Self, MalformedClientId> {
        let id = text.strip_prefix(CLIENT_PREFIX).and_then(number).ok_or(MalformedClientId)?;
        Ok(Self(MachineClientId::from_ulid(Ulid(id))))
    }
}

/// A credential. Only [`Credential::reveal`] returns its text: it is shown only once and sent with every request.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    text: String,
    environment: Environment,
    subject: CredentialSubject,
}

/// A malformed credential, which need not be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedCredential {
    /// The prefix, the length or a character is wrong.
    #[error("malformed credential")]
    Form,
    /// The last six digits are not the checksum of the rest.
    #[error("wrong checksum")]
    Checksum,
}

impl Credential {
    /// Returns the credential of `subject` with a secret of 256 bits.
    #[must_use]
    pub fn new(environment: Environment, subject: impl Into<CredentialSubject>, secret: [u8; 32]) -> Self {
        let subject = subject.into();
        let secret = base62(&secret, SECRET_DIGITS);
        let mut text = format!("{}_{environment}_{}_{secret}", subject.prefix(), subject.ids());
        text.push_str(&checksum(&text));
        Self { text, environment, subject }
    }

    /// Returns the text of the credential.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Returns the first characters, which lists show.
    #[must_use]
    pub fn start(&self) -> &str {
        let prefix = self.subject.prefix().len() + "_live_".len();
        &self.text[..prefix + START_DIGITS]
    }

    /// Returns what it authenticates.
    #[must_use]
    pub const fn subject(&self) -> CredentialSubject {
        self.subject
    }

    /// Returns the kind of deployment in which it is valid.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// Returns the digest that is stored.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.text.as_bytes()).into())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({}…)", self.start())
    }
}

impl FromStr for Credential {
    type Err = MalformedCredential;

    fn from_str(text: &str) -> Result<Self, MalformedCredential> {
        use MalformedCredential::{Checksum, Form};
        let (prefix, rest) = text.split_once('_').ok_or(Form)?;
        let (environment, rest) = rest.split_once('_').ok_or(Form)?;
        let environment = environment.parse().map_err(|_| Form)?;
        let (ids, secret) = rest.split_once('_').ok_or(Form)?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
        if secret.len() != SECRET_DIGITS + CHECKSUM_DIGITS || !digits(secret) {
            return Err(Form);
        }
        let subject = CredentialSubject::parse(prefix, ids).ok_or(Form)?;
        let (body, sum) = text.split_at(text.len() - CHECKSUM_DIGITS);
        if checksum(body) == sum { Ok(Self { text: text.to_owned(), environment, subject }) } else { Err(Checksum) }
    }
}

/// Returns the CRC-32 (IEEE) of `text` in base62, padded with zeros. It detects typing errors, not attackers.
fn checksum(text: &str) -> String {
    base62(&crc32fast::hash(text.as_bytes()).to_be_bytes(), CHECKSUM_DIGITS)
}

/// Encodes a big-endian number in base62 with exactly `length` digits, which must suffice.
fn base62(bytes: &[u8], length: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![DIGITS[0]; length];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    digits.into_iter().map(char::from).collect()
}

/// Decodes exactly [`ID_DIGITS`] digits of base62; `None` if they exceed 128 bits.
fn number(digits: &str) -> Option<u128> {
    if digits.len() != ID_DIGITS {
        return None;
    }
    digits.bytes().try_fold(0_u128, |number, byte| {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        number.checked_mul(62)?.checked_add(u128::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn credential(bits: u128, secret: [u8; 32]) -> Credential {
        Credential::new(Environment::Live, ApiKeyId::from_ulid(Ulid(bits)), secret)
    }

    #[test]
    fn the_format_is_as_documented() {
        // CRC-32 of "123456789" is 0xCBF43926: the check value of the IEEE polynomial.
        assert_eq!(checksum("123456789"), base62(&0xCBF4_3926_u32.to_be_bytes(), 6));
        assert_eq!(base62(&[0xff; 4], 6), "4gfFC3");
        let text = credential(0, [0; 32]).reveal().to_owned();
        assert!(text.starts_with(&format!("dk_live_{}_{}", "0".repeat(22), "0".repeat(43))));
        assert_eq!(text.len(), 8 + 22 + 1 + 43 + 6);
    }

    #[test]
    fn the_prefix_and_the_ids_belong_together() {
        let client = MachineClientId::from_ulid(Ulid(5));
        let token = Credential::new(Environment::Test, CredentialSubject::ClientSecret(client), [1; 32]);
        assert!(token.reveal().starts_with("dys_test_") && token.start().len() == "dys_test_".len() + 6);
        for prefix in ["dyt", "dyc", "sk", ""] {
            let rest = token.reveal().strip_prefix("dys").unwrap();
            let mut text = format!("{prefix}{}", &rest[..rest.len() - CHECKSUM_DIGITS]);
            text.push_str(&checksum(&text));
            assert_eq!(text.parse::<Credential>(), Err(MalformedCredential::Form), "{prefix}");
        }
        for wrong in ["dyc_", "dyc_1", "dyt_0000000000000000000000", "dyc_zzzzzzzzzzzzzzzzzzzzzz"] {
            assert_eq!(wrong.parse::<ClientId>(), Err(MalformedClientId), "{wrong}");
        }
    }

    #[test]
    fn debug_does_not_contain_the_secret() {
        let credential = credential(7, [9; 32]);
        assert_eq!(format!("{credential:?}"), "Credential(dk_live_000000…)");
    }

    #[test]
    fn a_key_id_beyond_128_bits_is_malformed() {
        let mut text = format!("dk_live_{}_{}", "z".repeat(22), "0".repeat(43));
        text.push_str(&checksum(&text));
        assert_eq!(text.parse::<Credential>(), Err(MalformedCredential::Form));
    }

    proptest! {
        #[test]
        fn credentials_round_trip(bits: u128, secret: [u8; 32]) {
            let credential = credential(bits, secret);
            prop_assert_eq!(credential.reveal().parse::<Credential>(), Ok(credential));
        }

        #[test]
        fn a_changed_character_is_detected(bits: u128, secret: [u8; 32], at in 8_usize..80, by in 1_usize..62) {
            let mut text = credential(bits, secret).reveal().as_bytes().to_vec();
            if let Some(digit) = DIGITS.iter().position(|known| *known == text[at]) {
                text[at] = DIGITS[(digit + by) % 62];
                prop_assert!(String::from_utf8(text).unwrap().parse::<Credential>().is_err());
            }
        }

        #[test]
        fn credentials_of_machine_clients_round_trip(client: u128, token: u128, secret: [u8; 32]) {
            let client = MachineClientId::from_ulid(Ulid(client));
            let token = AccessTokenId::from_ulid(Ulid(token));
            for subject in [CredentialSubject::ClientSecret(client), CredentialSubject::AccessToken(client, token)] {
                let credential = Credential::new(Environment::Test, subject, secret);
                let parsed: Credential = credential.reveal().parse().unwrap();
                prop_assert_eq!(parsed.subject(), subject);
            }
            prop_assert_eq!(ClientId(client).to_string().parse(), Ok(ClientId(client)));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (text.parse::<Credential>(), text.parse::<ClientId>());
        }
    }
}
