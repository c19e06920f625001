//! The additive model: a point's value is a mean, plus a number for each knob's group.
//!
//! Least squares by backfitting (Friedman and Stuetzle, J. Am. Stat. Assoc. 76 (1981) 817): each knob in turn takes
//! the group means of what the others leave. On a grid one round is exact; on random points some rounds are.

use super::groups::Groups;

/// Rounds after which the fit is taken as it is.
const ROUNDS_MAX: u32 = 200;
/// A round that lowers the sum of squares by less than this share of it is the last one.
const SETTLED: f64 = 1e-12;

/// What the additive model leaves of `values`.
pub(super) fn residuals(values: &[f64], knobs: &[&Groups]) -> Vec<f64> {
    let mut rest = centred(values);
    let mut left = sum_of_squares(&rest);
    for _ in 0..ROUNDS_MAX {
        for groups in knobs {
            subtract_means(&mut rest, groups);
        }
        let now = sum_of_squares(&rest);
        let settled = left - now <= SETTLED * left;
        left = now;
        if settled {
            break;
        }
    }
    rest
}

/// The values without their mean.
pub(super) fn centred(values: &[f64]) -> Vec<f64> {
    let mean = super::response::mean(values);
    values.iter().map(|value| value - mean).collect()
}

/// The sum of the squares of numbers.
pub(super) fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

fn subtract_means(rest: &mut [f64], groups: &Groups) {
    let mut sums = vec![(0.0, 0_u32); groups.count()];
    for (value, group) in rest.iter().zip(&groups.of) {
        sums[*group].0 += value;
        sums[*group].1 += 1;
    }
    for (value, group) in rest.iter_mut().zip(&groups.of) {
        let (sum, count) = sums[*group];
        *value -= sum / f64::from(count);
    }
}
