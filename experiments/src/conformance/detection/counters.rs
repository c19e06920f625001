//! Adapters of the detectors that count checks, or wait for a fixed silence.

use super::timeline::Timed;
use crate::conformance::reading::{in_millis, millis, read};
use cusinart_policies::detection::{
    CheckStatus, ConsulThresholds, HeartbeatDeadline, ProbePeriods, RiseFall, RiseFallStart, StatusHandler,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) fn haproxy_rise_fall(inputs: &Value) -> Result<Value, String> {
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

pub(super) fn consul_status_handler(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        success_before_passing: u32,
        failures_before_warning: u32,
        failures_before_critical: u32,
        initial_status: Status,
        checks: Vec<Status>,
    }
    #[derive(Clone, Copy, Deserialize, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Passing,
        Warning,
        Critical,
    }
    let status = |status: Status| match status {
        Status::Passing => CheckStatus::Passing,
        Status::Warning => CheckStatus::Warning,
        Status::Critical => CheckStatus::Critical,
    };
    let word = |status: CheckStatus| match status {
        CheckStatus::Passing => Status::Passing,
        CheckStatus::Warning => Status::Warning,
        CheckStatus::Critical => Status::Critical,
    };
    let inputs: Inputs = read(inputs)?;
    let thresholds = ConsulThresholds {
        success_before_passing: inputs.success_before_passing,
        failures_before_warning: inputs.failures_before_warning,
        failures_before_critical: inputs.failures_before_critical,
    };
    let mut handler = StatusHandler::new(thresholds, status(inputs.initial_status));
    let mut after_each = Vec::new();
    for check in inputs.checks {
        handler.check(status(check));
        after_each.push(word(handler.status()));
    }
    Ok(json!({ "status_after_each": after_each }))
}

pub(super) fn deadline_timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        acceptable_heartbeat_pause_ms: f64,
        heartbeat_interval_ms: f64,
        events: Vec<Timed<Op>>,
    }
    #[derive(Clone, Copy, Deserialize)]
    #[serde(tag = "op", rename_all = "snake_case")]
    enum Op {
        Heartbeat,
        IsAvailable,
        IsMonitoring,
    }
    let inputs: Inputs = read(inputs)?;
    let pause = millis(inputs.acceptable_heartbeat_pause_ms) + millis(inputs.heartbeat_interval_ms);
    let mut heartbeats = HeartbeatDeadline::default();
    let mut results = Vec::new();
    for event in &inputs.events {
        let now = event.now();
        let answer = match event.op {
            Op::Heartbeat => {
                heartbeats.heard(now);
                continue;
            }
            Op::IsAvailable => heartbeats.is_available(now, pause),
            Op::IsMonitoring => heartbeats.last().is_some(),
        };
        if event.is_last {
            results.push(answer);
        }
    }
    Ok(json!({ "results": results }))
}
