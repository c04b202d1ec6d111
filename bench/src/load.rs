//! The local server under load.

use std::{
    io::{BufRead, BufReader, Error, Result},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    function::{megabytes, resident},
    scenario::{self, Client, Operation},
    statistics::{micros, quantile},
};

/// Numbers of concurrent clients.
const CLIENTS: [usize; 3] = [1, 8, 64];
/// Operations that succeed any number of times.
const OPERATIONS: [&str; 7] = [
    "health",
    "get-organization",
    "get-party",
    "list-parties, 20",
    "list-roles, 20",
    "check-roles, 10",
    "create-party",
];

/// Starts `berth serve` of each program, and measures every operation for `time` with each number of clients.
pub(crate) fn run(programs: &[PathBuf], time: Duration) -> Result<()> {
    let mut servers = Vec::new();
    for program in programs {
        let server = Server::start(program)?;
        let operations = scenario::prepare(&mut Client::connect(&server.url, &server.credential)?)?;
        servers.push((program.display(), server, operations));
    }
    let columns = CLIENTS.map(|clients| {
        let plural = if clients == 1 { "" } else { "s" };
        format!("{clients} client{plural}: requests/s, p50 ms, p99 ms, rejected")
    });
    println!(
        "| program | operation | {} | resident, MB |\n|---|---|{}---|",
        columns.join(" | "),
        "---|".repeat(CLIENTS.len())
    );
    for name in OPERATIONS {
        let mut rows = vec![Vec::new(); servers.len()];
        for clients in CLIENTS {
            for ((_, server, operations), row) in servers.iter().zip(&mut rows) {
                let operation = operations.iter().find(|operation| operation.name == name);
                let operation = operation.ok_or_else(|| Error::other(format!("no operation {name}")))?;
                row.push(server.measure(operation, clients, time)?);
            }
        }
        for ((program, server, _), row) in servers.iter().zip(rows) {
            let memory = megabytes(resident(server.child.id())?);
            println!("| {program} | {name} | {} | {memory:.1} |", row.join(" | "));
        }
    }
    Ok(())
}

/// A server on a free port with an in-memory DynamoDB. Dropping it kills the process.
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
            let line = lines.next().ok_or_else(|| Error::other("berth serve exited"))??;
            if let Some(rest) = line.strip_prefix("Berth serves ") {
                rest.split(' ').next().unwrap_or_default().clone_into(&mut server.url);
            } else if line.trim().starts_with("dk_") {
                line.trim().clone_into(&mut server.credential);
            }
        }
        // The pipe must not fill up, because the server would block on a write.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }

    /// Returns a cell of the table: successful requests per second, p50 and p99 of their latency, and the number of
    /// other responses.
    fn measure(&self, operation: &Operation, clients: usize, time: Duration) -> Result<String> {
        let end = Instant::now() + time;
        let run = || {
            let mut client = Client::connect(&self.url, &self.credential)?;
            let (mut latency, mut rejected) = (Vec::new(), 0);
            while Instant::now() < end {
                let started = Instant::now();
                match client.send(&operation.method, &operation.target, operation.body.as_ref())?.status()? {
                    200..300 => latency.push(started.elapsed()),
                    _ => rejected += 1,
                }
            }
            Ok::<_, Error>((latency, rejected))
        };
        let (mut latency, mut rejected) = (Vec::new(), 0);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..clients).map(|_| scope.spawn(run)).collect();
            for thread in threads {
                let (times, errors) = thread.join().map_err(|_| Error::other("a client panicked"))??;
                latency.extend(times);
                rejected += errors;
            }
            Ok::<_, Error>(())
        })?;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let rate = latency.len() as f64 / time.as_secs_f64();
        let at = |share| micros(quantile(&latency, share).unwrap_or_default()) / 1e3;
        Ok(format!("{rate:.0}, {:.1}, {:.1}, {rejected}", at(0.5), at(0.99)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
