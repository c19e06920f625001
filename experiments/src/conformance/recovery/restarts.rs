//! Adapters of the vectors of restarts: pauses, crash loops, limits of starts.

use super::super::Family;
use super::super::reading::{at_s, in_seconds, read, seconds, yes};
use cusinart_policies::Instant;
use cusinart_policies::recovery::{CrashLoop, RestartBackoff, RestartBackoffSettings, StartLimit};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family = &[
    ("backoff.ops", backoff_ops),
    ("crashloop.schedule", crashloop_schedule),
    ("systemd.start_limit", start_limit),
];

fn backoff_ops(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        initial_s: f64,
        max_s: f64,
        expire_after_s: f64,
        ops: Vec<Op>,
    }
    #[derive(Deserialize)]
    struct Op {
        t_s: f64,
        #[serde(default = "yes")]
        is_last: bool,
        event_s: Option<f64>,
        op: OpKind,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum OpKind {
        Next,
        Get,
        InBackoffSince,
        InBackoffSinceUpdate,
        Reset,
    }
    let inputs: Inputs = read(inputs)?;
    let mut backoff = RestartBackoff::new(RestartBackoffSettings {
        initial: seconds(inputs.initial_s),
        max: seconds(inputs.max_s),
        expire_after: seconds(inputs.expire_after_s),
    });
    let mut results = Vec::new();
    for op in &inputs.ops {
        let now = at_s(op.t_s);
        let event = op.event_s.map_or(now, at_s);
        let row: Option<Value> = match op.op {
            OpKind::Next => {
                backoff.next(now, event);
                None
            }
            OpKind::Reset => {
                backoff.reset();
                None
            }
            OpKind::Get => Some(in_seconds(backoff.delay()).into()),
            OpKind::InBackoffSince => Some(backoff.is_pausing_since(now, event).into()),
            OpKind::InBackoffSinceUpdate => Some(backoff.is_pausing_since_update(now).into()),
        };
        results.extend(row.filter(|_| op.is_last));
    }
    Ok(json!({ "results": results }))
}

fn crashloop_schedule(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        initial_s: f64,
        max_s: f64,
        reset_after_s: f64,
        run_durations_s: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut crash_loop = CrashLoop::new(RestartBackoffSettings {
        initial: seconds(inputs.initial_s),
        max: seconds(inputs.max_s),
        expire_after: seconds(inputs.reset_after_s),
    });
    let mut started = Instant::ZERO;
    let in_s = |at: Instant| in_seconds(at.since(Instant::ZERO));
    let restarts = inputs.run_durations_s.into_iter().map(|run_s| {
        let crash = started + seconds(run_s);
        let pause = crash_loop.crash(crash);
        started = crash + pause;
        json!({
            "crash_at_s": in_s(crash),
            "back_off_s": in_seconds(pause),
            "restart_at_s": in_s(started),
        })
    });
    Ok(json!({ "restarts": restarts.collect::<Vec<_>>() }))
}

fn start_limit(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        interval_s: f64,
        burst: u32,
        start_attempts_s: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut limit = StartLimit::new(seconds(inputs.interval_s), inputs.burst);
    let allowed: Vec<bool> = inputs.start_attempts_s.into_iter().map(|at| limit.allow(at_s(at))).collect();
    Ok(json!({ "allowed": allowed }))
}
