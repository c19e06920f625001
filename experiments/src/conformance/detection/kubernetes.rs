//! Adapters of the probes and of the node lifecycle controller of Kubernetes.

use crate::conformance::reading::{at_s, in_seconds, read, seconds};
use cusinart_policies::detection::{
    NodeMonitor, ProbeResult, ProbeSpec, ProbeType, ProbeWorker, ZoneLimits, ZoneState,
};
use cusinart_policies::{Duration, Instant};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Liveness,
    Readiness,
    Startup,
}

impl From<Kind> for ProbeType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Liveness => Self::Liveness,
            Kind::Readiness => Self::Readiness,
            Kind::Startup => Self::Startup,
        }
    }
}

#[derive(Deserialize)]
struct Spec {
    #[serde(default)]
    initial_delay_s: f64,
    period_s: f64,
    timeout_s: f64,
    failure_threshold: u32,
    success_threshold: u32,
}

pub(super) fn probe_sequence(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        probe_type: Kind,
        failure_threshold: u32,
        success_threshold: u32,
        initially_started: bool,
        steps: Vec<Step>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Step {
        Success,
        Failure,
        NewContainer,
        MarkStarted,
    }
    #[derive(Serialize)]
    struct Row {
        result: &'static str,
        result_run: u32,
        on_hold: bool,
    }
    let inputs: Inputs = read(inputs)?;
    let spec = ProbeSpec {
        failure_threshold: inputs.failure_threshold,
        success_threshold: inputs.success_threshold,
        ..ProbeSpec::default()
    };
    let mut worker = ProbeWorker::new(inputs.probe_type.into(), &spec, inputs.initially_started);
    let after = |step: &Step| {
        match step {
            Step::Success => worker.outcome(true),
            Step::Failure => worker.outcome(false),
            Step::NewContainer => worker.new_container(),
            Step::MarkStarted => worker.mark_started(),
        }
        Row { result: word(worker.result()), result_run: worker.run(), on_hold: worker.is_on_hold() }
    };
    let rows: Vec<Row> = inputs.steps.iter().map(after).collect();
    Ok(json!({ "after_each_step": rows }))
}

pub(super) fn probe_timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        probe_type: Kind,
        spec: Spec,
        container_started_at_s: f64,
        worker_started_at_s: f64,
        unhealthy_from_s: f64,
        unhealthy_to_s: f64,
        failure_mode: Mode,
        horizon_s: f64,
        startup_done: bool,
    }
    #[derive(Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        ImmediateError,
        HangUntilTimeout,
    }
    let inputs: Inputs = read(inputs)?;
    let spec = ProbeSpec {
        initial_delay: seconds(inputs.spec.initial_delay_s),
        period: seconds(inputs.spec.period_s),
        timeout: seconds(inputs.spec.timeout_s),
        failure_threshold: inputs.spec.failure_threshold,
        success_threshold: inputs.spec.success_threshold,
    };
    if spec.period.is_zero() {
        return Err("a period of 0".into());
    }
    let (container, started) = (at_s(inputs.container_started_at_s), at_s(inputs.worker_started_at_s));
    let bad = at_s(inputs.unhealthy_from_s)..at_s(inputs.unhealthy_to_s);
    let horizon = at_s(inputs.horizon_s);
    let mut worker = ProbeWorker::new(inputs.probe_type.into(), &spec, inputs.startup_done);
    let mut changes = Vec::new();
    let ticks = (0..).map(|index| spec.tick(started, index)).take_while(|tick| *tick <= horizon);
    for tick in ticks.filter(|tick| !spec.is_idle(container, *tick)) {
        let (before, good) = (worker.result(), !bad.contains(&tick));
        worker.outcome(good);
        if worker.result() != before {
            let hangs = !good && inputs.failure_mode == Mode::HangUntilTimeout;
            let published = if hangs { tick + spec.timeout } else { tick };
            changes.push(json!({ "t_s": since_start(published), "result": word(worker.result()) }));
        }
    }
    Ok(json!({ "published_result_changes": changes }))
}

pub(super) fn zone_state(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        ready_nodes: u32,
        not_ready_nodes: u32,
        unhealthy_zone_threshold: f64,
        large_cluster_size_threshold: u32,
        node_eviction_rate_per_s: f64,
        secondary_node_eviction_rate_per_s: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let limits = ZoneLimits {
        unhealthy_zone_threshold: inputs.unhealthy_zone_threshold,
        large_cluster_size: inputs.large_cluster_size_threshold,
        eviction_rate_per_s: inputs.node_eviction_rate_per_s,
        secondary_eviction_rate_per_s: inputs.secondary_node_eviction_rate_per_s,
    };
    let state = ZoneState::of(inputs.ready_nodes, inputs.not_ready_nodes, &limits);
    let word = match state {
        ZoneState::Normal => "normal",
        ZoneState::PartialDisruption => "partial_disruption",
        ZoneState::FullDisruption => "full_disruption",
    };
    let nodes = inputs.ready_nodes.saturating_add(inputs.not_ready_nodes);
    Ok(json!({ "state": word, "taint_rate_per_s": state.eviction_rate_per_s(nodes, &limits) }))
}

pub(super) fn node_detection(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        last_lease_renewal_s: f64,
        node_monitor_grace_period_s: f64,
        node_monitor_period_s: f64,
        controller_phase_s: f64,
        toleration_seconds: Option<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let monitor = NodeMonitor {
        grace_period: seconds(inputs.node_monitor_grace_period_s),
        period: seconds(inputs.node_monitor_period_s),
        phase: at_s(inputs.controller_phase_s),
    };
    let renewal = at_s(inputs.last_lease_renewal_s);
    let evicted = |toleration| since_start(monitor.evicted_at(renewal, seconds(toleration)));
    Ok(json!({
        "observed_renewal_at_s": since_start(monitor.observed_at(renewal)),
        "marked_unknown_at_s": since_start(monitor.marked_at(renewal)),
        "pods_evicted_at_s": inputs.toleration_seconds.map(evicted),
    }))
}

fn word(result: ProbeResult) -> &'static str {
    match result {
        ProbeResult::Success => "success",
        ProbeResult::Failure => "failure",
        ProbeResult::Unknown => "unknown",
    }
}

fn since_start(at: Instant) -> f64 {
    let elapsed: Duration = at.since(Instant::ZERO);
    in_seconds(elapsed)
}
