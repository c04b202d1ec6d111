//! Generated files: the contract, the template, the sample events and the tables of docs/.

use std::{env, process::Command};

use crate::{Result, api_tests, cargo, files, print, root, succeed};

/// Subcommands of `berth` that print a generated file.
const PRINTED: [(&str, &str); 2] = [("openapi", "openapi.json"), ("template", "template.yaml")];

/// Tests that compare generated files with their results, and write them if `BERTH_REGENERATE` is set. The one that
/// writes docs/costs.md is last, because the tests are compiled with that page.
const TESTS: [&str; 3] =
    ["guarantees::events::every_endpoint", "guarantees::isolation::iam_boundary::", "guarantees::costs::no_request"];

/// Writes every generated file that is out of date.
pub(crate) fn write() -> Result {
    build()?;
    for (subcommand, path) in PRINTED {
        let text = printed(subcommand)?;
        if files::read(path).as_ref() != Ok(&text) {
            files::write(path, &text)?;
            print(&format!("{path} was regenerated"));
        }
    }
    run_tests(true)
}

/// Checks that every generated file is up to date.
///
/// # Errors
/// The first file that is out of date.
pub(crate) fn check() -> Result {
    build()?;
    for (subcommand, path) in PRINTED {
        if files::read(path)? != printed(subcommand)? {
            return Err(format!("{path} is out of date: cargo xtask generate"));
        }
    }
    run_tests(false)
}

/// Builds the program and the tests, as `cargo test` does. `cargo run` selects other features, so it would build every
/// dependency a second time.
fn build() -> Result {
    succeed(cargo().args(["test", "--quiet", "--test", "api", "--no-run"]))
}

/// Returns what the built program prints. It is in the folder of this program.
fn printed(subcommand: &str) -> Result<String> {
    let this = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(this.with_file_name(format!("berth{}", env::consts::EXE_SUFFIX)));
    command.arg(subcommand).current_dir(root());
    let output = command.stderr(std::process::Stdio::inherit()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

fn run_tests(write: bool) -> Result {
    TESTS.iter().try_for_each(|filter| {
        let mut command = api_tests(filter);
        if write {
            command.env("BERTH_REGENERATE", "1");
        }
        succeed(&mut command)
    })
}
