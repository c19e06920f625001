//! Adapters of the vectors of failure detection.

mod breakers;
mod counters;
mod kubernetes;
mod outlier;
mod phi;
mod swim;
mod timeline;

use super::Family;

pub(super) const ADAPTERS: Family = &[
    ("circuit_breaker.consecutive_failures", breakers::consecutive_failures),
    ("circuit_breaker.sequence", breakers::sequence),
    ("consul.status_handler", counters::consul_status_handler),
    ("deadline.timeline", counters::deadline_timeline),
    ("envoy_outlier.ejection_duration", outlier::ejection_duration),
    ("envoy_outlier.failure_percentage", outlier::failure_percentage),
    ("envoy_outlier.jitter", outlier::jitter),
    ("envoy_outlier.max_ejection_percent", outlier::max_ejection_percent),
    ("envoy_outlier.success_rate_threshold", outlier::success_rate),
    ("envoy_outlier.timeline", outlier::timeline),
    ("haproxy.rise_fall", counters::haproxy_rise_fall),
    ("k8s_node_lifecycle.detection", kubernetes::node_detection),
    ("k8s_node_lifecycle.zone_state", kubernetes::zone_state),
    ("k8s_probe.sequence", kubernetes::probe_sequence),
    ("k8s_probe.timeline", kubernetes::probe_timeline),
    ("phi_accrual_exponential.detection_time", phi::exponential_detection_time),
    ("phi_accrual_exponential.phi", phi::exponential_phi),
    ("phi_accrual_exponential.timeline", phi::exponential_timeline),
    ("phi_accrual_exponential.window", phi::exponential_window),
    ("phi_accrual_normal.detection_time", phi::normal_detection_time),
    ("phi_accrual_normal.history", phi::normal_history),
    ("phi_accrual_normal.phi", phi::normal_phi),
    ("phi_accrual_normal.timeline", phi::normal_timeline),
    ("swim.awareness", swim::awareness),
    ("swim.awareness_delta", swim::awareness_delta),
    ("swim.foca_suspicion", swim::foca_suspicion),
    ("swim.push_pull_scale", swim::push_pull_scale),
    ("swim.retransmit_limit", swim::retransmit_limit),
    ("swim.suspicion_min", swim::suspicion_min),
    ("swim.suspicion_parameters", swim::suspicion_parameters),
    ("swim.suspicion_remaining", swim::suspicion_remaining),
    ("swim.suspicion_timer", swim::suspicion_timer),
];
