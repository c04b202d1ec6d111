//! `berth-bench`: what Berth costs, as docs/performance.md tells it.
//!
//! Programs are measured as Lambda runs them: the bench plays Lambda's runtime API, and a store behind TLS that answers
//! at once. Everything is compared within one run, since the machine may be busy with other things.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program's results")]

mod callgrind;
mod figures;
mod function;
mod http;
mod load;
mod profile;
mod scenario;
mod speed;
mod store;
mod subject;

use std::{io::Result, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// Measures what Berth costs.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Cold starts, warm calls and memory of functions, beside one that only says hello.
    Speed {
        #[command(flatten)]
        programs: Programs,
        /// How often each program is started.
        #[arg(long, default_value_t = 40)]
        starts: usize,
        /// How many rounds of 100 calls each endpoint has to answer.
        #[arg(long, default_value_t = 30)]
        rounds: usize,
        /// How many calls the memory is watched over.
        #[arg(long, default_value_t = 10_000)]
        calls: usize,
    },
    /// Instructions of a warm call, and who executes them. Needs valgrind, and a `bootstrap` with symbols.
    Profile {
        #[command(flatten)]
        programs: Programs,
        /// How many calls are counted.
        #[arg(long, default_value_t = 200)]
        calls: usize,
        /// Count a start and its first call instead.
        #[arg(long)]
        cold: bool,
        /// Only these.
        #[arg(long)]
        only: Vec<String>,
        /// Where callgrind's files are kept.
        #[arg(long)]
        keep: Option<PathBuf>,
    },
    /// Calls a second, latency and memory of the local server.
    Load {
        /// The program `berth`.
        #[arg(long)]
        berth: PathBuf,
        /// How long each endpoint is called, in seconds.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
}

/// The programs to measure.
#[derive(Debug, clap::Args)]
struct Programs {
    /// The program of Berth's functions.
    #[arg(long)]
    bootstrap: PathBuf,
    /// The function that says hello: tests/hello, built the same way.
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
        Command::Speed { programs, starts, rounds, calls } => speed::run(&programs, starts, rounds, calls),
        Command::Profile { programs, calls, cold, only, keep } => {
            profile::run(&programs, if cold { None } else { Some(calls) }, &only, keep.as_deref())
        }
        Command::Load { berth, seconds } => load::run(&berth, Duration::from_secs(seconds)),
    }
}
