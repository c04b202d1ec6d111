//! The program `berth` as a process: its output, its end, and its data after a restart.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use berth::StoreCredentials;
use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{PATIENCE, StorePort, TestClient, api_test};

/// Returns the program with these arguments, without environment variables that change its output.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_berth"));
    command.args(arguments).env_remove("BERTH_LOG").env_remove("CARGO").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A running server. Dropping it kills the server.
pub struct Program {
    child: Child,
    /// Output until the server is ready.
    pub said: String,
    pub url: String,
    /// The port of its DynamoDB, if it has one.
    pub store: Option<StorePort>,
    /// The first platform key, if this start created it.
    pub key: Option<String>,
}

impl Program {
    /// Starts the server on a free port, and waits until it is ready.
    pub fn start(directory: &Path) -> Self {
        Self::start_with(directory, |_| ())
    }

    /// Starts the server after `change` has changed its command.
    pub fn start_with(directory: &Path, change: impl FnOnce(&mut Command)) -> Self {
        let directory = directory.to_str().expect("UTF-8");
        let mut command = program(&["serve", "--port", "0", "--data-dir", directory]);
        change(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut said = Vec::new();
        while said.last().is_none_or(|line: &String| !line.starts_with("Ctrl-C")) {
            match lines.next() {
                Some(line) => said.push(line.expect("UTF-8")),
                None => panic!("the program ended: {said:?}, {:?}", child.wait_with_output()),
            }
        }
        // From here on the output is not read, which must not block the server.
        drop(lines);
        let word = |line: &str, at: usize| line.split_whitespace().nth(at).unwrap_or_default().to_owned();
        let url = word(&said[0], 2);
        let key = said.iter().map(|line| line.trim()).find(|line| line.starts_with("dk_")).map(ToOwned::to_owned);
        let setting = |name: &str| {
            let mut words = said.iter().flat_map(|line| line.split_whitespace());
            words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=')).map(ToOwned::to_owned)
        };
        let store = setting("AWS_ACCESS_KEY_ID").zip(setting("AWS_SECRET_ACCESS_KEY")).map(|(id, secret)| StorePort {
            url: word(said.iter().find(|line| line.contains("signed requests")).expect("a URL"), 5)
                .trim_end_matches('.')
                .to_owned(),
            credentials: StoreCredentials { access_key_id: id, secret_access_key: secret },
        });
        Self { child, url, store, key, said: said.join("\n") }
    }

    /// Returns the error output of a start that fails with these options.
    pub fn fails(options: &[&str]) -> String {
        let arguments = [&["serve", "--port", "0", "--in-memory"], options].concat();
        let Output { status, stderr, .. } = run(&arguments);
        assert!(!status.success(), "the program started with {options:?}");
        text(&stderr)
    }

    pub fn client(&self, key: &str) -> TestClient {
        TestClient::new(&self.url, Some(key))
    }

    /// Kills the server, as in a crash.
    pub fn kill(mut self) {
        self.child.kill().expect("the program is killed");
        self.child.wait().expect("the program has ended");
    }

    /// Sends a signal, and waits until the program has ended.
    fn terminate(mut self, signal: &str) -> ExitStatus {
        let found = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(found.success());
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().expect("a status") {
                Some(status) => return status,
                None if Instant::now() > deadline => panic!("the program does not end"),
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asserts that the program failed with this one line.
fn expect_error_line(output: &Output, parts: &[&str]) {
    let found = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{found}");
    assert_eq!(found.trim_end().lines().count(), 1, "{found}");
    assert!(found.starts_with("berth: ") && parts.iter().all(|part| found.contains(part)), "{found}");
    assert_eq!(text(&output.stdout), "");
}

#[apply(api_test)]
async fn a_failed_start_prints_one_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let busy = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = busy.local_addr().expect("an address").port().to_string();
    let path = directory.path().join("data");
    let data = path.to_str().expect("UTF-8");
    expect_error_line(&run(&["--port", &port, "--data-dir", data]), &["port", &port, "in use"]);
    // A file where the program needs a directory: this fails for root, too.
    let file = directory.path().join("file");
    std::fs::write(&file, "not a directory").expect("written");
    let file = file.to_str().expect("UTF-8");
    expect_error_line(&run(&["--port", "0", "--data-dir", file]), &["cannot write", file]);
    let _running = Program::start(&path);
    expect_error_line(&run(&["--port", "0", "--data-dir", data]), &["in use by another process", data]);
    let nothing = ["--port", "0", "--endpoint-url", "http://127.0.0.1:1"];
    expect_error_line(&run(&nothing), &["cannot reach DynamoDB", "http://127.0.0.1:1"]);
}

#[apply(api_test)]
async fn a_second_start_keeps_the_data_and_prints_no_key() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = Program::start(directory.path());
    let key = first.key.clone().expect("the first start shows a key");
    let organization = first.client(&key).create_organization("Kept").await;
    assert!(first.terminate("-INT").success());
    let second = Program::start(directory.path());
    assert_eq!(second.key, None);
    assert!(second.said.contains("keys create"), "{}", second.said);
    assert!(!second.said.contains(&key));
    let found = second.client(&key).get_organization(&organization.id()).await.expect(200);
    assert_eq!(found.body, organization.body);
}

#[apply(api_test)]
async fn the_first_key_can_be_written_to_a_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("key");
    // A file that others can read is replaced.
    std::fs::write(&file, "another").expect("written");
    let change = |command: &mut Command| {
        command.arg("--key-file").arg(&file);
    };
    let running = Program::start_with(&directory.path().join("data"), change);
    let key = std::fs::read_to_string(&file).expect("the file");
    let key = key.trim_end();
    running.client(key).list_organizations().await.expect(200);
    assert_eq!(running.key, None);
    assert!(!running.said.contains(key) && running.said.contains(file.to_str().expect("UTF-8")), "{}", running.said);
    let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[apply(api_test)]
async fn it_stops_on_a_signal() {
    let directory = tempfile::tempdir().expect("a directory");
    for signal in ["-TERM", "-INT"] {
        let running = Program::start(directory.path());
        // An idle connection does not delay the end.
        running.client("").get("/v1/healthz").await.expect(200);
        assert_eq!(running.terminate(signal).code(), Some(0));
    }
}

#[apply(api_test)]
async fn keys_can_be_created_with_and_without_a_running_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().to_str().expect("UTF-8");
    let running = Program::start(directory.path());
    let first = running.client(running.key.as_deref().expect("a key"));
    let organization = first.create_organization("Holder").await.id();
    let create = |more: &[&str]| {
        let output = run(&[&["keys", "create", "--data-dir", data], more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        // Standard output is only the key, so that a script can capture it.
        let key = text(&output.stdout).trim_end().to_owned();
        assert!(key.starts_with("dk_test_") && !key.contains('\n'), "{key}");
        assert!(!text(&output.stderr).contains(&key));
        key
    };
    let platform = create(&[]);
    running.client(&platform).list_organizations().await.expect(200);
    let narrow = create(&["--organization", &organization, "--scopes", "docks:read"]);
    running.client(&narrow).list_docks().await.expect(200);
    running.client(&narrow).list_organizations().await.expect_error(403, "INSUFFICIENT_SCOPE");
    let expired = create(&["--expires-at", "2020-01-01T00:00:00Z"]);
    running.client(&expired).list_docks().await.expect_error(401, "UNAUTHORIZED");
    let nonexistent = ["keys", "create", "--data-dir", data, "--organization", "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS"];
    expect_error_line(&run(&nonexistent), &["Organization not found"]);
    running.terminate("-TERM");
    let later = create(&["--organization", &organization]);
    let running = Program::start(directory.path());
    let found = running.client(&later).list_organizations().await.expect(200);
    assert_eq!(found.json()["data"][0]["id"], organization);
}

#[apply(api_test)]
async fn keys_create_initializes_a_new_deployment() {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("new");
    let output = run(&["keys", "create", "--data-dir", data.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let running = Program::start(&data);
    assert_eq!(running.key, None, "the deployment has its key");
    let client = running.client(text(&output.stdout).trim_end());
    client.create_organization("First").await;
    client.get("/v1/organizations?limit=1").await.expect(200);
}

#[apply(api_test)]
async fn the_printed_curl_command_works() {
    let directory = tempfile::tempdir().expect("a directory");
    let running = Program::start(directory.path());
    let line = running.said.lines().find(|line| line.trim().starts_with("curl ")).expect("a curl line");
    // Parsed like a shell does, so that the test does not need curl.
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.trim().chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().expect("a word").push(letter),
        }
    }
    let after = |flag: &'static str| words.windows(2).filter(move |pair| pair[0] == flag).map(|pair| pair[1].clone());
    let url = words.iter().find(|word| word.starts_with("http")).expect("a URL");
    let mut request =
        TestClient::new(&running.url, None).request(reqwest::Method::POST, url.trim_start_matches(&running.url));
    for header in after("-H") {
        let (name, value) = header.split_once(": ").expect("a header");
        request = request.header(name, value);
    }
    // The header sets the content type; `body` would add another.
    let body: serde_json::Value = serde_json::from_str(&after("-d").next().expect("a body")).expect("JSON");
    let created = request.json(&body).send().await.expect(201);
    assert_eq!(created.json()["name"], json!("Acme Trading"));
}

#[apply(api_test)]
async fn the_contract_is_printed() {
    let output = run(&["openapi"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json")));
    let mut version = String::new();
    let mut child = program(&["--version"]).stdout(Stdio::piped()).spawn().expect("the program runs");
    child.stdout.take().expect("a pipe").read_to_string(&mut version).expect("UTF-8");
    assert!(child.wait().expect("the program ends").success());
    assert_eq!(version, format!("berth {}\n", env!("CARGO_PKG_VERSION")));
}
