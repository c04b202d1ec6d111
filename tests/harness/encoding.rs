//! Content codings of responses (RFC 9110 section 8.4.1).

use std::io::Read;

use flate2::read::GzDecoder;

/// Returns content without its encoding.
pub fn decode(encoding: Option<&str>, content: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    match encoding {
        // The response to HEAD has no content.
        _ if content.is_empty() => return Vec::new(),
        None => return content.to_vec(),
        Some("gzip") => GzDecoder::new(content).read_to_end(&mut decoded).expect("the content is gzip"),
        Some("br") => brotli::Decompressor::new(content, 4096).read_to_end(&mut decoded).expect("the content is br"),
        Some(other) => panic!("{other} is no encoding of a response"),
    };
    decoded
}
