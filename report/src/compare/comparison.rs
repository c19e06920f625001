//! Comparison of two or more arms with the first one, on common random numbers.
//!
//! Replication `n` of every arm has the same seed: it meets the same requests, the same luck and the same faults. So
//! the differences, pair by pair, vary much less than the values do. All statements of one comparison (each metric of
//! each arm, at each look) share one probability of error; see [`Looks`].

use crate::compare::difference::{Change, Difference, difference};
use crate::compare::overall::{Overall, ParetoPoint, mark_front, overall};
use crate::stats::{Estimate, mean_interval};
use crate::study::verdict::{estimate, run_meets};
use crate::study::{Looks, SlaVerdict, Study, judge_study};
use cusinart_scenarios::{Better, Metric, Objective, Scenario, Statistic, Unit};
use serde::{Deserialize, Serialize};

/// Version of the layout of compare.json. Raised when a field changes its meaning or goes.
pub const COMPARE_SCHEMA_VERSION: u32 = 1;

/// One of the things compared.
#[derive(Clone, Copy, Debug)]
pub struct Arm<'a> {
    /// What it is called: the settings that make it, or the file.
    pub label: &'a str,
    /// Its scenario.
    pub scenario: &'a Scenario,
    /// Its replications.
    pub study: &'a Study,
}

/// When a comparison is sure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// When results are looked at, and the confidence of all statements together.
    pub looks: Looks,
    /// Confidence of all statements together, 0..1.
    pub confidence: f64,
    /// Smallest difference that matters, as a share of the first arm's value.
    pub margin: f64,
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of this layout.
    pub schema_version: u32,
    /// Name of the first arm's scenario.
    pub scenario: String,
    /// Seed that all seeds come from.
    pub seed: u64,
    /// Version of the simulator.
    pub version: String,
    /// Replications of each arm.
    pub replications: u32,
    /// The most replications that were allowed.
    pub replications_max: u32,
    /// Confidence of all statements together, 0..1.
    pub confidence: f64,
    /// Smallest difference that matters, as a share of the first arm's value.
    pub margin: f64,
    /// The arms; the others are compared with the first.
    pub arms: Vec<ArmSummary>,
    /// The metrics, each with the values of all arms and the differences of all but the first.
    pub metrics: Vec<MetricComparison>,
    /// Cost against agreements kept, one point for each arm.
    pub pareto: Vec<ParetoPoint>,
}

/// One arm of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArmSummary {
    /// What it is called.
    pub label: String,
    /// Hash of its expanded scenario without its seed.
    pub scenario_hash: String,
    /// Its agreements, judged over its replications.
    pub slas: Vec<SlaVerdict>,
    /// Against the first arm, all metrics together; `None` for the first arm.
    pub overall: Option<Overall>,
}

/// One metric of all arms.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricComparison {
    /// What is measured, in normal form.
    pub objective: String,
    /// Unit of all values.
    pub unit: Unit,
    /// Whether more of it is better or less.
    pub better: Better,
    /// Differences up to this do not matter, in `unit`.
    pub margin: f64,
    /// The value of each arm, with an interval of the comparison's confidence for this value alone.
    pub values: Vec<Option<Estimate>>,
    /// The difference of each arm but the first from the first.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Writes compare.json.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a comparison is plain data") + "\n"
    }

    /// What all other arms are against the first; `None` if they are not alike.
    pub fn overall(&self) -> Option<Overall> {
        let mut others = self.arms.iter().filter_map(|arm| arm.overall);
        let first = others.next()?;
        others.all(|other| other == first).then_some(first)
    }

    /// Whether more replications are of no use: every metric is decided, or every arm has its verdict and the metrics
    /// that are still open would need far more than the budget.
    pub fn is_finished(&self) -> bool {
        /// Spreads are guesses: a metric has a chance if it needs up to so many times the budget.
        const CHANCE: u64 = 2;
        let has_chance = |difference: &Difference| {
            let budget = u64::from(self.replications_max) * CHANCE;
            difference.change == Change::Undecided
                && difference.needed.is_none_or(|needed| u64::from(needed) <= budget)
        };
        let mut open = self
            .metrics
            .iter()
            .flat_map(|metric| &metric.differences)
            .filter(|difference| difference.change == Change::Undecided)
            .peekable();
        let all_decided = open.peek().is_none();
        let verdicts = self.arms.iter().filter_map(|arm| arm.overall);
        let some_undecided = verdicts.into_iter().any(|overall| overall == Overall::Undecided);
        all_decided || (!some_undecided && !open.any(has_chance))
    }
}

/// Compares arms by metrics, which every study has measured.
pub fn compare(arms: &[Arm<'_>], objectives: &[Objective], rules: &Rules) -> Comparison {
    let first = &arms[0];
    let replications = arms.iter().map(|arm| arm.study.replications.len()).min().unwrap_or(0) as u32;
    let statements = objectives.len() * (arms.len() - 1);
    let confidence = rules.looks.confidence(replications, statements);
    let metrics: Vec<MetricComparison> =
        objectives.iter().map(|objective| metric_comparison(arms, objective, rules, confidence)).collect();
    let summaries = arms.iter().enumerate().map(|(index, arm)| ArmSummary {
        label: arm.label.to_string(),
        scenario_hash: arm.study.scenario_hash.clone(),
        slas: judge_study(&arm.scenario.slas, arm.study, &Looks::once(replications, rules.confidence)),
        overall: index.checked_sub(1).map(|index| overall(&metrics, index)),
    });
    let mut pareto: Vec<ParetoPoint> =
        arms.iter().enumerate().map(|(index, arm)| pareto_point(index, arm, rules.confidence)).collect();
    mark_front(&mut pareto);
    Comparison {
        schema_version: COMPARE_SCHEMA_VERSION,
        scenario: first.scenario.name.clone(),
        seed: first.study.seed,
        version: first.study.version.clone(),
        replications,
        replications_max: rules.looks.counts().last().copied().unwrap_or(0),
        confidence: rules.confidence,
        margin: rules.margin,
        arms: summaries.collect(),
        metrics,
        pareto,
    }
}

/// What is compared if nobody says: what the agreements are about, and what every operator asks for.
pub fn default_objectives(scenario: &Scenario) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    let mut add = |objective: Objective| {
        if objectives.iter().all(|known| known.text != objective.text) {
            objectives.push(objective);
        }
    };
    for sla in &scenario.slas {
        add(sla.objective.clone());
    }
    let mut usual = vec![
        Metric::Availability,
        Metric::Latency(Statistic::Mean),
        Metric::Latency(Statistic::Quantile(0.99)),
        Metric::Cost,
    ];
    if !scenario.faults.is_empty() {
        usual.extend([Metric::TimeToDetect(Statistic::Mean), Metric::TimeToRecover(Statistic::Mean)]);
    }
    for metric in usual {
        add(Objective::of(metric));
    }
    objectives
}

fn metric_comparison(
    arms: &[Arm<'_>],
    objective: &Objective,
    rules: &Rules,
    confidence: f64,
) -> MetricComparison {
    let metric = objective.metric;
    let samples: Vec<Vec<_>> = arms
        .iter()
        .map(|arm| {
            let position = arm.study.objectives.iter().position(|text| *text == objective.text);
            position.map_or_else(Vec::new, |position| arm.study.samples(position).collect())
        })
        .collect();
    let points: Vec<Vec<_>> =
        samples.iter().map(|samples| samples.iter().map(|sample| sample.point(metric)).collect()).collect();
    let values: Vec<Option<Estimate>> = arms
        .iter()
        .zip(&samples)
        .map(|(arm, samples)| {
            estimate(metric, samples, rules.confidence, &format!("{} {}", arm.label, objective.text))
        })
        .collect();
    let of_first: Vec<f64> = points[0].iter().flatten().map(|point| point.value).collect();
    let mean = mean_interval(&of_first, rules.confidence).map_or(0.0, |estimate| estimate.value);
    let margin = margin(metric, mean, rules.margin);
    let differences = points[1..]
        .iter()
        .map(|points_of_arm| difference(&points[0], points_of_arm, metric.better(), margin, confidence))
        .collect();
    MetricComparison {
        objective: objective.text.clone(),
        unit: metric.unit(),
        better: metric.better(),
        margin,
        values,
        differences,
    }
}

/// The smallest difference that matters. Of times, counts and money it is a share of the value. Of shares of requests
/// it is ten times that share of the smaller part, good or bad, between 0.001 and a tenth of the margin in points: of
/// 99.9 % available, a tenth of the failures.
pub(crate) fn margin(metric: Metric, mean: f64, margin: f64) -> f64 {
    /// Counts differ if they do once in twenty runs.
    const COUNT_MIN: f64 = 0.05;
    const SHARE_MIN: f64 = 1e-5;
    match metric.unit() {
        Unit::Fraction => {
            let smaller = mean.min(1.0 - mean).max(0.0);
            (10.0 * margin * smaller).min(0.1 * margin).max(SHARE_MIN)
        }
        Unit::Count => (margin * mean).max(COUNT_MIN),
        Unit::Seconds | Unit::Currency | Unit::PerSecond | Unit::Factor => margin * mean,
    }
}

fn pareto_point(index: usize, arm: &Arm<'_>, confidence: f64) -> ParetoPoint {
    let of_metric = |metric: Metric| {
        let text = metric.to_string();
        let position = arm.study.objectives.iter().position(|objective| *objective == text);
        let values = position.map(|position| {
            arm.study.samples(position).filter_map(|sample| sample.point(metric)).map(|point| point.value)
        });
        values.and_then(|values| mean_interval(&values.collect::<Vec<_>>(), confidence))
    };
    ParetoPoint {
        arm: index,
        cost: of_metric(Metric::Cost),
        slas_met: mean_interval(&shares_met(arm), confidence),
        on_front: false,
    }
}

/// For each replication, the share of the agreements that it keeps; empty if there are none.
fn shares_met(arm: &Arm<'_>) -> Vec<f64> {
    let slas = &arm.scenario.slas;
    if slas.is_empty() {
        return Vec::new();
    }
    let positions: Vec<Option<usize>> = slas
        .iter()
        .map(|sla| arm.study.objectives.iter().position(|text| *text == sla.objective.text))
        .collect();
    let share = |replication: &crate::study::Replication| {
        let met = slas.iter().zip(&positions).filter(|(sla, position)| {
            let sample = position.and_then(|position| replication.samples.get(position));
            run_meets(sla, sample.and_then(|sample| sample.point(sla.objective.metric)))
        });
        met.count() as f64 / slas.len() as f64
    };
    arm.study.replications.iter().map(share).collect()
}
