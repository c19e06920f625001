//! What one replication says about an objective: the raw material of intervals and comparisons.
//!
//! A replication is kept as samples, not as a whole record, so that thousands of them fit into memory and into one
//! file. Times of which some never came are kept one by one: a time that was still running when the run ended is
//! *censored*, known only to be longer than it was watched, and never dropped.

use crate::control::mistakes;
use crate::measure::{Measured, measure, spells};
use crate::recovery_times::{Detection, RecoveryOutcome, recoveries};
use crate::requests::nearest_rank;
use crate::sla::Ground;
use cusinart_policies::Duration;
use cusinart_record::RunRecord;
use cusinart_scenarios::{Metric, Objective, Scenario, Statistic};
use serde::{Deserialize, Serialize};

/// What one replication says about one objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sample {
    /// A number in the metric's base unit; never NaN or infinite.
    Value(f64),
    /// Times to detect or recover, one for each (fault, node) pair, or the one time to converge; may be empty.
    Times(Vec<Spell>),
    /// There was nothing to measure: no request ended, or the run ended before the interval.
    Nothing,
}

/// A time that was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spell {
    /// Seconds until it came, or until nobody watched any longer.
    pub seconds: f64,
    /// Whether it came; if not, the time is censored: longer than `seconds`.
    pub ended: bool,
}

impl Spell {
    pub(crate) fn of_detection(detection: Detection) -> Option<Self> {
        match detection {
            Detection::After { after_ns } => Some(Self::new(after_ns, true)),
            Detection::Never { watched_ns } => Some(Self::new(watched_ns, false)),
            Detection::AlreadyKnown | Detection::NotExpected => None,
        }
    }

    pub(crate) fn of_outcome(outcome: RecoveryOutcome) -> Option<Self> {
        match outcome {
            RecoveryOutcome::Back { after_ns } | RecoveryOutcome::Replaced { after_ns, .. } => {
                Some(Self::new(after_ns, true))
            }
            RecoveryOutcome::Never { watched_ns } => Some(Self::new(watched_ns, false)),
            RecoveryOutcome::Removed | RecoveryOutcome::NotOut => None,
        }
    }

    fn new(time: Duration, ended: bool) -> Self {
        Self { seconds: time.as_secs_f64(), ended }
    }
}

/// One number for one replication.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The value, in the metric's base unit.
    pub value: f64,
    /// Whether a censored time is in it, so that the true value is at least this.
    pub at_least: bool,
}

impl Sample {
    /// The replication's own value of the metric; `None` if there was nothing to measure. Censored times count with
    /// the time they were watched, so that the value is a lower bound then.
    pub fn point(&self, metric: Metric) -> Option<Point> {
        match self {
            Self::Value(value) => Some(Point { value: *value, at_least: false }),
            Self::Nothing => None,
            Self::Times(spells) => of_spells(spells, metric.awaited()?),
        }
    }
}

fn of_spells(spells: &[Spell], statistic: Statistic) -> Option<Point> {
    let mut sorted = spells.to_vec();
    sorted.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    let value = match statistic {
        Statistic::Mean => {
            let sum: f64 = sorted.iter().map(|spell| spell.seconds).sum();
            (!sorted.is_empty()).then(|| sum / sorted.len() as f64)
        }
        Statistic::Max => sorted.last().map(|spell| spell.seconds),
        Statistic::Quantile(q) => {
            nearest_rank(q, sorted.len() as u64).map(|rank| sorted[rank as usize - 1].seconds)
        }
    };
    // A censored time may be any longer one: it matters to all values but smaller ones.
    let moves = |value: f64| {
        let of_all = match statistic {
            Statistic::Mean | Statistic::Max => true,
            Statistic::Quantile(_) => false,
        };
        sorted.iter().any(|spell| !spell.ended && (of_all || spell.seconds <= value))
    };
    value.map(|value| Point { value, at_least: moves(value) })
}

/// Measures objectives in one run.
pub fn samples(scenario: &Scenario, record: &RunRecord, objectives: &[Objective]) -> Vec<Sample> {
    let recoveries = recoveries(scenario, record);
    let mistakes = mistakes(scenario, record);
    let ground = Ground { scenario, record, recoveries: &recoveries, mistakes: &mistakes };
    objectives.iter().map(|objective| sample(&ground, objective)).collect()
}

fn sample(ground: &Ground<'_>, objective: &Objective) -> Sample {
    if let Some(spells) = spells(ground, objective) {
        return Sample::Times(spells);
    }
    match measure(ground, objective, None).value {
        Measured::Value(value) => Sample::Value(value),
        Measured::Infinite | Measured::Nothing { .. } => Sample::Nothing,
    }
}
