//! `cargo xtask`: developer tasks.

mod files;
mod generate;
mod new_endpoint;
mod skeleton;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const USAGE: &str = "\
Usage: cargo xtask <command>

Commands:
  new-endpoint <resource> <verb>  Add an endpoint: its file, its line in the list, a test
  missing <endpoint>              List everything that an endpoint lacks
  generate [--check]              Write the generated files, or check that they are up to date
  check                           Run everything that must pass, quickest first (.ci/run)";

/// The result of a task. The error is a message for the developer.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["new-endpoint", resource, verb] => new_endpoint::run(resource, verb),
        ["missing", endpoint] => missing(endpoint),
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["check"] => succeed(Command::new("bash").arg(".ci/run")),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

/// Lists everything that `endpoint` lacks, without running its tests.
fn missing(endpoint: &str) -> Result {
    let mut command = api_tests("guarantees::endpoint_coverage");
    succeed(command.env("BERTH_ENDPOINT", endpoint).env("RUST_BACKTRACE", "0"))
}

/// The command that runs the black-box tests whose name contains `filter`, from the build that `cargo test` needs.
fn api_tests(filter: &str) -> Command {
    let mut command = cargo();
    command.args(["test", "--quiet", "--test", "api", "--", filter]);
    command
}

/// Cargo without the variables that describe the package of this program. Build scripts depend on them, so the dependencies
/// would be built again after every command that is not run from here.
fn cargo() -> Command {
    let mut command = Command::new("cargo");
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")).for_each(|name| {
        command.env_remove(name);
    });
    command
}

/// Runs a command in the root of the repository.
fn succeed(command: &mut Command) -> Result {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let status = command.current_dir(root()).status().map_err(|error| format!("{line}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{line} failed: {status}")) }
}

/// Prints a line to the standard output. A closed pipe is not an error.
fn print(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Returns the root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
