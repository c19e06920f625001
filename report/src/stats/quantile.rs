//! The interval of a quantile, free of any assumption about the distribution.
//!
//! The number of values at or below the true quantile is binomial, so that two order statistics enclose it with a known
//! probability (Thompson, Annals of Math. Statistics 7 (1936) 122-128; David and Nagaraja, Order Statistics, 3rd ed.,
//! section 7.1). The ranks leave at most half of the error on each side, by exact binomial sums.

use super::estimate::{Estimate, Interval, count, error};
use super::sum::Sum;
use crate::requests::nearest_rank;

/// Relative slack when a probability is compared with the error left, for the rounding of both.
const SLACK: f64 = 1e-12;

/// The `q` quantile (nearest rank) of independent values, with an interval from order statistics.
///
/// Values may be `+inf`; `q` from 0 to 1; `confidence` between 0 and 1. `None` if there are no values, one is NaN or
/// `-inf`, or `q` is outside. The interval is `None` when there are too few values for it: for the median at 95 %
/// fewer than 6.
pub fn quantile_interval(values: &[f64], q: f64, confidence: f64) -> Option<Estimate> {
    let usable = values.iter().all(|value| *value > f64::NEG_INFINITY) && (0.0..=1.0).contains(&q);
    if !usable {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = nearest_rank(q, sorted.len() as u64)? as usize;
    let interval = ranks(sorted.len(), q, confidence)
        .map(|(low, high)| Interval { low: sorted[low - 1], high: sorted[high - 1] });
    Some(Estimate { value: sorted[rank - 1], interval, count: count(sorted.len()) })
}

/// Ranks (from 1) of the two values among `count` that enclose the `q` quantile.
pub(super) fn ranks(count: usize, q: f64, confidence: f64) -> Option<(usize, usize)> {
    let side = error(confidence)? / 2.0 * (1.0 + SLACK);
    if q <= 0.0 || q >= 1.0 {
        return None;
    }
    let chances = binomial(count, q);
    // The low end at rank r is wrong if fewer than r values lie below the quantile.
    let low = fitting(chances.iter(), side);
    // The high end at rank s is wrong if at least s values lie below it.
    let high = (count + 1).checked_sub(fitting(chances.iter().rev(), side))?;
    (low >= 1 && high <= count && low <= high).then_some((low, high))
}

/// How many of the chances add up to no more than `side`.
fn fitting<'a>(chances: impl Iterator<Item = &'a f64>, side: f64) -> usize {
    let mut sum = Sum::default();
    chances
        .take_while(|chance| {
            sum.add(**chance);
            sum.total() <= side
        })
        .count()
}

/// The binomial probabilities of 0 to `count` successes, walked from the most likely number outwards so that none that
/// matters underflows.
fn binomial(count: usize, q: f64) -> Vec<f64> {
    let odds = q / (1.0 - q);
    let likeliest = (((count + 1) as f64 * q) as usize).min(count);
    let mut weights = vec![0.0; count + 1];
    weights[likeliest] = 1.0;
    for k in likeliest..count {
        weights[k + 1] = weights[k] * ((count - k) as f64 / (k + 1) as f64) * odds;
    }
    for k in (0..likeliest).rev() {
        weights[k] = weights[k + 1] * ((k + 1) as f64 / (count - k) as f64) / odds;
    }
    let total = super::sum::sum(weights.iter().copied());
    weights.iter().map(|weight| weight / total).collect()
}
