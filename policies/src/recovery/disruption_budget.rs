//! How many nodes may be taken away on purpose.

use super::HealthyMin;

/// The disruptions that a budget allows now (Kubernetes, `PodDisruptionBudget`): the healthy nodes above what must stay
/// healthy of `expected`, none while nothing is expected.
pub fn disruptions_allowed(least: HealthyMin, expected: u32, healthy: u32) -> u32 {
    if expected == 0 { 0 } else { healthy.saturating_sub(least.of(expected)) }
}
