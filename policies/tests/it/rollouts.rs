//! Rolling updates.

use crate::configs::{stateful, web};
use crate::world::play;
use cusinart_policies::ClusterConfig;
use cusinart_policies::recovery::{CountOrPercent, HealthyMin};
use expect_test::{Expect, expect};

#[test]
fn every_node_is_replaced_within_the_bounds() {
    check(&web(), "12s rollout s0", &expect![[r#""#]]);
}

#[test]
fn a_budget_without_room_for_removals_lets_the_surge_come_up_first() {
    let mut config = web();
    config.nodes.disruption_budget = Some(HealthyMin::AtLeast(CountOrPercent::Percent(100)));
    check(&config, "12s rollout s0", &expect![[r#""#]]);
}

#[test]
fn new_nodes_that_do_not_come_up_hold_the_rollout_back() {
    check(&web(), "12s refuse z0 z1 z2\n12s rollout s0\n150s allow z0 z1 z2", &expect![[r#""#]]);
}

#[test]
fn a_failed_old_node_goes_first() {
    check(&web(), "12s crash n2\n24s rollout s0", &expect![[r#""#]]);
}

#[test]
fn replicas_are_handed_over_before_their_node_leaves() {
    check(&stateful(2), "12s rollout s0", &expect![[r#""#]]);
}

#[track_caller]
fn check(config: &ClusterConfig, script: &str, expected: &Expect) {
    expected.assert_eq(&play(config.clone(), 4, script, "6m"));
}
