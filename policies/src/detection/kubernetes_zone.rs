//! How fast Kubernetes evicts pods from the nodes of a zone, by how many of them are down.

/// What the node lifecycle controller makes of a zone.
///
/// Source: Kubernetes, `pkg/controller/nodelifecycle`, and the flags of kube-controller-manager for the defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum ZoneState {
    /// Few nodes are down.
    #[default]
    Normal,
    /// More than two are down, and at least a set share of the zone.
    PartialDisruption,
    /// All are down.
    FullDisruption,
}

/// Limits and rates of evictions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneLimits {
    /// Share of nodes down from which on a zone is partially disrupted, 0..=1. Default 0.55.
    pub unhealthy_zone_threshold: f64,
    /// Nodes beyond which a zone is large; from smaller disrupted ones nothing is evicted. Default 50.
    pub large_cluster_size: u32,
    /// Nodes evicted per second. Default 0.1.
    pub eviction_rate_per_s: f64,
    /// Nodes evicted per second from a large zone that is partially disrupted. Default 0.01.
    pub secondary_eviction_rate_per_s: f64,
}

impl Default for ZoneLimits {
    fn default() -> Self {
        Self {
            unhealthy_zone_threshold: 0.55,
            large_cluster_size: 50,
            eviction_rate_per_s: 0.1,
            secondary_eviction_rate_per_s: 0.01,
        }
    }
}

impl ZoneState {
    /// The state of a zone with so many nodes ready and not ready.
    pub fn of(ready: u32, not_ready: u32, limits: &ZoneLimits) -> Self {
        let share = f64::from(not_ready) / (f64::from(ready) + f64::from(not_ready));
        if ready == 0 && not_ready > 0 {
            Self::FullDisruption
        } else if not_ready > 2 && share >= limits.unhealthy_zone_threshold {
            Self::PartialDisruption
        } else {
            Self::Normal
        }
    }

    /// Nodes of such a zone that are evicted per second; `nodes` is its size.
    ///
    /// When every zone is fully disrupted evictions stop altogether: see [`evictions_stop`].
    pub fn eviction_rate_per_s(self, nodes: u32, limits: &ZoneLimits) -> f64 {
        match self {
            Self::Normal | Self::FullDisruption => limits.eviction_rate_per_s,
            Self::PartialDisruption if nodes > limits.large_cluster_size => {
                limits.secondary_eviction_rate_per_s
            }
            Self::PartialDisruption => 0.0,
        }
    }
}

/// Whether nothing is evicted anywhere: there are zones, and all of them are fully disrupted. Then it is more likely the
/// controller that is cut off.
pub fn evictions_stop(mut zones: impl Iterator<Item = ZoneState>) -> bool {
    let is_full = |zone| zone == ZoneState::FullDisruption;
    zones.next().is_some_and(is_full) && zones.all(is_full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evictions_stop_only_when_all_zones_are_down() {
        use ZoneState::{FullDisruption, Normal, PartialDisruption};
        assert!(evictions_stop([FullDisruption; 3].into_iter()));
        assert!(!evictions_stop([FullDisruption, PartialDisruption].into_iter()));
        assert!(!evictions_stop([Normal].into_iter()));
        assert!(!evictions_stop([].into_iter()));
    }

    #[test]
    fn an_empty_zone_is_normal_and_a_small_disrupted_one_evicts_nothing() {
        let limits = ZoneLimits::default();
        assert_eq!(ZoneState::of(0, 0, &limits), ZoneState::Normal);
        let state = ZoneState::of(1, 3, &limits);
        assert_eq!(state, ZoneState::PartialDisruption);
        assert!(state.eviction_rate_per_s(4, &limits).abs() < f64::EPSILON);
        assert!(state.eviction_rate_per_s(51, &limits) > 0.0);
    }
}
