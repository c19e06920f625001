//! Adapters of the vectors of failure detection.

use super::Family;
use super::reading::{in_millis, millis, read};
use cusinart_policies::detection::{ProbePeriods, RiseFall, RiseFallStart};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family = &[("haproxy.rise_fall", haproxy_rise_fall)];

fn haproxy_rise_fall(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        rise: u32,
        fall: u32,
        initial: Start,
        inter_ms: f64,
        fastinter_ms: Option<f64>,
        downinter_ms: Option<f64>,
        checks: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Start {
        Up,
        Startup,
        Down,
    }
    let inputs: Inputs = read(inputs)?;
    let start = match inputs.initial {
        Start::Up => RiseFallStart::Up,
        Start::Startup => RiseFallStart::Startup,
        Start::Down => RiseFallStart::Down,
    };
    let periods =
        ProbePeriods { fast: inputs.fastinter_ms.map(millis), down: inputs.downinter_ms.map(millis) };
    let mut counter = RiseFall::new(inputs.rise, inputs.fall, start);
    let mut after_each = Vec::new();
    for check in inputs.checks.chars() {
        match check {
            'P' => counter.check(true),
            'F' => counter.check(false),
            other => return Err(format!("check {other:?}, expected P or F")),
        }
        after_each.push(json!({
            "health": counter.counter(),
            "up": counter.is_up(),
            "next_interval_ms": in_millis(counter.next_period(millis(inputs.inter_ms), &periods)),
        }));
    }
    Ok(json!({ "after_each": after_each }))
}
