//! Instructions of a warm call, counted by valgrind's callgrind.

use std::{
    env, fs,
    io::{Error, Result},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use crate::{
    Programs,
    callgrind::{Owner, Profile},
    function::Function,
    subject::{HELLO, Roots, Subject},
};

/// Calls before anything is counted.
const WARM_UP: usize = 50;
/// How many functions are listed.
const LISTED: usize = 40;

/// Counts so many warm calls, or a start with its first call, and prints who executes how much.
pub(crate) fn run(programs: &Programs, calls: Option<usize>, only: &[String], keep: Option<&Path>) -> Result<()> {
    let subject = Subject::prepare(programs)?;
    let work = tempfile::tempdir()?;
    let work = keep.unwrap_or(work.path());
    fs::create_dir_all(work)?;
    let valgrind = find("valgrind")?;
    let count = |name: &str, event: &Arc<str>, start: &dyn Fn(&[&str]) -> Result<Function>| {
        let file = work.join(format!("{}.callgrind", name.replace([',', ' '], "-")));
        let out = format!("--callgrind-out-file={}", file.display());
        let at_start = if calls.is_some() { "--instr-atstart=no" } else { "--instr-atstart=yes" };
        let function = start(&[&valgrind.display().to_string(), "--tool=callgrind", at_start, &out])?;
        counted(&function, event, calls)?;
        drop(function);
        Profile::read(&fs::read_to_string(format!("{}.1", file.display()))?)
    };
    let event = subject.event(subject.call("get-organization")?)?;
    let owners = [Owner::Berth, Owner::Lambda, Owner::Sdk, Owner::Http, Owner::Allocator, Owner::Unknown];
    let what = if calls.is_some() { "a warm call" } else { "a start and its first call" };
    println!("| instructions of {what} | thousands | beside hello | {} |", owners.map(Owner::name).join(" | "));
    println!("|---|---|---|{}", "---|".repeat(owners.len()));
    let mut to_hello = None;
    let mut print = |name: &str, profile: &Profile| {
        let (by_owner, _) = profile.shares();
        #[expect(clippy::cast_precision_loss, reason = "hundreds")]
        let each = profile.total() / calls.unwrap_or(1) as f64;
        let hello = *to_hello.get_or_insert(each);
        let share = |owner| 100.0 * by_owner.get(&owner).copied().unwrap_or_default() / profile.total();
        let shares: Vec<_> = owners.iter().map(|owner| format!("{:.1} %", share(*owner))).collect();
        println!("| {name} | {:.0} | {:.2} | {} |", each / 1000.0, each / hello, shares.join(" | "));
    };
    print(HELLO, &count(HELLO, &event, &|wrapper| subject.start_hello(wrapper))?);
    let mut profiles = Vec::new();
    for call in &subject.calls {
        if !only.is_empty() && !only.iter().any(|name| name == call.name) {
            continue;
        }
        let event = subject.event(call)?;
        let profile = count(call.name, &event, &|wrapper| subject.start(call, Roots::Amazon, wrapper))?;
        print(call.name, &profile);
        profiles.push((call.name, profile));
    }
    for (name, profile) in profiles {
        let lists = [
            ("what Berth's functions are answerable for", profile.shares().1),
            ("what is executed in and beneath a function", profile.inclusive()),
        ];
        for (what, functions) in lists {
            println!("\n{name}: {what}, in per cent of all instructions\n");
            for (function, cost) in functions.into_iter().take(LISTED) {
                println!("    {:5.2} {function}", 100.0 * cost / profile.total());
            }
        }
    }
    Ok(())
}

/// Has a warm function answer so many calls that are counted; `None`: a first one, counted with all before it.
fn counted(function: &Function, event: &Arc<str>, calls: Option<usize>) -> Result<()> {
    let control = |arguments: &[&str]| {
        let control =
            Command::new(find("callgrind_control")?).args(arguments).arg(function.id().to_string()).output()?;
        let text = String::from_utf8_lossy(&control.stdout).into_owned();
        if control.status.success() && !text.contains("Error") { Ok(()) } else { Err(Error::other(text)) }
    };
    let Some(calls) = calls else {
        function.invoke(event)?;
        return control(&["--dump"]);
    };
    (0..WARM_UP).try_for_each(|_| function.invoke(event).map(drop))?;
    control(&["--instr=on"])?;
    (0..calls).try_for_each(|_| function.invoke(event).map(drop))?;
    control(&["--dump"])
}

/// Where a program is.
fn find(program: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file());
    found.ok_or_else(|| Error::other(format!("{program} is not installed")))
}
