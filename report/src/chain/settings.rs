//! Which setting of the scenario governs a link, as a path for `--set`.

use cusinart_policies::catalogue::build_detector;
use cusinart_policies::membership::SwimSettings;
use cusinart_policies::{Duration, NodeId, ParamValue, PolicySpec, ServiceId};
use cusinart_record::RunRecord;
use cusinart_scenarios::{NodeType, Scenario};

/// Time between two probes, and what they wait for an answer: of the control plane, or of each member where the nodes
/// judge each other.
pub(super) fn probes(scenario: &Scenario) -> (Duration, Duration) {
    let health = &scenario.control.cluster.health;
    match build_detector(&health.detector).ok().and_then(|detector| detector.membership().copied()) {
        Some(SwimSettings { probe_interval, probe_timeout, .. }) => (probe_interval, probe_timeout),
        None => (health.period, health.timeout),
    }
}

/// The setting of the time between two probes.
pub(super) fn probe_period(scenario: &Scenario) -> Option<String> {
    let detector = &scenario.control.cluster.health.detector;
    let own = parameter("control.health_monitor.detector", detector, &["probe_interval"]);
    own.or_else(|| Some("control.health_monitor.period".into()))
}

/// Evidence that the failure detector asks for before it declares a node failed.
pub(super) fn evidence(scenario: &Scenario) -> Option<String> {
    let detector = &scenario.control.cluster.health.detector;
    parameter(
        "control.health_monitor.detector",
        detector,
        &["failures", "threshold", "pause", "suspicion_mult"],
    )
}

/// Good probes that the failure detector asks for before it declares a node healthy.
pub(super) fn good_probes(scenario: &Scenario) -> Option<String> {
    let detector = &scenario.control.cluster.health.detector;
    parameter("control.health_monitor.detector", detector, &["successes"]).or_else(|| probe_period(scenario))
}

/// The value from which on the auto-scaler adds nodes.
pub(super) fn scaling_limit(scenario: &Scenario, service: ServiceId) -> Option<String> {
    let policy = &scenario.control.cluster.services.get(service.index())?.auto_scaler.as_ref()?.policy;
    let by_share = match policy.params.get("metric") {
        Some(ParamValue::Choice(metric)) => metric == "utilization",
        Some(
            ParamValue::Duration(_)
            | ParamValue::Count(_)
            | ParamValue::Ratio(_)
            | ParamValue::Number(_)
            | ParamValue::Flag(_)
            | ParamValue::Text(_),
        )
        | None => true,
    };
    let names: &[&str] = if by_share {
        &["scale_up", "target", "nodes", "times"]
    } else {
        &["per_node_up", "target_per_node", "nodes"]
    };
    parameter("control.auto_scaler.policy", policy, names)
}

/// The step by which the auto-scaler adds nodes, or else its limit.
pub(super) fn scaling_step(scenario: &Scenario, service: ServiceId) -> Option<String> {
    let policy = &scenario.control.cluster.services.get(service.index())?.auto_scaler.as_ref()?.policy;
    parameter("control.auto_scaler.policy", policy, &["step_up"]).or_else(|| scaling_limit(scenario, service))
}

/// A part of `control`.
pub(super) fn control(path: &str) -> Option<String> {
    Some(format!("control.{path}"))
}

/// A field of the type of a service's nodes.
pub(super) fn node_type(scenario: &Scenario, service: ServiceId, field: &str) -> Option<String> {
    Some(format!("node_types.{}.{field}", type_of(scenario, service)?.name))
}

/// The service of a node.
pub(super) fn service_of(record: &RunRecord, node: NodeId) -> Option<ServiceId> {
    record.nodes.get(node.index()).map(|node| node.service)
}

/// Time in which a node without other transfers loads its initial state.
pub(super) fn load_time(scenario: &Scenario, service: ServiceId) -> Duration {
    let Some(kind) = type_of(scenario, service) else { return Duration::ZERO };
    if kind.state_bytes == 0 || kind.bandwidth_bytes_per_s <= 0.0 {
        return Duration::ZERO;
    }
    Duration::from_secs_f64(kind.state_bytes as f64 / kind.bandwidth_bytes_per_s)
}

fn type_of(scenario: &Scenario, service: ServiceId) -> Option<&NodeType> {
    let service = scenario.services.get(service.index())?;
    scenario.node_types.get(service.node_type)
}

/// The first of some parameters that a policy has.
fn parameter(path: &str, policy: &PolicySpec, names: &[&str]) -> Option<String> {
    let name = names.iter().find(|name| policy.params.contains_key(**name))?;
    Some(format!("{path}.{}.{name}", policy.name))
}
