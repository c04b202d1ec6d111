//! IP networks from which a credential can be used.

use std::{borrow::Cow, fmt, net::IpAddr, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::patch::{FromJson, Violation};
use crate::domain::json::Json;

/// Maximum number of networks of one credential.
const MAX_NETWORKS: usize = 20;
/// Number of bits before the IPv4 address in an IPv4-mapped IPv6 address.
const MAPPED: u8 = 96;

/// An IP network in CIDR notation, such as `192.0.2.0/24` or `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

/// The text is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedNetwork {
    /// The text is not an address, a slash and the length of a prefix.
    #[error("must be a network in CIDR notation such as 192.0.2.0/24 or 2001:db8::/32")]
    Form,
    /// The address has bits after the prefix.
    #[error("must have no bits set after its prefix")]
    HostBits,
}

impl Network {
    /// Returns whether the network contains an address. An IPv4-mapped IPv6 address counts as the IPv4 address.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= u32::from(self.length)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= u32::from(self.length)
            }
            _ => false,
        }
    }

    /// Returns whether the network contains every address of `other`.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        self.length <= other.length && self.contains(other.address)
    }
}

impl FromStr for Network {
    type Err = MalformedNetwork;

    fn from_str(text: &str) -> Result<Self, MalformedNetwork> {
        let (address, length) = text.split_once('/').ok_or(MalformedNetwork::Form)?;
        let address: IpAddr = address.parse().map_err(|_| MalformedNetwork::Form)?;
        let is_number = length.bytes().all(|b| b.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
        let length: u8 = length.parse().ok().filter(|_| is_number).ok_or(MalformedNetwork::Form)?;
        let host_bits = match address {
            IpAddr::V4(address) if length <= 32 => {
                address.to_bits().checked_shl(u32::from(length)).is_some_and(|rest| rest != 0)
            }
            IpAddr::V6(address) if length <= 128 => {
                address.to_bits().checked_shl(u32::from(length)).is_some_and(|rest| rest != 0)
            }
            _ => return Err(MalformedNetwork::Form),
        };
        if host_bits {
            return Err(MalformedNetwork::HostBits);
        }
        match address.to_canonical() {
            IpAddr::V4(mapped) if address.is_ipv6() && length >= MAPPED => {
                Ok(Self { address: mapped.into(), length: length - MAPPED })
            }
            _ => Ok(Self { address, length }),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

/// The networks from which a credential can be used. Without any, it can be used from every address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedIps(Vec<Network>);

impl AllowedIps {
    /// Returns whether there is no restriction.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a request from this address is allowed. Without an address, only the absence of a restriction allows it.
    #[must_use]
    pub fn allow(&self, address: Option<IpAddr>) -> bool {
        self.is_empty() || address.is_some_and(|address| self.0.iter().any(|network| network.contains(address)))
    }

    /// Returns the restriction of a credential that one with the restriction `self` creates. Without networks of its own, the
    /// new credential has those of its creator.
    ///
    /// # Errors
    /// A violation for each network that is not within one of the creator's.
    pub fn of_child(&self, own: Self) -> Result<Self, Vec<Violation>> {
        if own.is_empty() || self.is_empty() {
            return Ok(if own.is_empty() { self.clone() } else { own });
        }
        let outside = |(_, network): &(usize, &Network)| !self.0.iter().any(|wide| wide.includes(**network));
        let violations = own.0.iter().enumerate().filter(outside).map(|(index, _)| {
            Violation::at(index.to_string(), "must be within a network of the credential that sends the request")
        });
        let violations: Vec<_> = violations.collect();
        if violations.is_empty() { Ok(own) } else { Err(violations) }
    }
}

impl FromJson for AllowedIps {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Array(elements) = json else { return Err(Violation::new("must be an array of networks")) };
        if elements.len() > MAX_NETWORKS {
            return Err(Violation::new(format!("must have at most {MAX_NETWORKS} networks")));
        }
        let (mut networks, mut violations) = (Vec::new(), Vec::new());
        for (index, element) in elements.iter().enumerate() {
            match element {
                Json::String(text) => match text.parse() {
                    Ok(network) => networks.push(network),
                    Err(malformed) => {
                        violations.push(Violation::at(index.to_string(), MalformedNetwork::to_string(&malformed)));
                    }
                },
                _ => violations.push(Violation::at(index.to_string(), "must be a string")),
            }
        }
        if violations.is_empty() { Ok(Self(networks)) } else { Err(violations) }
    }
}

impl JsonSchema for AllowedIps {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AllowedIps".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "maxItems": MAX_NETWORKS,
            "items": { "type": "string", "examples": ["192.0.2.0/24", "2001:db8::/32"] },
        })
    }
}

impl Serialize for AllowedIps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Network::to_string))
    }
}

impl<'de> Deserialize<'de> for AllowedIps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let networks = texts.iter().map(|text| text.parse()).collect::<Result<_, MalformedNetwork>>();
        networks.map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use proptest::prelude::*;

    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn allowed(texts: &[&str]) -> AllowedIps {
        AllowedIps(texts.iter().map(|text| network(text)).collect())
    }

    #[test]
    fn a_network_contains_the_addresses_with_its_prefix() {
        for (text, inside, outside) in [
            (
                "192.0.2.0/24",
                ["192.0.2.0", "192.0.2.255", "::ffff:192.0.2.7"],
                ["192.0.1.255", "192.0.3.0", "::c000:200"],
            ),
            ("192.0.2.8/32", ["192.0.2.8"; 3], ["192.0.2.7", "192.0.2.9", "::1"]),
            (
                "2001:db8::/33",
                ["2001:db8::", "2001:db8:7fff::1", "2001:db8::1"],
                ["2001:db8:8000::", "2001:db7::", "1.2.3.4"],
            ),
            (
                "::ffff:10.0.0.0/104",
                ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["11.0.0.0", "9.255.255.255", "::"],
            ),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255", "127.0.0.1"], ["::1", "::", "2001:db8::1"]),
        ] {
            let network = network(text);
            assert!(inside.iter().all(|address| network.contains(address.parse().unwrap())), "{text}");
            assert!(!outside.iter().any(|address| network.contains(address.parse().unwrap())), "{text}");
        }
        assert_eq!(network("::ffff:10.0.0.0/104").to_string(), "10.0.0.0/8");
    }

    #[test]
    fn only_networks_without_host_bits_are_accepted() {
        for text in [
            "192.0.2.1",
            "::1",
            "192.0.2.0/33",
            "::/129",
            "192.0.2.0/",
            "/24",
            "192.0.2.0/+8",
            "10.0.0.0/08",
            "a/8",
            "",
        ] {
            assert_eq!(text.parse::<Network>(), Err(MalformedNetwork::Form), "{text}");
        }
        for text in ["192.0.2.1/24", "10.0.0.1/0", "2001:db8::1/127", "::1/0", "::ffff:10.0.0.1/104"] {
            assert_eq!(text.parse::<Network>(), Err(MalformedNetwork::HostBits), "{text}");
        }
    }

    #[test]
    fn a_child_stays_within_the_networks_of_its_creator() {
        let creator = allowed(&["10.0.0.0/8", "2001:db8::/32"]);
        assert_eq!(creator.of_child(AllowedIps::default()), Ok(creator.clone()));
        let within = allowed(&["10.1.0.0/16", "10.0.0.0/8", "2001:db8:1::/48"]);
        assert_eq!(creator.of_child(within.clone()), Ok(within.clone()));
        let wider = creator.of_child(allowed(&["10.1.0.0/16", "0.0.0.0/0", "2001:d00::/24"])).unwrap_err();
        assert_eq!(wider.iter().map(|violation| violation.path.join("/")).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(AllowedIps::default().of_child(within.clone()), Ok(within));
    }

    #[test]
    fn without_an_address_only_an_open_credential_is_allowed() {
        assert!(AllowedIps::default().allow(None));
        assert!(!allowed(&["0.0.0.0/0"]).allow(None));
    }

    proptest! {
        #[test]
        fn networks_round_trip(bits: u128, length in 0_u8..=128) {
            let masked = bits & u128::MAX.checked_shl(u32::from(128 - length)).unwrap_or_default();
            let network: Network = format!("{}/{length}", Ipv6Addr::from_bits(masked)).parse().unwrap();
            prop_assert_eq!(network.to_string().parse::<Network>(), Ok(network));
            prop_assert!(network.contains(Ipv6Addr::from_bits(masked).into()) && network.includes(network));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Network>();
        }
    }
}
