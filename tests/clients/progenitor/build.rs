//! Generates the client from the document in `BERTH_OPENAPI`, which is OpenAPI 3.0.

use std::{env, error::Error, fs, path::Path};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::var("BERTH_OPENAPI")?;
    println!("cargo::rerun-if-env-changed=BERTH_OPENAPI");
    println!("cargo::rerun-if-changed={path}");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    adjust(&mut document);
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_value(document)?)?;
    let source = prettyplease::unparse(&syn::parse2(tokens)?);
    fs::write(Path::new(&env::var("OUT_DIR")?).join("client.rs"), source)?;
    Ok(())
}

/// Works around two limits of progenitor 0.15.1.
///
/// It decodes bodies of `application/json` only, and panics on an operation whose errors have bodies of two types: that
/// of `/readyz` has, JSON and a text.
fn adjust(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    paths.remove("/readyz");
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(|path| path.values_mut());
    for response in
        operations.filter_map(|operation| operation["responses"].as_object_mut()).flat_map(|all| all.values_mut())
    {
        let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { continue };
        if let Some(problem) = content.remove("application/problem+json") {
            content.insert("application/json".to_owned(), problem);
        }
    }
}
