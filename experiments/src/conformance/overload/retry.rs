//! Adapters of the vectors of retries: budgets, throttles and pauses.

use super::super::Family;
use super::super::reading::{MILLISECOND_NS, at_ms, millis, read, seconds, yes};
use cusinart_policies::Instant;
use cusinart_policies::overload::{
    FinagleBudget, GrpcBackoff, GrpcThrottle, RetryDecision, TowerBackoff, TowerBudget,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family = &[
    ("retry_budget.finagle_frozen", finagle_frozen),
    ("retry_budget.tower_tps", tower_tps),
    ("retry_budget.grpc_throttle", grpc_throttle),
    ("retry_backoff.grpc", grpc_backoff),
    ("retry_backoff.tower", tower_backoff),
];

fn finagle_frozen(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        ttl_s: f64,
        min_retries_per_s: u32,
        percent_can_retry: f64,
        requests_each_followed_by_a_retry_attempt: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let now = Instant::ZERO;
    let mut budget =
        FinagleBudget::new(now, seconds(inputs.ttl_s), inputs.min_retries_per_s, inputs.percent_can_retry);
    let initial = budget.balance(now);
    let mut granted = 0;
    for _ in 0..inputs.requests_each_followed_by_a_retry_attempt {
        budget.deposit(now);
        granted += u32::from(budget.try_withdraw(now));
    }
    Ok(json!({
        "deposit": budget.deposit_tokens(),
        "withdrawal": budget.withdrawal_tokens(),
        "initial_balance": initial,
        "retries_granted": granted,
        "final_balance": budget.balance(now),
    }))
}

fn tower_tps(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        ttl_ms: f64,
        min_per_s: u32,
        retry_percent: f64,
        ops: Vec<Op>,
    }
    #[derive(Deserialize)]
    struct Op {
        t_ms: f64,
        #[serde(default = "yes")]
        is_last: bool,
        op: OpKind,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum OpKind {
        Deposit,
        Withdraw,
    }
    let inputs: Inputs = read(inputs)?;
    // The time of the first operation may be any; the budget is made at the start of the clock.
    let mut budget =
        TowerBudget::new(Instant::ZERO, millis(inputs.ttl_ms), inputs.min_per_s, inputs.retry_percent);
    let mut withdrawals = Vec::new();
    for op in &inputs.ops {
        let now = at_ms(op.t_ms);
        match op.op {
            OpKind::Deposit => budget.deposit(now),
            OpKind::Withdraw => {
                let granted = budget.try_withdraw(now);
                withdrawals.extend(op.is_last.then_some(granted));
            }
        }
    }
    Ok(json!({ "withdrawals": withdrawals }))
}

fn grpc_throttle(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        max_tokens: f64,
        token_ratio: f64,
        max_attempts: u32,
        rpc_attempt_outcomes: Vec<Vec<Outcome>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Outcome {
        Ok,
        Fail,
    }
    let inputs: Inputs = read(inputs)?;
    let mut throttle = GrpcThrottle::new(inputs.max_tokens, inputs.token_ratio);
    let mut after_each = Vec::new();
    for outcomes in inputs.rpc_attempt_outcomes {
        let mut attempts = 0;
        let stop = outcomes.into_iter().find_map(|outcome| {
            attempts += 1;
            match outcome {
                Outcome::Ok => {
                    throttle.succeeded();
                    Some("ok")
                }
                Outcome::Fail => match throttle.failed(attempts, inputs.max_attempts) {
                    RetryDecision::Retry => None,
                    RetryDecision::Throttled => Some("unavailable_throttled"),
                    RetryDecision::AttemptsExhausted => Some("unavailable_attempts"),
                },
            }
        });
        let result = stop.ok_or("an RPC whose outcomes end before it stops")?;
        after_each.push(json!({ "result": result, "attempts": attempts, "tokens_after": throttle.tokens() }));
    }
    Ok(json!({ "after_each_rpc": after_each }))
}

fn grpc_backoff(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        initial_ms: f64,
        max_ms: f64,
        multiplier: f64,
        retries_since_pushback: u32,
        u01: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let backoff = GrpcBackoff {
        initial: millis(inputs.initial_ms),
        multiplier: inputs.multiplier,
        max: millis(inputs.max_ms),
    };
    let pause_ns = backoff.pause_ns(inputs.retries_since_pushback, inputs.u01);
    Ok(json!({ "delay_ms": pause_ns / MILLISECOND_NS }))
}

fn tower_backoff(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        min_ms: f64,
        max_ms: f64,
        iteration: u32,
        jitter: f64,
        u01: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let backoff =
        TowerBackoff { min: millis(inputs.min_ms), max: millis(inputs.max_ms), jitter: inputs.jitter };
    Ok(json!({ "delay_ms": backoff.pause_ns(inputs.iteration, inputs.u01) / MILLISECOND_NS }))
}
