//! What a sweep says, in words: shared by its text and its page.

use super::best::BestPoint;
use super::effects::{LevelMean, Matters};
use super::interactions::Interaction;
use super::plan::{SweepPlan, SweptScenario};
use super::summary::{PointSummary, SweepSummary};
use crate::human;
use crate::stats::Estimate;
use crate::table::Ink;
use cusinart_scenarios::{Design, Unit};

/// Interactions shown.
pub(crate) const INTERACTIONS_MAX: usize = 8;
/// Share of the variance from which an interaction is worth knowing.
const INTERACTION_MIN: f64 = 0.02;

/// Short names of knobs: the last steps of their paths, at least two, as many as it takes to tell them apart.
pub(crate) struct Names(Vec<(String, String)>);

impl Names {
    pub(crate) fn of(plan: &SweepPlan) -> Self {
        let paths: Vec<&str> = plan.knobs.iter().map(|knob| knob.path.as_str()).collect();
        let short = |path: &str| {
            let starts: Vec<usize> = path.match_indices('.').map(|(at, _)| at + 1).collect();
            // The last step alone says too little.
            let ends = starts.iter().rev().skip(1).map(|start| &path[*start..]);
            let alone = |end: &str| paths.iter().filter(|other| is_end(end, other)).count() == 1;
            ends.into_iter().find(|end| alone(end)).unwrap_or(path).to_string()
        };
        Self(paths.iter().map(|path| (path.to_string(), short(path))).collect())
    }

    pub(crate) fn short(&self, path: &str) -> String {
        self.0
            .iter()
            .find(|(known, _)| known == path)
            .map_or_else(|| path.to_string(), |(_, short)| short.clone())
    }
}

/// Whether the steps of `end` are the last ones of a path.
fn is_end(end: &str, path: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The verdict on the best point: a word, its colour, and what it rests on.
pub(crate) fn verdict(
    best: &BestPoint,
    point: &PointSummary,
    base: &PointSummary,
    scenario: &SweptScenario,
) -> (&'static str, Ink, String) {
    let runs = point.replications;
    let settings = point.settings.join(" ");
    if best.no_gain {
        let text = format!(
            "the scenario as it is: all SLAs hold in {} of {}; point {} comes nearest: {settings}",
            base.all_hold,
            human::counted(runs.into(), "replication"),
            best.point
        );
        return ("KEEP", Ink::Green, text);
    }
    let (word, ink) = match point.all_hold {
        0 => ("NEAREST", Ink::Red),
        all if all == runs => ("BEST", Ink::Green),
        _ => ("BEST", Ink::Yellow),
    };
    let held = if point.all_hold == 0 {
        let slas = u64::from(runs) * scenario.slas.len() as u64;
        format!(
            "no setting meets all SLAs; this one meets {} of {slas} ({} as it is)",
            point.slas_held, base.slas_held
        )
    } else {
        format!(
            "all SLAs hold in {} of {} (as it is: {})",
            point.all_hold,
            human::counted(runs.into(), "replication"),
            base.all_hold
        )
    };
    (word, ink, format!("point {}: {settings}; {held}", best.point))
}

/// What was swept.
pub(crate) fn about(plan: &SweepPlan) -> String {
    let points = plan.points.len() - 1;
    format!(
        "{} · {} of {} · {} of each · seed {} · sweep {}",
        plan.scenario.name,
        design(plan),
        human::counted(points as u64, "point"),
        human::counted(plan.design.replications.into(), "replication"),
        plan.design.seed,
        plan.hash
    )
}

/// What the design is called.
pub(crate) const fn design(plan: &SweepPlan) -> &'static str {
    match plan.design.points {
        Design::Grid => "grid",
        Design::Random { .. } => "random design",
        Design::Sobol { .. } => "Sobol design",
    }
}

/// The interactions that are no chance and explain something, those that explain most first.
pub(crate) fn worth_knowing(summary: &SweepSummary) -> Vec<&Interaction> {
    let mut worth: Vec<_> = summary
        .interactions
        .iter()
        .filter(|pair| pair.share >= INTERACTION_MIN && pair.p_corrected.is_some_and(|p| p < 0.05))
        .collect();
    worth.sort_by(|one, other| other.share.total_cmp(&one.share));
    worth
}

/// The word for whether a knob matters, and its colour.
pub(crate) const fn matters(matters: Matters) -> (&'static str, Ink) {
    match matters {
        Matters::Yes => ("matters", Ink::Green),
        Matters::No => ("does not", Ink::Dim),
        Matters::NotSure => ("not sure", Ink::Yellow),
    }
}

/// The mean of the metric at each value, or at the first, the extreme and the last ones of many.
pub(crate) fn levels_text(levels: &[LevelMean], unit: Unit) -> String {
    let value = |level: &LevelMean| level.mean.as_ref().map_or(0.0, |mean| mean.value);
    let text = |level: &LevelMean| format!("{}: {}", level.label, quantity(value(level), unit));
    if levels.len() <= 3 {
        return levels.iter().map(text).collect::<Vec<_>>().join(", ");
    }
    let by_value = |one: &usize, other: &usize| value(&levels[*one]).total_cmp(&value(&levels[*other]));
    let last = levels.len() - 1;
    let mut shown = vec![0, last];
    shown.extend((0..levels.len()).min_by(by_value));
    shown.extend((0..levels.len()).max_by(by_value));
    shown.sort_unstable();
    shown.dedup();
    shown.into_iter().map(|level| text(&levels[level])).collect::<Vec<_>>().join(", ")
}

/// A chance of nothing as it is written.
pub(crate) fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".into() } else { format!("{p:.3}") }
}

/// A difference with its interval: points of percent for shares.
pub(crate) fn change(difference: &Estimate, unit: Unit) -> String {
    /// What is less comes of the rounding of sums, and is no difference.
    const DUST: f64 = 1e-12;
    let number = |value: f64| {
        let size = value.abs();
        if size < DUST {
            return "0".into();
        }
        let sign = if value < 0.0 { '−' } else { '+' };
        match unit {
            Unit::Fraction => format!("{sign}{:.2}", size * 100.0),
            Unit::Seconds | Unit::Count | Unit::Currency | Unit::PerSecond | Unit::Factor => {
                format!("{sign}{}", quantity(size, unit))
            }
        }
    };
    let suffix = if unit == Unit::Fraction { " points" } else { "" };
    let interval =
        difference.interval.filter(|interval| interval.low.is_finite() && interval.high.is_finite());
    let value = format!("{}{suffix}", number(difference.value));
    match interval {
        Some(interval) => format!("{value} ({} to {})", number(interval.low), number(interval.high)),
        None => value,
    }
}

/// A value in its unit; small amounts of money with three digits, so that the settings of a short run differ.
pub(crate) fn quantity(value: f64, unit: Unit) -> String {
    if unit == Unit::Currency && value > 0.0 && value < 1.0 {
        let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
        return format!("{rounded}");
    }
    human::quantity(value, unit)
}
