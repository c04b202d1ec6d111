//! Reads what callgrind writes, and finds for whom every instruction was executed.
//!
//! <https://valgrind.org/docs/manual/cl-format.html>

use std::{
    collections::{BTreeMap, HashMap},
    io::{Error, Result},
};

/// Who instructions are executed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// Berth's own crates, and what they call of libraries that are of no side.
    Berth,
    /// The event, the context and the answer: lambda_http, lambda_runtime.
    Lambda,
    /// The SDK: requests, signatures, answers, TLS.
    Sdk,
    /// Both sides' HTTP and the executor: hyper, tokio.
    Http,
    /// Memory, whoever asks for it.
    Allocator,
    /// What no caller is known of.
    Unknown,
}

impl Owner {
    /// What it is called in tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Berth => "Berth",
            Self::Lambda => "lambda_http, lambda_runtime",
            Self::Sdk => "SDK, TLS",
            Self::Http => "hyper, tokio",
            Self::Allocator => "allocator",
            Self::Unknown => "unknown",
        }
    }

    /// Whose a source file is; `None` for libraries that work for whoever calls them, such as std and serde_json.
    fn of_file(file: &str) -> Option<Self> {
        if ["shared/src/", "functions/src/"]
            .iter()
            .any(|own| file.starts_with(own) || file.contains(&format!("/{own}")))
            && !file.contains("/registry/")
        {
            return Some(Self::Berth);
        }
        let package = file.split("/registry/src/").nth(1)?.split('/').nth(1)?;
        let starts = |names: &[&str]| names.iter().any(|name| package.starts_with(name));
        if starts(&["lambda_", "lambda-", "aws_lambda_events"]) {
            Some(Self::Lambda)
        } else if starts(&["aws-", "rustls", "ring-", "hyper-rustls", "webpki", "tokio-rustls"]) {
            Some(Self::Sdk)
        } else if starts(&["hyper", "tokio", "http-", "httparse", "tower", "mio-", "want-"]) {
            Some(Self::Http)
        } else {
            None
        }
    }
}

/// A function, or a part of one that calls alike.
#[derive(Debug, Default)]
struct Function {
    name: String,
    owner: Option<Owner>,
    /// Its own instructions, by the owner of the line that they come from.
    own: BTreeMap<Owner, f64>,
    /// Those from lines of no side.
    neutral: f64,
    /// Instructions in it and beneath it, by caller.
    callers: HashMap<usize, f64>,
}

/// What was executed.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    functions: Vec<Function>,
    by_name: HashMap<String, usize>,
}

impl Profile {
    /// Reads a file of callgrind's.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let mut profile = Self::default();
        let (mut files, mut names) = (Names::default(), Names::default());
        let (mut file, mut current, mut called, mut is_call) = (String::new(), 0, 0, false);
        for line in text.lines() {
            if let Some((key, value)) = line.split_once('=') {
                match key {
                    "fl" | "fi" | "fe" => file = files.resolve(value),
                    "fn" => current = profile.function(names.resolve(value), &file),
                    "cfn" => called = profile.function(names.resolve(value), ""),
                    "cfi" | "cfl" => drop(files.resolve(value)),
                    "calls" => is_call = true,
                    _ => {}
                }
            } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
                let cost: f64 = line.split(' ').nth(1).unwrap_or("0").parse().map_err(Error::other)?;
                if std::mem::take(&mut is_call) {
                    if called != current {
                        *profile.functions[called].callers.entry(current).or_default() += cost;
                    }
                } else {
                    profile.functions[current].spend(&file, cost);
                }
            }
        }
        Ok(profile)
    }

    fn function(&mut self, name: String, file: &str) -> usize {
        let at = *self.by_name.entry(name.clone()).or_insert_with(|| {
            self.functions.push(Function { name, ..Function::default() });
            self.functions.len() - 1
        });
        let function = &mut self.functions[at];
        if function.owner.is_none() {
            function.owner = if is_allocator(&function.name) { Some(Owner::Allocator) } else { Owner::of_file(file) };
        }
        at
    }

    /// All instructions.
    pub(crate) fn total(&self) -> f64 {
        self.functions.iter().map(Function::spent).sum()
    }

    /// Instructions by owner, and by function those that functions of Berth's are answerable for, most first: their own
    /// lines', and those that libraries of no side spend for them.
    pub(crate) fn shares(&self) -> (BTreeMap<Owner, f64>, Vec<(&str, f64)>) {
        let mut by_owner = BTreeMap::new();
        let mut of_berth: HashMap<usize, f64> = HashMap::new();
        let responsible = self.responsible();
        for (at, function) in self.functions.iter().enumerate() {
            for (owner, cost) in &function.own {
                *by_owner.entry(*owner).or_default() += cost;
                if *owner == Owner::Berth {
                    *of_berth.entry(at).or_default() += cost;
                }
            }
            let mut left = function.neutral;
            for (whose, share) in &responsible[at] {
                let (cost, owner) = (function.neutral * share, self.functions[*whose].owner);
                left -= cost;
                *by_owner.entry(owner.unwrap_or(Owner::Unknown)).or_default() += cost;
                if owner == Some(Owner::Berth) {
                    *of_berth.entry(*whose).or_default() += cost;
                }
            }
            *by_owner.entry(Owner::Unknown).or_default() += left;
        }
        let mut functions: Vec<_> =
            of_berth.into_iter().map(|(at, cost)| (self.functions[at].name.as_str(), cost)).collect();
        functions.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        (by_owner, functions)
    }

    /// Instructions in a function and beneath it, most first, as far as somebody calls it.
    pub(crate) fn inclusive(&self) -> Vec<(&str, f64)> {
        let sum = |function: &Function| function.callers.values().sum::<f64>();
        let mut functions: Vec<_> =
            self.functions.iter().map(|function| (function.name.as_str(), sum(function))).collect();
        functions.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        functions
    }

    /// For each function those that it works for, with their shares: itself if it is of a side, else those of its
    /// callers, by what they have had executed in it.
    fn responsible(&self) -> Vec<HashMap<usize, f64>> {
        /// More than any chain of calls is long that matters.
        const STEPS: usize = 40;
        /// Smaller shares are left out.
        const LEAST: f64 = 1e-4;
        let mut shares: Vec<HashMap<usize, f64>> = self
            .functions
            .iter()
            .enumerate()
            .map(|(at, function)| if function.owner.is_some() { HashMap::from([(at, 1.0)]) } else { HashMap::new() })
            .collect();
        for _ in 0..STEPS {
            for (at, function) in self.functions.iter().enumerate() {
                if function.owner.is_some() {
                    continue;
                }
                let sum: f64 = function.callers.values().sum();
                let mut mine: HashMap<usize, f64> = HashMap::new();
                for (caller, cost) in &function.callers {
                    for (whose, share) in &shares[*caller] {
                        *mine.entry(*whose).or_default() += share * cost / sum;
                    }
                }
                mine.retain(|_, share| *share > LEAST);
                shares[at] = mine;
            }
        }
        shares
    }
}

impl Function {
    fn spend(&mut self, file: &str, cost: f64) {
        let owner = if self.owner == Some(Owner::Allocator) { self.owner } else { Owner::of_file(file) };
        match owner {
            Some(owner) => *self.own.entry(owner).or_default() += cost,
            None => self.neutral += cost,
        }
    }

    fn spent(&self) -> f64 {
        self.own.values().sum::<f64>() + self.neutral
    }
}

fn is_allocator(name: &str) -> bool {
    let name = name.split(['@', '\'']).next().unwrap_or(name);
    ["malloc", "free", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc", "cfree"].contains(&name)
        || ["_int_", "malloc_", "unlink_chunk", "tcache", "sysmalloc"].iter().any(|prefix| name.starts_with(prefix))
}

/// Names are written once, and then known by number.
#[derive(Debug, Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn resolve(&mut self, text: &str) -> String {
        let Some((number, name)) = text.strip_prefix('(').and_then(|text| text.split_once(')')) else {
            return text.to_owned();
        };
        let name = name.trim();
        if name.is_empty() {
            return self.0.get(number).cloned().unwrap_or_default();
        }
        self.0.insert(number.to_owned(), name.to_owned());
        name.to_owned()
    }
}
