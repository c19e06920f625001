//! Rolling updates.

use crate::configs::{stateful, web};
use crate::world::play;
use cusinart_policies::ClusterConfig;
use cusinart_policies::recovery::{CountOrPercent, HealthyMin};
use expect_test::{Expect, expect};

#[test]
fn every_node_is_replaced_within_the_bounds() {
    check(
        &web(),
        "12s rollout s0",
        "2m",
        &expect![[r#"
        12s -- rollout s0
        12s Rollout { service: s0, progress: Began { nodes: 4, total_max: 5, available_min: 3 } }
        12s NodeAdding { node: n4, service: s0, zone: z1, why: Rollout }
        12s NodeRemoving { node: n0, why: Rollout }
        12s NodeAdding { node: n5, service: s0, zone: z0, why: Rollout }
        12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        12s   -> StartNode { operation: op0, node: n4, service: s0, zone: z1 }
        12s   -> DrainNode { operation: op1, node: n0 }
        12s   -> StartNode { operation: op2, node: n5, service: s0, zone: z0 }
        14s   -> StopNode { operation: op3, node: n0 }
        15s NodeRemoved { node: n0, drained: true }
        32s   -> SyncState { operation: op4, node: n4 }
        32s   -> SyncState { operation: op5, node: n5 }
        37s NodeAdded { node: n4, took: 25s }
        37s NodeRemoving { node: n1, why: Rollout }
        37s NodeAdding { node: n6, service: s0, zone: z1, why: Rollout }
        37s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 2 } }
        37s   -> DrainNode { operation: op6, node: n1 }
        37s   -> StartNode { operation: op7, node: n6, service: s0, zone: z1 }
        37s NodeAdded { node: n5, took: 25s }
        37s NodeRemoving { node: n2, why: Rollout }
        37s NodeAdding { node: n7, service: s0, zone: z2, why: Rollout }
        37s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 1 } }
        37s   -> DrainNode { operation: op8, node: n2 }
        37s   -> StartNode { operation: op9, node: n7, service: s0, zone: z2 }
        39s   -> StopNode { operation: op10, node: n1 }
        39s   -> StopNode { operation: op11, node: n2 }
        40s NodeRemoved { node: n1, drained: true }
        40s NodeRemoved { node: n2, drained: true }
        57s   -> SyncState { operation: op12, node: n6 }
        57s   -> SyncState { operation: op13, node: n7 }
        1m2s NodeAdded { node: n6, took: 25s }
        1m2s NodeRemoving { node: n3, why: Rollout }
        1m2s   -> DrainNode { operation: op14, node: n3 }
        1m2s NodeAdded { node: n7, took: 25s }
        1m4s Rollout { service: s0, progress: Completed { took: 52s } }
        1m4s   -> StopNode { operation: op15, node: n3 }
        1m5s NodeRemoved { node: n3, drained: true }
    "#]],
    );
}

#[test]
fn a_budget_without_room_for_removals_lets_the_surge_come_up_first() {
    let mut config = web();
    config.nodes.disruption_budget = Some(HealthyMin::AtLeast(CountOrPercent::Percent(100)));
    check(
        &config,
        "12s rollout s0",
        "2m",
        &expect![[r#"
        12s -- rollout s0
        12s Rollout { service: s0, progress: Began { nodes: 4, total_max: 5, available_min: 3 } }
        12s NodeAdding { node: n4, service: s0, zone: z1, why: Rollout }
        12s Rollout { service: s0, progress: Held { by: Budget, healthy: 4, left: 4 } }
        12s   -> StartNode { operation: op0, node: n4, service: s0, zone: z1 }
        32s   -> SyncState { operation: op1, node: n4 }
        37s NodeAdded { node: n4, took: 25s }
        37s NodeRemoving { node: n0, why: Rollout }
        37s NodeAdding { node: n5, service: s0, zone: z0, why: Rollout }
        37s Rollout { service: s0, progress: Held { by: Budget, healthy: 4, left: 3 } }
        37s   -> DrainNode { operation: op2, node: n0 }
        37s   -> StartNode { operation: op3, node: n5, service: s0, zone: z0 }
        39s   -> StopNode { operation: op4, node: n0 }
        40s NodeRemoved { node: n0, drained: true }
        57s   -> SyncState { operation: op5, node: n5 }
        1m2s NodeAdded { node: n5, took: 25s }
        1m2s NodeRemoving { node: n1, why: Rollout }
        1m2s NodeAdding { node: n6, service: s0, zone: z1, why: Rollout }
        1m2s Rollout { service: s0, progress: Held { by: Budget, healthy: 4, left: 2 } }
        1m2s   -> DrainNode { operation: op6, node: n1 }
        1m2s   -> StartNode { operation: op7, node: n6, service: s0, zone: z1 }
        1m4s   -> StopNode { operation: op8, node: n1 }
        1m5s NodeRemoved { node: n1, drained: true }
        1m22s   -> SyncState { operation: op9, node: n6 }
        1m27s NodeAdded { node: n6, took: 25s }
        1m27s NodeRemoving { node: n2, why: Rollout }
        1m27s NodeAdding { node: n7, service: s0, zone: z2, why: Rollout }
        1m27s Rollout { service: s0, progress: Held { by: Budget, healthy: 4, left: 1 } }
        1m27s   -> DrainNode { operation: op10, node: n2 }
        1m27s   -> StartNode { operation: op11, node: n7, service: s0, zone: z2 }
        1m29s   -> StopNode { operation: op12, node: n2 }
        1m30s NodeRemoved { node: n2, drained: true }
        1m47s   -> SyncState { operation: op13, node: n7 }
        1m52s NodeAdded { node: n7, took: 25s }
        1m52s NodeRemoving { node: n3, why: Rollout }
        1m52s   -> DrainNode { operation: op14, node: n3 }
        1m54s Rollout { service: s0, progress: Completed { took: 1m42s } }
        1m54s   -> StopNode { operation: op15, node: n3 }
        1m55s NodeRemoved { node: n3, drained: true }
    "#]],
    );
}

#[test]
fn new_nodes_that_do_not_come_up_hold_the_rollout_back() {
    check(
        &web(),
        "12s refuse z0 z1 z2\n12s rollout s0\n30s allow z0 z1 z2",
        "70s",
        &expect![[r#"
        12s -- refuse z0 z1 z2
        12s -- rollout s0
        12s Rollout { service: s0, progress: Began { nodes: 4, total_max: 5, available_min: 3 } }
        12s NodeAdding { node: n4, service: s0, zone: z1, why: Rollout }
        12s NodeRemoving { node: n0, why: Rollout }
        12s NodeAdding { node: n5, service: s0, zone: z0, why: Rollout }
        12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        12s   -> StartNode { operation: op0, node: n4, service: s0, zone: z1 }
        12s   -> DrainNode { operation: op1, node: n0 }
        12s   -> StartNode { operation: op2, node: n5, service: s0, zone: z0 }
        13s NodeAdding { node: n6, service: s0, zone: z2, why: Rollout }
        13s   -> StopNode { operation: op3, node: n4 }
        13s   -> StartNode { operation: op4, node: n6, service: s0, zone: z2 }
        13s NodeAdding { node: n7, service: s0, zone: z1, why: Rollout }
        13s   -> StopNode { operation: op5, node: n5 }
        13s   -> StartNode { operation: op6, node: n7, service: s0, zone: z1 }
        14s   -> StopNode { operation: op7, node: n0 }
        14s NodeAdding { node: n8, service: s0, zone: z0, why: Rollout }
        14s   -> StopNode { operation: op8, node: n6 }
        14s   -> StartNode { operation: op9, node: n8, service: s0, zone: z0 }
        14s NodeAdding { node: n9, service: s0, zone: z2, why: Rollout }
        14s   -> StopNode { operation: op10, node: n7 }
        14s   -> StartNode { operation: op11, node: n9, service: s0, zone: z2 }
        15s NodeRemoved { node: n0, drained: true }
        15s   -> StopNode { operation: op12, node: n8 }
        15s   -> StopNode { operation: op13, node: n9 }
        30s -- allow z0 z1 z2
        55s NodeAdding { node: n10, service: s0, zone: z0, why: Rollout }
        55s NodeAdding { node: n11, service: s0, zone: z1, why: Rollout }
        55s   -> StartNode { operation: op14, node: n10, service: s0, zone: z0 }
        55s   -> StartNode { operation: op15, node: n11, service: s0, zone: z1 }
    "#]],
    );
}

#[test]
fn a_failed_old_node_goes_first() {
    check(
        &web(),
        "12s crash n2\n30s rollout s0",
        "50s",
        &expect![[r#"
        12s -- crash n2
        16.181339887s NodeSuspected n2 after 1 misses
        26.181339887s NodeFailure n2 Crashed after 3 misses
        26.181339887s PlanCreated plan0 for n2 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        26.181339887s StepStarted { plan: plan0, node: n2, step: RedirectTraffic, attempt: 1 }
        26.181339887s TrafficRedirected { node: n2, eligible: 3 }
        26.181339887s StepFinished { plan: plan0, node: n2, step: RedirectTraffic, attempt: 1, outcome: Done }
        26.181339887s StepStarted { plan: plan0, node: n2, step: RestartNode, attempt: 1 }
        26.181339887s   -> RestartNode { operation: op0, node: n2 }
        30s -- rollout s0
        30s Rollout { service: s0, progress: Began { nodes: 4, total_max: 5, available_min: 3 } }
        30s NodeAdding { node: n4, service: s0, zone: z1, why: Rollout }
        30s NodeRemoving { node: n2, why: Rollout }
        30s NodeAdding { node: n5, service: s0, zone: z2, why: Rollout }
        30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        30s   -> StartNode { operation: op1, node: n4, service: s0, zone: z1 }
        30s   -> DrainNode { operation: op2, node: n2 }
        30s   -> StartNode { operation: op3, node: n5, service: s0, zone: z2 }
        31s StepFinished { plan: plan0, node: n2, step: RestartNode, attempt: 1, outcome: Obsolete }
        31s PlanCompleted { plan: plan0, node: n2, took: 4.818660113s }
        31s   -> StopNode { operation: op4, node: n2 }
        32s NodeRemoved { node: n2, drained: false }
        50s   -> SyncState { operation: op5, node: n4 }
        50s   -> SyncState { operation: op6, node: n5 }
    "#]],
    );
}

#[test]
fn replicas_are_handed_over_before_their_node_leaves() {
    check(
        &stateful(2),
        "12s rollout s0",
        "30s",
        &expect![[r#"
        12s -- rollout s0
        12s Rollout { service: s0, progress: Began { nodes: 4, total_max: 5, available_min: 3 } }
        12s NodeAdding { node: n4, service: s0, zone: z1, why: Rollout }
        12s NodeRemoving { node: n0, why: Rollout }
        12s ReplicationStarted { shard: shard0, from: n0, to: n3 }
        12s ReplicationStarted { shard: shard3, from: n3, to: n2 }
        12s NodeAdding { node: n5, service: s0, zone: z0, why: Rollout }
        12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        12s   -> StartNode { operation: op0, node: n4, service: s0, zone: z1 }
        12s   -> CopyShard { operation: op1, shard: shard0, from: n0, to: n3 }
        12s   -> CopyShard { operation: op2, shard: shard3, from: n3, to: n2 }
        12s   -> StartNode { operation: op3, node: n5, service: s0, zone: z0 }
        15s ReplicationFinished { shard: shard0, from: n0, to: n3, copied: true }
        15s ReplicationStarted { shard: shard4, from: n0, to: n3 }
        15s   -> CopyShard { operation: op4, shard: shard4, from: n0, to: n3 }
        15s ReplicationFinished { shard: shard3, from: n3, to: n2, copied: true }
        18s ReplicationFinished { shard: shard4, from: n0, to: n3, copied: true }
        18s   -> DrainNode { operation: op5, node: n0 }
        20s   -> StopNode { operation: op6, node: n0 }
        21s NodeRemoved { node: n0, drained: true }
    "#]],
    );
}

#[track_caller]
fn check(config: &ClusterConfig, script: &str, until: &str, expected: &Expect) {
    expected.assert_eq(&play(config.clone(), 4, script, until));
}
