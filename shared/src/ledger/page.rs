//! Pagination in the ledger dialect: a token names the party after which the next page begins.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::LedgerError;
use crate::domain::ledger::check_characters;

/// A page token. It contains only the hint of a party, so it is bound neither to a filter nor to a page size.
#[derive(Debug)]
pub struct PageToken;

impl PageToken {
    /// Returns the token of the page after the party with this hint.
    #[must_use]
    pub fn seal(hint: &str) -> String {
        URL_SAFE_NO_PAD.encode(hint)
    }

    /// Returns the hint of the party after which the page begins; `None` for the empty token, which is the first page.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`
    pub fn open(token: &str) -> Result<Option<String>, LedgerError> {
        if token.is_empty() {
            return Ok(None);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token.trim_end_matches('='));
        let hint = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        match hint.filter(|hint| check_characters(hint).is_ok()) {
            Some(hint) => Ok(Some(hint)),
            None => Err(LedgerError::invalid_argument("Failed decoding page token from base64 string")),
        }
    }
}

/// Name of the filter in errors, as Canton writes it.
const FILTER: &str = "filterString";

/// Checks the prefix by which ids are filtered. `longest` is the maximum length of its hint.
///
/// # Errors
/// `INVALID_FIELD`
pub fn check_party_filter(filter: &str, longest: usize) -> Result<(), LedgerError> {
    if filter.is_empty() {
        return Ok(());
    }
    check_characters(filter).map_err(|cause| LedgerError::invalid_field(FILTER, cause))?;
    let hint = filter.rsplit_once("::").map_or(filter, |(hint, _)| hint);
    if hint.len() > longest {
        return Err(LedgerError::invalid_field(FILTER, format!("Party filter is too long (max: {longest})")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_invalid_token_is_rejected() {
        assert_eq!(PageToken::open("").unwrap(), None);
        assert_eq!(PageToken::open("QWxpY2U=").unwrap().as_deref(), Some("Alice"));
        for token in ["!", "_w", "w6k", "a"] {
            assert!(PageToken::open(token).is_err(), "{token}");
        }
    }

    proptest! {
        #[test]
        fn no_token_panics(token: String) {
            let _ = PageToken::open(&token);
        }
    }
}
