//! Reading back what a sweep stored. Nothing is believed: a file may be torn, changed, or made to harm.

use super::plan::{PlannedKnob, SWEEP_SCHEMA_VERSION, SweepPlan};
use super::point::MeasuredPoint;
use crate::store::StoreError;
use crate::study::replication_seed;
use cusinart_scenarios::Level;
use std::collections::BTreeSet;

/// Greatest size of a stored number: sums and squares of so great ones are still numbers.
const NUMBER_MAX: f64 = 1e30;
/// The plan's file.
const PLAN: &str = "sweep.json";
/// The folder of the points, for messages; the caller knows which point it is.
const POINT: &str = "points";

/// Reads `sweep.json`.
///
/// # Errors
/// If it is not what this version writes.
pub fn read_sweep_plan(text: &str) -> Result<SweepPlan, StoreError> {
    let wrong =
        |found: String, expected: &str| Err(StoreError { file: PLAN, found, expected: expected.into() });
    let plan: SweepPlan = match serde_json::from_str(text) {
        Ok(plan) => plan,
        Err(error) => return wrong(error.to_string(), "the plan of a sweep"),
    };
    if plan.kind != "sweep" || plan.schema_version != SWEEP_SCHEMA_VERSION {
        let found = format!("{:?} of version {}", plan.kind, plan.schema_version);
        return wrong(found, &format!("`sweep` of version {SWEEP_SCHEMA_VERSION}"));
    }
    let sealed = plan.clone().sealed();
    if sealed.hash != plan.hash {
        return wrong(
            format!("hash {:?}", plan.hash),
            &format!("hash {} of what is in it: it was changed", sealed.hash),
        );
    }
    match contradiction(&plan) {
        Some((found, expected)) => wrong(found, expected),
        None => Ok(plan),
    }
}

/// Reads a file of `points/`: point `number` of a plan.
///
/// # Errors
/// If it is not what a sweep with this plan writes.
pub fn read_sweep_point(text: &str, plan: &SweepPlan, number: u32) -> Result<MeasuredPoint, StoreError> {
    let wrong = |found: String, expected: String| Err(StoreError { file: POINT, found, expected });
    let point: MeasuredPoint = match serde_json::from_str(text) {
        Ok(point) => point,
        Err(error) => return wrong(error.to_string(), "a point of a sweep".into()),
    };
    if (&point.sweep, point.point) != (&plan.hash, number) {
        let found = format!("point {} of sweep {:?}", point.point, point.sweep);
        return wrong(found, format!("point {number} of sweep {}", plan.hash));
    }
    let planned = plan.points.get(number as usize).map(|planned| plan.assignments(planned));
    if planned.as_ref() != Some(&point.settings) {
        return wrong(format!("settings {:?}", point.settings.join(" ")), "those of the plan".into());
    }
    let seeds = (0..plan.design.replications).map(|index| replication_seed(plan.design.seed, index));
    if !point.replications.iter().map(|replication| replication.seed).eq(seeds) {
        let found = format!("{} replications or other seeds", point.replications.len());
        return wrong(found, format!("the {} replications of the plan", plan.design.replications));
    }
    let values = point.replications.iter().map(|replication| &replication.values);
    if values.clone().any(|values| values.len() != plan.metrics.len()) {
        return wrong("a replication with other metrics".into(), format!("{} values", plan.metrics.len()));
    }
    if let Some(value) = values.flatten().flatten().find(|value| !is_sane(value.value)) {
        return wrong(format!("the value {:e}", value.value), format!("numbers up to {NUMBER_MAX:e}"));
    }
    if point.to_json() != text {
        return wrong("another form or more".into(), "the form that `sweep` writes".into());
    }
    Ok(point)
}

/// What in a plan cannot be, if anything: what was found, and what is expected.
fn contradiction(plan: &SweepPlan) -> Option<(String, &'static str)> {
    if plan.points.len() < 2 || plan.knobs.is_empty() || plan.metrics.is_empty() {
        return Some(("a design without points, knobs or metrics".into(), "at least one of each"));
    }
    if plan.design.replications == 0 {
        return Some(("no replications".into(), "at least one"));
    }
    let listed: Vec<_> = plan.knobs.iter().map(listed).collect();
    for (number, point) in plan.points.iter().enumerate() {
        let settings = if number == 0 { 0 } else { plan.knobs.len() };
        if point.point as usize != number || point.settings.len() != settings {
            let found =
                format!("point {} with {} settings at place {number}", point.point, point.settings.len());
            return Some((found, "points in order with a setting for each knob"));
        }
        let mut settings = plan.knobs.iter().zip(&listed).zip(&point.settings);
        if let Some(((knob, _), level)) = settings.find(|((knob, listed), level)| !fits(knob, listed, level))
        {
            let found = format!("{:?} as {:?} in point {number}", level.text, knob.path);
            return Some((found, "a value of its knob"));
        }
    }
    let mut limits = plan.metrics.iter().filter_map(|metric| metric.limit);
    limits.find(|limit| !is_sane(*limit)).map(|limit| (format!("the limit {limit:e}"), "a smaller number"))
}

/// The values of a knob, if they can be listed.
type Listed<'a> = Option<BTreeSet<&'a str>>;

fn listed(knob: &PlannedKnob) -> Listed<'_> {
    Some(knob.levels.as_ref()?.iter().map(|level| level.text.as_str()).collect())
}

/// Whether a knob can have a value.
fn fits(knob: &PlannedKnob, listed: &Listed<'_>, level: &Level) -> bool {
    let is_listed = listed.as_ref().map(|listed| listed.contains(level.text.as_str()));
    match (knob.family, level.number) {
        (Some(_), Some(number)) => is_sane(number) && is_listed.unwrap_or(true),
        (Some(_), None) => false,
        // Words are known one by one.
        (None, _) => is_listed.unwrap_or(false),
    }
}

fn is_sane(number: f64) -> bool {
    number.abs() <= NUMBER_MAX
}
