//! The measured programs, the operations, and the DynamoDB stub.

use std::{
    fs,
    io::{Error, Result},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use berth::{Options, RunningServer, StoreCredentials};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Programs,
    dynamodb::DynamoDbStub,
    function::Function,
    scenario::{self, Client, Operation},
};

/// Root certificates that a deployed function trusts.
const AMAZON_ROOTS: &str = include_str!("../../shared/src/store/amazon_roots.pem");
/// Paths of the platform trust store on Linux.
const PLATFORM_ROOTS: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
/// Environment variable with the path of the platform trust store.
const ROOTS: &str = "SSL_CERT_FILE";
/// Name of the function that only says hello.
pub(crate) const HELLO: &str = "hello";

/// The environment of a measurement. Dropping it stops everything that it started.
#[derive(Debug)]
pub(crate) struct Workbench {
    /// Operations, in the order of the tables.
    pub(crate) operations: Vec<Operation>,
    bootstrap: PathBuf,
    hello: PathBuf,
    dynamodb: DynamoDbStub,
    credential: String,
    /// Credentials that the embedded DynamoDB accepts.
    credentials: StoreCredentials,
    roots: TempDir,
    // The embedded DynamoDB behind the stub, which responds to new requests.
    _origin: (RunningServer, Runtime),
}

/// Root certificates that a function reads at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Amazon's five roots, and that of the stub.
    Amazon,
    /// The platform trust store, and the root of the stub.
    Platform,
}

impl Workbench {
    /// Starts a server and the stub, and creates the resources of the operations.
    pub(crate) fn prepare(programs: &Programs) -> Result<Self> {
        let runtime = Runtime::new()?;
        let origin = runtime
            .block_on(berth::start(Options { store_port: Some(0), ..Options::default() }))
            .map_err(Error::other)?;
        let credential = origin.first_key().ok_or_else(|| Error::other("no key"))?.to_owned();
        let operations = scenario::prepare(&mut Client::connect(&origin.url(), &credential)?)?;
        let (url, credentials) = origin.store_port().ok_or_else(|| Error::other("no port of the embedded DynamoDB"))?;
        let (address, credentials) = (url.trim_start_matches("http://").to_owned(), credentials.clone());
        let dynamodb = DynamoDbStub::start(address.parse().map_err(Error::other)?)?;
        let roots = tempfile::tempdir()?;
        dynamodb.write_roots(&roots.path().join("amazon"), AMAZON_ROOTS)?;
        let platform = PLATFORM_ROOTS.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        dynamodb.write_roots(&roots.path().join("platform"), &platform)?;
        let (bootstrap, hello) = (programs.bootstrap.clone(), programs.hello.clone());
        Ok(Self { operations, bootstrap, hello, dynamodb, credential, credentials, roots, _origin: (origin, runtime) })
    }

    /// Returns the operation with this name.
    pub(crate) fn operation(&self, name: &str) -> Result<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|operation| operation.name == name).ok_or_else(|| Error::other(format!("no operation {name}")))
    }

    /// Returns the number of connections that the stub has accepted so far.
    pub(crate) fn connections(&self) -> u32 {
        self.dynamodb.connections()
    }

    /// Returns the event of an operation.
    pub(crate) fn event(&self, operation: &Operation) -> Result<Arc<str>> {
        operation.event(&self.credential)
    }

    /// Starts the function of an operation. `wrapper` is a command that runs it, such as valgrind, or empty.
    pub(crate) fn start(&self, operation: &Operation, roots: Roots, wrapper: &[&str]) -> Result<Function> {
        let file = self.roots.path().join(if roots == Roots::Amazon { "amazon" } else { "platform" });
        let file = file.to_str().ok_or_else(|| Error::other("a path that is not UTF-8"))?;
        let variables = [
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.url.as_str()),
            ("AWS_ACCESS_KEY_ID", self.credentials.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", self.credentials.secret_access_key.as_str()),
            (ROOTS, file),
        ];
        Function::start(command(&self.bootstrap, wrapper), operation.endpoint, &variables)
    }

    /// Starts the function that only says hello.
    pub(crate) fn start_hello(&self, wrapper: &[&str]) -> Result<Function> {
        Function::start(command(&self.hello, wrapper), HELLO, &[])
    }

    /// Invokes the function of an operation once. Fails if the response is not a success.
    pub(crate) fn check(&self, operation: &Operation, function: &Function) -> Result<()> {
        let (_, response) = function.invoke(&self.event(operation)?)?;
        let text = String::from_utf8_lossy(&response).into_owned();
        let is_success = text.contains("\"statusCode\":2");
        if is_success { Ok(()) } else { Err(Error::other(format!("{}: {text}", operation.name))) }
    }
}

fn command(program: &Path, wrapper: &[&str]) -> Command {
    let Some((first, rest)) = wrapper.split_first() else { return Command::new(program) };
    let mut command = Command::new(first);
    command.args(rest).arg(program);
    command
}
