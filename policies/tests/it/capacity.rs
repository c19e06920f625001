//! Adding and removing nodes, and the cycles that ask for it.

use crate::configs::{scaled, state};
use crate::world::play;
use cusinart_policies::{ClusterConfig, Duration};
use expect_test::{Expect, expect};

#[test]
fn high_load_adds_nodes_up_to_the_limit() {
    check(
        &scaled(1, 4),
        3,
        "5s load s0=95%",
        "150s",
        &expect![[r#"
        5s -- load s0=95%
        1m Scaling s0 ScaleUp(1), 3 to 4, limits []
        1m NodeAdding { node: n3, service: s0, zone: z0, why: ScaleUp }
        1m   -> StartNode { operation: op0, node: n3, service: s0, zone: z0 }
        1m20s   -> SyncState { operation: op1, node: n3 }
        1m25s NodeAdded { node: n3, took: 25s }
        2m Scaling s0 Maintain, 4 to 4, limits ["max 4 nodes"]
    "#]],
    );
}

#[test]
fn low_load_removes_nodes_after_draining_them() {
    check(
        &scaled(1, 4),
        3,
        "5s load s0=5%",
        "2m",
        &expect![[r#"
        5s -- load s0=5%
        1m Scaling s0 ScaleDown([n2]), 3 to 2, limits []
        1m NodeRemoving { node: n2, why: ScaleDown }
        1m   -> DrainNode { operation: op0, node: n2 }
        1m2s   -> StopNode { operation: op1, node: n2 }
        1m3s NodeRemoved { node: n2, drained: true }
        2m Scaling s0 Maintain, 2 to 2, limits ["cooldown until 4m"]
    "#]],
    );
}

#[test]
fn a_node_that_holds_replicas_hands_them_over_before_it_leaves() {
    let mut config = scaled(1, 4);
    config.services[0].state = Some(state(0, 2));
    check(
        &config,
        4,
        "5s load s0=5%",
        "2m",
        &expect![[r#"
        5s -- load s0=5%
        1m Scaling s0 ScaleDown([n3]), 4 to 3, limits []
        1m NodeRemoving { node: n3, why: ScaleDown }
        1m ReplicationStarted { shard: shard2, from: n2, to: n0 }
        1m ReplicationStarted { shard: shard3, from: n0, to: n2 }
        1m   -> CopyShard { operation: op0, shard: shard2, from: n2, to: n0 }
        1m   -> CopyShard { operation: op1, shard: shard3, from: n0, to: n2 }
        1m3s ReplicationFinished { shard: shard2, from: n2, to: n0, copied: true }
        1m3s ReplicationFinished { shard: shard3, from: n0, to: n2, copied: true }
        1m3s   -> DrainNode { operation: op2, node: n3 }
        1m5s   -> StopNode { operation: op3, node: n3 }
        1m6s NodeRemoved { node: n3, drained: true }
        2m Scaling s0 Maintain, 3 to 3, limits ["cooldown until 4m"]
    "#]],
    );
}

#[test]
fn a_node_with_the_last_replica_that_nobody_takes_stays() {
    // n1 is to leave and hands its shards to n0, which turns out to hang.
    let mut config = scaled(1, 4);
    config.services[0].state = Some(state(0, 1));
    check(
        &config,
        2,
        "5s load s0=5%\n50s hang n0",
        "3m",
        &expect![[r#"
        5s -- load s0=5%
        50s -- hang n0
        51s NodeSuspected n0 after 1 misses
        1m Scaling s0 ScaleDown([n1]), 2 to 1, limits []
        1m NodeRemoving { node: n1, why: ScaleDown }
        1m ReplicationStarted { shard: shard1, from: n1, to: n0 }
        1m ReplicationStarted { shard: shard3, from: n1, to: n0 }
        1m   -> CopyShard { operation: op0, shard: shard1, from: n1, to: n0 }
        1m   -> CopyShard { operation: op1, shard: shard3, from: n1, to: n0 }
        1m1s NodeFailure n0 Unresponsive after 3 misses
        1m1s ReplicationFinished { shard: shard1, from: n1, to: n0, copied: false }
        1m1s ReplicationFinished { shard: shard3, from: n1, to: n0, copied: false }
        1m1s ServiceDegraded { service: s0, healthy: 0, total: 1, error_ratio: 0.0, reason: FewHealthyNodes }
        1m1s PlanCreated plan0 for n0 [RedirectTraffic, RestartNode, ReplicateState], skipped []
        1m1s StepStarted { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1 }
        1m1s TrafficRedirected { node: n0, eligible: 1 }
        1m1s StepFinished { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
        1m1s StepStarted { plan: plan0, node: n0, step: RestartNode, attempt: 1 }
        1m1s RemovalCancelled { node: n1 }
        1m1s   -> RestartNode { operation: op2, node: n0 }
        1m20.001s NodeRecovered { node: n0, failed_for: 19.001s }
        1m20.001s TrafficRestored { node: n0, eligible: 2 }
        1m20.001s StepFinished { plan: plan0, node: n0, step: RestartNode, attempt: 1, outcome: Done }
        1m20.001s ServiceRestored { service: s0, degraded_for: 19.001s }
        1m20.001s StepStarted { plan: plan0, node: n0, step: ReplicateState, attempt: 1 }
        1m20.001s StepFinished { plan: plan0, node: n0, step: ReplicateState, attempt: 1, outcome: Failed(SourceLost) }
        1m30.001s StepStarted { plan: plan0, node: n0, step: ReplicateState, attempt: 2 }
        1m30.001s StepFinished { plan: plan0, node: n0, step: ReplicateState, attempt: 2, outcome: Failed(SourceLost) }
        1m50.001s StepStarted { plan: plan0, node: n0, step: ReplicateState, attempt: 3 }
        1m50.001s StepFinished { plan: plan0, node: n0, step: ReplicateState, attempt: 3, outcome: Failed(SourceLost) }
        1m50.001s PlanGivenUp { plan: plan0, node: n0, reason: NoSource, step: ReplicateState }
        2m Scaling s0 Maintain, 2 to 2, limits ["cooldown until 4m"]
        3m Scaling s0 Maintain, 2 to 2, limits ["cooldown until 4m"]
    "#]],
    );
}

#[test]
fn a_node_that_hangs_while_draining_is_stopped_in_the_end() {
    check(
        &scaled(1, 4),
        3,
        "5s load s0=5%\n59s hang n2",
        "3m",
        &expect![[r#"
        5s -- load s0=5%
        59s -- hang n2
        1m Scaling s0 ScaleDown([n2]), 3 to 2, limits []
        1m NodeRemoving { node: n2, why: ScaleDown }
        1m   -> DrainNode { operation: op0, node: n2 }
        1m30s   -> StopNode { operation: op1, node: n2 }
        1m31s NodeRemoved { node: n2, drained: false }
        2m Scaling s0 Maintain, 2 to 2, limits ["cooldown until 4m"]
        3m Scaling s0 Maintain, 2 to 2, limits ["cooldown until 4m"]
    "#]],
    );
}

#[test]
fn a_zone_that_refuses_a_node_is_passed_over() {
    check(
        &scaled(4, 4),
        3,
        "5s refuse z0 z1",
        "2m",
        &expect![[r#"
        5s -- refuse z0 z1
        1m Scaling s0 ScaleUp(1), 3 to 4, limits ["no data", "min 4 nodes"]
        1m NodeAdding { node: n3, service: s0, zone: z0, why: ScaleUp }
        1m   -> StartNode { operation: op0, node: n3, service: s0, zone: z0 }
        1m1s NodeAdding { node: n4, service: s0, zone: z1, why: ScaleUp }
        1m1s   -> StopNode { operation: op1, node: n3 }
        1m1s   -> StartNode { operation: op2, node: n4, service: s0, zone: z1 }
        1m2s NodeAdding { node: n5, service: s0, zone: z2, why: ScaleUp }
        1m2s   -> StopNode { operation: op3, node: n4 }
        1m2s   -> StartNode { operation: op4, node: n5, service: s0, zone: z2 }
        1m22s   -> SyncState { operation: op5, node: n5 }
        1m27s NodeAdded { node: n5, took: 27s }
        2m Scaling s0 Maintain, 4 to 4, limits ["no data"]
    "#]],
    );
}

#[test]
fn where_every_zone_refuses_adding_is_given_up() {
    check(
        &scaled(4, 4),
        3,
        "5s refuse z0 z1 z2",
        "2m",
        &expect![[r#"
        5s -- refuse z0 z1 z2
        1m Scaling s0 ScaleUp(1), 3 to 4, limits ["no data", "min 4 nodes"]
        1m NodeAdding { node: n3, service: s0, zone: z0, why: ScaleUp }
        1m   -> StartNode { operation: op0, node: n3, service: s0, zone: z0 }
        1m1s NodeAdding { node: n4, service: s0, zone: z1, why: ScaleUp }
        1m1s   -> StopNode { operation: op1, node: n3 }
        1m1s   -> StartNode { operation: op2, node: n4, service: s0, zone: z1 }
        1m2s NodeAdding { node: n5, service: s0, zone: z2, why: ScaleUp }
        1m2s   -> StopNode { operation: op3, node: n4 }
        1m2s   -> StartNode { operation: op4, node: n5, service: s0, zone: z2 }
        1m3s NodeAddFailed { node: n5, attempts: 3 }
        1m3s   -> StopNode { operation: op5, node: n5 }
        2m Scaling s0 ScaleUp(1), 3 to 4, limits ["no data", "min 4 nodes"]
        2m NodeAdding { node: n6, service: s0, zone: z0, why: ScaleUp }
        2m   -> StartNode { operation: op6, node: n6, service: s0, zone: z0 }
    "#]],
    );
}

#[test]
fn a_boot_that_takes_too_long_is_tried_again_with_another_machine() {
    let mut config = scaled(2, 2);
    config.nodes.start_timeout = Duration::from_secs(15);
    config.nodes.start_attempts = 2;
    check(
        &config,
        1,
        "5s load s0=50%",
        "2m",
        &expect![[r#"
        5s -- load s0=50%
        1m Scaling s0 ScaleUp(1), 1 to 2, limits ["min 2 nodes"]
        1m NodeAdding { node: n1, service: s0, zone: z1, why: ScaleUp }
        1m   -> StartNode { operation: op0, node: n1, service: s0, zone: z1 }
        1m15s   -> StopNode { operation: op1, node: n1 }
        1m25s NodeAdding { node: n2, service: s0, zone: z1, why: ScaleUp }
        1m25s   -> StartNode { operation: op2, node: n2, service: s0, zone: z1 }
        1m40s NodeAddFailed { node: n2, attempts: 2 }
        1m40s   -> StopNode { operation: op3, node: n2 }
        2m Scaling s0 ScaleUp(1), 1 to 2, limits ["min 2 nodes"]
        2m NodeAdding { node: n3, service: s0, zone: z1, why: ScaleUp }
        2m   -> StartNode { operation: op4, node: n3, service: s0, zone: z1 }
    "#]],
    );
}

#[test]
fn a_node_that_does_not_load_its_state_in_time_is_given_back() {
    let mut config = scaled(2, 2);
    config.nodes.sync_timeout = Duration::from_secs(2);
    config.nodes.start_attempts = 2;
    check(
        &config,
        1,
        "5s load s0=50%",
        "118s",
        &expect![[r#"
        5s -- load s0=50%
        1m Scaling s0 ScaleUp(1), 1 to 2, limits ["min 2 nodes"]
        1m NodeAdding { node: n1, service: s0, zone: z1, why: ScaleUp }
        1m   -> StartNode { operation: op0, node: n1, service: s0, zone: z1 }
        1m20s   -> SyncState { operation: op1, node: n1 }
        1m22s   -> StopNode { operation: op2, node: n1 }
        1m32s NodeAdding { node: n2, service: s0, zone: z1, why: ScaleUp }
        1m32s   -> StartNode { operation: op3, node: n2, service: s0, zone: z1 }
        1m52s   -> SyncState { operation: op4, node: n2 }
        1m54s NodeAddFailed { node: n2, attempts: 2 }
        1m54s   -> StopNode { operation: op5, node: n2 }
    "#]],
    );
}

#[test]
fn many_errors_degrade_a_service_until_they_cease() {
    check(
        &scaled(3, 3),
        3,
        "5s load s0=50%\n5s errors s0=30%\n60s errors s0=0%",
        "3m",
        &expect![[r#"
        5s -- load s0=50%
        5s -- errors s0=30%
        10s ServiceDegraded { service: s0, healthy: 3, total: 3, error_ratio: 0.3, reason: ManyErrors }
        1m -- errors s0=0%
        1m Scaling s0 Maintain, 3 to 3, limits []
        1m30s ServiceRestored { service: s0, degraded_for: 1m20s }
        2m Scaling s0 Maintain, 3 to 3, limits []
        3m Scaling s0 Maintain, 3 to 3, limits []
    "#]],
    );
}

fn check(config: &ClusterConfig, nodes: u32, script: &str, until: &str, expected: &Expect) {
    expected.assert_eq(&play(config.clone(), nodes, script, until));
}
