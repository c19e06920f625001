//! `cluster.toml`: the control plane without a simulated world.

use super::{RawAutoScaler, RawControl, RawLoadBalancer, Switch};
use crate::read::{At, Many, Name, Named};
use crate::section::section;
use std::num::NonZeroU32;

section! {
    /// A cluster: zones, services and the control plane.
    RawCluster: "a cluster" {
        /// Names of the zones.
        zones: Many<At<Name>>,
        /// Services, by name.
        services: Named<RawClusterService>,
        /// The control plane. Default: all its defaults, without auto-scaling.
        control: Option<RawControl>,
    }
}

section! {
    /// A service of the cluster.
    RawClusterService: "a service" {
        /// Zones its nodes live in. Default: all.
        zones: Option<Many<At<Name>>>,
        /// Labels its nodes carry. Default: none.
        labels: Option<Vec<At<Name>>>,
        /// Replicated state. Default: none.
        state: Option<RawClusterState>,
        /// How requests are spread over its nodes. Default: as in `control`.
        load_balancer: Option<RawLoadBalancer>,
        /// Scaling of its number of nodes, or `off`. Default: as in `control`.
        auto_scaler: Option<Switch<RawAutoScaler>>,
    }
}

section! {
    /// Replicated state of a service.
    RawClusterState: "replicated state" {
        /// Number of shards.
        shards: At<NonZeroU32>,
        /// Replicas of each shard, on different nodes. Default 3.
        replicas: Option<At<NonZeroU32>>,
        /// Whether a node still holds its replicas after a crash and restart. Default true.
        survives_restart: Option<At<bool>>,
    }
}
