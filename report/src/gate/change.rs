//! One metric of a scenario against its baseline, over the replications that have the same seed.

use crate::compare::comparison::margin;
use crate::compare::difference::{Change, Difference, difference};
use crate::gate::outcome::Outcome;
use crate::human;
use crate::sample::{Point, Sample};
use crate::stats::{Estimate, mean_interval};
use crate::study::Replication;
use crate::study::verdict::{estimate, holds_by_silence};
use cusinart_scenarios::{Better, Objective, Unit};
use serde::Serialize;

/// One metric against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricChange {
    /// What is measured, in normal form.
    pub objective: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Whether more of it is better or less.
    pub better: Better,
    /// Line in the scenario file of an agreement about the metric, from 1; 0 if there is none.
    pub line: usize,
    /// The baseline's value over the paired replications; `None` if nothing was measured.
    pub before: Option<Estimate>,
    /// The value over the paired replications; `None` if nothing was measured.
    pub after: Option<Estimate>,
    /// Differences up to this do not matter, in `unit`.
    pub margin: f64,
    /// The mean difference of the pairs: the value minus the baseline's.
    pub difference: Difference,
    /// Failed if it is surely worse, or if there is nothing left to measure (no request ended well); undecided if it looks worse by more than the margin, but not surely; passed
    /// otherwise.
    pub outcome: Outcome,
    /// Seed of the pair that got worse most; `None` if none did.
    pub worst_seed: Option<u64>,
}

/// What a metric is compared by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure<'a> {
    /// What is measured.
    pub(super) objective: &'a Objective,
    /// Line of an agreement about it, or 0.
    pub(super) line: usize,
    /// Its position in the samples of the baseline and of the new replications.
    pub(super) positions: (usize, usize),
}

/// How sure a comparison shall be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sureness {
    /// Confidence of the difference: one statement of many that shall all be right together.
    pub(super) difference: f64,
    /// Confidence of the values.
    pub(super) values: f64,
    /// Smallest difference that matters, as a share.
    pub(super) margin: f64,
}

/// Compares a metric over pairs of replications, the baseline's first.
pub(super) fn metric_change(
    measure: Measure<'_>,
    pairs: &[(&Replication, &Replication)],
    sureness: Sureness,
) -> MetricChange {
    let Measure { objective, line, positions } = measure;
    let metric = objective.metric;
    let before: Vec<&Sample> = pairs.iter().map(|(before, _)| &before.samples[positions.0]).collect();
    let after: Vec<&Sample> = pairs.iter().map(|(_, after)| &after.samples[positions.1]).collect();
    let points = |samples: &[&Sample]| -> Vec<Option<Point>> {
        samples.iter().map(|sample| sample.point(metric)).collect()
    };
    let (points_before, points_after) = (points(&before), points(&after));
    let known: Vec<f64> = points_before.iter().flatten().map(|point| point.value).collect();
    let mean = mean_interval(&known, sureness.values).map_or(0.0, |estimate| estimate.value);
    let margin = margin(metric, mean, sureness.margin);
    let better = metric.better();
    let difference = difference(&points_before, &points_after, better, margin, sureness.difference);
    let value = |samples: &[&Sample]| estimate(metric, samples, sureness.values, &objective.text);
    let worsening = |(before, after): (&Option<Point>, &Option<Point>)| {
        Some(worsening(after.as_ref()?.value - before.as_ref()?.value, better))
    };
    let worst = points_before
        .iter()
        .zip(&points_after)
        .zip(pairs)
        .filter_map(|(points, (_, after))| Some((worsening(points)?, after.seed)))
        .filter(|(worsening, _)| *worsening > 0.0)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let (before, after) = (value(&before), value(&after));
    let is_lost = before.is_some() && after.is_none() && !holds_by_silence(metric);
    MetricChange {
        objective: objective.text.clone(),
        unit: metric.unit(),
        better,
        line,
        before,
        after,
        margin,
        outcome: if is_lost { Outcome::Failed } else { outcome(&difference, better, margin) },
        worst_seed: worst.map(|(_, seed)| seed),
        difference,
    }
}

/// How much worse a difference makes it; negative if it gets better.
fn worsening(difference: f64, better: Better) -> f64 {
    match better {
        Better::Higher => -difference,
        Better::Lower => difference,
    }
}

fn outcome(difference: &Difference, better: Better, margin: f64) -> Outcome {
    let looks_worse = || {
        let estimate = difference.estimate.as_ref();
        estimate.is_some_and(|estimate| worsening(estimate.value, better) > margin)
    };
    match difference.change {
        Change::Worse => Outcome::Failed,
        Change::Undecided if looks_worse() => Outcome::Undecided,
        Change::Undecided | Change::Better | Change::NoDifference | Change::NotMeasured => Outcome::Passed,
    }
}

impl MetricChange {
    /// Both values as people read them: `12 s -> 40 s`.
    pub fn values_text(&self) -> String {
        let text = |estimate: &Option<Estimate>| match estimate {
            None => "nothing".to_string(),
            Some(estimate) if estimate.value.is_finite() => human::quantity(estimate.value, self.unit),
            Some(_) => "never".to_string(),
        };
        format!("{} → {}", text(&self.before), text(&self.after))
    }

    /// The difference with its interval.
    pub fn difference_text(&self) -> String {
        crate::compare::text::difference_text(self.unit, &self.difference)
    }
}
