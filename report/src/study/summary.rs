//! What many replications say about the agreements and the usual metrics.

use crate::stats::{Estimate, Interval};
use crate::study::verdict::{Method, SlaVerdict, Verdict, estimate, judge_study, method};
use crate::study::{Looks, Study};
use crate::summary::{RunSummary, RunVerdict};
use cusinart_scenarios::{Objective, Scenario, Unit};
use serde::Serialize;

/// Replications of a run, summed up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplicationsSummary {
    /// Replications, the run itself among them.
    pub count: u32,
    /// Confidence of each interval, 0..1.
    pub confidence: f64,
    /// The agreements, judged over the replications.
    pub slas: Vec<SlaVerdict>,
    /// What else was measured.
    pub metrics: Vec<MetricEstimate>,
}

/// A metric over replications.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricEstimate {
    /// What is measured, in normal form.
    pub objective: String,
    /// Unit of the value.
    pub unit: Unit,
    /// The value and its interval; `None` if nothing was measured.
    pub measured: Option<Estimate>,
    /// Where the interval comes from.
    pub method: Method,
}

/// Sums up a study of a scenario, whose objectives are `objectives`.
pub fn sum_up(
    scenario: &Scenario,
    objectives: &[Objective],
    study: &Study,
    looks: &Looks,
) -> ReplicationsSummary {
    let count = study.replications.len() as u32;
    let confidence = looks.confidence(count, 1);
    let others = objectives
        .iter()
        .enumerate()
        .filter(|(_, objective)| scenario.slas.iter().all(|sla| sla.objective.text != objective.text));
    let metrics = others.map(|(position, objective)| {
        let samples: Vec<_> = study.samples(position).collect();
        MetricEstimate {
            objective: objective.text.clone(),
            unit: objective.metric.unit(),
            measured: estimate(objective.metric, &samples, confidence, &objective.text),
            method: method(objective.metric, samples.len()),
        }
    });
    let metrics = metrics.collect();
    ReplicationsSummary { count, confidence, slas: judge_study(&scenario.slas, study, looks), metrics }
}

impl ReplicationsSummary {
    /// Whether every agreement is decided, or its interval is narrow: half of it is at most `width` of the value.
    pub fn is_settled(&self, width: f64) -> bool {
        self.slas
            .iter()
            .all(|sla| sla.verdict != Verdict::Undecided || is_narrow(sla.measured.as_ref(), width))
    }

    /// All agreements together.
    pub fn verdict(&self) -> RunVerdict {
        let any = |wanted: Verdict| self.slas.iter().any(|sla| sla.verdict == wanted);
        match (any(Verdict::Fail), any(Verdict::Undecided)) {
            _ if self.slas.is_empty() => RunVerdict::NoSlas,
            (true, _) => RunVerdict::Failed,
            (false, true) => RunVerdict::Undecided,
            (false, false) => RunVerdict::Passed,
        }
    }
}

impl RunSummary {
    /// The summary of a run that was replicated: the replications decide.
    pub fn with_replications(mut self, replications: ReplicationsSummary) -> Self {
        self.verdict = replications.verdict();
        self.replications = Some(replications);
        self
    }
}

fn is_narrow(measured: Option<&Estimate>, width: f64) -> bool {
    let Some(Estimate { value, interval: Some(Interval { low, high }), .. }) = measured else { return false };
    high.is_finite() && (high - low) / 2.0 <= width * value.abs()
}
