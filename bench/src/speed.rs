//! Cold starts, warm requests and memory of functions.

use std::{
    fs,
    io::{Error, Result},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use crate::{
    Programs,
    function::{Function, megabytes},
    statistics::{median, micros, millis, quantile},
    workbench::{HELLO, Roots, Workbench},
};

/// Number of requests in a round.
const ROUND: u32 = 100;
/// Number of requests before measurements start.
const WARM_UP: usize = 300;

/// Measures sizes, cold starts, warm requests and memory, and prints a table of each.
pub(crate) fn run(programs: &Programs, starts: usize, rounds: usize, requests: usize) -> Result<()> {
    let workbench = Workbench::prepare(programs)?;
    size(&[("bootstrap", &programs.bootstrap), (HELLO, &programs.hello)])?;
    cold(&workbench, starts)?;
    warm(&workbench, rounds)?;
    memory(&workbench, requests)
}

fn size(programs: &[(&str, &Path)]) -> Result<()> {
    println!("| program | MB | zipped, MB |\n|---|---|---|");
    for (name, path) in programs {
        let bytes = fs::metadata(path)?.len();
        let zip = Command::new("zip").args(["-q", "-j", "-"]).arg(path).stderr(Stdio::null()).output()?;
        println!(
            "| {name} | {:.2} | {:.2} |",
            megabytes(bytes),
            megabytes(u64::try_from(zip.stdout.len()).unwrap_or(0))
        );
    }
    println!();
    Ok(())
}

/// A kind of cold start, and its measurements.
struct ColdStart<'a> {
    name: String,
    run: Box<dyn Fn() -> Result<(Duration, Duration)> + 'a>,
    init: Vec<Duration>,
    first: Vec<Duration>,
    connections: u32,
}

impl<'a> ColdStart<'a> {
    fn new(name: String, run: impl Fn() -> Result<(Duration, Duration)> + 'a) -> Self {
        Self { name, run: Box::new(run), init: Vec::new(), first: Vec::new(), connections: 0 }
    }
}

/// Measures the processor time until a function polls for its first event, and until its first response.
fn cold(workbench: &Workbench, starts: usize) -> Result<()> {
    let mut kinds = Vec::new();
    let hello_event = workbench.event(workbench.operation("get-organization")?)?;
    let run_hello = move || {
        let function = workbench.start_hello(&[])?;
        let init = function.cpu()?;
        function.invoke(&hello_event)?;
        Ok((init, function.cpu()?))
    };
    kinds.push(ColdStart::new(HELLO.to_owned(), run_hello));
    for (name, roots, description) in [
        ("health", Roots::Amazon, "no DynamoDB request"),
        ("get-organization", Roots::Amazon, "TLS, Amazon's roots"),
        ("create-party", Roots::Amazon, "TLS, Amazon's roots"),
        ("list-parties, 20", Roots::Amazon, "TLS, Amazon's roots"),
        ("get-organization", Roots::Platform, "TLS, platform trust store"),
    ] {
        let operation = workbench.operation(name)?;
        let event = workbench.event(operation)?;
        workbench.check(operation, &workbench.start(operation, roots, &[])?)?;
        let run = move || {
            let function = workbench.start(operation, roots, &[])?;
            let init = function.cpu()?;
            function.invoke(&event)?;
            Ok((init, function.cpu()?))
        };
        kinds.push(ColdStart::new(format!("{name}: {description}"), run));
    }
    // The kinds alternate, so that other load on the machine affects all of them.
    for _ in 0..starts {
        for kind in &mut kinds {
            let before = workbench.connections();
            let (init, first) = (kind.run)()?;
            kind.connections += workbench.connections() - before;
            kind.init.push(init);
            kind.first.push(first);
        }
    }
    println!(
        "| cold start, {starts} each | CPU to the first poll for an event, ms | CPU to the first response, ms \
         | relative to hello | DynamoDB connections, all starts |"
    );
    println!("|---|---|---|---|---|");
    let hello = median(&kinds[0].first);
    for kind in &kinds {
        let (init, first) = (median(&kind.init), median(&kind.first));
        let ratio = first.as_secs_f64() / hello.as_secs_f64();
        let (name, connections) = (&kind.name, kind.connections);
        println!("| {name} | {:.2} | {:.2} | {ratio:.2} | {connections} |", millis(init), millis(first));
    }
    println!();
    Ok(())
}

/// Measures processor time and latency of warm requests. Each operation has its own process, and they alternate.
fn warm(workbench: &Workbench, rounds: usize) -> Result<()> {
    let hello_event = workbench.event(workbench.operation("get-organization")?)?;
    let mut functions = vec![(HELLO, workbench.start_hello(&[])?, hello_event)];
    for operation in &workbench.operations {
        let function = workbench.start(operation, Roots::Amazon, &[])?;
        workbench.check(operation, &function)?;
        functions.push((operation.name, function, workbench.event(operation)?));
    }
    let mut measured = vec![(Vec::new(), Vec::new()); functions.len()];
    for (_, function, event) in &functions {
        (0..WARM_UP).try_for_each(|_| function.invoke(event).map(drop))?;
    }
    for _ in 0..rounds {
        for ((_, function, event), (cpu, latency)) in functions.iter().zip(&mut measured) {
            let before = function.cpu()?;
            for _ in 0..ROUND {
                latency.push(function.invoke(event)?.0);
            }
            cpu.push(function.cpu()?.saturating_sub(before) / ROUND);
        }
    }
    println!(
        "| warm, {rounds} x {ROUND} requests | CPU, µs | relative to hello | relative to get-organization | p50, µs \
         | p99, µs |"
    );
    println!("|---|---|---|---|---|---|");
    let cpu_of = |name: &str| {
        let index = functions.iter().position(|(known, ..)| *known == name);
        index.map(|index| median(&measured[index].0)).ok_or_else(|| Error::other("not measured"))
    };
    let (hello, organization) = (cpu_of(HELLO)?.as_secs_f64(), cpu_of("get-organization")?.as_secs_f64());
    for ((name, ..), (cpu, latency)) in functions.iter().zip(&measured) {
        let cpu = median(cpu);
        let (to_hello, to_get) = (cpu.as_secs_f64() / hello, cpu.as_secs_f64() / organization);
        let at = |share| micros(quantile(latency, share).unwrap_or_default());
        println!("| {name} | {:.0} | {to_hello:.2} | {to_get:.2} | {:.0} | {:.0} |", micros(cpu), at(0.5), at(0.99));
    }
    println!();
    Ok(())
}

/// Measures the resident memory of functions after growing numbers of requests.
fn memory(workbench: &Workbench, requests: usize) -> Result<()> {
    let stops = [1, requests / 100, requests / 10, requests / 2, requests];
    let heads: Vec<_> = stops.iter().map(|stop| format!("after {stop}")).collect();
    println!("| resident memory, MB | {} |\n|---|{}", heads.join(" | "), "---|".repeat(stops.len()));
    let row = |name: &str, function: &Function, event: &Arc<str>| {
        let (mut columns, mut sent) = (Vec::new(), 0);
        for stop in stops {
            for _ in sent..stop {
                function.invoke(event)?;
            }
            sent = stop;
            columns.push(format!("{:.2}", megabytes(function.resident()?)));
        }
        println!("| {name} | {} |", columns.join(" | "));
        Ok::<_, Error>(())
    };
    row(HELLO, &workbench.start_hello(&[])?, &workbench.event(workbench.operation("get-organization")?)?)?;
    for name in ["get-organization", "create-party", "list-roles, 20"] {
        let operation = workbench.operation(name)?;
        row(name, &workbench.start(operation, Roots::Amazon, &[])?, &workbench.event(operation)?)?;
    }
    Ok(())
}
