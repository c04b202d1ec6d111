//! The log of a function: JSON, one object for each line, as CloudWatch reads it.
//!
//! Each request ends with one line ([`REQUEST`]); its numbers are metrics, too (`metrics`). Other lines are rare. All
//! that are about a request have its id and its endpoint.

mod metrics;

use std::{
    borrow::Cow,
    fmt::Debug,
    io::{self, Write},
};

use berth_shared::http::REQUEST;
use serde::{Serializer, ser::SerializeMap};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

/// The targets of Berth's own crates begin with one of these.
const OWN: [&str; 2] = ["berth", "bootstrap"];

/// Writes the log of this process to standard output, each line at once. `level` is a level's name: of Berth's own lines
/// those are written that are as grave, `info` unless it says otherwise; of all others warnings at most.
///
/// Whatever the level, the lines of requests are written, since metrics are made of them. Libraries are kept from
/// saying more, since the SDK writes whole bodies where it is let.
pub fn init(level: Option<&str>) {
    let known = level.map(str::parse::<LevelFilter>);
    let is_unknown = matches!(known, Some(Err(_)));
    let level = known.and_then(Result::ok).unwrap_or(LevelFilter::INFO);
    let lines = JsonLines::new(|line| {
        // Nobody is left to be told that the log cannot be written.
        let _ = io::stdout().lock().write_all(line);
    });
    let log = tracing_subscriber::registry().with(lines.with_filter(filter(level)));
    // It fails only if there is a subscriber already, and then that one will do.
    let _ = log.try_init();
    // What a panic says may hold a piece of what was being worked on; where it was is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "panicked");
    }));
    if is_unknown {
        tracing::warn!("BERTH_LOG is none of off, error, warn, info, debug, trace: info is taken");
    }
}

/// Which lines are written: see [`init`].
#[must_use]
pub fn filter(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OWN.map(|own| (own, level)))
        .with_target(REQUEST, level.max(LevelFilter::INFO))
}

/// Writes each event as one line, which ends with a line feed and is given as a whole.
#[derive(Debug)]
pub struct JsonLines<W> {
    write: W,
}

impl<W: Fn(&[u8])> JsonLines<W> {
    /// Lines that are given to `write`.
    pub const fn new(write: W) -> Self {
        Self { write }
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut known = Known::default();
        attributes.record(&mut known);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(known);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Vec::with_capacity(1536);
        // It fails for nothing that an event can hold.
        if write(event, &context, &mut line).is_ok() {
            line.push(b'\n');
            (self.write)(&line);
        }
    }
}

/// What a span tells of the events in it.
#[derive(Default)]
struct Known(Vec<(&'static str, String)>);

impl Visit for Known {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }
}

fn write<S>(event: &Event<'_>, context: &Context<'_, S>, line: &mut Vec<u8>) -> serde_json::Result<()>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let metadata = event.metadata();
    let mut json = serde_json::Serializer::new(line);
    let mut members = json.serialize_map(None)?;
    members.serialize_entry("level", metadata.level().as_str())?;
    members.serialize_entry("target", metadata.target())?;
    for span in context.event_scope(event).into_iter().flatten() {
        if let Some(Known(fields)) = span.extensions().get() {
            for (name, value) in fields {
                members.serialize_entry(&camel(name), value)?;
            }
        }
    }
    let mut fields = Fields { members: &mut members, written: Ok(()), seen: metrics::Seen::default() };
    event.record(&mut fields);
    let Fields { written, seen, .. } = fields;
    written?;
    if metadata.target() == REQUEST {
        seen.write(&mut members)?;
    }
    members.end()
}

/// A field's name as JSON has it: `readUnits` for `read_units`.
fn camel(name: &'static str) -> Cow<'static, str> {
    if !name.contains('_') {
        return Cow::Borrowed(name);
    }
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    Cow::Owned(camel)
}

/// Writes the fields of an event as members, and remembers those that metrics are made of.
struct Fields<'a, M: SerializeMap> {
    members: &'a mut M,
    written: Result<(), M::Error>,
    seen: metrics::Seen,
}

impl<M: SerializeMap> Fields<'_, M> {
    fn member<T: serde::Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        if self.written.is_ok() {
            self.written = self.members.serialize_entry(&camel(field.name()), value);
        }
    }
}

impl<M: SerializeMap> Visit for Fields<'_, M> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.seen.number(field.name(), value);
        self.member(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.seen.truth(field.name(), value);
        self.member(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.seen.text(field.name());
        self.member(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.member(field, &format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
