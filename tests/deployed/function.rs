//! One execution environment of one function: `bootstrap` under the Runtime Interface Emulator.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::harness::{StorePort, encoding::decode};

/// Variable with the path of the release `bootstrap`.
pub const BOOTSTRAP: &str = "BERTH_BOOTSTRAP";
/// Variable with the path of the emulator.
pub const EMULATOR: &str = "BERTH_RIE";

/// Timeout for the emulator to listen, and for a process to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// An execution environment. Dropping it ends the emulator, which ends the program.
pub struct Function {
    emulator: Child,
    url: String,
    http: reqwest::Client,
    /// The emulator crashes on a second simultaneous invocation. An environment at AWS never gets two.
    turn: Mutex<()>,
    log: PathBuf,
    _directory: TempDir,
}

impl Function {
    /// Starts the function of `endpoint` with DynamoDB at `store`, and `timeout` seconds for each invocation.
    pub fn start(endpoint: &str, store: &StorePort, timeout: u64) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let log = directory.path().join("log");
        let (front, runtime) = (free_port(), free_port());
        let mut emulator = Command::new(given(EMULATOR));
        emulator
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{front}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{runtime}")])
            .args(["--log-level", "info"])
            .arg(given(BOOTSTRAP))
            .arg(endpoint)
            .env_clear()
            .env("AWS_LAMBDA_FUNCTION_NAME", endpoint)
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", timeout.to_string())
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", &store.credentials.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &store.credentials.secret_access_key)
            .env("AWS_ENDPOINT_URL_DYNAMODB", &store.url)
            .env("BERTH_TABLE", "berth")
            .env("BERTH_ENVIRONMENT", "test")
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(File::create(&log).expect("a file"))
            .stderr(File::options().append(true).open(&log).expect("a file"));
        let emulator = emulator.spawn().expect("the emulator starts");
        let url = format!("http://127.0.0.1:{front}/2015-03-31/functions/function/invocations");
        let function =
            Self { emulator, url, http: reqwest::Client::new(), turn: Mutex::default(), log, _directory: directory };
        function.wait_for("its port", || TcpStream::connect((Ipv4Addr::LOCALHOST, front)).is_ok().then_some(()));
        function
    }

    /// Returns the emulator's response to an event as text: the response of a failed function is not JSON.
    pub async fn invoke_raw(&self, event: &Value) -> String {
        let _turn = self.turn.lock().await;
        let response = self.http.post(&self.url).body(event.to_string()).send().await;
        let response = response.unwrap_or_else(|error| panic!("{error}, log: {}", self.log()));
        response.text().await.expect("a text response")
    }

    /// Returns the function's response to an event.
    pub async fn invoke(&self, event: &Value) -> TestResponse {
        let text = self.invoke_raw(event).await;
        let response = serde_json::from_str(&text).ok().and_then(|response: Value| TestResponse::read(&response));
        response.unwrap_or_else(|| panic!("no response: {text}, log: {}", self.log()))
    }

    /// Returns the log of emulator and program.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Returns the process id of the program, once it runs.
    pub fn program(&self) -> u32 {
        let emulator = self.emulator.id();
        self.wait_for("its program", || child_of(emulator))
    }

    /// Sends a signal to the emulator, and waits until it has ended. Returns how long that took.
    pub fn terminate(&mut self) -> Duration {
        let begun = Instant::now();
        signal(self.emulator.id(), "TERM");
        while begun.elapsed() < PATIENCE {
            if self.emulator.try_wait().expect("it is our child").is_some() {
                return begun.elapsed();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the emulator does not end: {}", self.log());
    }

    fn wait_for<T>(&self, what: &str, found: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(found) = found() {
                return found;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("no {what} after {PATIENCE:?}: {}", self.log());
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // A program that a test has stopped, or that the emulator leaves behind, is killed first.
        if let Some(program) = child_of(self.emulator.id()) {
            signal(program, "KILL");
        }
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// A response as API Gateway gets it from a function (payload format 2.0).
#[derive(Debug, Clone)]
pub struct TestResponse {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl TestResponse {
    /// Returns a response with the content that its encoding stands for.
    pub fn new(status: u16, headers: &HeaderMap, content: &[u8]) -> Self {
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let decoded = decode(headers.get("content-encoding").map(text).as_deref(), content);
        let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Self { status, headers, body: String::from_utf8(decoded).expect("the content is text") }
    }

    fn read(response: &Value) -> Option<Self> {
        let response = berth::gateway::response(response).ok()?;
        Some(Self::new(response.status().as_u16(), response.headers(), response.body()))
    }

    /// The body.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    /// Returns the response if it has this status; panics otherwise.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// Returns the event of an endpoint, from `events/`, with the values of its placeholders.
pub fn event(endpoint: &str, values: &[(&str, &str)]) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../events/{endpoint}.json"));
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{endpoint} has no event: {error}"));
    let text = values.iter().fold(text, |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
    assert!(!text.contains("${"), "{endpoint} has a placeholder without a value: {text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Sends a signal to a process.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).stderr(Stdio::null()).status();
    sent.expect("kill is a program");
}

/// Returns whether a process runs. A zombie does not.
pub fn runs(process: u32) -> bool {
    stat(process).is_some_and(|(state, _)| state != "Z")
}

fn child_of(parent: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").expect("this is Linux");
    let mut ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.find(|id| stat(*id).is_some_and(|(state, of)| of == parent && state != "Z"))
}

/// Returns the state and the parent of a process.
fn stat(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn given(variable: &str) -> PathBuf {
    let path = PathBuf::from(env::var_os(variable).expect("main checks the variable"));
    path.canonicalize().unwrap_or_else(|error| panic!("{variable} is {}: {error}", path.display()))
}

/// Returns a free port. If another process takes it before the emulator does, the test fails.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
