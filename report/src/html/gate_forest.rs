//! The changes of a test against its baseline: by metric, a row for each scenario in which it moved.

use super::numbers::short;
use super::page::{Part, Section};
use super::study::{Difference, DifferenceVerdict, Forest, ForestGroup};
use super::units::way;
use crate::compare::Change;
use crate::gate::{MetricChange, Outcome, TestReport};
use crate::human;
use crate::stats::Estimate;
use cusinart_scenarios::Unit;
use std::cmp::Reverse;

/// Most differences that are drawn; those of failures first.
const ROWS_MAX: usize = 200;
/// Largest share that is drawn: a thousand times as much as the baseline's.
const SHARE_MAX: f64 = 1_000.0;

/// The differences; `None` if nothing was compared.
pub(super) fn forest(report: &TestReport) -> Option<Part> {
    let all = report
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.changes().map(move |change| (scenario.name.as_str(), change)));
    let baseline = &report.settings.baseline.as_ref()?.file;
    let (mut moved, still): (Vec<_>, Vec<_>) = all.partition(|(_, change)| moves(change));
    if moved.is_empty() {
        return None;
    }
    moved.sort_by_key(|(_, change)| Reverse(change.outcome));
    let left_out = moved.len().saturating_sub(ROWS_MAX);
    moved.truncate(ROWS_MAX);
    let mut groups: Vec<ForestGroup> = Vec::new();
    for (scenario, change) in moved {
        let row = row(scenario, change);
        match groups.iter_mut().find(|group| group.metric == change.objective) {
            Some(group) => group.rows.push(row),
            None => groups.push(group(change, report.settings.margin, row)),
        }
    }
    let forest = Section::Forest(Forest { baseline: baseline.clone(), groups });
    let mut part = Part::new("changes", "Changes against the baseline", forest)
        .lead("A row for each scenario in which a metric moved; metrics that got worse come first.");
    if !still.is_empty() {
        let metrics = human::counted(still.len() as u64, "metric");
        part = part.note(format!("{metrics} did not move at all, or cannot be compared."));
    }
    if left_out > 0 {
        let further = human::counted(left_out as u64, "further difference");
        part = part.note(format!("{further} are in the table below alone."));
    }
    Some(part)
}

/// Whether there is anything to see.
fn moves(change: &MetricChange) -> bool {
    let estimate = change.difference.estimate.as_ref();
    let is_wide = estimate.and_then(|estimate| estimate.interval).is_some_and(|both| both.low < both.high);
    change.outcome != Outcome::Passed || is_wide || estimate.is_some_and(|estimate| estimate.value != 0.0)
}

/// The group of a metric. Only where the margin is a share of the value is the band the same for all scenarios.
fn group(change: &MetricChange, margin: f64, row: Difference) -> ForestGroup {
    let band = match change.unit {
        Unit::Seconds | Unit::Currency | Unit::PerSecond | Unit::Factor => share(margin),
        Unit::Fraction | Unit::Count => None,
    };
    ForestGroup {
        metric: change.objective.clone(),
        better: way(change.better),
        unit: None,
        band,
        rows: vec![row],
    }
}

fn row(scenario: &str, change: &MetricChange) -> Difference {
    let relative = change.difference.relative.as_ref();
    let value = relative.and_then(|estimate| share(estimate.value));
    // Without a value nothing is drawn, and without an interval it is a point.
    let interval = relative.filter(|_| value.is_some()).map(ends);
    Difference {
        label: scenario.into(),
        value,
        low: interval.and_then(|(low, _)| share(low)),
        high: interval.and_then(|(_, high)| share(high)),
        verdict: verdict(change),
        text: change.words(),
    }
}

fn ends(estimate: &Estimate) -> (f64, f64) {
    estimate.interval.map_or((estimate.value, estimate.value), |interval| (interval.low, interval.high))
}

fn verdict(change: &MetricChange) -> DifferenceVerdict {
    match (change.outcome, change.difference.change) {
        // What cannot be measured any longer has no difference, and is worse.
        (Outcome::Failed, _) | (Outcome::Passed | Outcome::Undecided, Change::Worse) => {
            DifferenceVerdict::Worse
        }
        (Outcome::Passed | Outcome::Undecided, Change::Better) => DifferenceVerdict::Better,
        (Outcome::Passed | Outcome::Undecided, Change::NoDifference) => DifferenceVerdict::Same,
        (Outcome::Passed | Outcome::Undecided, Change::Undecided | Change::NotMeasured) => {
            DifferenceVerdict::Undecided
        }
    }
}

/// A share that can be drawn.
fn share(share: f64) -> Option<f64> {
    short(share).filter(|share| share.abs() <= SHARE_MAX)
}
