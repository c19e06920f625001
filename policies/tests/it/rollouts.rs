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
        1m2s Rollout { service: s0, progress: Completed { took: 50s } }
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
        1m52s Rollout { service: s0, progress: Completed { took: 1m40s } }
        1m52s   -> DrainNode { operation: op14, node: n3 }
        1m54s   -> StopNode { operation: op15, node: n3 }
        1m55s NodeRemoved { node: n3, drained: true }
    "#]],
    );
}

#[test]
fn new_nodes_that_do_not_come_up_hold_the_rollout_back() {
    check(
        &web(),
        "12s refuse z0 z1 z2\n12s rollout s0\n90s allow z0 z1 z2",
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
        15s NodeAddFailed { node: n8, attempts: 3 }
        15s NodeAdding { node: n10, service: s0, zone: z0, why: Rollout }
        15s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        15s   -> StopNode { operation: op12, node: n8 }
        15s   -> StartNode { operation: op13, node: n10, service: s0, zone: z0 }
        15s NodeAddFailed { node: n9, attempts: 3 }
        15s NodeAdding { node: n11, service: s0, zone: z1, why: Rollout }
        15s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        15s   -> StopNode { operation: op14, node: n9 }
        15s   -> StartNode { operation: op15, node: n11, service: s0, zone: z1 }
        16s NodeAdding { node: n12, service: s0, zone: z2, why: Rollout }
        16s   -> StopNode { operation: op16, node: n10 }
        16s   -> StartNode { operation: op17, node: n12, service: s0, zone: z2 }
        16s NodeAdding { node: n13, service: s0, zone: z0, why: Rollout }
        16s   -> StopNode { operation: op18, node: n11 }
        16s   -> StartNode { operation: op19, node: n13, service: s0, zone: z0 }
        17s NodeAdding { node: n14, service: s0, zone: z1, why: Rollout }
        17s   -> StopNode { operation: op20, node: n12 }
        17s   -> StartNode { operation: op21, node: n14, service: s0, zone: z1 }
        17s NodeAdding { node: n15, service: s0, zone: z2, why: Rollout }
        17s   -> StopNode { operation: op22, node: n13 }
        17s   -> StartNode { operation: op23, node: n15, service: s0, zone: z2 }
        18s NodeAddFailed { node: n14, attempts: 3 }
        18s NodeAdding { node: n16, service: s0, zone: z0, why: Rollout }
        18s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        18s   -> StopNode { operation: op24, node: n14 }
        18s   -> StartNode { operation: op25, node: n16, service: s0, zone: z0 }
        18s NodeAddFailed { node: n15, attempts: 3 }
        18s NodeAdding { node: n17, service: s0, zone: z1, why: Rollout }
        18s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        18s   -> StopNode { operation: op26, node: n15 }
        18s   -> StartNode { operation: op27, node: n17, service: s0, zone: z1 }
        19s NodeAdding { node: n18, service: s0, zone: z2, why: Rollout }
        19s   -> StopNode { operation: op28, node: n16 }
        19s   -> StartNode { operation: op29, node: n18, service: s0, zone: z2 }
        19s NodeAdding { node: n19, service: s0, zone: z0, why: Rollout }
        19s   -> StopNode { operation: op30, node: n17 }
        19s   -> StartNode { operation: op31, node: n19, service: s0, zone: z0 }
        20s NodeAdding { node: n20, service: s0, zone: z1, why: Rollout }
        20s   -> StopNode { operation: op32, node: n18 }
        20s   -> StartNode { operation: op33, node: n20, service: s0, zone: z1 }
        20s NodeAdding { node: n21, service: s0, zone: z2, why: Rollout }
        20s   -> StopNode { operation: op34, node: n19 }
        20s   -> StartNode { operation: op35, node: n21, service: s0, zone: z2 }
        21s NodeAddFailed { node: n20, attempts: 3 }
        21s NodeAdding { node: n22, service: s0, zone: z0, why: Rollout }
        21s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        21s   -> StopNode { operation: op36, node: n20 }
        21s   -> StartNode { operation: op37, node: n22, service: s0, zone: z0 }
        21s NodeAddFailed { node: n21, attempts: 3 }
        21s NodeAdding { node: n23, service: s0, zone: z1, why: Rollout }
        21s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        21s   -> StopNode { operation: op38, node: n21 }
        21s   -> StartNode { operation: op39, node: n23, service: s0, zone: z1 }
        22s NodeAdding { node: n24, service: s0, zone: z2, why: Rollout }
        22s   -> StopNode { operation: op40, node: n22 }
        22s   -> StartNode { operation: op41, node: n24, service: s0, zone: z2 }
        22s NodeAdding { node: n25, service: s0, zone: z0, why: Rollout }
        22s   -> StopNode { operation: op42, node: n23 }
        22s   -> StartNode { operation: op43, node: n25, service: s0, zone: z0 }
        23s NodeAdding { node: n26, service: s0, zone: z1, why: Rollout }
        23s   -> StopNode { operation: op44, node: n24 }
        23s   -> StartNode { operation: op45, node: n26, service: s0, zone: z1 }
        23s NodeAdding { node: n27, service: s0, zone: z2, why: Rollout }
        23s   -> StopNode { operation: op46, node: n25 }
        23s   -> StartNode { operation: op47, node: n27, service: s0, zone: z2 }
        24s NodeAddFailed { node: n26, attempts: 3 }
        24s NodeAdding { node: n28, service: s0, zone: z0, why: Rollout }
        24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        24s   -> StopNode { operation: op48, node: n26 }
        24s   -> StartNode { operation: op49, node: n28, service: s0, zone: z0 }
        24s NodeAddFailed { node: n27, attempts: 3 }
        24s NodeAdding { node: n29, service: s0, zone: z1, why: Rollout }
        24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        24s   -> StopNode { operation: op50, node: n27 }
        24s   -> StartNode { operation: op51, node: n29, service: s0, zone: z1 }
        25s NodeAdding { node: n30, service: s0, zone: z2, why: Rollout }
        25s   -> StopNode { operation: op52, node: n28 }
        25s   -> StartNode { operation: op53, node: n30, service: s0, zone: z2 }
        25s NodeAdding { node: n31, service: s0, zone: z0, why: Rollout }
        25s   -> StopNode { operation: op54, node: n29 }
        25s   -> StartNode { operation: op55, node: n31, service: s0, zone: z0 }
        26s NodeAdding { node: n32, service: s0, zone: z1, why: Rollout }
        26s   -> StopNode { operation: op56, node: n30 }
        26s   -> StartNode { operation: op57, node: n32, service: s0, zone: z1 }
        26s NodeAdding { node: n33, service: s0, zone: z2, why: Rollout }
        26s   -> StopNode { operation: op58, node: n31 }
        26s   -> StartNode { operation: op59, node: n33, service: s0, zone: z2 }
        27s NodeAddFailed { node: n32, attempts: 3 }
        27s NodeAdding { node: n34, service: s0, zone: z0, why: Rollout }
        27s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        27s   -> StopNode { operation: op60, node: n32 }
        27s   -> StartNode { operation: op61, node: n34, service: s0, zone: z0 }
        27s NodeAddFailed { node: n33, attempts: 3 }
        27s NodeAdding { node: n35, service: s0, zone: z1, why: Rollout }
        27s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        27s   -> StopNode { operation: op62, node: n33 }
        27s   -> StartNode { operation: op63, node: n35, service: s0, zone: z1 }
        28s NodeAdding { node: n36, service: s0, zone: z2, why: Rollout }
        28s   -> StopNode { operation: op64, node: n34 }
        28s   -> StartNode { operation: op65, node: n36, service: s0, zone: z2 }
        28s NodeAdding { node: n37, service: s0, zone: z0, why: Rollout }
        28s   -> StopNode { operation: op66, node: n35 }
        28s   -> StartNode { operation: op67, node: n37, service: s0, zone: z0 }
        29s NodeAdding { node: n38, service: s0, zone: z1, why: Rollout }
        29s   -> StopNode { operation: op68, node: n36 }
        29s   -> StartNode { operation: op69, node: n38, service: s0, zone: z1 }
        29s NodeAdding { node: n39, service: s0, zone: z2, why: Rollout }
        29s   -> StopNode { operation: op70, node: n37 }
        29s   -> StartNode { operation: op71, node: n39, service: s0, zone: z2 }
        30s NodeAddFailed { node: n38, attempts: 3 }
        30s NodeAdding { node: n40, service: s0, zone: z0, why: Rollout }
        30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        30s   -> StopNode { operation: op72, node: n38 }
        30s   -> StartNode { operation: op73, node: n40, service: s0, zone: z0 }
        30s NodeAddFailed { node: n39, attempts: 3 }
        30s NodeAdding { node: n41, service: s0, zone: z1, why: Rollout }
        30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        30s   -> StopNode { operation: op74, node: n39 }
        30s   -> StartNode { operation: op75, node: n41, service: s0, zone: z1 }
        31s NodeAdding { node: n42, service: s0, zone: z2, why: Rollout }
        31s   -> StopNode { operation: op76, node: n40 }
        31s   -> StartNode { operation: op77, node: n42, service: s0, zone: z2 }
        31s NodeAdding { node: n43, service: s0, zone: z0, why: Rollout }
        31s   -> StopNode { operation: op78, node: n41 }
        31s   -> StartNode { operation: op79, node: n43, service: s0, zone: z0 }
        32s NodeAdding { node: n44, service: s0, zone: z1, why: Rollout }
        32s   -> StopNode { operation: op80, node: n42 }
        32s   -> StartNode { operation: op81, node: n44, service: s0, zone: z1 }
        32s NodeAdding { node: n45, service: s0, zone: z2, why: Rollout }
        32s   -> StopNode { operation: op82, node: n43 }
        32s   -> StartNode { operation: op83, node: n45, service: s0, zone: z2 }
        33s NodeAddFailed { node: n44, attempts: 3 }
        33s NodeAdding { node: n46, service: s0, zone: z0, why: Rollout }
        33s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        33s   -> StopNode { operation: op84, node: n44 }
        33s   -> StartNode { operation: op85, node: n46, service: s0, zone: z0 }
        33s NodeAddFailed { node: n45, attempts: 3 }
        33s NodeAdding { node: n47, service: s0, zone: z1, why: Rollout }
        33s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        33s   -> StopNode { operation: op86, node: n45 }
        33s   -> StartNode { operation: op87, node: n47, service: s0, zone: z1 }
        34s NodeAdding { node: n48, service: s0, zone: z2, why: Rollout }
        34s   -> StopNode { operation: op88, node: n46 }
        34s   -> StartNode { operation: op89, node: n48, service: s0, zone: z2 }
        34s NodeAdding { node: n49, service: s0, zone: z0, why: Rollout }
        34s   -> StopNode { operation: op90, node: n47 }
        34s   -> StartNode { operation: op91, node: n49, service: s0, zone: z0 }
        35s NodeAdding { node: n50, service: s0, zone: z1, why: Rollout }
        35s   -> StopNode { operation: op92, node: n48 }
        35s   -> StartNode { operation: op93, node: n50, service: s0, zone: z1 }
        35s NodeAdding { node: n51, service: s0, zone: z2, why: Rollout }
        35s   -> StopNode { operation: op94, node: n49 }
        35s   -> StartNode { operation: op95, node: n51, service: s0, zone: z2 }
        36s NodeAddFailed { node: n50, attempts: 3 }
        36s NodeAdding { node: n52, service: s0, zone: z0, why: Rollout }
        36s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        36s   -> StopNode { operation: op96, node: n50 }
        36s   -> StartNode { operation: op97, node: n52, service: s0, zone: z0 }
        36s NodeAddFailed { node: n51, attempts: 3 }
        36s NodeAdding { node: n53, service: s0, zone: z1, why: Rollout }
        36s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        36s   -> StopNode { operation: op98, node: n51 }
        36s   -> StartNode { operation: op99, node: n53, service: s0, zone: z1 }
        37s NodeAdding { node: n54, service: s0, zone: z2, why: Rollout }
        37s   -> StopNode { operation: op100, node: n52 }
        37s   -> StartNode { operation: op101, node: n54, service: s0, zone: z2 }
        37s NodeAdding { node: n55, service: s0, zone: z0, why: Rollout }
        37s   -> StopNode { operation: op102, node: n53 }
        37s   -> StartNode { operation: op103, node: n55, service: s0, zone: z0 }
        38s NodeAdding { node: n56, service: s0, zone: z1, why: Rollout }
        38s   -> StopNode { operation: op104, node: n54 }
        38s   -> StartNode { operation: op105, node: n56, service: s0, zone: z1 }
        38s NodeAdding { node: n57, service: s0, zone: z2, why: Rollout }
        38s   -> StopNode { operation: op106, node: n55 }
        38s   -> StartNode { operation: op107, node: n57, service: s0, zone: z2 }
        39s NodeAddFailed { node: n56, attempts: 3 }
        39s NodeAdding { node: n58, service: s0, zone: z0, why: Rollout }
        39s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        39s   -> StopNode { operation: op108, node: n56 }
        39s   -> StartNode { operation: op109, node: n58, service: s0, zone: z0 }
        39s NodeAddFailed { node: n57, attempts: 3 }
        39s NodeAdding { node: n59, service: s0, zone: z1, why: Rollout }
        39s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        39s   -> StopNode { operation: op110, node: n57 }
        39s   -> StartNode { operation: op111, node: n59, service: s0, zone: z1 }
        40s NodeAdding { node: n60, service: s0, zone: z2, why: Rollout }
        40s   -> StopNode { operation: op112, node: n58 }
        40s   -> StartNode { operation: op113, node: n60, service: s0, zone: z2 }
        40s NodeAdding { node: n61, service: s0, zone: z0, why: Rollout }
        40s   -> StopNode { operation: op114, node: n59 }
        40s   -> StartNode { operation: op115, node: n61, service: s0, zone: z0 }
        41s NodeAdding { node: n62, service: s0, zone: z1, why: Rollout }
        41s   -> StopNode { operation: op116, node: n60 }
        41s   -> StartNode { operation: op117, node: n62, service: s0, zone: z1 }
        41s NodeAdding { node: n63, service: s0, zone: z2, why: Rollout }
        41s   -> StopNode { operation: op118, node: n61 }
        41s   -> StartNode { operation: op119, node: n63, service: s0, zone: z2 }
        42s NodeAddFailed { node: n62, attempts: 3 }
        42s NodeAdding { node: n64, service: s0, zone: z0, why: Rollout }
        42s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        42s   -> StopNode { operation: op120, node: n62 }
        42s   -> StartNode { operation: op121, node: n64, service: s0, zone: z0 }
        42s NodeAddFailed { node: n63, attempts: 3 }
        42s NodeAdding { node: n65, service: s0, zone: z1, why: Rollout }
        42s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        42s   -> StopNode { operation: op122, node: n63 }
        42s   -> StartNode { operation: op123, node: n65, service: s0, zone: z1 }
        43s NodeAdding { node: n66, service: s0, zone: z2, why: Rollout }
        43s   -> StopNode { operation: op124, node: n64 }
        43s   -> StartNode { operation: op125, node: n66, service: s0, zone: z2 }
        43s NodeAdding { node: n67, service: s0, zone: z0, why: Rollout }
        43s   -> StopNode { operation: op126, node: n65 }
        43s   -> StartNode { operation: op127, node: n67, service: s0, zone: z0 }
        44s NodeAdding { node: n68, service: s0, zone: z1, why: Rollout }
        44s   -> StopNode { operation: op128, node: n66 }
        44s   -> StartNode { operation: op129, node: n68, service: s0, zone: z1 }
        44s NodeAdding { node: n69, service: s0, zone: z2, why: Rollout }
        44s   -> StopNode { operation: op130, node: n67 }
        44s   -> StartNode { operation: op131, node: n69, service: s0, zone: z2 }
        45s NodeAddFailed { node: n68, attempts: 3 }
        45s NodeAdding { node: n70, service: s0, zone: z0, why: Rollout }
        45s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        45s   -> StopNode { operation: op132, node: n68 }
        45s   -> StartNode { operation: op133, node: n70, service: s0, zone: z0 }
        45s NodeAddFailed { node: n69, attempts: 3 }
        45s NodeAdding { node: n71, service: s0, zone: z1, why: Rollout }
        45s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        45s   -> StopNode { operation: op134, node: n69 }
        45s   -> StartNode { operation: op135, node: n71, service: s0, zone: z1 }
        46s NodeAdding { node: n72, service: s0, zone: z2, why: Rollout }
        46s   -> StopNode { operation: op136, node: n70 }
        46s   -> StartNode { operation: op137, node: n72, service: s0, zone: z2 }
        46s NodeAdding { node: n73, service: s0, zone: z0, why: Rollout }
        46s   -> StopNode { operation: op138, node: n71 }
        46s   -> StartNode { operation: op139, node: n73, service: s0, zone: z0 }
        47s NodeAdding { node: n74, service: s0, zone: z1, why: Rollout }
        47s   -> StopNode { operation: op140, node: n72 }
        47s   -> StartNode { operation: op141, node: n74, service: s0, zone: z1 }
        47s NodeAdding { node: n75, service: s0, zone: z2, why: Rollout }
        47s   -> StopNode { operation: op142, node: n73 }
        47s   -> StartNode { operation: op143, node: n75, service: s0, zone: z2 }
        48s NodeAddFailed { node: n74, attempts: 3 }
        48s NodeAdding { node: n76, service: s0, zone: z0, why: Rollout }
        48s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        48s   -> StopNode { operation: op144, node: n74 }
        48s   -> StartNode { operation: op145, node: n76, service: s0, zone: z0 }
        48s NodeAddFailed { node: n75, attempts: 3 }
        48s NodeAdding { node: n77, service: s0, zone: z1, why: Rollout }
        48s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        48s   -> StopNode { operation: op146, node: n75 }
        48s   -> StartNode { operation: op147, node: n77, service: s0, zone: z1 }
        49s NodeAdding { node: n78, service: s0, zone: z2, why: Rollout }
        49s   -> StopNode { operation: op148, node: n76 }
        49s   -> StartNode { operation: op149, node: n78, service: s0, zone: z2 }
        49s NodeAdding { node: n79, service: s0, zone: z0, why: Rollout }
        49s   -> StopNode { operation: op150, node: n77 }
        49s   -> StartNode { operation: op151, node: n79, service: s0, zone: z0 }
        50s NodeAdding { node: n80, service: s0, zone: z1, why: Rollout }
        50s   -> StopNode { operation: op152, node: n78 }
        50s   -> StartNode { operation: op153, node: n80, service: s0, zone: z1 }
        50s NodeAdding { node: n81, service: s0, zone: z2, why: Rollout }
        50s   -> StopNode { operation: op154, node: n79 }
        50s   -> StartNode { operation: op155, node: n81, service: s0, zone: z2 }
        51s NodeAddFailed { node: n80, attempts: 3 }
        51s NodeAdding { node: n82, service: s0, zone: z0, why: Rollout }
        51s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        51s   -> StopNode { operation: op156, node: n80 }
        51s   -> StartNode { operation: op157, node: n82, service: s0, zone: z0 }
        51s NodeAddFailed { node: n81, attempts: 3 }
        51s NodeAdding { node: n83, service: s0, zone: z1, why: Rollout }
        51s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        51s   -> StopNode { operation: op158, node: n81 }
        51s   -> StartNode { operation: op159, node: n83, service: s0, zone: z1 }
        52s NodeAdding { node: n84, service: s0, zone: z2, why: Rollout }
        52s   -> StopNode { operation: op160, node: n82 }
        52s   -> StartNode { operation: op161, node: n84, service: s0, zone: z2 }
        52s NodeAdding { node: n85, service: s0, zone: z0, why: Rollout }
        52s   -> StopNode { operation: op162, node: n83 }
        52s   -> StartNode { operation: op163, node: n85, service: s0, zone: z0 }
        53s NodeAdding { node: n86, service: s0, zone: z1, why: Rollout }
        53s   -> StopNode { operation: op164, node: n84 }
        53s   -> StartNode { operation: op165, node: n86, service: s0, zone: z1 }
        53s NodeAdding { node: n87, service: s0, zone: z2, why: Rollout }
        53s   -> StopNode { operation: op166, node: n85 }
        53s   -> StartNode { operation: op167, node: n87, service: s0, zone: z2 }
        54s NodeAddFailed { node: n86, attempts: 3 }
        54s NodeAdding { node: n88, service: s0, zone: z0, why: Rollout }
        54s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        54s   -> StopNode { operation: op168, node: n86 }
        54s   -> StartNode { operation: op169, node: n88, service: s0, zone: z0 }
        54s NodeAddFailed { node: n87, attempts: 3 }
        54s NodeAdding { node: n89, service: s0, zone: z1, why: Rollout }
        54s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        54s   -> StopNode { operation: op170, node: n87 }
        54s   -> StartNode { operation: op171, node: n89, service: s0, zone: z1 }
        55s NodeAdding { node: n90, service: s0, zone: z2, why: Rollout }
        55s   -> StopNode { operation: op172, node: n88 }
        55s   -> StartNode { operation: op173, node: n90, service: s0, zone: z2 }
        55s NodeAdding { node: n91, service: s0, zone: z0, why: Rollout }
        55s   -> StopNode { operation: op174, node: n89 }
        55s   -> StartNode { operation: op175, node: n91, service: s0, zone: z0 }
        56s NodeAdding { node: n92, service: s0, zone: z1, why: Rollout }
        56s   -> StopNode { operation: op176, node: n90 }
        56s   -> StartNode { operation: op177, node: n92, service: s0, zone: z1 }
        56s NodeAdding { node: n93, service: s0, zone: z2, why: Rollout }
        56s   -> StopNode { operation: op178, node: n91 }
        56s   -> StartNode { operation: op179, node: n93, service: s0, zone: z2 }
        57s NodeAddFailed { node: n92, attempts: 3 }
        57s NodeAdding { node: n94, service: s0, zone: z0, why: Rollout }
        57s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        57s   -> StopNode { operation: op180, node: n92 }
        57s   -> StartNode { operation: op181, node: n94, service: s0, zone: z0 }
        57s NodeAddFailed { node: n93, attempts: 3 }
        57s NodeAdding { node: n95, service: s0, zone: z1, why: Rollout }
        57s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        57s   -> StopNode { operation: op182, node: n93 }
        57s   -> StartNode { operation: op183, node: n95, service: s0, zone: z1 }
        58s NodeAdding { node: n96, service: s0, zone: z2, why: Rollout }
        58s   -> StopNode { operation: op184, node: n94 }
        58s   -> StartNode { operation: op185, node: n96, service: s0, zone: z2 }
        58s NodeAdding { node: n97, service: s0, zone: z0, why: Rollout }
        58s   -> StopNode { operation: op186, node: n95 }
        58s   -> StartNode { operation: op187, node: n97, service: s0, zone: z0 }
        59s NodeAdding { node: n98, service: s0, zone: z1, why: Rollout }
        59s   -> StopNode { operation: op188, node: n96 }
        59s   -> StartNode { operation: op189, node: n98, service: s0, zone: z1 }
        59s NodeAdding { node: n99, service: s0, zone: z2, why: Rollout }
        59s   -> StopNode { operation: op190, node: n97 }
        59s   -> StartNode { operation: op191, node: n99, service: s0, zone: z2 }
        1m NodeAddFailed { node: n98, attempts: 3 }
        1m NodeAdding { node: n100, service: s0, zone: z0, why: Rollout }
        1m Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m   -> StopNode { operation: op192, node: n98 }
        1m   -> StartNode { operation: op193, node: n100, service: s0, zone: z0 }
        1m NodeAddFailed { node: n99, attempts: 3 }
        1m NodeAdding { node: n101, service: s0, zone: z1, why: Rollout }
        1m Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m   -> StopNode { operation: op194, node: n99 }
        1m   -> StartNode { operation: op195, node: n101, service: s0, zone: z1 }
        1m1s NodeAdding { node: n102, service: s0, zone: z2, why: Rollout }
        1m1s   -> StopNode { operation: op196, node: n100 }
        1m1s   -> StartNode { operation: op197, node: n102, service: s0, zone: z2 }
        1m1s NodeAdding { node: n103, service: s0, zone: z0, why: Rollout }
        1m1s   -> StopNode { operation: op198, node: n101 }
        1m1s   -> StartNode { operation: op199, node: n103, service: s0, zone: z0 }
        1m2s NodeAdding { node: n104, service: s0, zone: z1, why: Rollout }
        1m2s   -> StopNode { operation: op200, node: n102 }
        1m2s   -> StartNode { operation: op201, node: n104, service: s0, zone: z1 }
        1m2s NodeAdding { node: n105, service: s0, zone: z2, why: Rollout }
        1m2s   -> StopNode { operation: op202, node: n103 }
        1m2s   -> StartNode { operation: op203, node: n105, service: s0, zone: z2 }
        1m3s NodeAddFailed { node: n104, attempts: 3 }
        1m3s NodeAdding { node: n106, service: s0, zone: z0, why: Rollout }
        1m3s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m3s   -> StopNode { operation: op204, node: n104 }
        1m3s   -> StartNode { operation: op205, node: n106, service: s0, zone: z0 }
        1m3s NodeAddFailed { node: n105, attempts: 3 }
        1m3s NodeAdding { node: n107, service: s0, zone: z1, why: Rollout }
        1m3s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m3s   -> StopNode { operation: op206, node: n105 }
        1m3s   -> StartNode { operation: op207, node: n107, service: s0, zone: z1 }
        1m4s NodeAdding { node: n108, service: s0, zone: z2, why: Rollout }
        1m4s   -> StopNode { operation: op208, node: n106 }
        1m4s   -> StartNode { operation: op209, node: n108, service: s0, zone: z2 }
        1m4s NodeAdding { node: n109, service: s0, zone: z0, why: Rollout }
        1m4s   -> StopNode { operation: op210, node: n107 }
        1m4s   -> StartNode { operation: op211, node: n109, service: s0, zone: z0 }
        1m5s NodeAdding { node: n110, service: s0, zone: z1, why: Rollout }
        1m5s   -> StopNode { operation: op212, node: n108 }
        1m5s   -> StartNode { operation: op213, node: n110, service: s0, zone: z1 }
        1m5s NodeAdding { node: n111, service: s0, zone: z2, why: Rollout }
        1m5s   -> StopNode { operation: op214, node: n109 }
        1m5s   -> StartNode { operation: op215, node: n111, service: s0, zone: z2 }
        1m6s NodeAddFailed { node: n110, attempts: 3 }
        1m6s NodeAdding { node: n112, service: s0, zone: z0, why: Rollout }
        1m6s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m6s   -> StopNode { operation: op216, node: n110 }
        1m6s   -> StartNode { operation: op217, node: n112, service: s0, zone: z0 }
        1m6s NodeAddFailed { node: n111, attempts: 3 }
        1m6s NodeAdding { node: n113, service: s0, zone: z1, why: Rollout }
        1m6s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m6s   -> StopNode { operation: op218, node: n111 }
        1m6s   -> StartNode { operation: op219, node: n113, service: s0, zone: z1 }
        1m7s NodeAdding { node: n114, service: s0, zone: z2, why: Rollout }
        1m7s   -> StopNode { operation: op220, node: n112 }
        1m7s   -> StartNode { operation: op221, node: n114, service: s0, zone: z2 }
        1m7s NodeAdding { node: n115, service: s0, zone: z0, why: Rollout }
        1m7s   -> StopNode { operation: op222, node: n113 }
        1m7s   -> StartNode { operation: op223, node: n115, service: s0, zone: z0 }
        1m8s NodeAdding { node: n116, service: s0, zone: z1, why: Rollout }
        1m8s   -> StopNode { operation: op224, node: n114 }
        1m8s   -> StartNode { operation: op225, node: n116, service: s0, zone: z1 }
        1m8s NodeAdding { node: n117, service: s0, zone: z2, why: Rollout }
        1m8s   -> StopNode { operation: op226, node: n115 }
        1m8s   -> StartNode { operation: op227, node: n117, service: s0, zone: z2 }
        1m9s NodeAddFailed { node: n116, attempts: 3 }
        1m9s NodeAdding { node: n118, service: s0, zone: z0, why: Rollout }
        1m9s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m9s   -> StopNode { operation: op228, node: n116 }
        1m9s   -> StartNode { operation: op229, node: n118, service: s0, zone: z0 }
        1m9s NodeAddFailed { node: n117, attempts: 3 }
        1m9s NodeAdding { node: n119, service: s0, zone: z1, why: Rollout }
        1m9s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m9s   -> StopNode { operation: op230, node: n117 }
        1m9s   -> StartNode { operation: op231, node: n119, service: s0, zone: z1 }
        1m10s NodeAdding { node: n120, service: s0, zone: z2, why: Rollout }
        1m10s   -> StopNode { operation: op232, node: n118 }
        1m10s   -> StartNode { operation: op233, node: n120, service: s0, zone: z2 }
        1m10s NodeAdding { node: n121, service: s0, zone: z0, why: Rollout }
        1m10s   -> StopNode { operation: op234, node: n119 }
        1m10s   -> StartNode { operation: op235, node: n121, service: s0, zone: z0 }
        1m11s NodeAdding { node: n122, service: s0, zone: z1, why: Rollout }
        1m11s   -> StopNode { operation: op236, node: n120 }
        1m11s   -> StartNode { operation: op237, node: n122, service: s0, zone: z1 }
        1m11s NodeAdding { node: n123, service: s0, zone: z2, why: Rollout }
        1m11s   -> StopNode { operation: op238, node: n121 }
        1m11s   -> StartNode { operation: op239, node: n123, service: s0, zone: z2 }
        1m12s NodeAddFailed { node: n122, attempts: 3 }
        1m12s NodeAdding { node: n124, service: s0, zone: z0, why: Rollout }
        1m12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m12s   -> StopNode { operation: op240, node: n122 }
        1m12s   -> StartNode { operation: op241, node: n124, service: s0, zone: z0 }
        1m12s NodeAddFailed { node: n123, attempts: 3 }
        1m12s NodeAdding { node: n125, service: s0, zone: z1, why: Rollout }
        1m12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m12s   -> StopNode { operation: op242, node: n123 }
        1m12s   -> StartNode { operation: op243, node: n125, service: s0, zone: z1 }
        1m13s NodeAdding { node: n126, service: s0, zone: z2, why: Rollout }
        1m13s   -> StopNode { operation: op244, node: n124 }
        1m13s   -> StartNode { operation: op245, node: n126, service: s0, zone: z2 }
        1m13s NodeAdding { node: n127, service: s0, zone: z0, why: Rollout }
        1m13s   -> StopNode { operation: op246, node: n125 }
        1m13s   -> StartNode { operation: op247, node: n127, service: s0, zone: z0 }
        1m14s NodeAdding { node: n128, service: s0, zone: z1, why: Rollout }
        1m14s   -> StopNode { operation: op248, node: n126 }
        1m14s   -> StartNode { operation: op249, node: n128, service: s0, zone: z1 }
        1m14s NodeAdding { node: n129, service: s0, zone: z2, why: Rollout }
        1m14s   -> StopNode { operation: op250, node: n127 }
        1m14s   -> StartNode { operation: op251, node: n129, service: s0, zone: z2 }
        1m15s NodeAddFailed { node: n128, attempts: 3 }
        1m15s NodeAdding { node: n130, service: s0, zone: z0, why: Rollout }
        1m15s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m15s   -> StopNode { operation: op252, node: n128 }
        1m15s   -> StartNode { operation: op253, node: n130, service: s0, zone: z0 }
        1m15s NodeAddFailed { node: n129, attempts: 3 }
        1m15s NodeAdding { node: n131, service: s0, zone: z1, why: Rollout }
        1m15s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m15s   -> StopNode { operation: op254, node: n129 }
        1m15s   -> StartNode { operation: op255, node: n131, service: s0, zone: z1 }
        1m16s NodeAdding { node: n132, service: s0, zone: z2, why: Rollout }
        1m16s   -> StopNode { operation: op256, node: n130 }
        1m16s   -> StartNode { operation: op257, node: n132, service: s0, zone: z2 }
        1m16s NodeAdding { node: n133, service: s0, zone: z0, why: Rollout }
        1m16s   -> StopNode { operation: op258, node: n131 }
        1m16s   -> StartNode { operation: op259, node: n133, service: s0, zone: z0 }
        1m17s NodeAdding { node: n134, service: s0, zone: z1, why: Rollout }
        1m17s   -> StopNode { operation: op260, node: n132 }
        1m17s   -> StartNode { operation: op261, node: n134, service: s0, zone: z1 }
        1m17s NodeAdding { node: n135, service: s0, zone: z2, why: Rollout }
        1m17s   -> StopNode { operation: op262, node: n133 }
        1m17s   -> StartNode { operation: op263, node: n135, service: s0, zone: z2 }
        1m18s NodeAddFailed { node: n134, attempts: 3 }
        1m18s NodeAdding { node: n136, service: s0, zone: z0, why: Rollout }
        1m18s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m18s   -> StopNode { operation: op264, node: n134 }
        1m18s   -> StartNode { operation: op265, node: n136, service: s0, zone: z0 }
        1m18s NodeAddFailed { node: n135, attempts: 3 }
        1m18s NodeAdding { node: n137, service: s0, zone: z1, why: Rollout }
        1m18s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m18s   -> StopNode { operation: op266, node: n135 }
        1m18s   -> StartNode { operation: op267, node: n137, service: s0, zone: z1 }
        1m19s NodeAdding { node: n138, service: s0, zone: z2, why: Rollout }
        1m19s   -> StopNode { operation: op268, node: n136 }
        1m19s   -> StartNode { operation: op269, node: n138, service: s0, zone: z2 }
        1m19s NodeAdding { node: n139, service: s0, zone: z0, why: Rollout }
        1m19s   -> StopNode { operation: op270, node: n137 }
        1m19s   -> StartNode { operation: op271, node: n139, service: s0, zone: z0 }
        1m20s NodeAdding { node: n140, service: s0, zone: z1, why: Rollout }
        1m20s   -> StopNode { operation: op272, node: n138 }
        1m20s   -> StartNode { operation: op273, node: n140, service: s0, zone: z1 }
        1m20s NodeAdding { node: n141, service: s0, zone: z2, why: Rollout }
        1m20s   -> StopNode { operation: op274, node: n139 }
        1m20s   -> StartNode { operation: op275, node: n141, service: s0, zone: z2 }
        1m21s NodeAddFailed { node: n140, attempts: 3 }
        1m21s NodeAdding { node: n142, service: s0, zone: z0, why: Rollout }
        1m21s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m21s   -> StopNode { operation: op276, node: n140 }
        1m21s   -> StartNode { operation: op277, node: n142, service: s0, zone: z0 }
        1m21s NodeAddFailed { node: n141, attempts: 3 }
        1m21s NodeAdding { node: n143, service: s0, zone: z1, why: Rollout }
        1m21s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m21s   -> StopNode { operation: op278, node: n141 }
        1m21s   -> StartNode { operation: op279, node: n143, service: s0, zone: z1 }
        1m22s NodeAdding { node: n144, service: s0, zone: z2, why: Rollout }
        1m22s   -> StopNode { operation: op280, node: n142 }
        1m22s   -> StartNode { operation: op281, node: n144, service: s0, zone: z2 }
        1m22s NodeAdding { node: n145, service: s0, zone: z0, why: Rollout }
        1m22s   -> StopNode { operation: op282, node: n143 }
        1m22s   -> StartNode { operation: op283, node: n145, service: s0, zone: z0 }
        1m23s NodeAdding { node: n146, service: s0, zone: z1, why: Rollout }
        1m23s   -> StopNode { operation: op284, node: n144 }
        1m23s   -> StartNode { operation: op285, node: n146, service: s0, zone: z1 }
        1m23s NodeAdding { node: n147, service: s0, zone: z2, why: Rollout }
        1m23s   -> StopNode { operation: op286, node: n145 }
        1m23s   -> StartNode { operation: op287, node: n147, service: s0, zone: z2 }
        1m24s NodeAddFailed { node: n146, attempts: 3 }
        1m24s NodeAdding { node: n148, service: s0, zone: z0, why: Rollout }
        1m24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m24s   -> StopNode { operation: op288, node: n146 }
        1m24s   -> StartNode { operation: op289, node: n148, service: s0, zone: z0 }
        1m24s NodeAddFailed { node: n147, attempts: 3 }
        1m24s NodeAdding { node: n149, service: s0, zone: z1, why: Rollout }
        1m24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m24s   -> StopNode { operation: op290, node: n147 }
        1m24s   -> StartNode { operation: op291, node: n149, service: s0, zone: z1 }
        1m25s NodeAdding { node: n150, service: s0, zone: z2, why: Rollout }
        1m25s   -> StopNode { operation: op292, node: n148 }
        1m25s   -> StartNode { operation: op293, node: n150, service: s0, zone: z2 }
        1m25s NodeAdding { node: n151, service: s0, zone: z0, why: Rollout }
        1m25s   -> StopNode { operation: op294, node: n149 }
        1m25s   -> StartNode { operation: op295, node: n151, service: s0, zone: z0 }
        1m26s NodeAdding { node: n152, service: s0, zone: z1, why: Rollout }
        1m26s   -> StopNode { operation: op296, node: n150 }
        1m26s   -> StartNode { operation: op297, node: n152, service: s0, zone: z1 }
        1m26s NodeAdding { node: n153, service: s0, zone: z2, why: Rollout }
        1m26s   -> StopNode { operation: op298, node: n151 }
        1m26s   -> StartNode { operation: op299, node: n153, service: s0, zone: z2 }
        1m27s NodeAddFailed { node: n152, attempts: 3 }
        1m27s NodeAdding { node: n154, service: s0, zone: z0, why: Rollout }
        1m27s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m27s   -> StopNode { operation: op300, node: n152 }
        1m27s   -> StartNode { operation: op301, node: n154, service: s0, zone: z0 }
        1m27s NodeAddFailed { node: n153, attempts: 3 }
        1m27s NodeAdding { node: n155, service: s0, zone: z1, why: Rollout }
        1m27s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m27s   -> StopNode { operation: op302, node: n153 }
        1m27s   -> StartNode { operation: op303, node: n155, service: s0, zone: z1 }
        1m28s NodeAdding { node: n156, service: s0, zone: z2, why: Rollout }
        1m28s   -> StopNode { operation: op304, node: n154 }
        1m28s   -> StartNode { operation: op305, node: n156, service: s0, zone: z2 }
        1m28s NodeAdding { node: n157, service: s0, zone: z0, why: Rollout }
        1m28s   -> StopNode { operation: op306, node: n155 }
        1m28s   -> StartNode { operation: op307, node: n157, service: s0, zone: z0 }
        1m29s NodeAdding { node: n158, service: s0, zone: z1, why: Rollout }
        1m29s   -> StopNode { operation: op308, node: n156 }
        1m29s   -> StartNode { operation: op309, node: n158, service: s0, zone: z1 }
        1m29s NodeAdding { node: n159, service: s0, zone: z2, why: Rollout }
        1m29s   -> StopNode { operation: op310, node: n157 }
        1m29s   -> StartNode { operation: op311, node: n159, service: s0, zone: z2 }
        1m30s NodeAddFailed { node: n158, attempts: 3 }
        1m30s NodeAdding { node: n160, service: s0, zone: z0, why: Rollout }
        1m30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m30s   -> StopNode { operation: op312, node: n158 }
        1m30s   -> StartNode { operation: op313, node: n160, service: s0, zone: z0 }
        1m30s NodeAddFailed { node: n159, attempts: 3 }
        1m30s NodeAdding { node: n161, service: s0, zone: z1, why: Rollout }
        1m30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m30s   -> StopNode { operation: op314, node: n159 }
        1m30s   -> StartNode { operation: op315, node: n161, service: s0, zone: z1 }
        1m31s NodeAdding { node: n162, service: s0, zone: z2, why: Rollout }
        1m31s   -> StopNode { operation: op316, node: n160 }
        1m31s   -> StartNode { operation: op317, node: n162, service: s0, zone: z2 }
        1m31s NodeAdding { node: n163, service: s0, zone: z0, why: Rollout }
        1m31s   -> StopNode { operation: op318, node: n161 }
        1m31s   -> StartNode { operation: op319, node: n163, service: s0, zone: z0 }
        1m32s NodeAdding { node: n164, service: s0, zone: z1, why: Rollout }
        1m32s   -> StopNode { operation: op320, node: n162 }
        1m32s   -> StartNode { operation: op321, node: n164, service: s0, zone: z1 }
        1m32s NodeAdding { node: n165, service: s0, zone: z2, why: Rollout }
        1m32s   -> StopNode { operation: op322, node: n163 }
        1m32s   -> StartNode { operation: op323, node: n165, service: s0, zone: z2 }
        1m33s NodeAddFailed { node: n164, attempts: 3 }
        1m33s NodeAdding { node: n166, service: s0, zone: z0, why: Rollout }
        1m33s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m33s   -> StopNode { operation: op324, node: n164 }
        1m33s   -> StartNode { operation: op325, node: n166, service: s0, zone: z0 }
        1m33s NodeAddFailed { node: n165, attempts: 3 }
        1m33s NodeAdding { node: n167, service: s0, zone: z1, why: Rollout }
        1m33s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m33s   -> StopNode { operation: op326, node: n165 }
        1m33s   -> StartNode { operation: op327, node: n167, service: s0, zone: z1 }
        1m34s NodeAdding { node: n168, service: s0, zone: z2, why: Rollout }
        1m34s   -> StopNode { operation: op328, node: n166 }
        1m34s   -> StartNode { operation: op329, node: n168, service: s0, zone: z2 }
        1m34s NodeAdding { node: n169, service: s0, zone: z0, why: Rollout }
        1m34s   -> StopNode { operation: op330, node: n167 }
        1m34s   -> StartNode { operation: op331, node: n169, service: s0, zone: z0 }
        1m35s NodeAdding { node: n170, service: s0, zone: z1, why: Rollout }
        1m35s   -> StopNode { operation: op332, node: n168 }
        1m35s   -> StartNode { operation: op333, node: n170, service: s0, zone: z1 }
        1m35s NodeAdding { node: n171, service: s0, zone: z2, why: Rollout }
        1m35s   -> StopNode { operation: op334, node: n169 }
        1m35s   -> StartNode { operation: op335, node: n171, service: s0, zone: z2 }
        1m36s NodeAddFailed { node: n170, attempts: 3 }
        1m36s NodeAdding { node: n172, service: s0, zone: z0, why: Rollout }
        1m36s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m36s   -> StopNode { operation: op336, node: n170 }
        1m36s   -> StartNode { operation: op337, node: n172, service: s0, zone: z0 }
        1m36s NodeAddFailed { node: n171, attempts: 3 }
        1m36s NodeAdding { node: n173, service: s0, zone: z1, why: Rollout }
        1m36s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m36s   -> StopNode { operation: op338, node: n171 }
        1m36s   -> StartNode { operation: op339, node: n173, service: s0, zone: z1 }
        1m37s NodeAdding { node: n174, service: s0, zone: z2, why: Rollout }
        1m37s   -> StopNode { operation: op340, node: n172 }
        1m37s   -> StartNode { operation: op341, node: n174, service: s0, zone: z2 }
        1m37s NodeAdding { node: n175, service: s0, zone: z0, why: Rollout }
        1m37s   -> StopNode { operation: op342, node: n173 }
        1m37s   -> StartNode { operation: op343, node: n175, service: s0, zone: z0 }
        1m38s NodeAdding { node: n176, service: s0, zone: z1, why: Rollout }
        1m38s   -> StopNode { operation: op344, node: n174 }
        1m38s   -> StartNode { operation: op345, node: n176, service: s0, zone: z1 }
        1m38s NodeAdding { node: n177, service: s0, zone: z2, why: Rollout }
        1m38s   -> StopNode { operation: op346, node: n175 }
        1m38s   -> StartNode { operation: op347, node: n177, service: s0, zone: z2 }
        1m39s NodeAddFailed { node: n176, attempts: 3 }
        1m39s NodeAdding { node: n178, service: s0, zone: z0, why: Rollout }
        1m39s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m39s   -> StopNode { operation: op348, node: n176 }
        1m39s   -> StartNode { operation: op349, node: n178, service: s0, zone: z0 }
        1m39s NodeAddFailed { node: n177, attempts: 3 }
        1m39s NodeAdding { node: n179, service: s0, zone: z1, why: Rollout }
        1m39s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m39s   -> StopNode { operation: op350, node: n177 }
        1m39s   -> StartNode { operation: op351, node: n179, service: s0, zone: z1 }
        1m40s NodeAdding { node: n180, service: s0, zone: z2, why: Rollout }
        1m40s   -> StopNode { operation: op352, node: n178 }
        1m40s   -> StartNode { operation: op353, node: n180, service: s0, zone: z2 }
        1m40s NodeAdding { node: n181, service: s0, zone: z0, why: Rollout }
        1m40s   -> StopNode { operation: op354, node: n179 }
        1m40s   -> StartNode { operation: op355, node: n181, service: s0, zone: z0 }
        1m41s NodeAdding { node: n182, service: s0, zone: z1, why: Rollout }
        1m41s   -> StopNode { operation: op356, node: n180 }
        1m41s   -> StartNode { operation: op357, node: n182, service: s0, zone: z1 }
        1m41s NodeAdding { node: n183, service: s0, zone: z2, why: Rollout }
        1m41s   -> StopNode { operation: op358, node: n181 }
        1m41s   -> StartNode { operation: op359, node: n183, service: s0, zone: z2 }
        1m42s NodeAddFailed { node: n182, attempts: 3 }
        1m42s NodeAdding { node: n184, service: s0, zone: z0, why: Rollout }
        1m42s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m42s   -> StopNode { operation: op360, node: n182 }
        1m42s   -> StartNode { operation: op361, node: n184, service: s0, zone: z0 }
        1m42s NodeAddFailed { node: n183, attempts: 3 }
        1m42s NodeAdding { node: n185, service: s0, zone: z1, why: Rollout }
        1m42s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m42s   -> StopNode { operation: op362, node: n183 }
        1m42s   -> StartNode { operation: op363, node: n185, service: s0, zone: z1 }
        1m43s NodeAdding { node: n186, service: s0, zone: z2, why: Rollout }
        1m43s   -> StopNode { operation: op364, node: n184 }
        1m43s   -> StartNode { operation: op365, node: n186, service: s0, zone: z2 }
        1m43s NodeAdding { node: n187, service: s0, zone: z0, why: Rollout }
        1m43s   -> StopNode { operation: op366, node: n185 }
        1m43s   -> StartNode { operation: op367, node: n187, service: s0, zone: z0 }
        1m44s NodeAdding { node: n188, service: s0, zone: z1, why: Rollout }
        1m44s   -> StopNode { operation: op368, node: n186 }
        1m44s   -> StartNode { operation: op369, node: n188, service: s0, zone: z1 }
        1m44s NodeAdding { node: n189, service: s0, zone: z2, why: Rollout }
        1m44s   -> StopNode { operation: op370, node: n187 }
        1m44s   -> StartNode { operation: op371, node: n189, service: s0, zone: z2 }
        1m45s NodeAddFailed { node: n188, attempts: 3 }
        1m45s NodeAdding { node: n190, service: s0, zone: z0, why: Rollout }
        1m45s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m45s   -> StopNode { operation: op372, node: n188 }
        1m45s   -> StartNode { operation: op373, node: n190, service: s0, zone: z0 }
        1m45s NodeAddFailed { node: n189, attempts: 3 }
        1m45s NodeAdding { node: n191, service: s0, zone: z1, why: Rollout }
        1m45s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m45s   -> StopNode { operation: op374, node: n189 }
        1m45s   -> StartNode { operation: op375, node: n191, service: s0, zone: z1 }
        1m46s NodeAdding { node: n192, service: s0, zone: z2, why: Rollout }
        1m46s   -> StopNode { operation: op376, node: n190 }
        1m46s   -> StartNode { operation: op377, node: n192, service: s0, zone: z2 }
        1m46s NodeAdding { node: n193, service: s0, zone: z0, why: Rollout }
        1m46s   -> StopNode { operation: op378, node: n191 }
        1m46s   -> StartNode { operation: op379, node: n193, service: s0, zone: z0 }
        1m47s NodeAdding { node: n194, service: s0, zone: z1, why: Rollout }
        1m47s   -> StopNode { operation: op380, node: n192 }
        1m47s   -> StartNode { operation: op381, node: n194, service: s0, zone: z1 }
        1m47s NodeAdding { node: n195, service: s0, zone: z2, why: Rollout }
        1m47s   -> StopNode { operation: op382, node: n193 }
        1m47s   -> StartNode { operation: op383, node: n195, service: s0, zone: z2 }
        1m48s NodeAddFailed { node: n194, attempts: 3 }
        1m48s NodeAdding { node: n196, service: s0, zone: z0, why: Rollout }
        1m48s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m48s   -> StopNode { operation: op384, node: n194 }
        1m48s   -> StartNode { operation: op385, node: n196, service: s0, zone: z0 }
        1m48s NodeAddFailed { node: n195, attempts: 3 }
        1m48s NodeAdding { node: n197, service: s0, zone: z1, why: Rollout }
        1m48s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m48s   -> StopNode { operation: op386, node: n195 }
        1m48s   -> StartNode { operation: op387, node: n197, service: s0, zone: z1 }
        1m49s NodeAdding { node: n198, service: s0, zone: z2, why: Rollout }
        1m49s   -> StopNode { operation: op388, node: n196 }
        1m49s   -> StartNode { operation: op389, node: n198, service: s0, zone: z2 }
        1m49s NodeAdding { node: n199, service: s0, zone: z0, why: Rollout }
        1m49s   -> StopNode { operation: op390, node: n197 }
        1m49s   -> StartNode { operation: op391, node: n199, service: s0, zone: z0 }
        1m50s NodeAdding { node: n200, service: s0, zone: z1, why: Rollout }
        1m50s   -> StopNode { operation: op392, node: n198 }
        1m50s   -> StartNode { operation: op393, node: n200, service: s0, zone: z1 }
        1m50s NodeAdding { node: n201, service: s0, zone: z2, why: Rollout }
        1m50s   -> StopNode { operation: op394, node: n199 }
        1m50s   -> StartNode { operation: op395, node: n201, service: s0, zone: z2 }
        1m51s NodeAddFailed { node: n200, attempts: 3 }
        1m51s NodeAdding { node: n202, service: s0, zone: z0, why: Rollout }
        1m51s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m51s   -> StopNode { operation: op396, node: n200 }
        1m51s   -> StartNode { operation: op397, node: n202, service: s0, zone: z0 }
        1m51s NodeAddFailed { node: n201, attempts: 3 }
        1m51s NodeAdding { node: n203, service: s0, zone: z1, why: Rollout }
        1m51s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m51s   -> StopNode { operation: op398, node: n201 }
        1m51s   -> StartNode { operation: op399, node: n203, service: s0, zone: z1 }
        1m52s NodeAdding { node: n204, service: s0, zone: z2, why: Rollout }
        1m52s   -> StopNode { operation: op400, node: n202 }
        1m52s   -> StartNode { operation: op401, node: n204, service: s0, zone: z2 }
        1m52s NodeAdding { node: n205, service: s0, zone: z0, why: Rollout }
        1m52s   -> StopNode { operation: op402, node: n203 }
        1m52s   -> StartNode { operation: op403, node: n205, service: s0, zone: z0 }
        1m53s NodeAdding { node: n206, service: s0, zone: z1, why: Rollout }
        1m53s   -> StopNode { operation: op404, node: n204 }
        1m53s   -> StartNode { operation: op405, node: n206, service: s0, zone: z1 }
        1m53s NodeAdding { node: n207, service: s0, zone: z2, why: Rollout }
        1m53s   -> StopNode { operation: op406, node: n205 }
        1m53s   -> StartNode { operation: op407, node: n207, service: s0, zone: z2 }
        1m54s NodeAddFailed { node: n206, attempts: 3 }
        1m54s NodeAdding { node: n208, service: s0, zone: z0, why: Rollout }
        1m54s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m54s   -> StopNode { operation: op408, node: n206 }
        1m54s   -> StartNode { operation: op409, node: n208, service: s0, zone: z0 }
        1m54s NodeAddFailed { node: n207, attempts: 3 }
        1m54s NodeAdding { node: n209, service: s0, zone: z1, why: Rollout }
        1m54s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m54s   -> StopNode { operation: op410, node: n207 }
        1m54s   -> StartNode { operation: op411, node: n209, service: s0, zone: z1 }
        1m55s NodeAdding { node: n210, service: s0, zone: z2, why: Rollout }
        1m55s   -> StopNode { operation: op412, node: n208 }
        1m55s   -> StartNode { operation: op413, node: n210, service: s0, zone: z2 }
        1m55s NodeAdding { node: n211, service: s0, zone: z0, why: Rollout }
        1m55s   -> StopNode { operation: op414, node: n209 }
        1m55s   -> StartNode { operation: op415, node: n211, service: s0, zone: z0 }
        1m56s NodeAdding { node: n212, service: s0, zone: z1, why: Rollout }
        1m56s   -> StopNode { operation: op416, node: n210 }
        1m56s   -> StartNode { operation: op417, node: n212, service: s0, zone: z1 }
        1m56s NodeAdding { node: n213, service: s0, zone: z2, why: Rollout }
        1m56s   -> StopNode { operation: op418, node: n211 }
        1m56s   -> StartNode { operation: op419, node: n213, service: s0, zone: z2 }
        1m57s NodeAddFailed { node: n212, attempts: 3 }
        1m57s NodeAdding { node: n214, service: s0, zone: z0, why: Rollout }
        1m57s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m57s   -> StopNode { operation: op420, node: n212 }
        1m57s   -> StartNode { operation: op421, node: n214, service: s0, zone: z0 }
        1m57s NodeAddFailed { node: n213, attempts: 3 }
        1m57s NodeAdding { node: n215, service: s0, zone: z1, why: Rollout }
        1m57s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        1m57s   -> StopNode { operation: op422, node: n213 }
        1m57s   -> StartNode { operation: op423, node: n215, service: s0, zone: z1 }
        1m58s NodeAdding { node: n216, service: s0, zone: z2, why: Rollout }
        1m58s   -> StopNode { operation: op424, node: n214 }
        1m58s   -> StartNode { operation: op425, node: n216, service: s0, zone: z2 }
        1m58s NodeAdding { node: n217, service: s0, zone: z0, why: Rollout }
        1m58s   -> StopNode { operation: op426, node: n215 }
        1m58s   -> StartNode { operation: op427, node: n217, service: s0, zone: z0 }
        1m59s NodeAdding { node: n218, service: s0, zone: z1, why: Rollout }
        1m59s   -> StopNode { operation: op428, node: n216 }
        1m59s   -> StartNode { operation: op429, node: n218, service: s0, zone: z1 }
        1m59s NodeAdding { node: n219, service: s0, zone: z2, why: Rollout }
        1m59s   -> StopNode { operation: op430, node: n217 }
        1m59s   -> StartNode { operation: op431, node: n219, service: s0, zone: z2 }
        2m NodeAddFailed { node: n218, attempts: 3 }
        2m NodeAdding { node: n220, service: s0, zone: z0, why: Rollout }
        2m Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m   -> StopNode { operation: op432, node: n218 }
        2m   -> StartNode { operation: op433, node: n220, service: s0, zone: z0 }
        2m NodeAddFailed { node: n219, attempts: 3 }
        2m NodeAdding { node: n221, service: s0, zone: z1, why: Rollout }
        2m Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m   -> StopNode { operation: op434, node: n219 }
        2m   -> StartNode { operation: op435, node: n221, service: s0, zone: z1 }
        2m1s NodeAdding { node: n222, service: s0, zone: z2, why: Rollout }
        2m1s   -> StopNode { operation: op436, node: n220 }
        2m1s   -> StartNode { operation: op437, node: n222, service: s0, zone: z2 }
        2m1s NodeAdding { node: n223, service: s0, zone: z0, why: Rollout }
        2m1s   -> StopNode { operation: op438, node: n221 }
        2m1s   -> StartNode { operation: op439, node: n223, service: s0, zone: z0 }
        2m2s NodeAdding { node: n224, service: s0, zone: z1, why: Rollout }
        2m2s   -> StopNode { operation: op440, node: n222 }
        2m2s   -> StartNode { operation: op441, node: n224, service: s0, zone: z1 }
        2m2s NodeAdding { node: n225, service: s0, zone: z2, why: Rollout }
        2m2s   -> StopNode { operation: op442, node: n223 }
        2m2s   -> StartNode { operation: op443, node: n225, service: s0, zone: z2 }
        2m3s NodeAddFailed { node: n224, attempts: 3 }
        2m3s NodeAdding { node: n226, service: s0, zone: z0, why: Rollout }
        2m3s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m3s   -> StopNode { operation: op444, node: n224 }
        2m3s   -> StartNode { operation: op445, node: n226, service: s0, zone: z0 }
        2m3s NodeAddFailed { node: n225, attempts: 3 }
        2m3s NodeAdding { node: n227, service: s0, zone: z1, why: Rollout }
        2m3s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m3s   -> StopNode { operation: op446, node: n225 }
        2m3s   -> StartNode { operation: op447, node: n227, service: s0, zone: z1 }
        2m4s NodeAdding { node: n228, service: s0, zone: z2, why: Rollout }
        2m4s   -> StopNode { operation: op448, node: n226 }
        2m4s   -> StartNode { operation: op449, node: n228, service: s0, zone: z2 }
        2m4s NodeAdding { node: n229, service: s0, zone: z0, why: Rollout }
        2m4s   -> StopNode { operation: op450, node: n227 }
        2m4s   -> StartNode { operation: op451, node: n229, service: s0, zone: z0 }
        2m5s NodeAdding { node: n230, service: s0, zone: z1, why: Rollout }
        2m5s   -> StopNode { operation: op452, node: n228 }
        2m5s   -> StartNode { operation: op453, node: n230, service: s0, zone: z1 }
        2m5s NodeAdding { node: n231, service: s0, zone: z2, why: Rollout }
        2m5s   -> StopNode { operation: op454, node: n229 }
        2m5s   -> StartNode { operation: op455, node: n231, service: s0, zone: z2 }
        2m6s NodeAddFailed { node: n230, attempts: 3 }
        2m6s NodeAdding { node: n232, service: s0, zone: z0, why: Rollout }
        2m6s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m6s   -> StopNode { operation: op456, node: n230 }
        2m6s   -> StartNode { operation: op457, node: n232, service: s0, zone: z0 }
        2m6s NodeAddFailed { node: n231, attempts: 3 }
        2m6s NodeAdding { node: n233, service: s0, zone: z1, why: Rollout }
        2m6s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m6s   -> StopNode { operation: op458, node: n231 }
        2m6s   -> StartNode { operation: op459, node: n233, service: s0, zone: z1 }
        2m7s NodeAdding { node: n234, service: s0, zone: z2, why: Rollout }
        2m7s   -> StopNode { operation: op460, node: n232 }
        2m7s   -> StartNode { operation: op461, node: n234, service: s0, zone: z2 }
        2m7s NodeAdding { node: n235, service: s0, zone: z0, why: Rollout }
        2m7s   -> StopNode { operation: op462, node: n233 }
        2m7s   -> StartNode { operation: op463, node: n235, service: s0, zone: z0 }
        2m8s NodeAdding { node: n236, service: s0, zone: z1, why: Rollout }
        2m8s   -> StopNode { operation: op464, node: n234 }
        2m8s   -> StartNode { operation: op465, node: n236, service: s0, zone: z1 }
        2m8s NodeAdding { node: n237, service: s0, zone: z2, why: Rollout }
        2m8s   -> StopNode { operation: op466, node: n235 }
        2m8s   -> StartNode { operation: op467, node: n237, service: s0, zone: z2 }
        2m9s NodeAddFailed { node: n236, attempts: 3 }
        2m9s NodeAdding { node: n238, service: s0, zone: z0, why: Rollout }
        2m9s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m9s   -> StopNode { operation: op468, node: n236 }
        2m9s   -> StartNode { operation: op469, node: n238, service: s0, zone: z0 }
        2m9s NodeAddFailed { node: n237, attempts: 3 }
        2m9s NodeAdding { node: n239, service: s0, zone: z1, why: Rollout }
        2m9s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m9s   -> StopNode { operation: op470, node: n237 }
        2m9s   -> StartNode { operation: op471, node: n239, service: s0, zone: z1 }
        2m10s NodeAdding { node: n240, service: s0, zone: z2, why: Rollout }
        2m10s   -> StopNode { operation: op472, node: n238 }
        2m10s   -> StartNode { operation: op473, node: n240, service: s0, zone: z2 }
        2m10s NodeAdding { node: n241, service: s0, zone: z0, why: Rollout }
        2m10s   -> StopNode { operation: op474, node: n239 }
        2m10s   -> StartNode { operation: op475, node: n241, service: s0, zone: z0 }
        2m11s NodeAdding { node: n242, service: s0, zone: z1, why: Rollout }
        2m11s   -> StopNode { operation: op476, node: n240 }
        2m11s   -> StartNode { operation: op477, node: n242, service: s0, zone: z1 }
        2m11s NodeAdding { node: n243, service: s0, zone: z2, why: Rollout }
        2m11s   -> StopNode { operation: op478, node: n241 }
        2m11s   -> StartNode { operation: op479, node: n243, service: s0, zone: z2 }
        2m12s NodeAddFailed { node: n242, attempts: 3 }
        2m12s NodeAdding { node: n244, service: s0, zone: z0, why: Rollout }
        2m12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m12s   -> StopNode { operation: op480, node: n242 }
        2m12s   -> StartNode { operation: op481, node: n244, service: s0, zone: z0 }
        2m12s NodeAddFailed { node: n243, attempts: 3 }
        2m12s NodeAdding { node: n245, service: s0, zone: z1, why: Rollout }
        2m12s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m12s   -> StopNode { operation: op482, node: n243 }
        2m12s   -> StartNode { operation: op483, node: n245, service: s0, zone: z1 }
        2m13s NodeAdding { node: n246, service: s0, zone: z2, why: Rollout }
        2m13s   -> StopNode { operation: op484, node: n244 }
        2m13s   -> StartNode { operation: op485, node: n246, service: s0, zone: z2 }
        2m13s NodeAdding { node: n247, service: s0, zone: z0, why: Rollout }
        2m13s   -> StopNode { operation: op486, node: n245 }
        2m13s   -> StartNode { operation: op487, node: n247, service: s0, zone: z0 }
        2m14s NodeAdding { node: n248, service: s0, zone: z1, why: Rollout }
        2m14s   -> StopNode { operation: op488, node: n246 }
        2m14s   -> StartNode { operation: op489, node: n248, service: s0, zone: z1 }
        2m14s NodeAdding { node: n249, service: s0, zone: z2, why: Rollout }
        2m14s   -> StopNode { operation: op490, node: n247 }
        2m14s   -> StartNode { operation: op491, node: n249, service: s0, zone: z2 }
        2m15s NodeAddFailed { node: n248, attempts: 3 }
        2m15s NodeAdding { node: n250, service: s0, zone: z0, why: Rollout }
        2m15s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m15s   -> StopNode { operation: op492, node: n248 }
        2m15s   -> StartNode { operation: op493, node: n250, service: s0, zone: z0 }
        2m15s NodeAddFailed { node: n249, attempts: 3 }
        2m15s NodeAdding { node: n251, service: s0, zone: z1, why: Rollout }
        2m15s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m15s   -> StopNode { operation: op494, node: n249 }
        2m15s   -> StartNode { operation: op495, node: n251, service: s0, zone: z1 }
        2m16s NodeAdding { node: n252, service: s0, zone: z2, why: Rollout }
        2m16s   -> StopNode { operation: op496, node: n250 }
        2m16s   -> StartNode { operation: op497, node: n252, service: s0, zone: z2 }
        2m16s NodeAdding { node: n253, service: s0, zone: z0, why: Rollout }
        2m16s   -> StopNode { operation: op498, node: n251 }
        2m16s   -> StartNode { operation: op499, node: n253, service: s0, zone: z0 }
        2m17s NodeAdding { node: n254, service: s0, zone: z1, why: Rollout }
        2m17s   -> StopNode { operation: op500, node: n252 }
        2m17s   -> StartNode { operation: op501, node: n254, service: s0, zone: z1 }
        2m17s NodeAdding { node: n255, service: s0, zone: z2, why: Rollout }
        2m17s   -> StopNode { operation: op502, node: n253 }
        2m17s   -> StartNode { operation: op503, node: n255, service: s0, zone: z2 }
        2m18s NodeAddFailed { node: n254, attempts: 3 }
        2m18s NodeAdding { node: n256, service: s0, zone: z0, why: Rollout }
        2m18s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m18s   -> StopNode { operation: op504, node: n254 }
        2m18s   -> StartNode { operation: op505, node: n256, service: s0, zone: z0 }
        2m18s NodeAddFailed { node: n255, attempts: 3 }
        2m18s NodeAdding { node: n257, service: s0, zone: z1, why: Rollout }
        2m18s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m18s   -> StopNode { operation: op506, node: n255 }
        2m18s   -> StartNode { operation: op507, node: n257, service: s0, zone: z1 }
        2m19s NodeAdding { node: n258, service: s0, zone: z2, why: Rollout }
        2m19s   -> StopNode { operation: op508, node: n256 }
        2m19s   -> StartNode { operation: op509, node: n258, service: s0, zone: z2 }
        2m19s NodeAdding { node: n259, service: s0, zone: z0, why: Rollout }
        2m19s   -> StopNode { operation: op510, node: n257 }
        2m19s   -> StartNode { operation: op511, node: n259, service: s0, zone: z0 }
        2m20s NodeAdding { node: n260, service: s0, zone: z1, why: Rollout }
        2m20s   -> StopNode { operation: op512, node: n258 }
        2m20s   -> StartNode { operation: op513, node: n260, service: s0, zone: z1 }
        2m20s NodeAdding { node: n261, service: s0, zone: z2, why: Rollout }
        2m20s   -> StopNode { operation: op514, node: n259 }
        2m20s   -> StartNode { operation: op515, node: n261, service: s0, zone: z2 }
        2m21s NodeAddFailed { node: n260, attempts: 3 }
        2m21s NodeAdding { node: n262, service: s0, zone: z0, why: Rollout }
        2m21s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m21s   -> StopNode { operation: op516, node: n260 }
        2m21s   -> StartNode { operation: op517, node: n262, service: s0, zone: z0 }
        2m21s NodeAddFailed { node: n261, attempts: 3 }
        2m21s NodeAdding { node: n263, service: s0, zone: z1, why: Rollout }
        2m21s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m21s   -> StopNode { operation: op518, node: n261 }
        2m21s   -> StartNode { operation: op519, node: n263, service: s0, zone: z1 }
        2m22s NodeAdding { node: n264, service: s0, zone: z2, why: Rollout }
        2m22s   -> StopNode { operation: op520, node: n262 }
        2m22s   -> StartNode { operation: op521, node: n264, service: s0, zone: z2 }
        2m22s NodeAdding { node: n265, service: s0, zone: z0, why: Rollout }
        2m22s   -> StopNode { operation: op522, node: n263 }
        2m22s   -> StartNode { operation: op523, node: n265, service: s0, zone: z0 }
        2m23s NodeAdding { node: n266, service: s0, zone: z1, why: Rollout }
        2m23s   -> StopNode { operation: op524, node: n264 }
        2m23s   -> StartNode { operation: op525, node: n266, service: s0, zone: z1 }
        2m23s NodeAdding { node: n267, service: s0, zone: z2, why: Rollout }
        2m23s   -> StopNode { operation: op526, node: n265 }
        2m23s   -> StartNode { operation: op527, node: n267, service: s0, zone: z2 }
        2m24s NodeAddFailed { node: n266, attempts: 3 }
        2m24s NodeAdding { node: n268, service: s0, zone: z0, why: Rollout }
        2m24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m24s   -> StopNode { operation: op528, node: n266 }
        2m24s   -> StartNode { operation: op529, node: n268, service: s0, zone: z0 }
        2m24s NodeAddFailed { node: n267, attempts: 3 }
        2m24s NodeAdding { node: n269, service: s0, zone: z1, why: Rollout }
        2m24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m24s   -> StopNode { operation: op530, node: n267 }
        2m24s   -> StartNode { operation: op531, node: n269, service: s0, zone: z1 }
        2m25s NodeAdding { node: n270, service: s0, zone: z2, why: Rollout }
        2m25s   -> StopNode { operation: op532, node: n268 }
        2m25s   -> StartNode { operation: op533, node: n270, service: s0, zone: z2 }
        2m25s NodeAdding { node: n271, service: s0, zone: z0, why: Rollout }
        2m25s   -> StopNode { operation: op534, node: n269 }
        2m25s   -> StartNode { operation: op535, node: n271, service: s0, zone: z0 }
        2m26s NodeAdding { node: n272, service: s0, zone: z1, why: Rollout }
        2m26s   -> StopNode { operation: op536, node: n270 }
        2m26s   -> StartNode { operation: op537, node: n272, service: s0, zone: z1 }
        2m26s NodeAdding { node: n273, service: s0, zone: z2, why: Rollout }
        2m26s   -> StopNode { operation: op538, node: n271 }
        2m26s   -> StartNode { operation: op539, node: n273, service: s0, zone: z2 }
        2m27s NodeAddFailed { node: n272, attempts: 3 }
        2m27s NodeAdding { node: n274, service: s0, zone: z0, why: Rollout }
        2m27s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m27s   -> StopNode { operation: op540, node: n272 }
        2m27s   -> StartNode { operation: op541, node: n274, service: s0, zone: z0 }
        2m27s NodeAddFailed { node: n273, attempts: 3 }
        2m27s NodeAdding { node: n275, service: s0, zone: z1, why: Rollout }
        2m27s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m27s   -> StopNode { operation: op542, node: n273 }
        2m27s   -> StartNode { operation: op543, node: n275, service: s0, zone: z1 }
        2m28s NodeAdding { node: n276, service: s0, zone: z2, why: Rollout }
        2m28s   -> StopNode { operation: op544, node: n274 }
        2m28s   -> StartNode { operation: op545, node: n276, service: s0, zone: z2 }
        2m28s NodeAdding { node: n277, service: s0, zone: z0, why: Rollout }
        2m28s   -> StopNode { operation: op546, node: n275 }
        2m28s   -> StartNode { operation: op547, node: n277, service: s0, zone: z0 }
        2m29s NodeAdding { node: n278, service: s0, zone: z1, why: Rollout }
        2m29s   -> StopNode { operation: op548, node: n276 }
        2m29s   -> StartNode { operation: op549, node: n278, service: s0, zone: z1 }
        2m29s NodeAdding { node: n279, service: s0, zone: z2, why: Rollout }
        2m29s   -> StopNode { operation: op550, node: n277 }
        2m29s   -> StartNode { operation: op551, node: n279, service: s0, zone: z2 }
        2m30s -- allow z0 z1 z2
        2m30s NodeAddFailed { node: n278, attempts: 3 }
        2m30s NodeAdding { node: n280, service: s0, zone: z0, why: Rollout }
        2m30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m30s   -> StopNode { operation: op552, node: n278 }
        2m30s   -> StartNode { operation: op553, node: n280, service: s0, zone: z0 }
        2m30s NodeAddFailed { node: n279, attempts: 3 }
        2m30s NodeAdding { node: n281, service: s0, zone: z1, why: Rollout }
        2m30s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        2m30s   -> StopNode { operation: op554, node: n279 }
        2m30s   -> StartNode { operation: op555, node: n281, service: s0, zone: z1 }
        2m50s   -> SyncState { operation: op556, node: n280 }
        2m50s   -> SyncState { operation: op557, node: n281 }
        2m55s NodeAdded { node: n280, took: 25s }
        2m55s NodeRemoving { node: n1, why: Rollout }
        2m55s NodeAdding { node: n282, service: s0, zone: z1, why: Rollout }
        2m55s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 2 } }
        2m55s   -> DrainNode { operation: op558, node: n1 }
        2m55s   -> StartNode { operation: op559, node: n282, service: s0, zone: z1 }
        2m55s NodeAdded { node: n281, took: 25s }
        2m55s NodeRemoving { node: n2, why: Rollout }
        2m55s NodeAdding { node: n283, service: s0, zone: z2, why: Rollout }
        2m55s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 1 } }
        2m55s   -> DrainNode { operation: op560, node: n2 }
        2m55s   -> StartNode { operation: op561, node: n283, service: s0, zone: z2 }
        2m57s   -> StopNode { operation: op562, node: n1 }
        2m57s   -> StopNode { operation: op563, node: n2 }
        2m58s NodeRemoved { node: n1, drained: true }
        2m58s NodeRemoved { node: n2, drained: true }
        3m15s   -> SyncState { operation: op564, node: n282 }
        3m15s   -> SyncState { operation: op565, node: n283 }
        3m20s NodeAdded { node: n282, took: 25s }
        3m20s NodeRemoving { node: n3, why: Rollout }
        3m20s   -> DrainNode { operation: op566, node: n3 }
        3m20s NodeAdded { node: n283, took: 25s }
        3m20s Rollout { service: s0, progress: Completed { took: 3m8s } }
        3m22s   -> StopNode { operation: op567, node: n3 }
        3m23s NodeRemoved { node: n3, drained: true }
    "#]],
    );
}

#[test]
fn a_failed_old_node_goes_first() {
    check(
        &web(),
        "12s crash n2\n30s rollout s0",
        &expect![[r#"
        12s -- crash n2
        16.181339887s NodeSuspected n2 after 1 misses
        24s -- rollout s0
        24s Rollout { service: s0, progress: Began { nodes: 4, total_max: 5, available_min: 3 } }
        24s NodeAdding { node: n4, service: s0, zone: z1, why: Rollout }
        24s NodeRemoving { node: n0, why: Rollout }
        24s NodeAdding { node: n5, service: s0, zone: z0, why: Rollout }
        24s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 3 } }
        24s   -> StartNode { operation: op0, node: n4, service: s0, zone: z1 }
        24s   -> DrainNode { operation: op1, node: n0 }
        24s   -> StartNode { operation: op2, node: n5, service: s0, zone: z0 }
        26s   -> StopNode { operation: op3, node: n0 }
        26.181339887s NodeFailure n2 Crashed after 3 misses
        26.181339887s ServiceDegraded { service: s0, healthy: 2, total: 3, error_ratio: 0.0, reason: FewHealthyNodes }
        26.181339887s PlanCreated plan0 for n2 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        26.181339887s StepStarted { plan: plan0, node: n2, step: RedirectTraffic, attempt: 1 }
        26.181339887s TrafficRedirected { node: n2, eligible: 2 }
        26.181339887s StepFinished { plan: plan0, node: n2, step: RedirectTraffic, attempt: 1, outcome: Done }
        26.181339887s StepStarted { plan: plan0, node: n2, step: RestartNode, attempt: 1 }
        26.181339887s   -> RestartNode { operation: op4, node: n2 }
        27s NodeRemoved { node: n0, drained: true }
        44s   -> SyncState { operation: op5, node: n4 }
        44s   -> SyncState { operation: op6, node: n5 }
        46.181339887s NodeRecovered { node: n2, failed_for: 20s }
        46.181339887s TrafficRestored { node: n2, eligible: 3 }
        46.181339887s StepFinished { plan: plan0, node: n2, step: RestartNode, attempt: 1, outcome: Done }
        46.181339887s PlanCompleted { plan: plan0, node: n2, took: 20s }
        46.181339887s ServiceRestored { service: s0, degraded_for: 20s }
        49s NodeAdded { node: n4, took: 25s }
        49s NodeRemoving { node: n1, why: Rollout }
        49s NodeAdding { node: n6, service: s0, zone: z1, why: Rollout }
        49s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 2 } }
        49s   -> DrainNode { operation: op7, node: n1 }
        49s   -> StartNode { operation: op8, node: n6, service: s0, zone: z1 }
        49s NodeAdded { node: n5, took: 25s }
        49s NodeRemoving { node: n2, why: Rollout }
        49s NodeAdding { node: n7, service: s0, zone: z2, why: Rollout }
        49s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 1 } }
        49s   -> DrainNode { operation: op9, node: n2 }
        49s   -> StartNode { operation: op10, node: n7, service: s0, zone: z2 }
        51s   -> StopNode { operation: op11, node: n1 }
        51s   -> StopNode { operation: op12, node: n2 }
        52s NodeRemoved { node: n1, drained: true }
        52s NodeRemoved { node: n2, drained: true }
        1m9s   -> SyncState { operation: op13, node: n6 }
        1m9s   -> SyncState { operation: op14, node: n7 }
        1m14s NodeAdded { node: n6, took: 25s }
        1m14s NodeRemoving { node: n3, why: Rollout }
        1m14s   -> DrainNode { operation: op15, node: n3 }
        1m14s NodeAdded { node: n7, took: 25s }
        1m14s Rollout { service: s0, progress: Completed { took: 50s } }
        1m16s   -> StopNode { operation: op16, node: n3 }
        1m17s NodeRemoved { node: n3, drained: true }
    "#]],
    );
}

#[test]
fn replicas_are_handed_over_before_their_node_leaves() {
    check(
        &stateful(2),
        "12s rollout s0",
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
        32s   -> SyncState { operation: op7, node: n4 }
        32s   -> SyncState { operation: op8, node: n5 }
        37s NodeAdded { node: n4, took: 25s }
        37s NodeRemoving { node: n1, why: Rollout }
        37s ReplicationStarted { shard: shard0, from: n1, to: n4 }
        37s ReplicationStarted { shard: shard1, from: n2, to: n3 }
        37s NodeAdding { node: n6, service: s0, zone: z1, why: Rollout }
        37s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 2 } }
        37s   -> CopyShard { operation: op9, shard: shard0, from: n1, to: n4 }
        37s   -> CopyShard { operation: op10, shard: shard1, from: n2, to: n3 }
        37s   -> StartNode { operation: op11, node: n6, service: s0, zone: z1 }
        37s NodeAdded { node: n5, took: 25s }
        37s NodeRemoving { node: n2, why: Rollout }
        37s NodeAdding { node: n7, service: s0, zone: z2, why: Rollout }
        37s Rollout { service: s0, progress: Held { by: UnreadyNodes, healthy: 3, left: 1 } }
        37s   -> StartNode { operation: op12, node: n7, service: s0, zone: z2 }
        40s ReplicationFinished { shard: shard0, from: n1, to: n4, copied: true }
        40s ReplicationStarted { shard: shard1, from: n1, to: n4 }
        40s   -> CopyShard { operation: op13, shard: shard1, from: n1, to: n4 }
        40s ReplicationFinished { shard: shard1, from: n2, to: n3, copied: true }
        40s ReplicationStarted { shard: shard5, from: n2, to: n5 }
        40s   -> CopyShard { operation: op14, shard: shard5, from: n2, to: n5 }
        43s ReplicationFinished { shard: shard1, from: n1, to: n4, copied: true }
        43s ReplicationStarted { shard: shard5, from: n1, to: n4 }
        43s   -> CopyShard { operation: op15, shard: shard5, from: n1, to: n4 }
        43s ReplicationFinished { shard: shard5, from: n2, to: n5, copied: true }
        43s ReplicationStarted { shard: shard2, from: n2, to: n4 }
        43s   -> CopyShard { operation: op16, shard: shard2, from: n2, to: n4 }
        46s ReplicationFinished { shard: shard5, from: n1, to: n4, copied: true }
        46s ReplicationStarted { shard: shard3, from: n3, to: n4 }
        46s   -> CopyShard { operation: op17, shard: shard3, from: n3, to: n4 }
        46s ReplicationFinished { shard: shard2, from: n2, to: n4, copied: true }
        46s ReplicationStarted { shard: shard4, from: n1, to: n4 }
        46s   -> CopyShard { operation: op18, shard: shard4, from: n1, to: n4 }
        49s ReplicationFinished { shard: shard3, from: n3, to: n4, copied: true }
        49s   -> DrainNode { operation: op19, node: n2 }
        49s ReplicationFinished { shard: shard4, from: n1, to: n4, copied: true }
        49s   -> DrainNode { operation: op20, node: n1 }
        51s   -> StopNode { operation: op21, node: n2 }
        51s   -> StopNode { operation: op22, node: n1 }
        52s NodeRemoved { node: n2, drained: true }
        52s NodeRemoved { node: n1, drained: true }
        57s   -> SyncState { operation: op23, node: n6 }
        57s   -> SyncState { operation: op24, node: n7 }
        1m2s NodeAdded { node: n6, took: 25s }
        1m2s NodeRemoving { node: n3, why: Rollout }
        1m2s ReplicationStarted { shard: shard0, from: n3, to: n5 }
        1m2s ReplicationStarted { shard: shard1, from: n4, to: n5 }
        1m2s   -> CopyShard { operation: op25, shard: shard0, from: n3, to: n5 }
        1m2s   -> CopyShard { operation: op26, shard: shard1, from: n4, to: n5 }
        1m2s NodeAdded { node: n7, took: 25s }
        1m2s Rollout { service: s0, progress: Completed { took: 50s } }
        1m5s ReplicationFinished { shard: shard0, from: n3, to: n5, copied: true }
        1m5s ReplicationStarted { shard: shard2, from: n3, to: n7 }
        1m5s   -> CopyShard { operation: op27, shard: shard2, from: n3, to: n7 }
        1m5s ReplicationFinished { shard: shard1, from: n4, to: n5, copied: true }
        1m5s ReplicationStarted { shard: shard3, from: n4, to: n5 }
        1m5s   -> CopyShard { operation: op28, shard: shard3, from: n4, to: n5 }
        1m8s ReplicationFinished { shard: shard2, from: n3, to: n7, copied: true }
        1m8s ReplicationStarted { shard: shard4, from: n3, to: n7 }
        1m8s   -> CopyShard { operation: op29, shard: shard4, from: n3, to: n7 }
        1m8s ReplicationFinished { shard: shard3, from: n4, to: n5, copied: true }
        1m11s ReplicationFinished { shard: shard4, from: n3, to: n7, copied: true }
        1m11s   -> DrainNode { operation: op30, node: n3 }
        1m13s   -> StopNode { operation: op31, node: n3 }
        1m14s NodeRemoved { node: n3, drained: true }
    "#]],
    );
}

#[track_caller]
fn check(config: &ClusterConfig, script: &str, expected: &Expect) {
    expected.assert_eq(&play(config.clone(), 4, script, "6m"));
}
