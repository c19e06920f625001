//! Means and spreads.

/// The arithmetic mean; not a number without values.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The unbiased variance; not a number for less than two values.
pub(super) fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    squares / (values.len() as f64 - 1.0)
}
