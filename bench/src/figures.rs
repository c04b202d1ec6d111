//! Numbers of many measurements.

use std::time::Duration;

/// The value below which `share` of all are.
pub(crate) fn quantile<T: Copy + Ord>(values: &[T], share: f64) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a list of thousands"
    )]
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied()
}

/// The middle one.
pub(crate) fn median(values: &[Duration]) -> Duration {
    quantile(values, 0.5).unwrap_or_default()
}

/// In microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// In milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
