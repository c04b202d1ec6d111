//! Identifiers: a prefix for the kind, an underscore, and a ULID in upper case.
//!
//! This file is the registry of kinds. A new kind of resource is one line in `kinds!`, which defines parsing, display,
//! storage and schema.

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use crate::domain::{error::Code, time::Time};

/// A kind of resource with ids.
pub trait Kind: 'static {
    /// Letters before the underscore.
    const PREFIX: &'static str;
    /// Name of the resource in error messages.
    const NOUN: &'static str;
    /// Name of the schema in `openapi.json`.
    const SCHEMA: &'static str;
    /// Error code for an id that does not exist.
    const NOT_FOUND: Code;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $alias:ident, $prefix:literal, $noun:literal, $not_found:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $kind {}
            impl Kind for $kind {
                const PREFIX: &'static str = $prefix;
                const NOUN: &'static str = $noun;
                const SCHEMA: &'static str = stringify!($alias);
                const NOT_FOUND: Code = Code::$not_found;
            }
            $(#[$doc])*
            pub type $alias = Id<$kind>;
        )*
    };
}

kinds! {
    /// A tenant.
    Organization, OrganizationId, "org", "organization", OrganizationNotFound;
    /// A workspace of a tenant.
    Dock, DockId, "dock", "dock", DockNotFound;
    /// A counterparty of a tenant.
    Party, PartyId, "pty", "party", PartyNotFound;
    /// A role of a party in a dock.
    Role, RoleId, "dpr", "role", RoleNotFound;
    /// A contact in a dock, who receives documents.
    Recipient, RecipientId, "rcp", "recipient", RecipientNotFound;
    /// A group of recipients.
    Group, GroupId, "grp", "group", GroupNotFound;
    /// An API key (the record, not the credential).
    ApiKey, ApiKeyId, "key", "API key", ApiKeyNotFound;
    /// A machine client.
    MachineClient, MachineClientId, "mc", "machine client", MachineClientNotFound;
    /// An access token of a machine client (the record, not the credential).
    AccessToken, AccessTokenId, "tok", "access token", RouteNotFound;
    /// An audit entry.
    AuditEntry, AuditEntryId, "aud", "audit entry", AuditEntryNotFound;
    /// A request without an id from the client.
    Request, RequestId, "req", "request", RouteNotFound;
}

/// The id of a resource of kind `K`: 128 bits. The first 48 bits are the time of creation in milliseconds.
pub struct Id<K> {
    ulid: Ulid,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Id<K> {
    /// Returns a new id with the time `now` and 80 random bits.
    #[must_use]
    pub fn new(now: Time, random: u128) -> Self {
        let bits = random & ((1 << Ulid::RAND_BITS) - 1);
        Self::from_ulid(Ulid::from_parts(now.millis_since_epoch(), bits))
    }

    /// Returns the id with exactly these 128 bits.
    #[must_use]
    pub const fn from_ulid(ulid: Ulid) -> Self {
        Self { ulid, kind: PhantomData }
    }

    /// Returns the 128 bits. Sort keys contain them, because they sort by time of creation.
    #[must_use]
    pub const fn ulid(self) -> Ulid {
        self.ulid
    }

    /// Returns the time of creation.
    #[must_use]
    pub fn time(self) -> Time {
        Time::from_millis(self.ulid.timestamp_ms())
    }
}

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an id of the form {prefix}_ and a ULID in upper case")]
pub struct MalformedId {
    /// Expected prefix.
    pub prefix: &'static str,
}

impl<K: Kind> FromStr for Id<K> {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        let malformed = MalformedId { prefix: K::PREFIX };
        let digits = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(malformed)?;
        let ulid = Ulid::from_string(digits).map_err(|_| malformed)?;
        // Crockford's alphabet also accepts lower case and look-alikes. Here an id has one spelling.
        if ulid.array_to_str(&mut [0; ulid::ULID_LEN]) != digits {
            return Err(malformed);
        }
        Ok(Self::from_ulid(ulid))
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.ulid.array_to_str(&mut [0; ulid::ULID_LEN]))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.ulid == other.ulid
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.ulid.cmp(&other.ulid)
    }
}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.ulid.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<K: Kind> JsonSchema for Id<K> {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed(K::SCHEMA)
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let article = if K::NOUN.starts_with(['a', 'A', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        json_schema!({
            "type": "string",
            "description": format!("Identifier of {article} {}: `{}_` and a ULID in upper case.", K::NOUN, K::PREFIX),
            "pattern": format!("^{}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$", K::PREFIX),
            "examples": [format!("{}_01HQ3K9B2V6R4X8ZT1M5N7P0QS", K::PREFIX)],
        })
    }
}

/// Comma-separated list of 1 to `MAX` ids, as in a query. An id that is repeated counts each time.
#[derive(Debug)]
pub struct IdList<K: Kind, const MAX: usize>(pub Vec<Id<K>>);

impl<K: Kind, const MAX: usize> IdList<K, MAX> {
    /// Parses a list.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the parameter's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.split(',').count() > MAX {
            return Err(format!("must have at most {MAX} ids"));
        }
        let ids = text.split(',').map(str::parse).collect::<Result<_, MalformedId>>();
        let form = |MalformedId { prefix }| {
            format!("must be a comma-separated list of ids of the form {prefix}_ and a ULID in upper case")
        };
        ids.map(Self).map_err(form)
    }
}

impl<K: Kind, const MAX: usize> JsonSchema for IdList<K, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}List", K::SCHEMA))
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let id = format!("{}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}", K::PREFIX);
        json_schema!({
            "type": "string",
            "pattern": format!("^{id}(?:,{id}){{0,{}}}$", MAX - 1),
            "examples": [format!("{0}_01HQ3K9B2V6R4X8ZT1M5N7P0QS,{0}_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", K::PREFIX)],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_of_ids_is_separated_by_commas() {
        let id = "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
        let parse = |text: &str| IdList::<Party, 2>::parse(text).map(|IdList(ids)| ids.len());
        assert_eq!((parse(id), parse(&format!("{id},{id}"))), (Ok(1), Ok(2)));
        for (text, reason) in [
            (format!("{id},{id},{id}"), "at most 2"),
            (format!("{id},"), "comma-separated"),
            (format!(",{id}"), "comma-separated"),
            (format!("{id}, {id}"), "comma-separated"),
            (id.replace("pty", "dock"), "pty_"),
        ] {
            assert!(parse(&text).is_err_and(|error| error.contains(reason)), "{text}");
        }
    }

    #[test]
    fn an_id_contains_its_time() {
        let now: Time = "2024-03-01T12:00:00.123Z".parse().unwrap();
        let id = DockId::new(now, u128::MAX);
        assert_eq!(id.time(), now);
        assert!(id.to_string().starts_with("dock_01"));
    }

    #[test]
    fn other_kinds_lower_case_and_look_alikes_are_rejected() {
        let good = "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
        assert!(good.parse::<OrganizationId>().is_ok());
        for bad in [
            "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "org_01hq3k9b2v6r4x8zt1m5n7p0qs",
            "org_O1HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "org_81HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "org_01HQ3K9B2V6R4X8ZT1M5N7P0Q",
            "org_01HQ3K9B2V6R4X8ZT1M5N7P0QSS",
            "org01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "org_",
            "",
        ] {
            assert!(bad.parse::<OrganizationId>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn ids_round_trip(bits: u128) {
            let id = PartyId::from_ulid(Ulid(bits));
            prop_assert_eq!(id.to_string().parse::<PartyId>(), Ok(id));
        }

        #[test]
        fn a_parsed_id_prints_the_same(text in "pty_[0-9A-Za-z]{26}") {
            if let Ok(id) = text.parse::<PartyId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<RoleId>();
        }
    }
}
