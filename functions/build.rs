//! Links `bootstrap` at a fixed address, and compresses `openapi.json` and the files of the console.
//!
//! A position-independent executable of this size needs about 16,000 relocations in 60 pages at every start. They take a
//! tenth of the processor time of a cold start (docs/performance.md).

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hasher},
    io::Write,
    path::{Path, PathBuf},
};

/// Path of the OpenAPI document from this crate.
const OPENAPI: &str = "../openapi.json";
/// Path of the folder of the console from this crate.
const CONSOLE: &str = "../console";
/// Texts in the pages of the console that stand for the version of its assets, and for the version of Berth.
const PLACEHOLDERS: [&str; 2] = ["{assets}", "{version}"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={OPENAPI}");
    println!("cargo::rerun-if-changed={CONSOLE}");
    // Lambda runs on Linux only, and linkers of other systems may not support this option.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bin=bootstrap=-no-pie");
    }
    let directory = PathBuf::from(env::var("OUT_DIR")?);
    let document = fs::read(OPENAPI)?;
    write_encodings(&directory, "openapi.json", &document)?;
    println!("cargo::rustc-env=OPENAPI_DIGEST={}", digest([document.as_slice()]));
    embed_console(&directory)
}

/// Writes the files of the console with their encodings, and the list of its assets as Rust code.
///
/// The path of an asset contains a digest of all assets. So the modules can import each other by name, and every asset can
/// be cached for ever.
fn embed_console(directory: &Path) -> Result<()> {
    let entries = fs::read_dir(CONSOLE)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name is not UTF-8")?.to_owned();
        files.push((name, fs::read(&path)?));
    }
    let is_page = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "html");
    let assets = files.iter().filter(|(name, _)| !is_page(name));
    let version = digest(assets.flat_map(|(name, content)| [name.as_bytes(), content.as_slice()]));
    println!("cargo::rustc-env=CONSOLE_VERSION={version}");

    let release = env::var("CARGO_PKG_VERSION")?;
    let description = format!(
        r#"{{"name":"Berth","version":"{release}","links":{{"console":"/console","openapi":"/openapi.json","health":"/v1/healthz"}}}}"#
    );
    fs::write(directory.join("root.json"), &description)?;
    write_encodings(directory, "root.json", description.as_bytes())?;
    println!("cargo::rustc-env=ROOT_DIGEST={}", digest([description.as_bytes()]));

    let mut list = String::from("&[\n");
    for (name, content) in &files {
        if is_page(name) {
            let page =
                std::str::from_utf8(content)?.replace(PLACEHOLDERS[0], &version).replace(PLACEHOLDERS[1], &release);
            fs::write(directory.join(name), &page)?;
            write_encodings(directory, name, page.as_bytes())?;
            let variable = name.trim_end_matches(".html").to_uppercase();
            println!("cargo::rustc-env=CONSOLE_{variable}_DIGEST={}", digest([page.as_bytes()]));
        } else {
            fs::write(directory.join(name), content)?;
            write_encodings(directory, name, content)?;
            writeln!(list, "    asset!({name:?}, {:?}, {:?}),", media_type(name)?, digest([content.as_slice()]))?;
        }
    }
    list.push_str("]\n");
    fs::write(directory.join("console_assets.rs"), list)?;
    Ok(())
}

fn media_type(name: &str) -> Result<&'static str> {
    match name.rsplit_once('.') {
        Some((_, "js")) => Ok("text/javascript"),
        Some((_, "css")) => Ok("text/css"),
        Some((_, "svg")) => Ok("image/svg+xml"),
        _ => Err(format!("console/{name} has no known media type").into()),
    }
}

/// Writes a document compressed with gzip and brotli.
fn write_encodings(directory: &Path, name: &str, document: &[u8]) -> Result<()> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(document)?;
    fs::write(directory.join(format!("{name}.gz")), gzip.finish()?)?;
    let mut brotli = Vec::new();
    let mut content = document;
    brotli::BrotliCompress(&mut content, &mut brotli, &brotli::enc::BrotliEncoderParams::default())?;
    fs::write(directory.join(format!("{name}.br")), brotli)?;
    Ok(())
}

/// Returns a digest of texts, in hexadecimal digits.
fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = DefaultHasher::new();
    for part in parts {
        digest.write_usize(part.len());
        digest.write(part);
    }
    format!("{:016x}", digest.finish())
}
