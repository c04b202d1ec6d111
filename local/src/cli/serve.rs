//! `berth serve`.

use std::io;

use berth_shared::Environment;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{arguments::ServeArguments, message, print_stdout};
use crate::{DEFAULT_DIRECTORY, DEFAULT_TABLE, Options, RunningServer, StoreChoice, client::LOCAL, start};

/// Serves the API until the process receives a signal to exit.
pub(super) async fn serve(arguments: ServeArguments) -> Result<(), String> {
    // First, so that a signal during the start does not interrupt it halfway.
    let mut signals = Signals::new().map_err(|error| format!("cannot wait for signals: {error}"))?;
    let store = arguments.choice();
    let tokens = arguments.tokens.config().map_err(|error| error.to_string())?;
    let accepts_tokens = tokens.is_some();
    let running = start(Options {
        port: arguments.port,
        store: store.clone(),
        table: arguments.store.table,
        environment: arguments.environment,
        tokens,
        ..Options::default()
    })
    .await
    .map_err(message)?;
    print_stdout(&welcome(&running, &store, arguments.environment, accepts_tokens));
    signals.next().await;
    print_stdout("Waiting for open requests to finish. Press Ctrl-C again to exit immediately.");
    tokio::select! {
        () = running.stop() => {}
        () = signals.next() => {}
    }
    Ok(())
}

/// Signals on which the process exits: SIGINT (Ctrl-C), and SIGTERM on Unix.
struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Returns the text printed after the start: the URL, the DynamoDB, a key, and a first request to paste into a shell.
fn welcome(running: &RunningServer, store: &StoreChoice, environment: Environment, accepts_tokens: bool) -> String {
    let (url, table) = (running.url(), running.table());
    let mut lines = vec![format!("Berth serves {url} (environment {environment})."), String::new()];
    let location = match store {
        StoreChoice::Embedded { directory } => format!(", data in {}", directory.display()),
        StoreChoice::Memory => ", data in memory, lost at exit".to_owned(),
        StoreChoice::Endpoint(_) => String::new(),
        StoreChoice::Aws => format!("DynamoDB: on AWS, table {table}"),
    };
    match running.store_url() {
        Some(endpoint) => {
            lines.push(format!("DynamoDB: {endpoint}{location}. To list its items:"));
            lines.push(format!("  {}", scan_command(endpoint, table)));
        }
        None => lines.push(location),
    }
    lines.push(String::new());
    if let Some(key) = running.first_key() {
        lines.push("Platform key, shown only once:".to_owned());
        lines.push(format!("  {key}"));
        lines.push("Try it:".to_owned());
        lines.push(format!("  {}", first_request(&url, key)));
    } else {
        lines.push("API keys exist and are not shown again. To create another:".to_owned());
        lines.push(format!("  {}", create_key_command(store, table, environment)));
        lines.push("Try it:".to_owned());
        lines.push(format!("  {}", first_request(&url, "$BERTH_KEY")));
    }
    lines.push(String::new());
    // An in-memory DynamoDB has no directory. Commands reach it by its endpoint.
    let reached = match (store, running.store_url()) {
        (StoreChoice::Memory, Some(endpoint)) => StoreChoice::Endpoint(endpoint.to_owned()),
        _ => store.clone(),
    };
    lines.push("A platform key also works at /v2, the ledger dialect. To create one for /v2 only:".to_owned());
    lines.push(format!("  {}", create_ledger_key_command(&reached, table, environment)));
    lines.push(if accepts_tokens {
        "The ledger dialect also accepts signed tokens (JWT) of the configured subjects.".to_owned()
    } else {
        "To accept signed tokens (JWT) of your identity provider at /v2, set --jwks and --jwt-admins.".to_owned()
    });
    lines.push(String::new());
    lines.push("Ctrl-C stops the server.".to_owned());
    lines.join("\n")
}

fn scan_command(endpoint: &str, table: &str) -> String {
    format!(
        "AWS_ACCESS_KEY_ID={LOCAL} AWS_SECRET_ACCESS_KEY={LOCAL} aws dynamodb scan --region {LOCAL} \
         --endpoint-url {endpoint} --table-name {table} --max-items 10"
    )
}

fn first_request(url: &str, key: &str) -> String {
    // Double quotes around the key, because it can be a shell variable.
    format!(
        "curl -sS {url}/v1/organizations -H \"Authorization: Bearer {key}\" -H 'Content-Type: application/json' \
         -d '{{\"name\": \"Acme Trading\"}}'"
    )
}

/// Returns the command that creates a platform key for the ledger dialect only.
fn create_ledger_key_command(store: &StoreChoice, table: &str, environment: Environment) -> String {
    format!("{} --scopes ledger:admin", create_key_command(store, table, environment))
}

/// Returns the command that creates another platform key in the same table.
fn create_key_command(store: &StoreChoice, table: &str, environment: Environment) -> String {
    // `cargo run` sets the variable. The program `berth` is then probably not installed.
    let program = if std::env::var_os("CARGO").is_some() { "cargo run --" } else { "berth" };
    let mut command = vec![format!("{program} keys create")];
    match store {
        StoreChoice::Embedded { directory } if directory.as_os_str() != DEFAULT_DIRECTORY => {
            command.push(format!("--data-dir '{}'", directory.display()));
        }
        StoreChoice::Endpoint(url) => command.push(format!("--endpoint-url {url}")),
        StoreChoice::Aws => command.push("--aws".to_owned()),
        StoreChoice::Embedded { .. } | StoreChoice::Memory => {}
    }
    if table != DEFAULT_TABLE {
        command.push(format!("--table {table}"));
    }
    if environment != Environment::Test {
        command.push(format!("--environment {environment}"));
    }
    command.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_another_key_selects_the_same_table() {
        let command = |store: StoreChoice, table, environment| {
            let command = create_key_command(&store, table, environment);
            command.split_once(" keys create").map(|(_, options)| options.to_owned()).unwrap()
        };
        let (test, live) = (Environment::Test, Environment::Live);
        let embedded = |directory: &str| StoreChoice::Embedded { directory: directory.into() };
        assert_eq!(command(embedded(".berth"), "berth", test), "");
        assert_eq!(command(embedded("/a b"), "other", live), " --data-dir '/a b' --table other --environment live");
        assert_eq!(command(StoreChoice::Aws, "berth", test), " --aws");
        let endpoint = StoreChoice::Endpoint("http://h".to_owned());
        assert_eq!(command(endpoint, "berth", test), " --endpoint-url http://h");
    }

    #[test]
    fn the_command_for_a_ledger_key_selects_the_same_table() {
        let command = create_ledger_key_command(&StoreChoice::Aws, "other", Environment::Live);
        let options = command.split_once(" keys create").map(|(_, options)| options);
        assert_eq!(options, Some(" --aws --table other --environment live --scopes ledger:admin"));
    }

    #[test]
    fn the_first_request_is_a_curl_command() {
        assert_eq!(
            first_request("http://127.0.0.1:3000", "dk_test_x"),
            "curl -sS http://127.0.0.1:3000/v1/organizations -H \"Authorization: Bearer dk_test_x\" \
             -H 'Content-Type: application/json' -d '{\"name\": \"Acme Trading\"}'"
        );
    }
}
