//! Cold starts, warm calls and memory of functions.

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
    figures::{median, micros, millis, quantile},
    function::{Function, megabytes},
    subject::{HELLO, Roots, Subject},
};

/// Calls in a round.
const ROUND: u32 = 100;
/// Calls before anything is counted.
const WARM_UP: usize = 300;

/// Measures, and prints one table after another.
pub(crate) fn run(programs: &Programs, starts: usize, rounds: usize, calls: usize) -> Result<()> {
    let subject = Subject::prepare(programs)?;
    size(&[("bootstrap", &programs.bootstrap), (HELLO, &programs.hello)])?;
    cold(&subject, starts)?;
    warm(&subject, rounds)?;
    memory(&subject, calls)
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

/// One way to start.
struct Start<'a> {
    name: String,
    run: Box<dyn Fn() -> Result<(Duration, Duration)> + 'a>,
    init: Vec<Duration>,
    first: Vec<Duration>,
    connections: u32,
}

impl<'a> Start<'a> {
    fn new(name: String, run: impl Fn() -> Result<(Duration, Duration)> + 'a) -> Self {
        Self { name, run: Box::new(run), init: Vec::new(), first: Vec::new(), connections: 0 }
    }
}

/// Processor time until a function asks for its first event, and until it has answered it.
fn cold(subject: &Subject, starts: usize) -> Result<()> {
    let mut ways = Vec::new();
    let hello_event = subject.event(subject.call("get-organization")?)?;
    let say_hello = move || {
        let function = subject.start_hello(&[])?;
        let init = function.cpu()?;
        function.invoke(&hello_event)?;
        Ok((init, function.cpu()?))
    };
    ways.push(Start::new(HELLO.to_owned(), say_hello));
    for (name, roots, of) in [
        ("health", Roots::Amazon, "no call of the store"),
        ("get-organization", Roots::Amazon, "TLS, Amazon's roots"),
        ("create-party", Roots::Amazon, "TLS, Amazon's roots"),
        ("list-parties, 20", Roots::Amazon, "TLS, Amazon's roots"),
        ("get-organization", Roots::Platform, "TLS, the platform's roots"),
    ] {
        let call = subject.call(name)?;
        let event = subject.event(call)?;
        subject.check(call, &subject.start(call, roots, &[])?)?;
        let run = move || {
            let function = subject.start(call, roots, &[])?;
            let init = function.cpu()?;
            function.invoke(&event)?;
            Ok((init, function.cpu()?))
        };
        ways.push(Start::new(format!("{name}: {of}"), run));
    }
    // In turn, so that what else the machine does meets all alike.
    for _ in 0..starts {
        for way in &mut ways {
            let before = subject.connections();
            let (init, first) = (way.run)()?;
            way.connections += subject.connections() - before;
            way.init.push(init);
            way.first.push(first);
        }
    }
    println!(
        "| cold start, {starts} each | CPU until it asks for an event, ms | CPU until it has answered, ms | beside hello \
         | connections to the store, all |"
    );
    println!("|---|---|---|---|---|");
    let hello = median(&ways[0].first);
    for way in &ways {
        let (init, first) = (median(&way.init), median(&way.first));
        let ratio = first.as_secs_f64() / hello.as_secs_f64();
        let (name, connections) = (&way.name, way.connections);
        println!("| {name} | {:.2} | {:.2} | {ratio:.2} | {connections} |", millis(init), millis(first));
    }
    println!();
    Ok(())
}

/// Processor time and latency of warm calls, each endpoint in a process of its own, all in turn.
fn warm(subject: &Subject, rounds: usize) -> Result<()> {
    let mut subjects = vec![(HELLO, subject.start_hello(&[])?, subject.event(subject.call("get-organization")?)?)];
    for call in &subject.calls {
        let function = subject.start(call, Roots::Amazon, &[])?;
        subject.check(call, &function)?;
        subjects.push((call.name, function, subject.event(call)?));
    }
    let mut measured = vec![(Vec::new(), Vec::new()); subjects.len()];
    for (_, function, event) in &subjects {
        (0..WARM_UP).try_for_each(|_| function.invoke(event).map(drop))?;
    }
    for _ in 0..rounds {
        for ((_, function, event), (cpu, latency)) in subjects.iter().zip(&mut measured) {
            let before = function.cpu()?;
            for _ in 0..ROUND {
                latency.push(function.invoke(event)?.0);
            }
            cpu.push(function.cpu()?.saturating_sub(before) / ROUND);
        }
    }
    println!(
        "| warm, {rounds} x {ROUND} calls | CPU, µs | beside hello | beside get-organization | p50, µs | p99, µs |"
    );
    println!("|---|---|---|---|---|---|");
    let cpu_of = |name: &str| {
        let at = subjects.iter().position(|(known, ..)| *known == name);
        at.map(|at| median(&measured[at].0)).ok_or_else(|| Error::other("not measured"))
    };
    let (hello, organization) = (cpu_of(HELLO)?.as_secs_f64(), cpu_of("get-organization")?.as_secs_f64());
    for ((name, ..), (cpu, latency)) in subjects.iter().zip(&measured) {
        let cpu = median(cpu);
        let (to_hello, to_get) = (cpu.as_secs_f64() / hello, cpu.as_secs_f64() / organization);
        let at = |share| micros(quantile(latency, share).unwrap_or_default());
        println!("| {name} | {:.0} | {to_hello:.2} | {to_get:.2} | {:.0} | {:.0} |", micros(cpu), at(0.5), at(0.99));
    }
    println!();
    Ok(())
}

/// Resident memory while a function answers more and more calls.
fn memory(subject: &Subject, calls: usize) -> Result<()> {
    let stops = [1, calls / 100, calls / 10, calls / 2, calls];
    let heads: Vec<_> = stops.iter().map(|stop| format!("after {stop}")).collect();
    println!("| resident memory, MB | {} |\n|---|{}", heads.join(" | "), "---|".repeat(stops.len()));
    let row = |name: &str, function: &Function, event: &Arc<str>| {
        let (mut columns, mut made) = (Vec::new(), 0);
        for stop in stops {
            for _ in made..stop {
                function.invoke(event)?;
            }
            made = stop;
            columns.push(format!("{:.2}", megabytes(function.resident()?)));
        }
        println!("| {name} | {} |", columns.join(" | "));
        Ok::<_, Error>(())
    };
    row(HELLO, &subject.start_hello(&[])?, &subject.event(subject.call("get-organization")?)?)?;
    for name in ["get-organization", "create-party", "list-roles, 20"] {
        let call = subject.call(name)?;
        row(name, &subject.start(call, Roots::Amazon, &[])?, &subject.event(call)?)?;
    }
    Ok(())
}
