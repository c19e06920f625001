//! Adapters of the vectors of node remediation.

use super::super::Family;
use super::super::reading::{NodeAmount, at_s, in_seconds, read, seconds};
use cusinart_policies::recovery::{
    ConditionStatus, HealthyMin, NodeCondition, PeerAnswers, PeerVerdict, SafeReboot, StormGate,
    UnhealthyRule, escalate, is_unhealthy, peer_verdict,
};
use cusinart_policies::{Duration, GateConfig, Instant};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family = &[
    ("nhc.gate", gate),
    ("nhc.storm", storm),
    ("nhc.unhealthy", unhealthy),
    ("nhc.escalation", escalation),
    ("snr.safe_reboot_time", safe_reboot_time),
    ("snr.peer_verdict", snr_peer_verdict),
];

#[derive(Deserialize)]
struct Least {
    selected_nodes: u32,
    min_healthy: Option<NodeAmount>,
    max_unhealthy: Option<NodeAmount>,
}

impl Least {
    fn nodes(&self) -> u32 {
        let least = match (self.min_healthy, self.max_unhealthy) {
            (Some(least), _) => HealthyMin::AtLeast(least.0),
            (None, Some(most)) => HealthyMin::AllBut(most.0),
            (None, None) => GateConfig::default().healthy_min,
        };
        least.of(self.selected_nodes)
    }
}

fn gate(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        #[serde(flatten)]
        least: Least,
        healthy_nodes: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let least = inputs.least.nodes();
    let allowed = StormGate::new(None).observe(Instant::ZERO, inputs.healthy_nodes, least);
    Ok(json!({ "min_healthy_nodes": least, "remediation_allowed": allowed }))
}

fn storm(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        #[serde(flatten)]
        least: Least,
        storm_cooldown_s: Option<f64>,
        observations: Vec<Observation>,
    }
    #[derive(Deserialize)]
    struct Observation {
        t_s: f64,
        healthy_nodes: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let least = inputs.least.nodes();
    let mut gate = StormGate::new(inputs.storm_cooldown_s.map(seconds));
    let mut after_each = Vec::new();
    for observation in &inputs.observations {
        let allowed = gate.observe(at_s(observation.t_s), observation.healthy_nodes, least);
        after_each.push(json!({
            "t_s": observation.t_s,
            "storm_active": gate.is_storm(),
            "cooldown": gate.cooldown_end().is_some(),
            "new_remediation_allowed": allowed,
        }));
    }
    Ok(json!({ "after_each": after_each }))
}

fn unhealthy(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        ready_condition: Status,
        since_s: f64,
        now_s: f64,
        rules: Vec<Rule>,
    }
    #[derive(Deserialize)]
    struct Rule {
        #[serde(rename = "type", default = "ready")]
        kind: String,
        status: Status,
        duration_s: f64,
    }
    #[derive(Clone, Copy, Deserialize)]
    enum Status {
        True,
        False,
        Unknown,
    }
    let of_policy = |status: Status| match status {
        Status::True => ConditionStatus::True,
        Status::False => ConditionStatus::False,
        Status::Unknown => ConditionStatus::Unknown,
    };
    let inputs: Inputs = read(inputs)?;
    let kind = ready();
    let condition =
        NodeCondition { kind: &kind, status: of_policy(inputs.ready_condition), since: at_s(inputs.since_s) };
    let rules: Vec<UnhealthyRule<'_>> = inputs
        .rules
        .iter()
        .map(|rule| UnhealthyRule {
            kind: &rule.kind,
            status: of_policy(rule.status),
            duration: seconds(rule.duration_s),
        })
        .collect();
    Ok(json!({ "unhealthy": is_unhealthy(at_s(inputs.now_s), &condition, &rules) }))
}

/// The condition that the vectors are about.
fn ready() -> String {
    "Ready".into()
}

fn escalation(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        remediations_in_order: Vec<Remediator>,
        started_at_s: f64,
        node_healthy_at_s: Option<f64>,
    }
    #[derive(Deserialize)]
    struct Remediator {
        name: String,
        timeout_s: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let remediators = &inputs.remediations_in_order;
    let timeouts: Vec<Duration> = remediators.iter().map(|one| seconds(one.timeout_s)).collect();
    let escalation = escalate(&timeouts, at_s(inputs.started_at_s), inputs.node_healthy_at_s.map(at_s));
    let phases = remediators.iter().zip(&escalation.phases).map(
        |(one, phase)| json!({ "remediator": one.name, "from_s": in_s(phase.from), "to_s": in_s(phase.to) }),
    );
    let outcome = if escalation.healthy { "healthy" } else { "failed" };
    Ok(json!({ "phases": phases.collect::<Vec<_>>(), "outcome": outcome }))
}

fn safe_reboot_time(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        api_check_interval_s: f64,
        api_server_timeout_s: f64,
        max_api_error_threshold: u32,
        peer_dial_timeout_s: f64,
        peer_request_timeout_s: f64,
        watchdog_timeout_s: Option<f64>,
        worker_nodes: u32,
        configured_safe_time_s: Option<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let times = SafeReboot {
        api_check_interval: seconds(inputs.api_check_interval_s),
        api_server_timeout: seconds(inputs.api_server_timeout_s),
        api_errors_max: inputs.max_api_error_threshold,
        peer_dial_timeout: seconds(inputs.peer_dial_timeout_s),
        peer_request_timeout: seconds(inputs.peer_request_timeout_s),
        watchdog_timeout: inputs.watchdog_timeout_s.map_or(Duration::ZERO, seconds),
    };
    let workers = inputs.worker_nodes;
    Ok(json!({
        "peer_batches": SafeReboot::peer_batches(workers),
        "calculated_minimum_s": in_seconds(times.minimum(workers)),
        "used_s": in_seconds(times.used(workers, inputs.configured_safe_time_s.map(seconds))),
    }))
}

fn snr_peer_verdict(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        peers: u32,
        consecutive_api_errors: u32,
        error_threshold: u32,
        #[serde(default)]
        batch_responses: Vec<Answers>,
    }
    #[derive(Deserialize)]
    struct Answers {
        #[serde(default)]
        healthy: u32,
        #[serde(default)]
        unhealthy: u32,
        #[serde(default)]
        api_error: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let batches: Vec<PeerAnswers> = inputs
        .batch_responses
        .into_iter()
        .map(|Answers { healthy, unhealthy, api_error }| PeerAnswers {
            healthy,
            unhealthy,
            api_errors: api_error,
        })
        .collect();
    let verdict = peer_verdict(inputs.consecutive_api_errors, inputs.error_threshold, inputs.peers, &batches);
    let verdict = match verdict {
        PeerVerdict::BelowErrorThreshold => "healthy_below_error_threshold",
        PeerVerdict::HealthyByPeer => "healthy_peer_says_so",
        PeerVerdict::UnhealthyByPeer => "unhealthy_peer_says_so",
        PeerVerdict::ApiUnreachable => "healthy_most_peers_cannot_reach_api",
        PeerVerdict::Undecided => "undecided_ask_isolation_timer",
    };
    Ok(json!({ "verdict": verdict }))
}

fn in_s(at: Instant) -> f64 {
    in_seconds(at.since(Instant::ZERO))
}
