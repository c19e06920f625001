//! Judgement of service level agreements.
//!
//! What counts when there is nothing to measure: a share of requests, a latency or a number of healthy nodes that
//! could not be measured is missed, because an agreement must not hold by silence; a time to detect or recover
//! holds when no fault touched a node, and says so. An interval that begins after the end of the run is missed; one that
//! hangs on a fault that did not strike holds.

use crate::chain::Chain;
use crate::control::{Mistakes, mistakes};
use crate::human;
use crate::measure::{Asked, Measured, measure};
use crate::recovery_times::{Recovery, recoveries};
use cusinart_policies::Instant;
use cusinart_record::RunRecord;
use cusinart_scenarios::{Expectation, Scenario, Sla, Subject, Unit};
use serde::Serialize;

/// One agreement, measured and judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlaResult {
    /// As written in the scenario.
    pub text: String,
    /// Line in the scenario file, from 1; 0 if it came from elsewhere.
    #[serde(skip)]
    pub line: usize,
    /// The metric with its statistic, subject and interval, for tables.
    pub objective: String,
    /// `<`, `<=`, `>`, `>=` or `==`.
    pub comparison: &'static str,
    /// The limit, in `unit`.
    pub limit: f64,
    /// Unit of limit and measured value.
    pub unit: Unit,
    /// The measured value; `None` if it is infinite or nothing was measured.
    pub measured: Option<f64>,
    /// Whether the measured value is infinite.
    pub infinite: bool,
    /// Confidence interval of the measured value; `None` for a single run.
    pub interval: Option<(f64, f64)>,
    /// Whether it holds.
    pub passed: bool,
    /// Whether the scenario is known to miss it.
    pub known_to_miss: bool,
    /// The part of the run that was measured, in nanoseconds, if it was not the whole: of an interval that hangs on a
    /// fault, the worst one.
    pub during_ns: Option<(Instant, Instant)>,
    /// What to know about the measurement.
    pub notes: Vec<String>,
    /// If it was missed: why, in sentences.
    pub explanation: Vec<String>,
    /// If it was missed: what led to it, link by link, where there is something to follow.
    pub chain: Option<Chain>,
}

impl SlaResult {
    /// The measured value as people read it.
    pub(crate) fn measured_text(&self) -> String {
        match self.measured {
            Some(value) => human::distinct(value, self.limit, self.unit),
            None if self.infinite => "never".into(),
            None => "no data".into(),
        }
    }

    /// Comparison and limit as people read them.
    pub(crate) fn limit_text(&self) -> String {
        format!("{} {}", self.comparison, human::quantity(self.limit, self.unit))
    }
}

/// What judging needs besides the agreement itself.
pub(crate) struct Ground<'a> {
    /// What was run.
    pub(crate) scenario: &'a Scenario,
    /// What happened.
    pub(crate) record: &'a RunRecord,
    /// Followed (fault, node) pairs.
    pub(crate) recoveries: &'a [Recovery],
    /// Acts against sound nodes.
    pub(crate) mistakes: &'a Mistakes,
}

/// Measures and judges all agreements of a run, and explains none: what replications need of a run.
pub fn judge_all(scenario: &Scenario, record: &RunRecord) -> Vec<SlaResult> {
    let recoveries = recoveries(scenario, record);
    let mistakes = mistakes(scenario, record);
    let ground = Ground { scenario, record, recoveries: &recoveries, mistakes: &mistakes };
    scenario.slas.iter().map(|sla| judge(&ground, sla)).collect()
}

/// Measures and judges one agreement. The explanation is left empty.
pub(crate) fn judge(ground: &Ground<'_>, sla: &Sla) -> SlaResult {
    let asked = Asked { comparison: sla.comparison, limit: sla.limit };
    let measurement = measure(ground, &sla.objective, Some(asked));
    let (measured, infinite, passed) = match measurement.value {
        Measured::Value(value) => (Some(value), false, sla.comparison.holds(value, sla.limit)),
        Measured::Infinite => (None, true, sla.comparison.holds(f64::INFINITY, sla.limit)),
        Measured::Nothing { passes } => (None, false, passes),
    };
    let known_to_miss = sla.expected == Expectation::Miss;
    let mut notes = measurement.notes;
    if known_to_miss {
        notes.push(if passed { "expected to miss, yet it holds".into() } else { "known to miss".into() });
    }
    SlaResult {
        text: sla.text.clone(),
        line: sla.line,
        objective: objective(ground, sla),
        comparison: sla.comparison.symbol(),
        limit: sla.limit,
        unit: sla.objective.metric.unit(),
        measured,
        infinite,
        interval: None,
        passed,
        known_to_miss,
        during_ns: measurement.span,
        notes,
        explanation: Vec::new(),
        chain: None,
    }
}

/// The interval of an agreement with fixed times, or the whole run.
pub(crate) fn interval(sla: &Sla) -> (Instant, Instant) {
    let end = Instant::FAR_FUTURE;
    sla.objective.during.map_or((Instant::ZERO, end), |during| during.times(end, (Instant::ZERO, end)))
}

/// The metric with its statistic, subject and interval.
fn objective(ground: &Ground<'_>, sla: &Sla) -> String {
    let mut text = sla.objective.metric.to_string();
    let subjects = subject_names(ground, sla.objective.subject);
    if !subjects.is_empty() {
        text.push_str(&format!(" of {}", subjects.join(", ")));
    }
    if let Some(during) = sla.objective.during {
        let (from, to) = interval(sla);
        if during.faults().is_some() || to == Instant::FAR_FUTURE {
            text.push_str(&format!(" during {}", during.text(ground.scenario)));
        } else {
            text.push_str(&format!(", {}–{}", human::clock(from), human::clock(to)));
        }
    }
    text
}

/// What an agreement is restricted to, by name.
fn subject_names(ground: &Ground<'_>, subject: Subject) -> Vec<String> {
    let record = ground.record;
    let client =
        subject.client.and_then(|client| record.clients.get(client)).map(|client| client.name.clone());
    let service =
        subject.service.and_then(|service| record.services.get(service)).map(|service| service.name.clone());
    let zone = subject.zone.and_then(|zone| record.header.zones.get(zone)).map(|zone| format!("zone {zone}"));
    let fault = subject.fault.and_then(|fault| ground.scenario.faults.get(fault)?.name.as_ref());
    let fault = fault.map(|name| format!("fault {name}"));
    [client, service, zone, fault].into_iter().flatten().collect()
}
