//! The local server under load.

use std::{
    io::{BufRead, BufReader, Error, Result},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    figures::{micros, quantile},
    function::{megabytes, resident},
    scenario::{self, Call, Client},
};

/// How many call at once.
const CALLERS: [usize; 3] = [1, 8, 64];
/// Calls that may be repeated as they are.
const CALLS: [&str; 7] = [
    "health",
    "get-organization",
    "get-party",
    "list-parties, 20",
    "list-roles, 20",
    "check-roles, 10",
    "create-party",
];

/// Starts `berth serve`, and has it answer as much as it can, `time` for each endpoint and number of callers.
pub(crate) fn run(berth: &Path, time: Duration) -> Result<()> {
    let server = Server::start(berth)?;
    let calls = scenario::prepare(&mut Client::connect(&server.url, &server.credential)?)?;
    let columns = CALLERS.map(|callers| format!("{callers} at once: calls/s, p50 ms, p99 ms, refused"));
    println!("| call | {} | resident, MB |\n|---|{}---|", columns.join(" | "), "---|".repeat(CALLERS.len()));
    for name in CALLS {
        let call = calls.iter().find(|call| call.name == name).ok_or_else(|| Error::other("no such call"))?;
        let mut columns = Vec::new();
        for callers in CALLERS {
            columns.push(server.measure(call, callers, time)?);
        }
        println!("| {name} | {} | {:.1} |", columns.join(" | "), megabytes(resident(server.child.id())?));
    }
    Ok(())
}

/// A server on a free port, with a store in memory. It ends when this is dropped.
#[derive(Debug)]
struct Server {
    child: Child,
    url: String,
    credential: String,
}

impl Server {
    fn start(berth: &Path) -> Result<Self> {
        let mut child = Command::new(berth)
            .args(["serve", "--in-memory", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().ok_or_else(|| Error::other("no output"))?;
        let mut server = Self { child, url: String::new(), credential: String::new() };
        let mut lines = BufReader::new(output).lines();
        while server.url.is_empty() || server.credential.is_empty() {
            let line = lines.next().ok_or_else(|| Error::other("berth serve has ended"))??;
            if let Some(rest) = line.strip_prefix("Berth serves ") {
                rest.split(' ').next().unwrap_or_default().clone_into(&mut server.url);
            } else if line.trim().starts_with("dk_") {
                line.trim().clone_into(&mut server.credential);
            }
        }
        // So that it never waits for somebody to read what it says.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }

    /// Calls a second, latency at the middle and at one in a hundred, and refusals.
    fn measure(&self, call: &Call, callers: usize, time: Duration) -> Result<String> {
        let end = Instant::now() + time;
        let run = || {
            let mut client = Client::connect(&self.url, &self.credential)?;
            let (mut latency, mut refused) = (Vec::new(), 0);
            while Instant::now() < end {
                let begun = Instant::now();
                match client.send(&call.method, &call.target, call.body.as_ref())?.status()? {
                    200..300 => latency.push(begun.elapsed()),
                    _ => refused += 1,
                }
            }
            Ok::<_, Error>((latency, refused))
        };
        let (mut latency, mut refused) = (Vec::new(), 0);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..callers).map(|_| scope.spawn(run)).collect();
            for thread in threads {
                let (more, no) = thread.join().map_err(|_| Error::other("a caller panicked"))??;
                latency.extend(more);
                refused += no;
            }
            Ok::<_, Error>(())
        })?;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let rate = latency.len() as f64 / time.as_secs_f64();
        let at = |share| micros(quantile(&latency, share).unwrap_or_default()) / 1e3;
        Ok(format!("{rate:.0}, {:.1}, {:.1}, {refused}", at(0.5), at(0.99)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
