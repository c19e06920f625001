//! Failures of nodes and what is done about them.

use crate::world::play;
use cusinart_policies::{
    ClusterConfig, HealthConfig, NodeManagerConfig, RecoveryConfig, ServiceConfig, ZoneId,
};
use expect_test::{Expect, expect};

#[test]
fn a_crashed_node_is_redirected_and_restarted() {
    check("12s crash n1", "2m", &expect![[r""]]);
}

#[test]
fn a_hung_node_is_found_by_timeouts() {
    check("12s hang n1", "2m", &expect![[r""]]);
}

#[test]
fn a_node_that_nothing_helps_is_replaced_in_a_zone_that_has_power() {
    check("12s dark n1\n12s refuse z1\n12s dark n4", "5m", &expect![[r""]]);
}

fn config() -> ClusterConfig {
    ClusterConfig {
        zones: 3,
        services: vec![ServiceConfig {
            name: "web".into(),
            zones: (0..3).map(ZoneId).collect(),
            labels: Default::default(),
            balancer: Default::default(),
            auto_scaler: None,
            state: None,
        }],
        health: HealthConfig::default(),
        recovery: RecoveryConfig::default(),
        nodes: NodeManagerConfig::default(),
    }
}

fn check(script: &str, until: &str, expected: &Expect) {
    expected.assert_eq(&play(config(), 6, script, until));
}
