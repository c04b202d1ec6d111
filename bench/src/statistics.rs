//! Quantiles and units of measurements.

use std::time::Duration;

/// Returns the quantile `share` (0 to 1) of the values, or `None` if there are none.
pub(crate) fn quantile<T: Copy + Ord>(values: &[T], share: f64) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "an index into a list of thousands"
    )]
    let index = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(index).copied()
}

/// Returns the median, or zero if there are no values.
pub(crate) fn median(values: &[Duration]) -> Duration {
    quantile(values, 0.5).unwrap_or_default()
}

/// Returns the duration in microseconds.
pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// Returns the duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
