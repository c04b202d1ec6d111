//! Pages in the ledger's dialect: a token that says behind which party to go on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::LedgerError;
use crate::domain::{Party, ledger::check_characters};

/// The token of a page. It names a party and nothing else: neither a filter nor a size is bound to it.
#[derive(Debug)]
pub struct PageToken;

impl PageToken {
    /// The token that goes on behind `party`.
    #[must_use]
    pub fn seal(party: &Party) -> String {
        let hint = party.ledger_hint.as_ref().map_or_else(|| party.id.to_string(), |hint| hint.as_str().to_owned());
        URL_SAFE_NO_PAD.encode(hint)
    }

    /// The hint of the party that a token goes on behind; `None` for the empty token, which begins at the beginning.
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

/// Checks what ids are asked to begin with.
///
/// # Errors
/// `INVALID_FIELD`
pub fn check_party_filter(filter: &str, longest: usize) -> Result<(), LedgerError> {
    if filter.is_empty() {
        return Ok(());
    }
    check_characters(filter).map_err(|cause| LedgerError::invalid_field("filter_party", cause))?;
    let hint = filter.rsplit_once("::").map_or(filter, |(hint, _)| hint);
    if hint.len() > longest {
        return Err(LedgerError::invalid_field("filter_party", format!("filter_party is too long (max: {longest})")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_that_nobody_sealed_is_refused() {
        assert_eq!(PageToken::open("").unwrap(), None);
        assert_eq!(PageToken::open("QWxpY2U=").unwrap().as_deref(), Some("Alice"));
        for token in ["!", "_w", "w6k", "a"] {
            assert!(PageToken::open(token).is_err(), "{token}");
        }
    }

    proptest! {
        #[test]
        fn any_token_is_answered(token: String) {
            let _ = PageToken::open(&token);
        }
    }
}
