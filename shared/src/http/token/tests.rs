use proptest::prelude::*;

use super::*;
use crate::domain::credentials::Owner;

const ORGANIZATION: &str = "org_01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn settings() -> TokenSettings {
    let text = |text: &str| Some(text.to_owned());
    TokenSettings { jwks: text("https://idp.example/jwks"), admins: text("ops"), ..TokenSettings::default() }
}

fn users(admins: &str, plain: &str) -> Result<TokenConfig, InvalidTokenConfig> {
    let settings = TokenSettings { admins: Some(admins.to_owned()), users: Some(plain.to_owned()), ..settings() };
    TokenConfig::read(settings).map(Option::unwrap)
}

#[test]
fn without_settings_no_token_is_accepted() {
    assert_eq!(TokenConfig::read(TokenSettings::default()), Ok(None));
    // The template sets every variable. Unused ones are empty.
    let empty = TokenSettings::from_variables(|_| Some(" ".to_owned()));
    assert_eq!(TokenConfig::read(empty), Ok(None));
    assert_eq!(TokenConfig::read(TokenSettings::from_variables(|_| None)), Ok(None));
}

#[test]
fn every_variable_is_read() {
    let settings = TokenSettings::from_variables(|name| Some(format!("{name}-x")));
    let TokenSettings { jwks, audience, scope, admins, users } = settings;
    let read = [jwks, audience, scope, admins, users].map(Option::unwrap);
    let names = ["JWKS", "JWT_AUDIENCE", "JWT_SCOPE", "JWT_ADMINS", "JWT_USERS"];
    assert_eq!(read, names.map(|name| format!("BERTH_{name}-x")));
}

#[test]
fn subjects_are_users_with_an_owner() {
    let config = users(&format!("ops,,acme={ORGANIZATION},"), " ann ").unwrap();
    let acme = Owner::Organization(ORGANIZATION.parse().unwrap());
    let expected = [("ops", Owner::Platform, true), ("acme", acme, true), ("ann", Owner::Platform, false)];
    assert_eq!(config.users.len(), 3);
    for (subject, owner, is_admin) in expected {
        assert_eq!(config.users[subject], TokenUser { owner, is_admin }, "{subject}");
    }
}

#[test]
fn invalid_subjects_are_reported() {
    for wrong in ["a b", "=org_1", "ops=acme", "ops=", "key_1", &"x".repeat(129), "a*", "ö"] {
        let error = users(wrong, "ann").unwrap_err().to_string();
        assert!(error.starts_with("BERTH_JWT_ADMINS: ") && error.contains(wrong), "{error}");
    }
    for (admins, plain) in [("ops,ops", ""), ("ops", "ops"), ("ops", &format!("ops={ORGANIZATION}"))] {
        assert!(users(admins, plain).unwrap_err().to_string().contains("listed twice"));
    }
    assert_eq!(users(" ", ","), Err(InvalidTokenConfig::NoUsers));
}

#[test]
fn keys_come_from_a_file_or_a_trusted_server() {
    for good in
        ["jwks.json", "/etc/jwks.json", "https://idp.example/jwks?x=1", "http://127.0.0.1:1/j", "http://[::1]/j"]
    {
        assert!(TokenConfig::read(TokenSettings { jwks: Some(good.to_owned()), ..settings() }).is_ok(), "{good}");
    }
    for bad in ["http://idp.example/jwks", "http://127.0.0.1.example/j", "ftp://x/y", "https://", "https:// x"] {
        let result = TokenConfig::read(TokenSettings { jwks: Some(bad.to_owned()), ..settings() });
        assert_eq!(result, Err(InvalidTokenConfig::Location(bad.to_owned())));
    }
}

/// Found by fuzzing: members that the parser skips were not checked.
#[test]
fn every_signed_member_must_be_utf_8() {
    use std::io::Write;

    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING as ES256, EcdsaKeyPair, KeyPair},
    };
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ES256, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ES256, key.as_ref(), &random).unwrap();
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, r#"{{"keys": [{{"kty": "EC", "crv": "P-256", "x": "{x}", "y": "{y}"}}]}}"#).unwrap();
    let (jwks, scope) = (file.path().display().to_string(), "s".to_owned());
    let config = TokenConfig::read(TokenSettings { jwks: Some(jwks), scope: Some(scope), ..settings() });
    let verifier = TokenVerifier::new(config.unwrap().unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let verify = |header: &[u8], claims: &[u8]| {
        let message = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = URL_SAFE_NO_PAD.encode(key.sign(&random, message.as_bytes()).unwrap());
        let token = format!("{message}.{signature}");
        runtime.block_on(async { verifier.verify(&token, "berth::1220", Instant::now()).await })
    };
    let (header, claims) = (br#"{"alg":"ES256","x":"-"}"#, br#"{"sub":"ops","scope":"s","x":"-"}"#);
    assert_eq!(verify(header, claims).unwrap().id, "ops");
    let corrupted = |part: &[u8]| part.iter().map(|byte| if *byte == b'-' { 0xff } else { *byte }).collect::<Vec<u8>>();
    for (header, claims) in [(corrupted(header), claims.to_vec()), (header.to_vec(), corrupted(claims))] {
        assert_eq!(verify(&header, &claims).unwrap_err().to_string(), "a token that cannot be read");
    }
}

proptest! {
    /// Any settings are accepted or rejected without a panic.
    #[test]
    fn no_settings_panic(jwks in ".{0,40}", admins in "[a-z=,_ ]{0,40}", users in ".{0,40}") {
        let [jwks, admins, users] = [jwks, admins, users].map(Some);
        let _ = TokenConfig::read(TokenSettings { jwks, admins, users, ..TokenSettings::default() });
    }

    /// Any text is rejected without fitting keys, and nothing panics.
    #[test]
    fn no_text_is_a_token(parts in prop::collection::vec("[A-Za-z0-9_-]{0,60}", 1..5), head in ".{0,60}") {
        ring_provider::install();
        let config = TokenConfig::read(TokenSettings { jwks: Some("http://127.0.0.1:1/".to_owned()), ..settings() });
        let verifier = TokenVerifier::new(config.unwrap().unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let shaped = format!("{}.{}", URL_SAFE_NO_PAD.encode(&head), parts.join("."));
        for token in [parts.join("."), head, shaped] {
            let deadline = Instant::now();
            prop_assert!(runtime.block_on(verifier.verify(&token, "berth::1220", deadline)).is_err());
        }
    }
}
