//! Reads files of callgrind, and attributes every instruction to a component.
//!
//! Format: <https://valgrind.org/docs/manual/cl-format.html>

use std::{
    collections::{BTreeMap, HashMap},
    io::{Error, Result},
};

/// A component to which instructions are attributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Component {
    /// Berth's own crates.
    Berth,
    /// Decoding of events and encoding of responses: lambda_http, lambda_runtime.
    Lambda,
    /// The SDK: requests, signatures, responses, TLS.
    Sdk,
    /// HTTP of server and client, and the executor: hyper, tokio.
    Http,
    /// Memory allocation of all components.
    Allocator,
    /// Code without a known caller.
    Unknown,
}

impl Component {
    /// Returns the name in tables.
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

    /// Returns the component of a source file, or `None` for a general library, such as std or serde_json.
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

/// A function of the profile.
#[derive(Debug, Default)]
struct Function {
    name: String,
    /// Component of the function. `None` for a function of a general library.
    component: Option<Component>,
    /// Exclusive instructions, by the component of their source line.
    own: BTreeMap<Component, f64>,
    /// Exclusive instructions of lines in general libraries.
    general: f64,
    /// Inclusive instructions, by caller.
    callers: HashMap<usize, f64>,
}

/// The functions of a callgrind file, with their instructions.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    functions: Vec<Function>,
    by_name: HashMap<String, usize>,
}

impl Profile {
    /// Reads the text of a callgrind file.
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
                    profile.functions[current].add(&file, cost);
                }
            }
        }
        Ok(profile)
    }

    fn function(&mut self, name: String, file: &str) -> usize {
        let index = *self.by_name.entry(name.clone()).or_insert_with(|| {
            self.functions.push(Function { name, ..Function::default() });
            self.functions.len() - 1
        });
        let function = &mut self.functions[index];
        if function.component.is_none() {
            let is_allocator = is_allocator(&function.name);
            function.component = if is_allocator { Some(Component::Allocator) } else { Component::of_file(file) };
        }
        index
    }

    /// Returns the number of all instructions.
    pub(crate) fn total(&self) -> f64 {
        self.functions.iter().map(Function::exclusive).sum()
    }

    /// Returns the instructions by component, and those of Berth by function, in descending order. Instructions in
    /// general libraries count for the components that call them.
    pub(crate) fn shares(&self) -> (BTreeMap<Component, f64>, Vec<(&str, f64)>) {
        let mut by_component = BTreeMap::new();
        let mut of_berth: HashMap<usize, f64> = HashMap::new();
        let attributions = self.attributions();
        for (index, function) in self.functions.iter().enumerate() {
            for (component, cost) in &function.own {
                *by_component.entry(*component).or_default() += cost;
                if *component == Component::Berth {
                    *of_berth.entry(index).or_default() += cost;
                }
            }
            let mut left = function.general;
            for (caller, share) in &attributions[index] {
                let (cost, component) = (function.general * share, self.functions[*caller].component);
                left -= cost;
                *by_component.entry(component.unwrap_or(Component::Unknown)).or_default() += cost;
                if component == Some(Component::Berth) {
                    *of_berth.entry(*caller).or_default() += cost;
                }
            }
            *by_component.entry(Component::Unknown).or_default() += left;
        }
        let mut functions: Vec<_> =
            of_berth.into_iter().map(|(index, cost)| (self.functions[index].name.as_str(), cost)).collect();
        functions.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        (by_component, functions)
    }

    /// Returns the inclusive instructions of functions that have a caller, in descending order.
    pub(crate) fn inclusive(&self) -> Vec<(&str, f64)> {
        let sum = |function: &Function| function.callers.values().sum::<f64>();
        let mut functions: Vec<_> =
            self.functions.iter().map(|function| (function.name.as_str(), sum(function))).collect();
        functions.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        functions
    }

    /// Returns for each function the functions to which its instructions are attributed, with their shares. A function
    /// of a component is attributed to itself, and one of a general library to its callers, weighted by their inclusive
    /// instructions.
    fn attributions(&self) -> Vec<HashMap<usize, f64>> {
        /// Number of iterations, above the length of any significant call chain.
        const ITERATIONS: usize = 40;
        /// Smaller shares are dropped.
        const MIN_SHARE: f64 = 1e-4;
        let mut shares: Vec<HashMap<usize, f64>> = self
            .functions
            .iter()
            .enumerate()
            .map(|(index, function)| function.component.map(|_| (index, 1.0)).into_iter().collect())
            .collect();
        for _ in 0..ITERATIONS {
            for (index, function) in self.functions.iter().enumerate() {
                if function.component.is_some() {
                    continue;
                }
                let sum: f64 = function.callers.values().sum();
                let mut own: HashMap<usize, f64> = HashMap::new();
                for (caller, cost) in &function.callers {
                    for (origin, share) in &shares[*caller] {
                        *own.entry(*origin).or_default() += share * cost / sum;
                    }
                }
                own.retain(|_, share| *share > MIN_SHARE);
                shares[index] = own;
            }
        }
        shares
    }
}

impl Function {
    /// Adds exclusive instructions of a line in `file`.
    fn add(&mut self, file: &str, cost: f64) {
        let is_allocator = self.component == Some(Component::Allocator);
        match if is_allocator { self.component } else { Component::of_file(file) } {
            Some(component) => *self.own.entry(component).or_default() += cost,
            None => self.general += cost,
        }
    }

    /// Returns the number of exclusive instructions.
    fn exclusive(&self) -> f64 {
        self.own.values().sum::<f64>() + self.general
    }
}

fn is_allocator(name: &str) -> bool {
    let name = name.split(['@', '\'']).next().unwrap_or(name);
    ["malloc", "free", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc", "cfree"].contains(&name)
        || ["_int_", "malloc_", "unlink_chunk", "tcache", "sysmalloc"].iter().any(|prefix| name.starts_with(prefix))
}

/// Resolves compressed names: a name occurs once in the file with its number, and later only as the number.
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
