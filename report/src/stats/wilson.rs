//! The interval of a share.

use super::estimate::{Estimate, Interval, error};
use super::normal::normal_quantile;

/// The share of `successes` among `count` independent trials with Wilson's score interval (Journal of the American
/// Statistical Association 22 (1927) 209-212).
///
/// `confidence` between 0 and 1; outside there is no interval. `None` if there were no trials or more successes than
/// trials.
pub fn wilson_interval(successes: u64, count: u64, confidence: f64) -> Option<Estimate> {
    if count == 0 || successes > count {
        return None;
    }
    let (hits, misses, trials) = (successes as f64, (count - successes) as f64, count as f64);
    let interval = error(confidence).map(|error| {
        let z = -normal_quantile(error / 2.0);
        let spread = z * libm::sqrt(hits * misses / trials + z * z / 4.0);
        let whole = trials + z * z;
        let low = (hits + z * z / 2.0 - spread) / whole;
        let high = (hits + z * z / 2.0 + spread) / whole;
        Interval {
            low: if successes == 0 { 0.0 } else { low.max(0.0) },
            high: if successes == count { 1.0 } else { high.min(1.0) },
        }
    });
    Some(Estimate { value: hits / trials, interval, count: u32::try_from(count).unwrap_or(u32::MAX) })
}
