//! From the readings of all replications to a verdict on each number.

use super::case::{Case, Expected, Kind};
use super::experiment::Readings;
use super::numbers::{mean, variance};
use cusinart_report::{MetricResult, MetricVerdict};
use serde_json::Value;

/// Words in the reason of a tolerance that say that it is not statistical: it is never widened.
const NOT_STATISTICAL: [&str; 6] =
    ["deterministic", "rounding only", "must match", "hard bound", "integer quantile", "discretisation"];

/// Compares the readings of the replications with what is known. Statistical tolerances are `widening` times as wide.
pub(super) fn judge(case: &Case, readings: &[Readings], widening: f64) -> Vec<MetricResult> {
    case.expected.iter().map(|expected| metric(expected, readings, widening)).collect()
}

fn metric(expected: &Expected, readings: &[Readings], widening: f64) -> MetricResult {
    let of = |readings: &Readings| {
        readings.iter().find(|(name, _)| *name == expected.metric).map(|(_, value)| value.clone())
    };
    let values: Vec<Value> = readings.iter().filter_map(of).collect();
    let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
    let statistical = is_statistical(expected);
    let tolerance = expected.tolerance_abs.unwrap_or(0.0) * if statistical { widening } else { 1.0 };
    let mut result = MetricResult {
        metric: expected.metric.clone(),
        kind: expected.kind.word().to_owned(),
        expected: expected.value.clone(),
        got: Value::Null,
        tolerance,
        z: None,
        verdict: MetricVerdict::Wrong,
    };
    if expected.kind == Kind::Information {
        if let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) {
            result.got = summary(expected, &numbers).into();
        }
        result.verdict = MetricVerdict::Information;
        return result;
    }
    let good = match numbers {
        Some(numbers) if !numbers.is_empty() => {
            let got = summary(expected, &numbers);
            result.got = got.into();
            result.z = statistical.then(|| z(expected, &numbers)).flatten();
            is_near(expected, got, tolerance)
        }
        Some(_) => false,
        None => {
            result.got = values[0].clone();
            values.iter().all(|value| is_same(expected, value))
        }
    };
    if good {
        result.verdict = MetricVerdict::Passed;
    }
    result
}

fn is_statistical(expected: &Expected) -> bool {
    !NOT_STATISTICAL.iter().any(|word| expected.why.contains(word))
}

/// The mean over the replications; the worst one where every single value must respect a bound.
fn summary(expected: &Expected, numbers: &[f64]) -> f64 {
    let fold = |start: f64, choose: fn(f64, f64) -> f64| numbers.iter().copied().fold(start, choose);
    match expected.kind {
        Kind::LowerBound if expected.metric.starts_with("min_") => fold(f64::INFINITY, f64::min),
        Kind::UpperBound if expected.metric.starts_with("max_") => fold(f64::NEG_INFINITY, f64::max),
        Kind::LowerBound
        | Kind::UpperBound
        | Kind::Exact
        | Kind::Asymptotic
        | Kind::ReferenceSimulation
        | Kind::Events
        | Kind::Information => mean(numbers),
    }
}

fn is_near(expected: &Expected, got: f64, tolerance: f64) -> bool {
    if let Some(least) = expected.min_pass {
        return got >= least;
    }
    let Some(value) = expected.value.as_f64() else {
        return expected.min.is_none_or(|min| got >= min)
            && expected.max.is_none_or(|max| got <= max)
            && (expected.min.is_some() || expected.max.is_some());
    };
    match expected.kind {
        Kind::UpperBound => got <= value + tolerance,
        Kind::LowerBound => got >= value - tolerance,
        Kind::Exact | Kind::Asymptotic | Kind::ReferenceSimulation | Kind::Events | Kind::Information => {
            (got - value).abs() <= tolerance
        }
    }
}

/// An answer that is no number: the same, or events of which each may be a little early or late.
fn is_same(expected: &Expected, got: &Value) -> bool {
    let (Some(tolerance), Some(wanted), Some(found)) =
        (expected.tolerance_time_s, expected.value.as_array(), got.as_array())
    else {
        return *got == expected.value;
    };
    let time = |event: &Value| event.get(0).and_then(Value::as_f64);
    wanted.len() == found.len()
        && wanted.iter().zip(found).all(|(wanted, found)| {
            let late = time(wanted).zip(time(found)).map(|(wanted, found)| (wanted - found).abs());
            late.is_some_and(|late| late <= tolerance)
                && wanted.get(1).and_then(Value::as_f64) == found.get(1).and_then(Value::as_f64)
        })
}

/// How many standard errors the mean is off, by the spread of the replications.
fn z(expected: &Expected, numbers: &[f64]) -> Option<f64> {
    let value = expected.value.as_f64().filter(|_| expected.kind == Kind::Exact)?;
    let error = (variance(numbers) / numbers.len() as f64).sqrt();
    (numbers.len() >= 5 && error > 0.0).then(|| (mean(numbers) - value) / error)
}
