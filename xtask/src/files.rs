//! Reading and writing files of the repository.

use std::{fs, path::Path};

use crate::{Result, root};

/// Returns the text of a file.
pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// Replaces a file atomically: a reader sees the old text or the new text.
pub(crate) fn write(path: &str, text: &str) -> Result {
    let target = root().join(path);
    let temporary = target.with_extension("tmp");
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|error| format!("{path}: {error}"))
}

/// Creates a file. An existing file is an error, because it may have been edited.
pub(crate) fn create(path: &str, text: &str) -> Result {
    let target = root().join(path);
    if target.exists() {
        return Err(format!("{path} exists"));
    }
    if let Some(directory) = target.parent() {
        fs::create_dir_all(directory).map_err(|error| format!("{path}: {error}"))?;
    }
    write(path, text)
}

/// Returns whether a file exists.
pub(crate) fn exists(path: &str) -> bool {
    Path::new(&root()).join(path).exists()
}

/// Inserts a line into the sorted block of lines with this prefix, or at the end of the text if there is no such line.
pub(crate) fn insert_sorted(text: &str, prefix: &str, line: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let block = |known: &&str| known.starts_with(prefix) && known.ends_with(';');
    let after = lines.iter().rposition(|known| block(known) && *known < line);
    let first = lines.iter().position(block);
    lines.insert(after.map_or(first.unwrap_or(lines.len()), |at| at + 1), line);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::insert_sorted;

    #[test]
    fn a_line_is_inserted_in_order() {
        let text = "//! Roles.\n\nmod assign;\nmod list;\n";
        assert_eq!(insert_sorted(text, "mod ", "mod get;"), "//! Roles.\n\nmod assign;\nmod get;\nmod list;\n");
        assert_eq!(insert_sorted(text, "mod ", "mod a;"), "//! Roles.\n\nmod a;\nmod assign;\nmod list;\n");
        assert_eq!(insert_sorted("//! Roles.\n", "mod ", "mod a;"), "//! Roles.\nmod a;\n");
    }
}
