//! Failures of nodes and what is done about them.

use crate::world::play;
use cusinart_policies::{
    ClusterConfig, HealthConfig, NodeManagerConfig, RecoveryConfig, ServiceConfig, ZoneId,
};
use expect_test::{Expect, expect};

#[test]
fn a_crashed_node_is_redirected_and_restarted() {
    check("12s crash n1", "2m", &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 5 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 6 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
    "#]]);
}

#[test]
fn a_hung_node_is_found_by_timeouts() {
    check("12s hang n1", "2m", &expect![[r#"
        12s -- hang n1
        14.090169943s NodeSuspected n1 after 1 misses
        24.090169943s NodeFailure n1 Unresponsive after 3 misses
        24.090169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        24.090169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        24.090169943s TrafficRedirected { node: n1, eligible: 5 }
        24.090169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        24.090169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        24.090169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 19.001s }
        43.091169943s TrafficRestored { node: n1, eligible: 6 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 19.001s }
    "#]]);
}

#[test]
fn a_node_that_nothing_helps_is_replaced_in_a_zone_that_has_power() {
    check("12s dark n1\n12s refuse z1\n12s dark n4", "5m", &expect![[r#"
        12s -- dark n1
        12s -- refuse z1
        12s -- dark n4
        13.360679774s NodeSuspected n4 after 1 misses
        14.090169943s NodeSuspected n1 after 1 misses
        23.360679774s NodeFailure n4 Unresponsive after 3 misses
        23.360679774s PlanCreated plan0 for n4 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.360679774s StepStarted { plan: plan0, node: n4, step: RedirectTraffic, attempt: 1 }
        23.360679774s TrafficRedirected { node: n4, eligible: 5 }
        23.360679774s StepFinished { plan: plan0, node: n4, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.360679774s StepStarted { plan: plan0, node: n4, step: RestartNode, attempt: 1 }
        23.360679774s   -> RestartNode { operation: op0, node: n4 }
        24.090169943s NodeFailure n1 Unresponsive after 3 misses
        24.090169943s ServiceDegraded { service: s0, healthy: 4, total: 6, error_ratio: 0.0, reason: FewHealthyNodes }
        24.090169943s PlanCreated plan1 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        24.090169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
        24.090169943s TrafficRedirected { node: n1, eligible: 4 }
        24.090169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        24.090169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 1 }
        24.090169943s   -> RestartNode { operation: op1, node: n1 }
        24.360679774s StepFinished { plan: plan0, node: n4, step: RestartNode, attempt: 1, outcome: Failed(Unreachable) }
        25.090169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 1, outcome: Failed(Unreachable) }
        34.360679774s StepStarted { plan: plan0, node: n4, step: RestartNode, attempt: 2 }
        34.360679774s   -> RestartNode { operation: op2, node: n4 }
        35.090169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 2 }
        35.090169943s   -> RestartNode { operation: op3, node: n1 }
        35.360679774s StepFinished { plan: plan0, node: n4, step: RestartNode, attempt: 2, outcome: Failed(Unreachable) }
        36.090169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 2, outcome: Failed(Unreachable) }
        55.360679774s StepStarted { plan: plan0, node: n4, step: RestartNode, attempt: 3 }
        55.360679774s   -> RestartNode { operation: op4, node: n4 }
        56.090169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 3 }
        56.090169943s   -> RestartNode { operation: op5, node: n1 }
        56.360679774s StepFinished { plan: plan0, node: n4, step: RestartNode, attempt: 3, outcome: Failed(Unreachable) }
        56.360679774s PlanGivenUp { plan: plan0, node: n4, reason: AttemptsExhausted, step: RestartNode }
        56.360679774s NodeAdding { node: n6, service: s0, zone: z0, why: Replacement }
        56.360679774s NodeRemoving { node: n4, why: GivenUp }
        56.360679774s   -> StartNode { operation: op6, node: n6, service: s0, zone: z0 }
        56.360679774s   -> StopNode { operation: op7, node: n4 }
        57.090169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 3, outcome: Failed(Unreachable) }
        57.090169943s PlanGivenUp { plan: plan1, node: n1, reason: AttemptsExhausted, step: RestartNode }
        57.090169943s NodeAdding { node: n7, service: s0, zone: z2, why: Replacement }
        57.090169943s NodeRemoving { node: n1, why: GivenUp }
        57.090169943s   -> StartNode { operation: op8, node: n7, service: s0, zone: z2 }
        57.090169943s   -> StopNode { operation: op9, node: n1 }
        57.360679774s NodeRemoved { node: n4, drained: false }
        58.090169943s NodeRemoved { node: n1, drained: false }
        1m16.360679774s   -> SyncState { operation: op10, node: n6 }
        1m17.090169943s   -> SyncState { operation: op11, node: n7 }
        1m21.360679774s NodeAdded { node: n6, took: 25s }
        1m21.360679774s ServiceRestored { service: s0, degraded_for: 57.270509831s }
        1m22.090169943s NodeAdded { node: n7, took: 25s }
    "#]]);
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
