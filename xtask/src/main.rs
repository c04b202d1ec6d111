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
    let test = ["test", "--quiet", "-p", "berth", "--test", "api", "--", "guarantees::endpoint_coverage"];
    succeed(Command::new("cargo").args(test).env("BERTH_ENDPOINT", endpoint))
}

/// Runs a command in the root of the repository.
fn succeed(command: &mut Command) -> Result {
    let status = command.current_dir(root()).status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}")) }
}

/// Prints a line to the standard output. A closed pipe is not an error.
fn print(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Returns the root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
