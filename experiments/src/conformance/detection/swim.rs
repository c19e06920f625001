//! Adapters of SWIM.

use crate::conformance::reading::{MILLISECOND_NS, at_ms, in_millis, in_seconds, millis, read, seconds};
use cusinart_policies::detection::swim::{self, Awareness, Suspicion, SuspicionLimits};
use cusinart_policies::{Duration, Instant, MemberId};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn suspicion_min(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        suspicion_mult: u32,
        cluster_size: u32,
        probe_interval_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let interval = millis(inputs.probe_interval_ms);
    let min = swim::suspicion_min(inputs.suspicion_mult, inputs.cluster_size, interval);
    Ok(json!({ "min_timeout_ms": in_millis(min) }))
}

pub(super) fn suspicion_parameters(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        suspicion_mult: u32,
        suspicion_max_timeout_mult: u32,
        cluster_size: u32,
        probe_interval_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let limits = SuspicionLimits::of(
        inputs.suspicion_mult,
        inputs.suspicion_max_timeout_mult,
        inputs.cluster_size,
        millis(inputs.probe_interval_ms),
    );
    Ok(json!({
        "k": limits.confirmations,
        "min_ms": in_millis(limits.min),
        "max_ms": in_millis(limits.max),
        "initial_timeout_ms": in_millis(limits.initial()),
    }))
}

#[derive(Deserialize)]
struct Limits {
    k: i64,
    min_ms: f64,
    max_ms: f64,
}

impl Limits {
    fn limits(&self) -> SuspicionLimits {
        SuspicionLimits { confirmations: self.k, min: millis(self.min_ms), max: millis(self.max_ms) }
    }
}

pub(super) fn suspicion_remaining(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        confirmations: u32,
        elapsed_ms: f64,
        #[serde(flatten)]
        limits: Limits,
    }
    let inputs: Inputs = read(inputs)?;
    let remaining = inputs.limits.limits().remaining_ns(inputs.confirmations, millis(inputs.elapsed_ms));
    Ok(json!({ "remaining_ms": remaining as f64 / MILLISECOND_NS }))
}

pub(super) fn suspicion_timer(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        #[serde(flatten)]
        limits: Limits,
        suspecting_node: String,
        confirmations: Vec<Confirmation>,
    }
    #[derive(Deserialize)]
    struct Confirmation {
        t_ms: f64,
        from: String,
    }
    let inputs: Inputs = read(inputs)?;
    // Nodes by the order in which they appear; the accuser is the first.
    let mut names = vec![inputs.suspecting_node];
    let mut suspicion = Suspicion::new(Instant::ZERO, MemberId(0), inputs.limits.limits());
    let mut accepted = Vec::new();
    for Confirmation { t_ms, from } in inputs.confirmations {
        let known = names.iter().position(|name| *name == from);
        let index = known.unwrap_or(names.len());
        if known.is_none() {
            names.push(from);
        }
        let from = MemberId(u32::try_from(index).map_err(|error| error.to_string())?);
        accepted.push(suspicion.confirm(at_ms(t_ms), from));
    }
    Ok(json!({
        "accepted": accepted,
        "confirmations_counted": suspicion.confirmations(),
        "fires_at_ms": in_millis(suspicion.fires().since(Instant::ZERO)),
    }))
}

pub(super) fn awareness(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        max_multiplier: u32,
        deltas: Vec<i32>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut awareness = Awareness::new(inputs.max_multiplier);
    let mut after_each = Vec::new();
    for delta in inputs.deltas {
        awareness.apply(delta);
        let scaled = in_millis(awareness.scaled(Duration::from_secs(1)));
        after_each.push(json!({ "score": awareness.score(), "scaled_1s_ms": scaled }));
    }
    Ok(json!({ "after_each": after_each }))
}

pub(super) fn awareness_delta(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        probe_acked: bool,
        indirect_peers_expected_to_nack: u32,
        nacks_received: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let (expected, received) = (inputs.indirect_peers_expected_to_nack, inputs.nacks_received);
    Ok(json!({ "delta": swim::awareness_delta(inputs.probe_acked, expected, received) }))
}

pub(super) fn retransmit_limit(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        retransmit_mult: u32,
        cluster_size: u32,
    }
    let inputs: Inputs = read(inputs)?;
    Ok(json!({ "limit": swim::retransmit_limit(inputs.retransmit_mult, inputs.cluster_size) }))
}

pub(super) fn push_pull_scale(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        interval_ms: f64,
        cluster_size: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let scaled = swim::push_pull_interval(millis(inputs.interval_ms), inputs.cluster_size);
    Ok(json!({ "scaled_ms": in_millis(scaled) }))
}

pub(super) fn foca_suspicion(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        cluster_size: u32,
        probe_period_s: f64,
        multiplier: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let period = seconds(inputs.probe_period_s);
    let down = swim::foca_suspicion(inputs.multiplier, inputs.cluster_size, period);
    Ok(json!({ "suspect_to_down_s": in_seconds(down) }))
}
