//! Signature Version 4 of requests to the port of the embedded DynamoDB:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html>.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use jiff::{civil::DateTime, tz::TimeZone};
use lambda_http::http::{HeaderMap, request::Parts};
use subtle::ConstantTimeEq;

/// Maximum difference between the time of a signature and now, as at AWS.
const MAX_AGE: Duration = Duration::from_mins(15);

/// Algorithm at the start of the header `Authorization`.
const ALGORITHM: &str = "AWS4-HMAC-SHA256 ";

/// Access key of the embedded DynamoDB's port. A new one for each start.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreCredentials {
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: String,
}

impl StoreCredentials {
    /// Returns new random credentials.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
        let (id, secret) = random.split_at(6);
        Ok(Self { access_key_id: format!("BERTH{}", hex(id)), secret_access_key: hex(secret) })
    }

    /// Returns whether a request is signed with these credentials.
    pub(super) fn verify(&self, head: &Parts, body: &[u8], now: SystemTime) -> bool {
        let given = head.headers.get("authorization").and_then(|value| value.to_str().ok());
        let Some(given) = given.and_then(Authorization::parse) else { return false };
        if given.access_key_id != self.access_key_id || !given.signs("host") || !given.signs("x-amz-date") {
            return false;
        }
        let Some(time) = signing_time(&head.headers) else { return false };
        let age = now.duration_since(time).unwrap_or_else(|error| error.duration());
        let signature = self.signature(&given, head, body, time);
        age <= MAX_AGE && signature.is_some_and(|own| own.as_bytes().ct_eq(given.signature.as_bytes()).into())
    }

    /// Returns the signature that a request with these signed headers must have.
    fn signature(&self, given: &Authorization<'_>, head: &Parts, body: &[u8], time: SystemTime) -> Option<String> {
        let identity = Credentials::new(&self.access_key_id, &self.secret_access_key, None, None, "berth").into();
        let mut settings = SigningSettings::default();
        // Which headers are signed is the client's choice.
        settings.excluded_headers = None;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(given.region)
            .name("dynamodb")
            .time(time)
            .settings(settings)
            .build()
            .ok()?
            .into();
        let headers = head.headers.iter().filter(|(name, _)| given.signs(name.as_str()));
        let headers = headers.map(|(name, value)| value.to_str().map(|value| (name.as_str(), value)));
        let headers = headers.collect::<Result<Vec<_>, _>>().ok()?;
        // The URI of a request has no authority; the header `Host` is signed.
        let uri = format!("http://{}{}", head.headers.get("host")?.to_str().ok()?, head.uri);
        let request =
            SignableRequest::new(head.method.as_str(), uri, headers.into_iter(), SignableBody::Bytes(body)).ok()?;
        sign(request, &parameters).ok().map(|output| output.signature().to_owned())
    }
}

impl fmt::Debug for StoreCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreCredentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// The parts of a header `Authorization`.
struct Authorization<'a> {
    access_key_id: &'a str,
    region: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let parts = header.strip_prefix(ALGORITHM)?;
        let part = |name: &str| parts.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let mut scope = part("Credential")?.split('/');
        let (access_key_id, _date, region) = (scope.next()?, scope.next()?, scope.next()?);
        let (service, terminator) = (scope.next()?, scope.next()?);
        if (service, terminator, scope.next()) != ("dynamodb", "aws4_request", None) {
            return None;
        }
        let signed_headers = part("SignedHeaders")?.split(';').collect();
        Some(Self { access_key_id, region, signed_headers, signature: part("Signature")? })
    }

    fn signs(&self, header: &str) -> bool {
        self.signed_headers.contains(&header)
    }
}

/// Returns the time of a signature, from the header `X-Amz-Date`.
fn signing_time(headers: &HeaderMap) -> Option<SystemTime> {
    let text = headers.get("x-amz-date")?.to_str().ok()?;
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use lambda_http::http::Request;

    use super::*;

    /// The time of the signature below.
    const TIME: &str = "20260101T000000Z";

    fn credentials() -> StoreCredentials {
        StoreCredentials { access_key_id: "BERTH1".to_owned(), secret_access_key: "secret".to_owned() }
    }

    fn at(text: &str) -> SystemTime {
        signing_time(&HeaderMap::from_iter([("x-amz-date".parse().unwrap(), text.parse().unwrap())])).unwrap()
    }

    /// Returns a request with this body, which `signer` signed.
    fn signed(signer: &StoreCredentials, body: &[u8]) -> Parts {
        let request = Request::post("/")
            .header("host", "127.0.0.1:8000")
            .header("x-amz-date", TIME)
            .header("x-amz-target", "DynamoDB_20120810.ListTables");
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        let scope = format!("{}/20260101/local/dynamodb/aws4_request", signer.access_key_id);
        let names = "host;x-amz-date;x-amz-target";
        let unsigned = format!("{ALGORITHM}Credential={scope}, SignedHeaders={names}, Signature=");
        let given = Authorization::parse(&unsigned).unwrap();
        let signature = signer.signature(&given, &head, body, at(TIME)).unwrap();
        head.headers.insert("authorization", format!("{unsigned}{signature}").parse().unwrap());
        head
    }

    #[test]
    fn a_signed_request_is_accepted_for_fifteen_minutes() {
        let head = signed(&credentials(), b"{}");
        for (now, expected) in [
            ("20260101T000000Z", true),
            ("20260101T001500Z", true),
            ("20251231T234500Z", true),
            ("20260101T001501Z", false),
            ("20251231T234459Z", false),
        ] {
            assert_eq!(credentials().verify(&head, b"{}", at(now)), expected, "{now}");
        }
    }

    #[test]
    fn every_part_of_a_request_is_signed() {
        let other = StoreCredentials { secret_access_key: "other".to_owned(), ..credentials() };
        assert!(!other.verify(&signed(&credentials(), b"{}"), b"{}", at(TIME)));
        assert!(!credentials().verify(&signed(&credentials(), b"{}"), b"{ }", at(TIME)));
        let changes: [fn(&mut Parts); 5] = [
            |head| head.uri = "/?a=b".parse().unwrap(),
            |head| drop(head.headers.insert("host", "example.com".parse().unwrap())),
            |head| drop(head.headers.insert("x-amz-date", "20260101T000001Z".parse().unwrap())),
            |head| drop(head.headers.insert("x-amz-target", "DynamoDB_20120810.DeleteTable".parse().unwrap())),
            |head| drop(head.headers.remove("authorization")),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut head = signed(&credentials(), b"{}");
            assert!(credentials().verify(&head, b"{}", at(TIME)));
            change(&mut head);
            assert!(!credentials().verify(&head, b"{}", at(TIME)), "{index}");
        }
    }

    #[test]
    fn generated_credentials_differ_and_are_not_printed() {
        let (one, other) = (StoreCredentials::generate().unwrap(), StoreCredentials::generate().unwrap());
        assert!(one.access_key_id != other.access_key_id && one.secret_access_key != other.secret_access_key);
        assert!(!format!("{one:?}").contains(&one.secret_access_key));
    }
}
