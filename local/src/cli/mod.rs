//! Command line of the program `berth`.

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
use crate::{StartError, connection::StoreConnection, table::Outcome};

/// Exit code of a failed command. clap uses the same code for an invalid command line.
const FAILURE: u8 = 2;

/// Default log filter: warnings and errors only. Two sources of expected warnings are excluded: the SDK logs every
/// credential source without credentials, and the embedded DynamoDB logs every failed condition of a write.
const DEFAULT_LOG: &str = "warn,aws_config=error,dynoxide=error";

/// Runs the command that the arguments of this process specify.
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
            print_stderr(&format!("berth: {message}"));
            ExitCode::from(FAILURE)
        }
    }
}

/// Writes the log to standard error. `BERTH_LOG` sets the filter, for example `info`.
fn set_up_log() {
    let filter = EnvFilter::try_from_env("BERTH_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    // Spans are always enabled. They print no lines, and add the request to the lines that are printed.
    let filter = filter.or(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("berth")));
    let lines = tracing_subscriber::fmt::layer().compact().with_writer(io::stderr).with_filter(filter);
    // It fails only if a subscriber is already set, which is then used.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// Runs a command. The error is one line.
async fn execute(arguments: Arguments) -> Result<(), String> {
    match arguments.command {
        None => serve::serve(arguments.serve).await,
        Some(Command::Serve(arguments)) => serve::serve(arguments).await,
        Some(Command::Keys(KeysCommand::Create(arguments))) => keys::create(arguments).await,
        Some(Command::Table(TableCommand::Create(arguments))) => create_table(arguments).await,
        Some(Command::Openapi(arguments)) => print_openapi(arguments.openapi_version),
        Some(Command::Template) => print_template(),
    }
}

async fn create_table(arguments: TableArguments) -> Result<(), String> {
    let table = arguments.store.table.clone();
    let connection = StoreConnection::open_or_join(&arguments.store.choice()).await.map_err(message)?;
    let outcome = connection.ensure_table(&table).await;
    connection.close().await;
    match outcome.map_err(message)? {
        Outcome::Created => print_stdout(&format!("Created table {table}.")),
        Outcome::Found => print_stdout(&format!("Table {table} already exists.")),
    }
    Ok(())
}

fn print_openapi(version: OpenapiVersion) -> Result<(), String> {
    let document = match version {
        OpenapiVersion::V3_1 => berth_functions::openapi::document(),
        OpenapiVersion::V3_0 => berth_functions::openapi::document_3_0(),
    };
    let document = serde_json::to_string_pretty(&document);
    print_stdout(&document.map_err(|error| format!("cannot encode the OpenAPI document: {error}"))?);
    Ok(())
}

fn print_template() -> Result<(), String> {
    let text = crate::template::render(berth_functions::ENDPOINTS).map_err(|error| error.to_string())?;
    print_stdout(text.trim_end());
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn message(error: StartError) -> String {
    error.to_string()
}

/// Writes a line to standard output. A closed pipe is ignored, so that it does not end a server.
fn print_stdout(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Writes a line to standard error, for messages that are not the command's output.
fn print_stderr(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
