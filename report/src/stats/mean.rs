//! The interval of a mean.

use super::estimate::{Estimate, Interval, count, error};
use super::student::upper_quantile;
use super::sum::{Moments, moments};

/// The mean of independent values with Student's t interval ("Student", Biometrika 6 (1908) 1-25).
///
/// `confidence` between 0 and 1, such as 0.95; outside there is no interval. `None` if there are no values or one is not
/// finite. One value has no interval; equal values have one of width 0.
pub fn mean_interval(values: &[f64], confidence: f64) -> Option<Estimate> {
    let moments = moments(values)?;
    let interval = t_interval(&moments, values.len(), confidence);
    Some(Estimate { value: moments.mean, interval, count: count(values.len()) })
}

/// Student's t interval around a mean of `values` values.
pub(super) fn t_interval(moments: &Moments, values: usize, confidence: f64) -> Option<Interval> {
    let half = half_width(moments.deviation?, values as f64, values as f64 - 1.0, confidence)?;
    Some(Interval::around(moments.mean, half))
}

/// Half the width of the interval of a mean of `count` values with the given standard deviation.
pub(super) fn half_width(deviation: f64, count: f64, df: f64, confidence: f64) -> Option<f64> {
    let t = upper_quantile(error(confidence)? / 2.0, df);
    Some(if deviation == 0.0 { 0.0 } else { t * (deviation / libm::sqrt(count)) })
}
