//! Hexadecimal encoding.

use std::fmt::Write;

/// Encodes bytes with two lower-case digits each.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Decodes bytes; `None` if `text` is not hexadecimal.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip() {
        assert_eq!(encode(&[0, 0x0f, 0xff]), "000fff");
        assert_eq!(decode("000fff"), Some(vec![0, 0x0f, 0xff]));
        assert_eq!(decode("0"), None);
        assert_eq!(decode("xy"), None);
    }
}
