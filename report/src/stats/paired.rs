//! Two arms that met the same random numbers, compared replication by replication.
//!
//! The paired t test ("Student", Biometrika 6 (1908)); the effect size is Cohen's d for paired values, `d_z` (Cohen,
//! Statistical Power Analysis for the Behavioral Sciences, 2nd ed. 1988; Lakens, Frontiers in Psychology
//! 4 (2013) 863). What pairing gained is measured against the interval of two independent samples with unequal variances
//! (Welch, Biometrika 34 (1947) 28-35).

use super::estimate::{Estimate, Interval, count};
use super::mean::{half_width, t_interval};
use super::student::t_p_value;
use super::sum::{Moments, moments, sum};
use serde::{Deserialize, Serialize};

/// How arm B differs from arm A.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// Mean of B - A over the pairs, with Student's t interval.
    pub difference: Estimate,
    /// Mean of arm A.
    pub mean_a: f64,
    /// Mean of arm B.
    pub mean_b: f64,
    /// Pearson's correlation of the arms, -1 to 1; `None` if an arm does not vary.
    pub correlation: Option<f64>,
    /// Cohen's `d_z`, the mean difference in standard deviations of the differences; `None` if these do not vary.
    pub effect_size: Option<f64>,
    /// Half width of the interval without pairing divided by that with it: above 1 pairing helped; `None` if the
    /// differences do not vary.
    pub narrowing: Option<f64>,
    /// Probability of a difference at least this large, in either direction, between equal arms; `None` for one pair.
    pub p_value: Option<f64>,
}

/// Compares arm `b` with arm `a`, which hold the values of the same replications in the same order.
///
/// `confidence` between 0 and 1; outside there is no interval. `None` if the arms are empty or differ in length, or a
/// value or difference is not finite. Differences that vary only by their own rounding count as constant.
pub fn paired(a: &[f64], b: &[f64], confidence: f64) -> Option<Paired> {
    if a.len() != b.len() {
        return None;
    }
    let (arm_a, arm_b) = (moments(a)?, moments(b)?);
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
    let noise = rounding(a, b);
    let found = moments(&differences)?;
    let apart = Moments {
        deviation: found.deviation.map(|deviation| if deviation <= noise { 0.0 } else { deviation }),
        ..found
    };
    let interval = t_interval(&apart, a.len(), confidence);
    let varies = apart.deviation.filter(|deviation| *deviation > 0.0);
    Some(Paired {
        difference: Estimate { value: apart.mean, interval, count: count(a.len()) },
        mean_a: arm_a.mean,
        mean_b: arm_b.mean,
        correlation: correlation((a, &arm_a), (b, &arm_b)),
        effect_size: varies.map(|deviation| apart.mean / deviation).filter(|size| size.is_finite()),
        narrowing: varies.and(interval).and_then(|paired| {
            narrowing(&arm_a, &arm_b, a.len(), &paired, confidence).filter(|ratio| ratio.is_finite())
        }),
        p_value: apart.deviation.map(|deviation| p_value(apart.mean, deviation, a.len(), noise)),
    })
}

/// What rounding alone may make of a difference.
fn rounding(a: &[f64], b: &[f64]) -> f64 {
    4.0 * f64::EPSILON * a.iter().chain(b).fold(0.0, |greatest: f64, value| greatest.max(value.abs()))
}

fn p_value(mean: f64, deviation: f64, count: usize, noise: f64) -> f64 {
    if deviation > 0.0 {
        t_p_value(mean / (deviation / libm::sqrt(count as f64)), count as f64 - 1.0)
    } else if mean.abs() <= noise {
        1.0
    } else {
        0.0
    }
}

/// Pearson's correlation.
fn correlation((a, arm_a): (&[f64], &Moments), (b, arm_b): (&[f64], &Moments)) -> Option<f64> {
    let unit = |arm: &Moments| arm.deviation.filter(|deviation| *deviation > 0.0);
    let (unit_a, unit_b) = (unit(arm_a)?, unit(arm_b)?);
    let products = a.iter().zip(b).map(|(a, b)| ((a - arm_a.mean) / unit_a) * ((b - arm_b.mean) / unit_b));
    let correlation = sum(products) / (a.len() as f64 - 1.0);
    correlation.is_finite().then(|| correlation.clamp(-1.0, 1.0))
}

/// Welch's half width over the paired one.
fn narrowing(
    arm_a: &Moments,
    arm_b: &Moments,
    count: usize,
    paired: &Interval,
    confidence: f64,
) -> Option<f64> {
    let (a, b) = (arm_a.deviation?, arm_b.deviation?);
    let greater = a.max(b);
    let (a, b) = (a / greater, b / greater);
    let both = a * a + b * b;
    let df = (count as f64 - 1.0) * both * both / (a * a * a * a + b * b * b * b);
    let unpaired = half_width(greater * libm::sqrt(both), count as f64, df, confidence)?;
    Some(unpaired / ((paired.high - paired.low) / 2.0))
}
