//! Configurations the tests share.

use cusinart_policies::{
    AutoScalerConfig, ClusterConfig, HealthConfig, Labels, NodeManagerConfig, RecoveryConfig, ServiceConfig,
    ShardId, StateConfig, ZoneId,
};

/// One service in three zones, everything at its default.
pub(crate) fn web() -> ClusterConfig {
    ClusterConfig {
        zones: 3,
        services: vec![service("web")],
        health: HealthConfig::default(),
        recovery: RecoveryConfig::default(),
        nodes: NodeManagerConfig::default(),
    }
}

/// The same service with the auto-scaler on.
pub(crate) fn scaled(min: u32, max: u32) -> ClusterConfig {
    let mut config = web();
    config.services[0].auto_scaler = Some(AutoScalerConfig { min, max, ..AutoScalerConfig::default() });
    config
}

/// One service with 6 shards of so many replicas each, which go with a node's process.
pub(crate) fn stateful(replicas: u32) -> ClusterConfig {
    let mut config = web();
    config.services[0].name = "store".into();
    config.services[0].state = Some(state(0, replicas));
    config
}

pub(crate) fn state(first: u32, replicas: u32) -> StateConfig {
    StateConfig { first: ShardId(first), shards: 6, replicas, survives_restart: false, transfers_at_once: 2 }
}

pub(crate) fn service(name: &str) -> ServiceConfig {
    ServiceConfig {
        name: name.into(),
        zones: (0..3).map(ZoneId).collect(),
        labels: Labels::NONE,
        balancer: Default::default(),
        auto_scaler: None,
        state: None,
    }
}
