//! The log of a function: one JSON object per line, for CloudWatch.
//!
//! Every completed request logs one line with the target [`REQUEST`], whose numbers are also metrics (`metrics`). Every
//! line that concerns a request has its id and its endpoint.

mod metrics;

use std::{
    borrow::Cow,
    fmt::Debug,
    io::{self, Write},
};

use berth_shared::http::REQUEST;
use metrics::RequestMetrics;
use serde::{Serializer, ser::SerializeMap};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

/// Prefixes of the targets of Berth's own crates.
const OWN_TARGETS: [&str; 2] = ["berth", "bootstrap"];

/// Starts logging to standard output, without buffering.
///
/// `level` is the name of the level of Berth's own lines. The default, also for an unknown name, is `info`. Libraries log
/// warnings at most, because the SDK would log whole bodies. Request lines are written at any level, because they contain
/// the metrics.
pub fn init(level: Option<&str>) {
    let known = level.map(str::parse::<LevelFilter>);
    let is_unknown = matches!(known, Some(Err(_)));
    let level = known.and_then(Result::ok).unwrap_or(LevelFilter::INFO);
    let lines = JsonLines::new(|line| {
        // A failure to write the log cannot be reported anywhere.
        let _ = io::stdout().lock().write_all(line);
    });
    let log = tracing_subscriber::registry().with(lines.with_filter(filter(level)));
    // This fails only if a subscriber exists already, which is then kept.
    let _ = log.try_init();
    // The message of a panic may contain data of the request, so only its location is logged.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "panicked");
    }));
    if is_unknown {
        tracing::warn!("BERTH_LOG must be off, error, warn, info, debug or trace; using info");
    }
}

/// Returns the filter of lines that [`init`] describes.
#[must_use]
pub fn filter(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OWN_TARGETS.map(|target| (target, level)))
        .with_target(REQUEST, level.max(LevelFilter::INFO))
}

/// Layer that formats each event as one line of JSON, with a line feed, and passes it to a function.
#[derive(Debug)]
pub struct JsonLines<W> {
    write: W,
}

impl<W: Fn(&[u8])> JsonLines<W> {
    /// Creates a layer that passes each line to `write`.
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
        let mut fields = SpanFields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<SpanFields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Vec::with_capacity(1536);
        // Fields of an event always serialize.
        if write(event, &context, &mut line).is_ok() {
            line.push(b'\n');
            (self.write)(&line);
        }
    }
}

/// Fields of a span, which every event in the span repeats.
#[derive(Default)]
struct SpanFields(Vec<(&'static str, String)>);

impl Visit for SpanFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }
}

/// Serializes an event, with the fields of its spans, as one JSON object.
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
        if let Some(SpanFields(fields)) = span.extensions().get() {
            for (name, value) in fields {
                members.serialize_entry(&camel_case(name), value)?;
            }
        }
    }
    let mut fields = Fields { members: &mut members, result: Ok(()), metrics: RequestMetrics::default() };
    event.record(&mut fields);
    let Fields { result, metrics, .. } = fields;
    result?;
    if metadata.target() == REQUEST {
        metrics.write(&mut members)?;
    }
    members.end()
}

/// Converts the name of a field to camel case: `read_units` to `readUnits`.
fn camel_case(name: &'static str) -> Cow<'static, str> {
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

/// Writes the fields of an event as members, and collects those that metrics need.
struct Fields<'a, M: SerializeMap> {
    members: &'a mut M,
    result: Result<(), M::Error>,
    metrics: RequestMetrics,
}

impl<M: SerializeMap> Fields<'_, M> {
    fn member<T: serde::Serialize + ?Sized>(&mut self, field: &Field, value: &T) {
        if self.result.is_ok() {
            self.result = self.members.serialize_entry(&camel_case(field.name()), value);
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
        self.metrics.record_number(field.name(), value);
        self.member(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.metrics.record_bool(field.name(), value);
        self.member(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.metrics.record_text(field.name());
        self.member(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.member(field, &format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
