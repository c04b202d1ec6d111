//! `berth serve`.

use std::io;

use berth_shared::Environment;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{arguments::ServeArguments, one_line, say};
use crate::{DEFAULT_DIRECTORY, DEFAULT_TABLE, Options, Running, StoreChoice, client::LOCAL, start};

/// Serves the API until the process is told to end.
pub(super) async fn serve(arguments: ServeArguments) -> Result<(), String> {
    // Before anything is started, so that nothing is left half done.
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
    .map_err(one_line)?;
    say(&welcome(&running, &store, arguments.environment, accepts_tokens));
    signals.next().await;
    say("Ending as soon as the requests under way are answered. Ctrl-C again ends at once.");
    tokio::select! {
        () = running.stop() => {}
        () = signals.next() => {}
    }
    Ok(())
}

/// The signals that tell the process to end: Ctrl-C, and SIGTERM where there is one.
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

/// What a newcomer needs: where the API is, where its data is, a key, and a first call to paste.
fn welcome(running: &Running, store: &StoreChoice, environment: Environment, accepts_tokens: bool) -> String {
    let (url, table) = (running.url(), running.table());
    let mut lines = vec![format!("Berth serves {url} (environment {environment})."), String::new()];
    let place = match store {
        StoreChoice::Embedded { directory } => format!(", kept in {}", directory.display()),
        StoreChoice::Memory => ", kept in memory until the end".to_owned(),
        StoreChoice::Endpoint(_) => String::new(),
        StoreChoice::Aws => format!("Store: DynamoDB at AWS, table {table}"),
    };
    match running.store_url() {
        Some(endpoint) => {
            lines.push(format!("Store: {endpoint}{place}. To look inside:"));
            lines.push(format!("  {}", look_inside(endpoint, table)));
        }
        None => lines.push(place),
    }
    lines.push(String::new());
    if let Some(key) = running.first_key() {
        lines.push("Platform key, shown only now:".to_owned());
        lines.push(format!("  {key}"));
        lines.push("Try it:".to_owned());
        lines.push(format!("  {}", first_call(&url, key)));
    } else {
        lines.push("There are keys already; they are not shown again. To make another:".to_owned());
        lines.push(format!("  {}", make_key(store, table, environment)));
        lines.push("Try it:".to_owned());
        lines.push(format!("  {}", first_call(&url, "$BERTH_KEY")));
    }
    lines.push(String::new());
    // What is kept in memory has no directory: its endpoint is the way to it.
    let reached = match (store, running.store_url()) {
        (StoreChoice::Memory, Some(endpoint)) => StoreChoice::Endpoint(endpoint.to_owned()),
        _ => store.clone(),
    };
    lines.push("A platform key is a token for /v2, the ledger's dialect. To make one for that alone:".to_owned());
    lines.push(format!("  {}", make_ledger_key(&reached, table, environment)));
    lines.push(if accepts_tokens {
        "Signed tokens (JWT) of the subjects that are configured are taken at /v2, too.".to_owned()
    } else {
        "To take signed tokens (JWT) of your identity provider there: --jwks, --jwt-admins.".to_owned()
    });
    lines.push(String::new());
    lines.push("Ctrl-C ends it.".to_owned());
    lines.join("\n")
}

fn look_inside(endpoint: &str, table: &str) -> String {
    format!(
        "AWS_ACCESS_KEY_ID={LOCAL} AWS_SECRET_ACCESS_KEY={LOCAL} aws dynamodb scan --region {LOCAL} \
         --endpoint-url {endpoint} --table-name {table} --max-items 10"
    )
}

fn first_call(url: &str, key: &str) -> String {
    // Double quotes around the key: it may be the name of a variable.
    format!(
        "curl -sS {url}/v1/organizations -H \"Authorization: Bearer {key}\" -H 'Content-Type: application/json' \
         -d '{{\"name\": \"Acme Trading\"}}'"
    )
}

/// The command that makes a token for the ledger's dialect in the same store.
fn make_ledger_key(store: &StoreChoice, table: &str, environment: Environment) -> String {
    format!("{} --scopes ledger:admin", make_key(store, table, environment))
}

/// The command that makes another platform key in the same store.
fn make_key(store: &StoreChoice, table: &str, environment: Environment) -> String {
    // Set by `cargo run`: whoever starts it like this has no program named berth.
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
    fn the_command_for_another_key_names_the_same_store() {
        let command = |store: StoreChoice, table, environment| {
            let command = make_key(&store, table, environment);
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
    fn a_token_for_the_ledger_is_made_in_the_same_store() {
        let command = make_ledger_key(&StoreChoice::Aws, "other", Environment::Live);
        let options = command.split_once(" keys create").map(|(_, options)| options);
        assert_eq!(options, Some(" --aws --table other --environment live --scopes ledger:admin"));
    }

    #[test]
    fn the_first_call_can_be_pasted() {
        assert_eq!(
            first_call("http://127.0.0.1:3000", "dk_test_x"),
            "curl -sS http://127.0.0.1:3000/v1/organizations -H \"Authorization: Bearer dk_test_x\" \
             -H 'Content-Type: application/json' -d '{\"name\": \"Acme Trading\"}'"
        );
    }
}
