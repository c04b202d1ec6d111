//! The id of the HTTP request that a DynamoDB request belongs to, so that a fault applies to one of many requests.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use berth_shared::http::REQUEST;
use tracing::{
    Event, Span, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, Registry, filter::filter_fn, layer::Context, registry::LookupSpan};

/// Number of requests in progress, by request id.
static UNDER_WAY: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

fn under_way() -> MutexGuard<'static, BTreeMap<String, usize>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns whether a request with this id prefix is in progress.
pub(super) fn any_under_way(beginning: &str) -> bool {
    under_way().range(beginning.to_owned()..).next().is_some_and(|(id, _)| id.starts_with(beginning))
}

/// Returns the layer that records the id of each request in its span.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    // Of the log lines of a request, only the last one has this target.
    Requests.with_filter(filter_fn(|metadata| {
        metadata.target() == REQUEST && (!metadata.is_span() || metadata.fields().field("request_id").is_some())
    }))
}

/// Returns the id of the request that the current task serves.
pub(super) fn current() -> Option<String> {
    Span::current().with_subscriber(|(id, dispatch)| {
        let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
        span.scope().find_map(|span| span.extensions().get::<RequestId>().map(|id| id.0.clone()))
    })?
}

struct RequestId(String);

struct Requests;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Requests {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut found = Found(None);
        attributes.record(&mut found);
        if let (Some(request), Some(span)) = (found.0, context.span(id)) {
            *under_way().entry(request.clone()).or_default() += 1;
            span.extensions_mut().insert(RequestId(request));
        }
    }

    /// Marks the request as ended at its last log line. Its span may stay open as long as a connection that was opened
    /// in it.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_span(event) else { return };
        if let Some(RequestId(request)) = span.extensions().get() {
            let mut under_way = under_way();
            if let Some(count) = under_way.get_mut(request).filter(|count| **count > 1) {
                *count -= 1;
            } else {
                under_way.remove(request);
            }
        }
    }
}

struct Found(Option<String>);

impl Visit for Found {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "request_id" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
