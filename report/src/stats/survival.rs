//! Times of which some were still running when nobody watched any longer.
//!
//! The product-limit estimator of Kaplan and Meier (Journal of the American Statistical Association 53 (1958) 457-481),
//! with their convention for ties: a time that ended comes before one that was censored at the same time.

use super::sum::Sum;
use crate::sample::Spell;

/// Slack when a share still running is compared with the one looked for, for the rounding of the products.
const SLACK: f64 = 1e-12;

/// The share of times longer than any given time, estimated from ended and censored times.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    steps: Vec<(f64, f64)>,
}

impl KaplanMeier {
    /// The estimate from spells in any order. A spell whose time is not a finite number is left out.
    pub fn of(spells: &[Spell]) -> Self {
        let sorted = sorted(spells.iter().map(|spell| (*spell, ())));
        Self { steps: steps(&sorted, |()| 1) }
    }

    /// The share of times longer than `seconds`, 0 to 1. Beyond the last ended time it stays where it is.
    pub fn survival(&self, seconds: f64) -> f64 {
        let passed = self.steps.partition_point(|(at, _)| *at <= seconds);
        passed.checked_sub(1).map_or(1.0, |last| self.steps[last].1)
    }

    /// The `q` quantile (0 to 1) in seconds: the least ended time by which a share of `q` has ended. Without censoring
    /// this is the nearest rank. `None` if so many were never seen to end.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        quantile(&self.steps, q)
    }

    /// The mean of the times cut off at `horizon` seconds: the area under the survival curve up to there. Where the
    /// curve ends above 0 before the horizon, it counts as going on level.
    pub fn restricted_mean(&self, horizon: f64) -> f64 {
        restricted_mean(&self.steps, horizon)
    }

    /// The times in seconds, rising, at which something ended, each with the share of times longer than it.
    pub fn steps(&self) -> &[(f64, f64)] {
        &self.steps
    }
}

/// Spells with what belongs to each, by time, ended before censored.
pub(super) fn sorted<T>(spells: impl Iterator<Item = (Spell, T)>) -> Vec<(Spell, T)> {
    let mut sorted: Vec<_> = spells.filter(|(spell, _)| spell.seconds.is_finite()).collect();
    sorted.sort_by(|(one, _), (other, _)| {
        one.seconds.total_cmp(&other.seconds).then(other.ended.cmp(&one.ended))
    });
    sorted
}

/// The steps of the curve when each spell counts as many times as `weight` says.
pub(super) fn steps<T>(sorted: &[(Spell, T)], weight: impl Fn(&T) -> u32) -> Vec<(f64, f64)> {
    let mut running: u64 = sorted.iter().map(|(_, of)| u64::from(weight(of))).sum();
    let mut share = 1.0;
    let mut steps = Vec::new();
    for same in sorted.chunk_by(|(one, _), (other, _)| one.seconds == other.seconds) {
        let count = |ended| same.iter().filter(move |(spell, _)| spell.ended == ended);
        let add = |ended| count(ended).map(|(_, of)| u64::from(weight(of))).sum::<u64>();
        let (ended, censored) = (add(true), add(false));
        if ended > 0 {
            share = share * (running - ended) as f64 / running as f64;
            steps.push((same[0].0.seconds, share));
        }
        running -= ended + censored;
    }
    steps
}

/// The least time by which a share of `q` has ended.
pub(super) fn quantile(steps: &[(f64, f64)], q: f64) -> Option<f64> {
    steps.iter().find(|(_, share)| *share <= 1.0 - q + SLACK).map(|(at, _)| *at)
}

/// The area under the curve from 0 to `horizon`.
pub(super) fn restricted_mean(steps: &[(f64, f64)], horizon: f64) -> f64 {
    let mut area = Sum::default();
    let (mut from, mut share) = (0.0_f64, 1.0);
    for &(at, next) in steps.iter().take_while(|(at, _)| *at < horizon) {
        area.add((at - from).max(0.0) * share);
        (from, share) = (at.max(0.0), next);
    }
    area.add((horizon - from).max(0.0) * share);
    area.total()
}
