//! Adapters of circuit breakers.

use crate::conformance::reading::{at_s, read, seconds};
use cusinart_policies::overload::{
    BreakerSettings, BreakerState, BreakerWindow, CircuitBreaker, ConsecutiveBreaker,
    ConsecutiveBreakerSettings, ConsecutiveState,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Config {
    window_type: WindowType,
    window_size: u32,
    minimum_calls: u32,
    failure_rate_threshold_pct: f64,
    slow_call_rate_threshold_pct: f64,
    slow_call_duration_s: f64,
    wait_in_open_s: f64,
    permitted_in_half_open: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WindowType {
    CountBased,
    TimeBased,
}

impl Config {
    fn settings(&self) -> BreakerSettings {
        BreakerSettings {
            window: match self.window_type {
                WindowType::CountBased => BreakerWindow::Calls(self.window_size),
                WindowType::TimeBased => BreakerWindow::Seconds(self.window_size),
            },
            minimum_calls: self.minimum_calls,
            failure_rate_threshold_pct: self.failure_rate_threshold_pct,
            slow_call_rate_threshold_pct: self.slow_call_rate_threshold_pct,
            slow_call_duration: seconds(self.slow_call_duration_s),
            wait_in_open: seconds(self.wait_in_open_s),
            permitted_in_half_open: self.permitted_in_half_open,
        }
    }
}

pub(super) fn sequence(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        config: Config,
        ops: Vec<Op>,
    }
    #[derive(Deserialize)]
    struct Op {
        t_s: f64,
        op: Kind,
        #[serde(default)]
        duration_s: f64,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Acquire,
        Success,
        Error,
    }
    let Inputs { config, ops } = read(inputs)?;
    let mut breaker = CircuitBreaker::new(config.settings());
    let mut after_each = Vec::new();
    for Op { t_s, op, duration_s } in ops {
        let (now, lasted) = (at_s(t_s), seconds(duration_s));
        let permitted = match op {
            Kind::Acquire => Some(breaker.acquire(now)),
            Kind::Success => {
                breaker.result(now, true, lasted);
                None
            }
            Kind::Error => {
                breaker.result(now, false, lasted);
                None
            }
        };
        let state = match breaker.state() {
            BreakerState::Closed => "closed",
            BreakerState::Open { .. } => "open",
            BreakerState::HalfOpen { .. } => "half_open",
        };
        after_each.push(match permitted {
            Some(permitted) => json!({ "permitted": permitted, "state": state }),
            None => json!({ "state": state }),
        });
    }
    Ok(json!({ "after_each": after_each }))
}

pub(super) fn consecutive_failures(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        max_failures: u32,
        min_backoff_s: f64,
        max_backoff_s: f64,
        ops: Vec<Op>,
    }
    #[derive(Deserialize)]
    struct Op {
        t_s: f64,
        #[serde(flatten)]
        op: Kind,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "snake_case")]
    enum Kind {
        Response { ok: bool },
        Observe,
    }
    let inputs: Inputs = read(inputs)?;
    let mut breaker = ConsecutiveBreaker::new(ConsecutiveBreakerSettings {
        max_failures: inputs.max_failures,
        min_backoff: seconds(inputs.min_backoff_s),
        max_backoff: seconds(inputs.max_backoff_s),
    });
    let mut states = Vec::new();
    for Op { t_s, op } in inputs.ops {
        let now = at_s(t_s);
        if let Kind::Response { ok } = op {
            breaker.response(now, ok);
        }
        states.push(match breaker.state(now) {
            ConsecutiveState::Open { .. } => "open_for_traffic",
            ConsecutiveState::Shut { .. } => "shut",
            ConsecutiveState::Probation { .. } => "probation",
        });
    }
    Ok(json!({ "state_after_each": states }))
}
