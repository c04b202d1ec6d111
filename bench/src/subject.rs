//! What is measured: the programs, the calls, and the store that they are made to.

use std::{
    fs,
    io::{Error, Result},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use berth::{Options, RunningServer};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Programs,
    function::Function,
    scenario::{self, Call, Client},
    store::StubStore,
};

/// The roots that a deployed function trusts.
const AMAZON_ROOTS: &str = include_str!("../../shared/src/store/amazon_roots.pem");
/// Where Linux systems keep the roots that they trust.
const PLATFORM_ROOTS: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
/// The variable that names the platform's roots.
const ROOTS: &str = "SSL_CERT_FILE";
/// The name of the program that has nothing to do.
pub(crate) const HELLO: &str = "hello";

/// Everything that a measurement needs. Whatever it has started ends with it.
#[derive(Debug)]
pub(crate) struct Subject {
    /// The calls, in the order of the tables.
    pub(crate) calls: Vec<Call>,
    bootstrap: PathBuf,
    hello: PathBuf,
    store: StubStore,
    credential: String,
    roots: TempDir,
    // Beneath the stub: it answers what is asked for the first time.
    _origin: (RunningServer, Runtime),
}

/// Whose roots a function reads at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Amazon's five and the bench's own.
    Amazon,
    /// All of the platform's, and the bench's own.
    Platform,
}

impl Subject {
    /// Starts a store and fills it.
    pub(crate) fn prepare(programs: &Programs) -> Result<Self> {
        let runtime = Runtime::new()?;
        let origin = runtime.block_on(berth::start(Options::default())).map_err(Error::other)?;
        let credential = origin.first_key().ok_or_else(|| Error::other("no key"))?.to_owned();
        let calls = scenario::prepare(&mut Client::connect(&origin.url(), &credential)?)?;
        let address = origin.store_url().and_then(|url| url.strip_prefix("http://")).unwrap_or_default();
        let store = StubStore::start(address.parse().map_err(Error::other)?)?;
        let roots = tempfile::tempdir()?;
        store.write_roots(&roots.path().join("amazon"), AMAZON_ROOTS)?;
        let platform = PLATFORM_ROOTS.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        store.write_roots(&roots.path().join("platform"), &platform)?;
        let (bootstrap, hello) = (programs.bootstrap.clone(), programs.hello.clone());
        Ok(Self { calls, bootstrap, hello, store, credential, roots, _origin: (origin, runtime) })
    }

    /// The call with this name.
    pub(crate) fn call(&self, name: &str) -> Result<&Call> {
        self.calls.iter().find(|call| call.name == name).ok_or_else(|| Error::other(format!("no call {name}")))
    }

    /// How many connections the store has taken so far.
    pub(crate) fn connections(&self) -> u32 {
        self.store.connections()
    }

    /// The event of a call.
    pub(crate) fn event(&self, call: &Call) -> Result<Arc<str>> {
        call.event(&self.credential)
    }

    /// Starts the function of a call; with `wrapper`, a program that runs it and its arguments.
    pub(crate) fn start(&self, call: &Call, roots: Roots, wrapper: &[&str]) -> Result<Function> {
        let file = self.roots.path().join(if roots == Roots::Amazon { "amazon" } else { "platform" });
        let file = file.to_str().ok_or_else(|| Error::other("a path that is no text"))?;
        let variables = [("AWS_ENDPOINT_URL_DYNAMODB", self.store.url.as_str()), (ROOTS, file)];
        Function::start(command(&self.bootstrap, wrapper), call.endpoint, &variables)
    }

    /// Starts the function that says hello.
    pub(crate) fn start_hello(&self, wrapper: &[&str]) -> Result<Function> {
        Function::start(command(&self.hello, wrapper), HELLO, &[])
    }

    /// Has a function answer once, and sees to it that the answer is a success.
    pub(crate) fn check(&self, call: &Call, function: &Function) -> Result<()> {
        let (_, answer) = function.invoke(&self.event(call)?)?;
        let text = String::from_utf8_lossy(&answer).into_owned();
        if text.contains("\"statusCode\":2") { Ok(()) } else { Err(Error::other(format!("{}: {text}", call.name))) }
    }
}

fn command(program: &Path, wrapper: &[&str]) -> Command {
    let Some((first, rest)) = wrapper.split_first() else { return Command::new(program) };
    let mut command = Command::new(first);
    command.args(rest).arg(program);
    command
}
