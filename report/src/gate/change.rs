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
use serde::{Deserialize, Serialize};

/// One metric against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_scenarios::{Metric, Statistic};

    const SURENESS: Sureness = Sureness { difference: 0.99, values: 0.95, margin: 0.01 };

    fn runs(samples: &[Sample]) -> Vec<Replication> {
        let run = |(index, sample): (usize, &Sample)| Replication {
            seed: index as u64,
            digest: String::new(),
            events: 0,
            samples: vec![sample.clone()],
        };
        samples.iter().enumerate().map(run).collect()
    }

    fn change(metric: Metric, before: &[Sample], after: &[Sample]) -> MetricChange {
        let (before, after) = (runs(before), runs(after));
        let pairs: Vec<_> = before.iter().zip(&after).collect();
        let objective = Objective::of(metric);
        metric_change(Measure { objective: &objective, line: 3, positions: (0, 0) }, &pairs, SURENESS)
    }

    fn values(values: [f64; 8]) -> Vec<Sample> {
        values.into_iter().map(Sample::Value).collect()
    }

    #[test]
    fn a_metric_fails_if_it_is_surely_worse_and_is_open_if_it_looks_so() {
        let flat = values([10.0; 8]);
        let p99 = Metric::Latency(Statistic::Quantile(0.99));
        for (metric, after, outcome, worst) in [
            (p99, [10.0; 8], Outcome::Passed, None),
            (p99, [10.05; 8], Outcome::Passed, Some(7)),
            (p99, [12.0, 12.1, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0], Outcome::Failed, Some(1)),
            (p99, [8.0, 8.1, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0], Outcome::Passed, None),
            // By 10 % on average, but by chance for all one can tell.
            (p99, [7.0, 15.0, 7.0, 15.0, 7.0, 15.0, 7.0, 15.0], Outcome::Undecided, Some(7)),
            (p99, [5.0, 13.0, 5.0, 13.0, 5.0, 13.0, 5.0, 13.0], Outcome::Passed, Some(7)),
            // More throughput is better.
            (Metric::Throughput, [12.0; 8], Outcome::Passed, None),
            (Metric::Throughput, [8.0, 8.1, 8.0, 8.0, 8.0, 8.0, 8.0, 7.9], Outcome::Failed, Some(7)),
        ] {
            let change = change(metric, &flat, &values(after));
            assert_eq!((change.outcome, change.worst_seed), (outcome, worst), "{metric} {after:?}");
        }
    }

    #[test]
    fn what_cannot_be_measured_any_longer_fails_unless_there_was_nothing_to_wait_for() {
        let nothing = vec![Sample::Nothing; 8];
        let availability = change(Metric::Availability, &values([1.0; 8]), &nothing);
        assert_eq!(availability.outcome, Outcome::Failed);
        assert_eq!(change(Metric::Availability, &nothing, &nothing).outcome, Outcome::Passed);
        assert_eq!(change(Metric::Availability, &nothing, &values([1.0; 8])).outcome, Outcome::Passed);
        let spell = crate::sample::Spell { seconds: 5.0, ended: true };
        let times = vec![Sample::Times(vec![spell]); 8];
        let none = vec![Sample::Times(Vec::new()); 8];
        assert_eq!(change(Metric::TimeToDetect(Statistic::Max), &times, &none).outcome, Outcome::Passed);
    }
}
