//! Parameters of a request: a form (RFC 6749, appendix B) or a JSON object of strings.

use percent_encoding::percent_decode_str;

use super::{OAuthCode, OAuthError};
use crate::domain::json::Json;

/// Media type of forms.
const FORM: &str = "application/x-www-form-urlencoded";
/// Media type of JSON. It is also that of a body without one.
const JSON: &str = "application/json";

/// Parameters of a request. A parameter without a value is like an absent one (RFC 6749, section 3.2).
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a body.
    ///
    /// # Errors
    /// `invalid_request` for another media type, an undecodable body or a repeated parameter.
    pub(super) fn read(media_type: Option<&str>, body: &[u8]) -> Result<Self, OAuthError> {
        let essence = media_type.unwrap_or(JSON).split(';').next().unwrap_or_default().trim();
        let parameters = if body.is_empty() {
            Vec::new()
        } else if essence.eq_ignore_ascii_case(FORM) {
            form(body)?
        } else if essence.eq_ignore_ascii_case(JSON) {
            json(body)?
        } else {
            let description = format!("The media type of the body must be {FORM} or {JSON}");
            return Err(OAuthError::new(OAuthCode::UnsupportedMediaType, description));
        };
        for (at, (name, _)) in parameters.iter().enumerate() {
            if parameters[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(invalid("A parameter must not be repeated"));
            }
        }
        Ok(Self(parameters))
    }

    /// Returns the value of a parameter; `None` if it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }
}

fn invalid(description: &str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequest, description)
}

fn form(body: &[u8]) -> Result<Vec<(String, String)>, OAuthError> {
    let text = std::str::from_utf8(body).map_err(|_| invalid("The form must be UTF-8"))?;
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decoded = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(name)?, decode(value)?))
    });
    decoded.collect::<Option<_>>().ok_or_else(|| invalid("The form must be UTF-8"))
}

fn json(body: &[u8]) -> Result<Vec<(String, String)>, OAuthError> {
    let Ok(Json::Object(members)) = Json::parse(body) else { return Err(invalid("The body must be a JSON object")) };
    let parameter = |(name, value)| match value {
        Json::String(text) => Some(Ok((name, text))),
        Json::Null => None,
        _ => Some(Err(invalid("Every parameter must be a string"))),
    };
    members.into_iter().filter_map(parameter).collect()
}

/// Decodes a name or a value of a form: `+` is a space, and `%` begins an encoded byte. `None` if it is not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(media_type: Option<&str>, body: &str) -> Result<Parameters, OAuthCode> {
        Parameters::read(media_type, body.as_bytes()).map_err(|error| error.code)
    }

    #[test]
    fn a_form_and_json_have_the_same_parameters() {
        let form = "grant_type=client_credentials&scope=docks%3Aread+roles%3Aread&empty=";
        let json = r#"{"grant_type": "client_credentials", "scope": "docks:read roles:read", "empty": null}"#;
        for (media_type, body) in [
            (Some("application/x-www-form-urlencoded; charset=UTF-8"), form),
            (Some("Application/JSON"), json),
            (None, json),
        ] {
            let parameters = read(media_type, body).unwrap();
            assert_eq!(parameters.get("grant_type"), Some("client_credentials"));
            assert_eq!(parameters.get("scope"), Some("docks:read roles:read"));
            assert_eq!((parameters.get("empty"), parameters.get("other")), (None, None));
        }
    }

    #[test]
    fn repeated_parameters_and_other_bodies_are_rejected() {
        let form = Some("application/x-www-form-urlencoded");
        for (media_type, body) in [
            (form, "scope=a&scope=a"),
            (form, "sc%6Fpe=a&scope=b"),
            (form, "scope=%ff"),
            (None, r#"{"scope": "a", "scope": "b"}"#),
            (None, r#"{"scope": ["a"]}"#),
            (None, r#"{"scope": 1}"#),
            (None, "[]"),
            (None, "scope=a"),
        ] {
            assert_eq!(read(media_type, body).err(), Some(OAuthCode::InvalidRequest), "{body}");
        }
        assert_eq!(read(Some("text/plain"), "scope=a").err(), Some(OAuthCode::UnsupportedMediaType));
        assert!(read(Some("text/plain"), "").is_ok());
    }

    proptest! {
        #[test]
        fn no_body_panics(body: Vec<u8>) {
            let _ = (Parameters::read(Some(FORM), &body), Parameters::read(None, &body));
        }
    }
}
