//! `cargo xtask new-endpoint <resource> <verb>`.

use crate::{Result, files, print, skeleton};

/// The list of endpoints.
const LIST: &str = "functions/src/lib.rs";

/// An endpoint to add.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewEndpoint {
    /// Folder, for example `roles`.
    pub(crate) folder: String,
    /// Module, for example `get`.
    pub(crate) module: String,
    /// Name, for example `get-role`.
    pub(crate) name: String,
    /// Path, for example `/v1/docks/{dockId}`.
    pub(crate) path: String,
    /// Variant of `Scope`, for example `RolesRead`.
    pub(crate) scope: String,
}

/// Adds an endpoint.
pub(crate) fn run(resource: &str, verb: &str) -> Result {
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !is_name(resource) || !is_name(verb) {
        return Err("A resource and a verb are lower-case words with hyphens: new-endpoint api-keys get".to_owned());
    }
    let folder = resource.replace('-', "_");
    let is_new = !files::exists(&format!("functions/src/{folder}/mod.rs"));
    let endpoint = NewEndpoint::plan(resource, verb, &paths_of(&folder));
    let (file, test) = (endpoint.file(), endpoint.test_file());
    files::create(&file, &skeleton::endpoint(&endpoint))?;
    files::create(&test, &skeleton::test(&endpoint))?;
    let mut changed = vec![file, test];
    if is_new {
        files::create(&format!("functions/src/{folder}/mod.rs"), &format!("//! Endpoints about {resource}.\n\n"))?;
        files::create(&format!("tests/api/{folder}/mod.rs"), &format!("//! Endpoints about {resource}.\n\n"))?;
        changed.push(insert(LIST, "mod ", &format!("mod {folder};"))?);
        changed.push(insert("tests/api/mod.rs", "mod ", &format!("mod {folder};"))?);
    }
    let module = &endpoint.module;
    changed.push(insert(
        &format!("functions/src/{folder}/mod.rs"),
        "pub(crate) mod ",
        &format!("pub(crate) mod {module};"),
    )?);
    changed.push(insert(&format!("tests/api/{folder}/mod.rs"), "mod ", &format!("mod {module};"))?);
    files::write(LIST, &with_row(&files::read(LIST)?, &endpoint)?)?;
    changed.push(LIST.to_owned());
    print(&format!("{} {}\n  {}", endpoint.name, endpoint.path, changed.join("\n  ")));
    print(&format!("Next: write {}, then `cargo xtask missing {}`", endpoint.file(), endpoint.name));
    Ok(())
}

fn insert(path: &str, prefix: &str, line: &str) -> Result<String> {
    files::write(path, &files::insert_sorted(&files::read(path)?, prefix, line))?;
    Ok(path.to_owned())
}

/// Returns the paths of the endpoints in a folder.
fn paths_of(folder: &str) -> Vec<String> {
    let directory = crate::root().join("functions/src").join(folder);
    let sources = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
    sources.filter_map(|source| path_of(&source)).collect()
}

/// Returns the path in the source of an endpoint: its first string that begins with `/v`.
fn path_of(source: &str) -> Option<String> {
    let (_, rest) = source.split_once("ENDPOINT: Endpoint =")?;
    let (_, path) = rest.split_once("\"/v")?;
    Some(format!("/v{}", path.split('"').next()?))
}

/// Returns the endpoint list with the row of `endpoint` after the other rows of its folder.
fn with_row(list: &str, endpoint: &NewEndpoint) -> Result<String> {
    let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
    let of_folder = format!("    {}::", endpoint.folder);
    let is_row = |line: &String| line.starts_with(&of_folder) && line.ends_with("::ENDPOINT,");
    let own = lines.iter().rposition(is_row).map(|at| at + 1);
    // A new resource precedes the endpoints of other dialects and of the service.
    let at = own.or_else(|| lines.iter().position(|line| line.starts_with("    ledger::")));
    let at = at.ok_or_else(|| format!("{LIST} has no list of endpoints"))?;
    lines.insert(at, format!("    {}::{}::ENDPOINT,", endpoint.folder, endpoint.module));
    Ok(lines.join("\n") + "\n")
}

impl NewEndpoint {
    /// Derives an endpoint from `resource` and `verb`. `paths` are those of the other endpoints of the resource.
    fn plan(resource: &str, verb: &str, paths: &[String]) -> Self {
        let singular = singular(resource);
        let collection = paths.iter().filter(|path| !path.ends_with('}')).min_by_key(|path| path.len());
        let collection = collection.cloned().unwrap_or_else(|| format!("/v1/{resource}"));
        let item = paths.iter().filter(|path| path.ends_with('}')).max_by_key(|path| path.len());
        let item = item.cloned().unwrap_or_else(|| format!("{collection}/{{{}Id}}", camel(&singular, false)));
        let reads = matches!(verb, "get" | "list" | "check" | "search");
        let (name, path) = match verb {
            "list" => (format!("list-{resource}"), collection),
            "create" | "assign" => (format!("{verb}-{singular}"), collection),
            "get" | "update" | "delete" | "revoke" => (format!("{verb}-{singular}"), item),
            _ => (format!("{verb}-{singular}"), format!("{item}/{verb}")),
        };
        let scope = format!("{}{}", camel(resource, true), if reads { "Read" } else { "Write" });
        Self { folder: resource.replace('-', "_"), module: verb.replace('-', "_"), name, path, scope }
    }

    /// Returns the constructor of the row.
    pub(crate) fn constructor(&self) -> &'static str {
        match self.module.as_str() {
            "get" | "list" => "get",
            "update" => "patch",
            "delete" | "revoke" => "delete",
            _ => "post",
        }
    }

    fn file(&self) -> String {
        format!("functions/src/{}/{}.rs", self.folder, self.module)
    }

    fn test_file(&self) -> String {
        format!("tests/api/{}/{}.rs", self.folder, self.module)
    }
}

/// Returns the singular of a resource: `party` for `parties`, `api-key` for `api-keys`.
fn singular(resource: &str) -> String {
    match resource.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => resource.strip_suffix('s').unwrap_or(resource).to_owned(),
    }
}

/// Converts hyphenated words to camel case.
fn camel(words: &str, first_too: bool) -> String {
    let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    let word = |(at, word)| if at == 0 && !first_too { str::to_owned(word) } else { capital(word) };
    words.split('-').filter(|word| !word.is_empty()).enumerate().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(resource: &str, verb: &str, paths: &[&str]) -> (String, String, String) {
        let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
        let NewEndpoint { name, path, scope, .. } = NewEndpoint::plan(resource, verb, &paths);
        (name, path, scope)
    }

    #[test]
    fn a_verb_has_the_path_of_its_resource() {
        let paths = ["/v1/docks", "/v1/docks/{dockId}", "/v1/docks/{dockId}/parties"];
        let expected = ("get-dock".to_owned(), "/v1/docks/{dockId}".to_owned(), "DocksRead".to_owned());
        assert_eq!(planned("docks", "get", &paths), expected);
        let expected = ("list-docks".to_owned(), "/v1/docks".to_owned(), "DocksRead".to_owned());
        assert_eq!(planned("docks", "list", &paths), expected);
        let expected = ("archive-dock".to_owned(), "/v1/docks/{dockId}/archive".to_owned(), "DocksWrite".to_owned());
        assert_eq!(planned("docks", "archive", &paths), expected);
    }

    #[test]
    fn a_new_resource_has_a_path_of_its_own() {
        let (name, path, scope) = planned("machine-clients", "update", &[]);
        assert_eq!((name.as_str(), scope.as_str()), ("update-machine-client", "MachineClientsWrite"));
        assert_eq!(path, "/v1/machine-clients/{machineClientId}");
        assert_eq!(planned("parties", "create", &[]).0, "create-party");
    }

    #[test]
    fn a_row_is_inserted_after_those_of_its_resource() {
        let list = "    docks::get::ENDPOINT,\n    roles::list::ENDPOINT,\n    ledger::get::ENDPOINT,\n";
        let row = |resource| with_row(list, &NewEndpoint::plan(resource, "get", &[])).unwrap();
        assert!(row("roles").contains("roles::list::ENDPOINT,\n    roles::get::ENDPOINT,\n    ledger"));
        assert!(row("groups").contains("roles::list::ENDPOINT,\n    groups::get::ENDPOINT,\n    ledger"));
    }
}
