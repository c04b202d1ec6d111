//! Instructions of a warm request, counted by valgrind's callgrind.

use std::{
    env, fs,
    io::{Error, Result},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use crate::{
    Programs,
    callgrind::{Component, Profile},
    function::Function,
    workbench::{HELLO, Roots, Workbench},
};

/// Number of requests before counting starts.
const WARM_UP: usize = 50;
/// Number of functions that are listed.
const LISTED: usize = 40;

/// Counts the instructions of warm requests, or of a cold start with its first request (`requests` is `None`), and
/// prints them by component and by function.
pub(crate) fn run(programs: &Programs, requests: Option<usize>, only: &[String], keep: Option<&Path>) -> Result<()> {
    let workbench = Workbench::prepare(programs)?;
    let work = tempfile::tempdir()?;
    let work = keep.unwrap_or(work.path());
    fs::create_dir_all(work)?;
    let valgrind = find("valgrind")?;
    let count = |name: &str, event: &Arc<str>, start: &dyn Fn(&[&str]) -> Result<Function>| {
        let file = work.join(format!("{}.callgrind", name.replace([',', ' '], "-")));
        let out = format!("--callgrind-out-file={}", file.display());
        let at_start = if requests.is_some() { "--instr-atstart=no" } else { "--instr-atstart=yes" };
        let function = start(&[&valgrind.display().to_string(), "--tool=callgrind", at_start, &out])?;
        count_requests(&function, event, requests)?;
        drop(function);
        Profile::read(&fs::read_to_string(format!("{}.1", file.display()))?)
    };
    let event = workbench.event(workbench.operation("get-organization")?)?;
    let components = [
        Component::Berth,
        Component::Lambda,
        Component::Sdk,
        Component::Http,
        Component::Allocator,
        Component::Unknown,
    ];
    let title = if requests.is_some() { "a warm request" } else { "a start and its first request" };
    let names = components.map(Component::name).join(" | ");
    println!("| instructions of {title} | thousands | relative to hello | {names} |");
    println!("|---|---|---|{}", "---|".repeat(components.len()));
    let mut baseline = None;
    let mut print = |name: &str, profile: &Profile| {
        let (by_component, _) = profile.shares();
        #[expect(clippy::cast_precision_loss, reason = "hundreds")]
        let each = profile.total() / requests.unwrap_or(1) as f64;
        let hello = *baseline.get_or_insert(each);
        let share = |component| 100.0 * by_component.get(&component).copied().unwrap_or_default() / profile.total();
        let shares: Vec<_> = components.iter().map(|component| format!("{:.1} %", share(*component))).collect();
        println!("| {name} | {:.0} | {:.2} | {} |", each / 1000.0, each / hello, shares.join(" | "));
    };
    print(HELLO, &count(HELLO, &event, &|wrapper| workbench.start_hello(wrapper))?);
    let mut profiles = Vec::new();
    for operation in &workbench.operations {
        if !only.is_empty() && !only.iter().any(|name| name == operation.name) {
            continue;
        }
        let event = workbench.event(operation)?;
        let start = |wrapper: &[&str]| workbench.start(operation, Roots::Amazon, wrapper);
        let profile = count(operation.name, &event, &start)?;
        print(operation.name, &profile);
        profiles.push((operation.name, profile));
    }
    for (name, profile) in profiles {
        let lists = [
            ("instructions attributed to Berth's functions", profile.shares().1),
            ("inclusive instructions of functions", profile.inclusive()),
        ];
        for (title, functions) in lists {
            println!("\n{name}: {title}, percent of all instructions\n");
            for (function, cost) in functions.into_iter().take(LISTED) {
                println!("    {:5.2} {function}", 100.0 * cost / profile.total());
            }
        }
    }
    Ok(())
}

/// Sends `requests` counted requests to a warm function. `None` sends one request, which is counted with the start.
fn count_requests(function: &Function, event: &Arc<str>, requests: Option<usize>) -> Result<()> {
    let control = |arguments: &[&str]| {
        let control =
            Command::new(find("callgrind_control")?).args(arguments).arg(function.id().to_string()).output()?;
        let text = String::from_utf8_lossy(&control.stdout).into_owned();
        if control.status.success() && !text.contains("Error") { Ok(()) } else { Err(Error::other(text)) }
    };
    let Some(requests) = requests else {
        function.invoke(event)?;
        return control(&["--dump"]);
    };
    (0..WARM_UP).try_for_each(|_| function.invoke(event).map(drop))?;
    control(&["--instr=on"])?;
    (0..requests).try_for_each(|_| function.invoke(event).map(drop))?;
    control(&["--dump"])
}

/// Returns the path of a program in `PATH`.
fn find(program: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file());
    found.ok_or_else(|| Error::other(format!("{program} is not installed")))
}
