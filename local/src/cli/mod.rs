//! The command line of the program `berth`.

mod arguments;
mod keys;
mod serve;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use self::arguments::{Arguments, Command, KeysCommand, OpenapiVersion, TableArguments, TableCommand};
use crate::{StartError, opened::Opened, table::Outcome};

/// The exit code of a command that did not do what it was told; also that of a command line that is none.
const FAILURE: u8 = 2;

/// Which log lines are shown, by default only those that should not be there. The SDK warns of every place that has no
/// credentials, the embedded store of every condition that does not hold: both are the normal way of things.
const DEFAULT_LOG: &str = "warn,aws_config=error,dynoxide=error";

/// Runs the program with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    set_up_log();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))
        .and_then(|runtime| runtime.block_on(execute(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell(&format!("berth: {message}"));
            ExitCode::from(FAILURE)
        }
    }
}

/// Writes the log to standard error: of each level what `BERTH_LOG` says, for example `info`.
fn set_up_log() {
    let filter = EnvFilter::try_from_env("BERTH_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    // A span is no line of its own: it tells which request a line is about, however few lines are asked for.
    let filter = filter.or(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("berth")));
    let lines = tracing_subscriber::fmt::layer().compact().with_writer(io::stderr).with_filter(filter);
    // It fails only if there is a subscriber already, and then that one will do.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// Runs a command; fails with the one line that says why.
async fn execute(arguments: Arguments) -> Result<(), String> {
    match arguments.command {
        None => serve::serve(arguments.serve).await,
        Some(Command::Serve(arguments)) => serve::serve(arguments).await,
        Some(Command::Keys(KeysCommand::Create(arguments))) => keys::create(arguments).await,
        Some(Command::Table(TableCommand::Create(arguments))) => create_table(arguments).await,
        Some(Command::Openapi(arguments)) => print_contract(arguments.openapi_version),
        Some(Command::Template) => {
            say(crate::template().trim_end());
            Ok(())
        }
    }
}

async fn create_table(arguments: TableArguments) -> Result<(), String> {
    let table = arguments.store.table.clone();
    let opened = Opened::open_or_join(&arguments.store.choice()).await.map_err(one_line)?;
    let outcome = opened.ensure_table(&table).await;
    opened.close().await;
    match outcome.map_err(one_line)? {
        Outcome::Created => say(&format!("Table {table} is made.")),
        Outcome::Found => say(&format!("Table {table} is there.")),
    }
    Ok(())
}

fn print_contract(version: OpenapiVersion) -> Result<(), String> {
    let document = match version {
        OpenapiVersion::V3_1 => berth_functions::openapi::document(),
        OpenapiVersion::V3_0 => berth_functions::openapi::document_3_0(),
    };
    say(&serde_json::to_string_pretty(&document).map_err(|error| format!("cannot write the contract: {error}"))?);
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn one_line(error: StartError) -> String {
    error.to_string()
}

/// Writes a line for the user. A reader who has gone away is no reason to end a server.
fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Writes a line about what happens, apart from what a command was asked for.
fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
