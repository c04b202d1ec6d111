//! `berth serve`.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use berth_shared::Environment;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{arguments::ServeArguments, message, print_stdout};
use crate::{
    DEFAULT_DIRECTORY, DEFAULT_TABLE, Options, RunningServer, StoreChoice, StoreCredentials, client::LOCAL, start,
};

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
        store_port: arguments.store_port,
        allowed_hosts: arguments.allow_host,
        cors_origins: arguments.cors,
        audit_retention: arguments.audit_retention_days,
        ..Options::default()
    })
    .await
    .map_err(message)?;
    let key_file = arguments.key_file.as_deref();
    if let (Some(path), Some(key)) = (key_file, running.first_key()) {
        write_key(path, key).map_err(|error| format!("cannot write the key to {}: {error}", path.display()))?;
    }
    print_stdout(&welcome(&running, &store, arguments.environment, accepts_tokens, key_file));
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

/// Creates a file that only its owner can read, and writes the key to it. An existing file is replaced, because others may
/// have it open.
fn write_key(path: &Path, key: &str) -> io::Result<()> {
    let draft = path.with_added_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(format!("{key}\n").as_bytes())?;
    fs::rename(&draft, path)
}

/// Returns the text printed after the start: the URL, the DynamoDB, a key, and a first request to paste into a shell.
fn welcome(
    running: &RunningServer,
    store: &StoreChoice,
    environment: Environment,
    accepts_tokens: bool,
    key_file: Option<&Path>,
) -> String {
    let (url, table) = (running.url(), running.table());
    let mut lines = vec![format!("Berth serves {url} (environment {environment})."), String::new()];
    lines.push(match store {
        StoreChoice::Embedded { directory } => format!("DynamoDB: embedded, data in {}", directory.display()),
        StoreChoice::Memory => "DynamoDB: embedded, data in memory, lost at exit".to_owned(),
        StoreChoice::Shared(_) => "DynamoDB: embedded, of another server".to_owned(),
        StoreChoice::Endpoint(endpoint) => format!("DynamoDB: {endpoint}, table {table}"),
        StoreChoice::Aws => format!("DynamoDB: on AWS, table {table}"),
    });
    if let Some((endpoint, credentials)) = running.store_port() {
        lines.push(format!("DynamoDB accepts signed requests at {endpoint}. To list its items:"));
        lines.push(format!("  {}", scan_command(&endpoint, credentials, table)));
    }
    lines.push(String::new());
    if let Some(key) = running.first_key() {
        let key = if let Some(path) = key_file {
            lines.push(format!("The platform key is in {}.", path.display()));
            format!("$(cat '{}')", path.display())
        } else {
            lines.push("Platform key, shown only once:".to_owned());
            lines.push(format!("  {key}"));
            key.to_owned()
        };
        lines.push("Try it:".to_owned());
        lines.push(format!("  {}", first_request(&url, &key)));
    } else if *store == StoreChoice::Memory {
        lines.push("API keys exist and are not shown again.".to_owned());
    } else {
        lines.push("API keys exist and are not shown again. To create another:".to_owned());
        lines.push(format!("  {}", create_key_command(store, table, environment)));
        lines.push("Try it:".to_owned());
        lines.push(format!("  {}", first_request(&url, "$BERTH_KEY")));
    }
    lines.push(String::new());
    // Commands do not reach a DynamoDB in memory.
    if *store == StoreChoice::Memory {
        lines.push("A platform key also works at /v2, the ledger dialect.".to_owned());
    } else {
        lines.push("A platform key also works at /v2, the ledger dialect. To create one for /v2 only:".to_owned());
        lines.push(format!("  {}", create_ledger_key_command(store, table, environment)));
    }
    lines.push(if accepts_tokens {
        "The ledger dialect also accepts signed tokens (JWT) of the configured subjects.".to_owned()
    } else {
        "To accept signed tokens (JWT) of your identity provider at /v2, set --jwks and --jwt-admins.".to_owned()
    });
    lines.push(String::new());
    lines.push("Ctrl-C stops the server.".to_owned());
    lines.join("\n")
}

fn scan_command(endpoint: &str, credentials: &StoreCredentials, table: &str) -> String {
    let StoreCredentials { access_key_id, secret_access_key } = credentials;
    format!(
        "AWS_ACCESS_KEY_ID={access_key_id} AWS_SECRET_ACCESS_KEY={secret_access_key} aws dynamodb scan --region {LOCAL} \
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
        StoreChoice::Embedded { .. } | StoreChoice::Shared(_) | StoreChoice::Memory => {}
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
