//! The difference of one metric between two arms, and the word for it.

use crate::sample::Point;
use crate::stats::{Estimate, Interval, paired};
use cusinart_scenarios::Better;
use serde::{Deserialize, Serialize};

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Surely better than the first arm, and not by so little that it does not matter.
    Better,
    /// Surely worse, and not by so little that it does not matter.
    Worse,
    /// Surely smaller than the margin.
    NoDifference,
    /// More replications are needed to tell.
    Undecided,
    /// There was nothing to measure in both arms at once.
    NotMeasured,
}

impl Change {
    /// As people read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NoDifference => "no difference",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured",
        }
    }
}

/// The difference of one metric, an arm minus the first arm, over paired replications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Replications in which both arms had something to measure.
    pub pairs: u32,
    /// Pairs in which a time was still running when the run ended: the values count as long as they were watched.
    pub censored: u32,
    /// Mean difference and its interval; `None` without pairs.
    pub estimate: Option<Estimate>,
    /// The same as shares of the first arm's mean; `None` if that is zero.
    pub relative: Option<Estimate>,
    /// Confidence of the interval, 0..1: one statement of many that shall all be right together.
    pub confidence: f64,
    /// Cohen's d of the paired differences: mean / standard deviation; `None` if they do not vary.
    pub effect_size: Option<f64>,
    /// Correlation of the arms' values over the replications; `None` if one does not vary.
    pub correlation: Option<f64>,
    /// How many times wider the interval would be without the pairing; `None` if the differences do not vary.
    pub narrowing: Option<f64>,
    /// Two-sided p value of the paired t test, not corrected; `None` with less than two pairs.
    pub p_value: Option<f64>,
    /// Pairs that would decide it, if the difference and its spread stay as they are; `None` if it is decided or no
    /// number of pairs would.
    pub needed: Option<u32>,
    /// What it means.
    pub change: Change,
}

/// Compares the values of an arm with those of the first arm, replication by replication.
pub(crate) fn difference(
    first: &[Option<Point>],
    arm: &[Option<Point>],
    better: Better,
    margin: f64,
    confidence: f64,
) -> Difference {
    let pairs: Vec<(Point, Point)> =
        first.iter().zip(arm).filter_map(|(one, other)| (*one).zip(*other)).collect();
    let of_first: Vec<f64> = pairs.iter().map(|(one, _)| one.value).collect();
    let of_arm: Vec<f64> = pairs.iter().map(|(_, other)| other.value).collect();
    let paired = paired(&of_first, &of_arm, confidence);
    let estimate = paired.as_ref().map(|paired| paired.difference);
    let mean = paired.as_ref().map_or(0.0, |paired| paired.mean_a);
    let change = estimate.as_ref().map_or(Change::NotMeasured, |estimate| change(estimate, better, margin));
    let needed = estimate.as_ref().filter(|_| change == Change::Undecided);
    Difference {
        pairs: pairs.len() as u32,
        censored: pairs.iter().filter(|(one, other)| one.at_least || other.at_least).count() as u32,
        relative: estimate.as_ref().filter(|_| mean > 0.0).map(|estimate| scaled(estimate, 1.0 / mean)),
        confidence,
        effect_size: paired.as_ref().and_then(|paired| paired.effect_size),
        correlation: paired.as_ref().and_then(|paired| paired.correlation),
        narrowing: paired.as_ref().and_then(|paired| paired.narrowing),
        p_value: paired.as_ref().and_then(|paired| paired.p_value),
        needed: needed.and_then(|estimate| pairs_needed(estimate, margin)),
        change,
        estimate,
    }
}

/// How many pairs would make the interval so narrow that it leaves out zero or fits into the margin, whichever comes
/// first. An interval narrows with the square root of the pairs.
fn pairs_needed(estimate: &Estimate, margin: f64) -> Option<u32> {
    let Interval { low, high } = estimate.interval?;
    let half = (high - low) / 2.0;
    let size = estimate.value.abs();
    let enough = size.max(margin - size);
    let factor = half / enough;
    let pairs = libm::ceil(f64::from(estimate.count) * factor * factor);
    (enough > 0.0 && pairs < f64::from(u32::MAX)).then_some(pairs as u32)
}

/// The word for a difference.
fn change(estimate: &Estimate, better: Better, margin: f64) -> Change {
    let Some(Interval { low, high }) = estimate.interval else { return Change::Undecided };
    if low >= -margin && high <= margin {
        return Change::NoDifference;
    }
    match (low > 0.0, high < 0.0, better) {
        (true, _, Better::Higher) | (_, true, Better::Lower) => Change::Better,
        (true, _, Better::Lower) | (_, true, Better::Higher) => Change::Worse,
        (false, false, Better::Higher | Better::Lower) => Change::Undecided,
    }
}

fn scaled(estimate: &Estimate, factor: f64) -> Estimate {
    let interval = estimate
        .interval
        .as_ref()
        .map(|interval| Interval { low: interval.low * factor, high: interval.high * factor });
    Estimate { value: estimate.value * factor, interval, count: estimate.count }
}
