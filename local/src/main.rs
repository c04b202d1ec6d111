//! The program `berth`: see `berth --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    berth::cli::run()
}
