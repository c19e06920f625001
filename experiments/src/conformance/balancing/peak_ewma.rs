//! Peak-sensitive latencies.

use crate::conformance::reading::{MILLISECOND_NS, millis, read, yes};
use cusinart_policies::balancing::{PeakEwmaRule, PeakLatency};
use cusinart_policies::{Duration, Instant};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Load,
    Start,
    End,
}

/// A node with its requests.
struct Node {
    rule: PeakEwmaRule,
    latency: PeakLatency,
    started: BTreeMap<String, Instant>,
}

impl Node {
    fn new(rule: PeakEwmaRule) -> Self {
        Self { rule, latency: rule.start(Instant::ZERO), started: BTreeMap::new() }
    }

    /// The cost in nanoseconds, if it is asked for.
    fn step(&mut self, now: Instant, op: Op, request: Option<&String>) -> Result<Option<f64>, String> {
        let named = || request.ok_or_else(|| "no request, expected its name".to_string());
        match op {
            Op::Load => {
                let pending = self.started.len() as u32;
                return Ok(Some(self.rule.cost_ns(&mut self.latency, now, pending)));
            }
            Op::Start => {
                self.started.insert(named()?.clone(), now);
            }
            Op::End => {
                let name = named()?;
                let start = self
                    .started
                    .remove(name)
                    .ok_or_else(|| format!("the end of {name:?}, which did not start"))?;
                self.rule.update(&mut self.latency, now, now.since(start));
            }
        }
        Ok(None)
    }
}

pub(super) fn tower(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        default_rtt_ms: f64,
        decay_ms: f64,
        ops: Vec<At>,
    }
    #[derive(Deserialize)]
    struct At {
        t_ms: f64,
        op: Op,
        request: Option<String>,
        #[serde(default = "yes")]
        is_last: bool,
    }
    let inputs: Inputs = read(inputs)?;
    let mut node = Node::new(PeakEwmaRule::tower(millis(inputs.decay_ms), millis(inputs.default_rtt_ms)));
    let mut costs = Vec::new();
    for At { t_ms, op, request, is_last } in &inputs.ops {
        let cost_ns = node.step(Instant::ZERO + millis(*t_ms), *op, request.as_ref())?;
        if let Some(cost_ns) = cost_ns.filter(|_| *is_last) {
            costs.push(json!({ "t_ms": t_ms, "cost_ms": cost_ns / MILLISECOND_NS }));
        }
    }
    Ok(json!({ "costs": costs }))
}

pub(super) fn finagle(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        decay_ns: u64,
        ops: Vec<At>,
    }
    #[derive(Deserialize)]
    struct At {
        t_ns: u64,
        op: Op,
        request: Option<String>,
        #[serde(default = "yes")]
        is_last: bool,
    }
    let inputs: Inputs = read(inputs)?;
    let mut node = Node::new(PeakEwmaRule::finagle(Duration::from_nanos(inputs.decay_ns)));
    let mut costs = Vec::new();
    for At { t_ns, op, request, is_last } in &inputs.ops {
        let cost_ns = node.step(Instant::from_nanos(*t_ns), *op, request.as_ref())?;
        if let Some(cost_ns) = cost_ns.filter(|_| *is_last) {
            costs.push(json!({ "t_ns": t_ns, "cost_ns": cost_ns }));
        }
    }
    Ok(json!({ "costs": costs }))
}
