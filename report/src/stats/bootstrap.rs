//! Intervals of censored times over replications.
//!
//! Times within one replication depend on each other (one outage starts many of them), so that whole replications are
//! drawn again, not single times: the cluster bootstrap with percentile intervals (Efron and Tibshirani, An
//! Introduction to the Bootstrap, 1993, chapters 8 and 13). Plain percentiles are too narrow for few replications; they
//! are moved outwards as far as Student's t with n - 1 in the denominator lies beyond the normal distribution with n
//! (the expanded percentile interval of Hesterberg, The American Statistician 69 (2015) 371-386). Draws
//! are ChaCha8 seeded by the hash of a label: the same data and label give the same interval.

use super::estimate::{Estimate, Interval, count, error};
use super::normal::two_tails;
use super::quantile::{quantile_interval, ranks};
use super::student::upper_quantile;
use super::survival::{quantile, restricted_mean, sorted, steps};
use crate::sample::Spell;
use cusinart_record::hash64;
use cusinart_scenarios::Statistic;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Least resamples of an interval.
const RESAMPLES: f64 = 1_000.0;
/// Resamples that shall lie beyond either end of an interval.
const BEYOND: f64 = 20.0;
/// Resamples above which an interval is not worth its time.
const RESAMPLES_MAX: f64 = 40_000.0;

/// A statistic of times that were waited for in several replications, with an interval over replications.
///
/// `clusters` are the spells of each replication; those without any say nothing and are not counted. `label` names the
/// metric and seeds the bootstrap. The value comes from all spells together:
/// - a quantile from the Kaplan–Meier curve, `+inf` if so many never ended;
/// - the mean as the restricted mean up to the longest time watched; if that time was censored the mean is only known
///   to be at least this, and the high end of the interval is `+inf`;
/// - the maximum as the median over replications of their maxima, a replication with a censored spell counting as
///   `+inf`, with the interval of [`quantile_interval`].
///
/// An interval holds its value. A low end is never infinite: what did not end is known only to be longer than it was
/// watched. The interval is `None` for fewer replications than the median of one value each would need (6 at 95 %), and
/// where 40,000 resamples could not tell so high a confidence (99 % takes 12 replications; none do for 99.9 %). `None`
/// if there is no spell.
pub fn spell_interval(
    clusters: &[&[Spell]],
    statistic: Statistic,
    confidence: f64,
    label: &str,
) -> Option<Estimate> {
    let clusters: Vec<&[Spell]> = clusters.iter().copied().filter(|spells| !spells.is_empty()).collect();
    match statistic {
        Statistic::Max => greatest(&clusters, confidence),
        Statistic::Mean => {
            let mean = bootstrap(&clusters, confidence, label, restricted_mean)?;
            let interval = mean.interval.map(|interval| {
                if settled(&clusters) { interval } else { Interval { high: f64::INFINITY, ..interval } }
            });
            Some(Estimate { interval, ..mean })
        }
        Statistic::Quantile(q) => bootstrap(&clusters, confidence, label, move |steps, _| {
            quantile(steps, q).unwrap_or(f64::INFINITY)
        }),
    }
}

/// The median over replications of their longest spells.
fn greatest(clusters: &[&[Spell]], confidence: f64) -> Option<Estimate> {
    let watched: Vec<f64> = clusters.iter().map(|spells| longest(spells)).collect();
    let possible: Vec<f64> = clusters
        .iter()
        .zip(&watched)
        .map(
            |(spells, longest)| if spells.iter().all(|spell| spell.ended) { *longest } else { f64::INFINITY },
        )
        .collect();
    let at_least = quantile_interval(&watched, 0.5, confidence)?;
    let at_most = quantile_interval(&possible, 0.5, confidence)?;
    let interval = at_least
        .interval
        .zip(at_most.interval)
        .map(|(least, most)| Interval { low: least.low, high: most.high });
    Some(Estimate { interval, ..at_most })
}

/// Whether everything is known about the longest spell of all, so that the curve goes down to 0.
fn settled(clusters: &[&[Spell]]) -> bool {
    let watched = clusters.iter().map(|spells| longest(spells)).fold(0.0, f64::max);
    clusters.iter().copied().flatten().all(|spell| spell.ended || spell.seconds < watched)
}

fn longest(spells: &[Spell]) -> f64 {
    spells.iter().map(|spell| spell.seconds).fold(0.0, f64::max)
}

/// A statistic of the pooled curve, which gets the steps of the curve and the longest time watched, with its
/// percentile interval.
fn bootstrap(
    clusters: &[&[Spell]],
    confidence: f64,
    label: &str,
    statistic: impl Fn(&[(f64, f64)], f64) -> f64,
) -> Option<Estimate> {
    let pool = sorted(
        clusters
            .iter()
            .enumerate()
            .flat_map(|(cluster, spells)| spells.iter().map(move |spell| (*spell, cluster))),
    );
    let watched = pool.last()?.0.seconds;
    let value = statistic(&steps(&pool, |_| 1), watched);
    let interval = resamples(clusters.len(), confidence).map(|(resamples, beyond)| {
        let mut rng = ChaCha8Rng::seed_from_u64(hash64(label.as_bytes()));
        let mut values: Vec<f64> = (0..resamples)
            .map(|_| {
                let times = draw(&mut rng, clusters.len());
                statistic(&steps(&pool, |cluster| times[*cluster]), watched)
            })
            .collect();
        values.sort_by(f64::total_cmp);
        Interval {
            low: values[beyond - 1].min(watched).min(value),
            high: values[resamples - beyond].max(value),
        }
    });
    Some(Estimate { value, interval, count: count(clusters.len()) })
}

/// How many resamples to draw and the rank of the interval's end from either side.
fn resamples(clusters: usize, confidence: f64) -> Option<(usize, usize)> {
    ranks(clusters, 0.5, confidence)?;
    let count = clusters as f64;
    let t = upper_quantile(error(confidence)? / 2.0, count - 1.0);
    let side = two_tails(t * libm::sqrt(count / (count - 1.0))) / 2.0;
    let resamples = libm::ceil(BEYOND / side).max(RESAMPLES);
    (resamples <= RESAMPLES_MAX).then(|| (resamples as usize, (side * resamples).max(1.0) as usize))
}

/// How often each cluster is drawn when as many are drawn as there are.
fn draw(rng: &mut ChaCha8Rng, clusters: usize) -> Vec<u32> {
    let mut times = vec![0; clusters];
    for _ in 0..clusters {
        // Multiply and shift; the bias is below 2^-32 for any number of replications.
        let drawn = (u128::from(rng.next_u64()) * clusters as u128) >> 64;
        times[drawn as usize] += 1;
    }
    times
}
