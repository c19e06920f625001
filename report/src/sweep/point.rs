//! What is stored of one point: its replications, measured.

use crate::sample::{Sample, samples};
use crate::sla::judge_all;
use crate::summary::RunVerdict;
use cusinart_record::RunRecord;
use cusinart_scenarios::{Objective, Scenario};
use serde::{Deserialize, Serialize};

/// A point that was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredPoint {
    /// Hash of the plan it belongs to.
    pub sweep: String,
    /// Its number.
    pub point: u32,
    /// Its settings as `path=value`, for people.
    pub settings: Vec<String>,
    /// Its replications, in order.
    pub replications: Vec<SweptReplication>,
}

/// One replication of a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweptReplication {
    /// Its seed.
    pub seed: u64,
    /// Digest of the run.
    pub digest: String,
    /// SLAs that hold.
    pub slas_held: u32,
    /// SLAs of the scenario.
    pub slas: u32,
    /// Whether all hold; `None` if there are none.
    pub all_hold: Option<bool>,
    /// By metric: one number, or `None` if there was nothing to measure.
    pub values: Vec<Option<PointValue>>,
    /// By metric: all that was measured.
    pub samples: Vec<Sample>,
}

/// The value of a metric in one replication.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointValue {
    /// In the metric's base unit.
    pub value: f64,
    /// Whether the true value is at least this, because something had not ended when the run did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// Measures a run as one replication of a point.
pub fn measure_replication(
    scenario: &Scenario,
    record: &RunRecord,
    objectives: &[Objective],
) -> SweptReplication {
    let samples = samples(scenario, record, objectives);
    let values = samples.iter().zip(objectives).map(|(sample, objective)| {
        let point = sample.point(objective.metric)?;
        Some(PointValue { value: point.value, at_least: point.at_least })
    });
    let slas = judge_all(scenario, record);
    let all_hold = match RunVerdict::of(&slas) {
        RunVerdict::Passed => Some(true),
        // One run decides by itself what it says; what it leaves open does not hold.
        RunVerdict::Failed | RunVerdict::Undecided => Some(false),
        RunVerdict::NoSlas => None,
    };
    SweptReplication {
        seed: scenario.seed,
        digest: format!("{:016x}", record.digest),
        slas_held: count(slas.iter().filter(|sla| sla.passed).count()),
        slas: count(slas.len()),
        all_hold,
        values: values.collect(),
        samples,
    }
}

impl MeasuredPoint {
    /// As it is stored: one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a point is plain data with string keys") + "\n"
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
