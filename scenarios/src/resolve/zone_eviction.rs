//! How fast nodes that nothing helped are replaced.

use crate::raw::RawZoneEviction;
use cusinart_policies::detection::ZoneLimits;

/// The limits as written, the defaults of Kubernetes elsewhere.
pub(super) fn zone_eviction(raw: &RawZoneEviction) -> ZoneLimits {
    let default = ZoneLimits::default();
    ZoneLimits {
        unhealthy_zone_threshold: raw
            .unhealthy_zone_threshold
            .map_or(default.unhealthy_zone_threshold, |at| at.value.0),
        large_cluster_size: raw.large_cluster_size.map_or(default.large_cluster_size, |at| at.value),
        eviction_rate_per_s: raw.eviction_rate.map_or(default.eviction_rate_per_s, |at| at.value.0),
        secondary_eviction_rate_per_s: raw
            .secondary_eviction_rate
            .map_or(default.secondary_eviction_rate_per_s, |at| at.value.0),
    }
}
