//! `berth-bench`: the benchmarks of docs/performance.md.
//!
//! Programs run as on Lambda: the benchmark implements the Lambda runtime API, and a DynamoDB stub behind TLS that
//! responds immediately. Results are comparable only within one run, because other load on the machine varies.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the results of the program")]

mod callgrind;
mod dynamodb;
mod function;
mod http;
mod load;
mod profile;
mod scenario;
mod speed;
mod statistics;
mod workbench;

use std::{io::Result, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// Measures processor time, memory and latency.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure cold starts, warm requests and memory of functions, relative to one that only says hello.
    Speed {
        #[command(flatten)]
        programs: Programs,
        /// Number of cold starts of each program.
        #[arg(long, default_value_t = 40)]
        starts: usize,
        /// Number of rounds. Each round sends 100 warm requests to each endpoint.
        #[arg(long, default_value_t = 30)]
        rounds: usize,
        /// Number of requests over which the memory is measured.
        #[arg(long, default_value_t = 10_000)]
        requests: usize,
    },
    /// Count the instructions of a warm request by component. Needs valgrind, and a `bootstrap` with symbols.
    Profile {
        #[command(flatten)]
        programs: Programs,
        /// Number of requests that are counted.
        #[arg(long, default_value_t = 200)]
        requests: usize,
        /// Count a cold start and its first request instead.
        #[arg(long)]
        cold: bool,
        /// Measure only these operations.
        #[arg(long, value_name = "OPERATION")]
        only: Vec<String>,
        /// Keep callgrind's files in this directory.
        #[arg(long, value_name = "DIRECTORY")]
        keep: Option<PathBuf>,
    },
    /// Measure throughput, latency and memory of the local server.
    Load {
        /// Path of the program `berth`. If repeated, the measurements of the programs alternate.
        #[arg(long, required = true)]
        berth: Vec<PathBuf>,
        /// Duration of the load for each operation and number of clients, in seconds.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
}

/// Paths of the measured programs.
#[derive(Debug, clap::Args)]
struct Programs {
    /// Path of `bootstrap`, the program of all functions.
    #[arg(long)]
    bootstrap: PathBuf,
    /// Path of the function that only says hello (tests/hello), built with the same profile.
    #[arg(long)]
    hello: PathBuf,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Speed { programs, starts, rounds, requests } => speed::run(&programs, starts, rounds, requests),
        Command::Profile { programs, requests, cold, only, keep } => {
            profile::run(&programs, if cold { None } else { Some(requests) }, &only, keep.as_deref())
        }
        Command::Load { berth, seconds } => load::run(&berth, Duration::from_secs(seconds)),
    }
}
