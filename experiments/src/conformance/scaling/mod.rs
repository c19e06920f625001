//! Adapters of the scaling vectors.

mod hpa_cycle;
mod hpa_pace;
mod hpa_pods;
mod kpa;
mod others;

use super::Family;
use super::reading::seconds;
use cusinart_policies::{Duration, Instant};

pub(super) const ADAPTERS: Family = &[
    ("hpa.pod_groups", hpa_pods::pod_groups),
    ("hpa.replicas", hpa_pods::one_metric),
    ("hpa.rate_limit", hpa_pace::limit),
    ("hpa.legacy_clamp", hpa_pace::clamp),
    ("hpa.stabilize_legacy", hpa_pace::stabilize_legacy),
    ("hpa.stabilize", hpa_pace::stabilize),
    ("hpa.scale_events", hpa_pace::scale_events),
    ("hpa.reconcile", hpa_cycle::reconcile),
    ("hpa.sequence", hpa_cycle::sequence),
    ("kpa.decide", kpa::decide),
    ("kpa.target", kpa::target),
    ("kpa.window_average", kpa::window_average),
    ("keda.activation", others::activation),
    ("keda.fallback", others::fallback),
    ("vpa.decaying_percentile", others::decaying_percentile),
    ("aws.step_scaling", others::step_scaling),
];

/// The moment of a decision whose inputs are told by their age: 292 years after the start, so that any age fits.
const NOW: Instant = Instant::from_nanos(u64::MAX / 2);

/// So many seconds before the decision.
fn ago(age_s: f64) -> Instant {
    NOW - seconds(age_s)
}

/// A time of seconds, if there is one.
fn maybe_seconds(secs: Option<f64>) -> Option<Duration> {
    secs.map(seconds)
}
