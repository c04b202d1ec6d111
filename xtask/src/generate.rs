//! Generated files: the contract, the template, the sample events and the tables of docs/.

use std::process::Command;

use crate::{Result, files, print, root, succeed};

/// Subcommands of `berth` that print a generated file.
const PRINTED: [(&str, &str); 2] = [("openapi", "openapi.json"), ("template", "template.yaml")];

/// Tests that compare generated files with their results, and write them if `BERTH_REGENERATE` is set.
const TESTS: [&str; 3] = ["guarantees::events::", "guarantees::costs::", "guarantees::isolation::iam_boundary::"];

/// Writes every generated file that is out of date.
pub(crate) fn write() -> Result {
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
    for (subcommand, path) in PRINTED {
        if files::read(path)? != printed(subcommand)? {
            return Err(format!("{path} is out of date: cargo xtask generate"));
        }
    }
    run_tests(false)
}

fn printed(subcommand: &str) -> Result<String> {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--", subcommand]).current_dir(root());
    let output = command.stderr(std::process::Stdio::inherit()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

fn run_tests(write: bool) -> Result {
    TESTS.iter().try_for_each(|filter| {
        let mut command = Command::new("cargo");
        command.args(["test", "--quiet", "-p", "berth", "--test", "api", "--", filter]);
        if write {
            command.env("BERTH_REGENERATE", "1");
        }
        succeed(&mut command)
    })
}
