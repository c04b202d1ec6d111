//! Files that tests write if `BERTH_REGENERATE` is set (`cargo xtask generate`).

use std::{fs, path::Path};

/// Replaces a generated file atomically: a reader sees the old text or the new text.
pub fn write(path: impl AsRef<Path>, text: &str) {
    let path = path.as_ref();
    let temporary = path.with_extension("tmp");
    fs::write(&temporary, text).expect("the directory is writable");
    fs::rename(&temporary, path).expect("the file is replaced");
}
