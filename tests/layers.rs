//! The layers of the common crate: every module imports only from its own layer and the layers below.
//!
//! The test reads the sources as text, so that it reports an import from above with file and line.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The layers, lowest first.
const LAYERS: [&str; 6] = ["domain", "store", "operator", "http", "ledger", "oauth"];

/// Re-exports at the root of the crate, for other crates. The crate itself uses the full paths.
const REEXPORTS: [&str; 8] = ["Environment", "Error", "Result", "Service", "credentials", "error", "id", "time"];

#[test]
fn every_module_imports_only_from_layers_below() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&root);
    assert!(files.len() > 50, "too few sources: {}", files.len());
    let mut violations = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap();
        let first = path.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if first == "lib" {
            continue;
        }
        let own = LAYERS.iter().position(|layer| *layer == first);
        let own = own.unwrap_or_else(|| panic!("{} belongs to no layer", path.display()));
        let text = fs::read_to_string(&file).unwrap();
        violations
            .extend(above(own, &text).into_iter().map(|(line, name)| format!("{}:{line}: {name}", path.display())));
    }
    assert!(violations.is_empty(), "imports from a layer above or by a re-export:\n{}", violations.join("\n"));
}

#[test]
fn an_import_from_above_is_found_in_every_form() {
    let domain = 0;
    for text in [
        "use crate::store::Store;",
        "use crate::{domain::Name, http::Request};",
        "use crate::{\n    domain::{Name, Slug},\n    ledger::{self, LedgerError},\n};",
        "fn f() -> crate::http::Response {}",
        "use crate::error::Error;",
    ] {
        assert_eq!(above(domain, text).len(), 1, "{text}");
    }
    assert_eq!(above(3, "use crate::{domain::Name, store::{Store, http}, http::Request};"), []);
    assert_eq!(above(domain, "//! As [`crate::http`] does."), []);
}

/// Returns the imports in `text` from a layer above `own` or by a re-export, with their line and name.
fn above(own: usize, text: &str) -> Vec<(usize, String)> {
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        for (offset, name) in first_names(rest) {
            let layer = LAYERS.iter().position(|layer| *layer == name);
            if layer.map_or(REEXPORTS.contains(&name), |layer| layer > own) {
                found.push((code[..at + offset].lines().count(), name.to_owned()));
            }
        }
    }
    found
}

/// Returns the first segment of a path, or of every path of a group in braces, with its offset.
fn first_names(rest: &str) -> Vec<(usize, &str)> {
    let name_at = |at: usize| {
        let text = &rest[at..];
        &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
    };
    if !rest.starts_with('{') {
        return vec![(0, name_at(0))];
    }
    let (mut depth, mut starts, mut names) = (0, false, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            '{' => (depth, starts) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => starts = depth == 1,
            c if starts && !c.is_whitespace() => {
                names.push((at, name_at(at)));
                starts = false;
            }
            _ => {}
        }
    }
    names
}

/// Returns every source file below `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
