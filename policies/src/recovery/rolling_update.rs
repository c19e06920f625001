//! How far a rolling update may go beyond and below the number of nodes.

use super::CountOrPercent;

/// Limits of the number of nodes during a rolling update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollingBounds {
    /// Most nodes at once, old and new.
    pub total_max: u32,
    /// Fewest nodes that serve.
    pub available_min: u32,
}

/// The limits for `replicas` nodes (Kubernetes, `Deployment` with `RollingUpdate`): a share of surge is rounded up, one of
/// unavailable nodes down; if both come to nothing, one node may be unavailable, or the update could not go on.
pub fn rolling_bounds(replicas: u32, surge: CountOrPercent, unavailable: CountOrPercent) -> RollingBounds {
    let surge = surge.of_rounded_up(replicas);
    let unavailable = match unavailable.of_rounded_down(replicas) {
        0 if surge == 0 => 1,
        unavailable => unavailable,
    };
    RollingBounds {
        total_max: replicas.saturating_add(surge),
        available_min: replicas.saturating_sub(unavailable),
    }
}
