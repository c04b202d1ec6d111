//! Links `bootstrap` at a fixed address, and compresses `openapi.json`.
//!
//! A position-independent executable of this size needs about 16,000 relocations in 60 pages at every start. They take a
//! tenth of the processor time of a cold start (docs/performance.md).

use std::{
    env,
    error::Error,
    fs,
    hash::{DefaultHasher, Hasher},
    io::Write,
    path::Path,
};

/// Path of the OpenAPI document from this crate.
const OPENAPI: &str = "../openapi.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={OPENAPI}");
    // Lambda runs on Linux only, and linkers of other systems may not support this option.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bin=bootstrap=-no-pie");
    }
    compress(Path::new(&env::var("OUT_DIR")?))
}

/// Writes the compressed OpenAPI document, and sets the variable with its digest.
fn compress(directory: &Path) -> Result<(), Box<dyn Error>> {
    let document = fs::read(OPENAPI)?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&document)?;
    fs::write(directory.join("openapi.json.gz"), gzip.finish()?)?;
    let mut brotli = Vec::new();
    brotli::BrotliCompress(&mut document.as_slice(), &mut brotli, &brotli::enc::BrotliEncoderParams::default())?;
    fs::write(directory.join("openapi.json.br"), brotli)?;
    let mut digest = DefaultHasher::new();
    digest.write(&document);
    println!("cargo::rustc-env=OPENAPI_DIGEST={:016x}", digest.finish());
    Ok(())
}
