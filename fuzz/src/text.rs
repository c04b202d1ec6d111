//! Target `text`: parsers of single strings. A parsed value is within its limits, and its text parses to the same value.

use std::{fmt::Display, str::FromStr};

use berth_shared::{
    credentials::{Credential, Scope},
    domain::{
        Color, Domain, Email, ExternalRef, Hint, LedgerPartyId, MAX_HINT, Name, RoleName, Search, Slug, SlugStem,
    },
    id::{self, Id, Kind},
    ledger::{self, PageToken},
    time::Time,
};

/// Maximum length of a slug, in bytes.
const MAX_SLUG: usize = 63;

/// Checks all parsers with one string.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    check_id::<id::Organization>(text);
    check_id::<id::Dock>(text);
    check_id::<id::Party>(text);
    check_id::<id::Role>(text);
    check_id::<id::ApiKey>(text);
    if let Ok(credential) = text.parse::<Credential>() {
        assert_eq!(credential.reveal(), text);
        assert!(!format!("{credential:?}").contains(text), "Debug prints the credential");
    }
    check_round_trip::<Scope>(text);
    if let Ok(time) = text.parse::<Time>() {
        assert_eq!(time.to_string().parse::<Time>().ok(), Some(time), "{text:?}");
    }
    check_values(text);
    check_ledger_values(text);
}

/// Checks that the text of a parsed id is the input: an id has exactly one spelling.
fn check_id<K: Kind>(text: &str) {
    if let Ok(id) = text.parse::<Id<K>>() {
        assert_eq!(id.to_string(), text);
        let _ = id.time();
    }
}

fn check_round_trip<T: FromStr + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
    }
}

fn check_values(text: &str) {
    if let Ok(name) = Name::parse(text) {
        assert!((1..=200).contains(&name.as_str().chars().count()));
        assert_eq!(Name::parse(name.as_str()).map(|again| again.as_str() == name.as_str()), Ok(true), "{text:?}");
        let found = Search::parse(name.as_str()).is_ok_and(|search| search.matches(name.as_str()));
        assert!(found, "a search for the whole name does not match it: {text:?}");
        let stem = SlugStem::of(&name);
        for slug in [stem.slug().clone(), stem.numbered(1), stem.numbered(u64::MAX)] {
            assert!(slug.as_str().len() <= MAX_SLUG && Slug::parse(slug.as_str()).is_ok(), "{slug}");
        }
    }
    if let Ok(slug) = Slug::parse(text) {
        assert_eq!(slug.as_str(), text);
    }
    if let Ok(domain) = Domain::parse(text) {
        assert_eq!(Domain::parse(domain.as_str()).as_ref(), Ok(&domain), "{text:?}");
    }
    if let Ok(reference) = ExternalRef::parse(text) {
        assert_eq!(ExternalRef::parse(reference.as_str()).as_ref(), Ok(&reference), "{text:?}");
    }
    let _ = Search::parse(text);
    let _ = (Email::parse(text), Color::parse(text), RoleName::parse(text));
}

fn check_ledger_values(text: &str) {
    if let Ok(hint) = Hint::parse(text) {
        assert_eq!(hint.as_str(), text);
        let name = hint.to_name();
        assert!(Name::parse(name.as_str()).is_ok(), "{text:?}");
    }
    if let Ok(id) = LedgerPartyId::parse(text) {
        assert!(text.starts_with(id.hint.as_str()));
    }
    let _ = (PageToken::open(text), ledger::check_user_id(text), ledger::check_user_id_in_path(text), ledger::check_ledger_string("field", text));
    let _ = ledger::check_party_filter(text, MAX_HINT);
    let _ = ledger::check_new_annotations(&ledger::Annotations::from([(text.to_owned(), text.to_owned())]), "field");
}
