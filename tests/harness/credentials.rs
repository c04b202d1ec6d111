//! The form of a credential, parsed independently of the product.

/// Digits of base62, by value.
pub const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns the CRC-32 of a text as six base62 digits.
pub fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.push(&BASE62[rest % 62..=rest % 62]);
        rest /= 62;
    }
    digits.into_iter().rev().collect()
}

/// Returns the parts of a credential: prefix, key id, secret, checksum.
pub fn parts(credential: &str) -> (&str, &str, &str, &str) {
    let (prefix, rest) = credential.split_at("dk_test_".len());
    let (id, rest) = rest.split_once('_').expect("an underscore before the secret");
    let (secret, sum) = rest.split_at(rest.len() - 6);
    (prefix, id, secret, sum)
}

/// Returns a credential with the checksum of its other characters.
pub fn with_checksum(text: &str) -> String {
    let body = &text[..text.len() - 6];
    format!("{body}{}", checksum(body))
}
