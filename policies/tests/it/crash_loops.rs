//! Processes that die again soon after each restart.

use crate::configs::web;
use crate::world::play;
use cusinart_policies::{ClusterConfig, Duration, ParamValue, PolicySpec};
use expect_test::{Expect, expect};

#[test]
fn a_process_that_dies_before_it_is_believed_healthy_is_one_more_failure_to_a_supervisor() {
    let supervisor = PolicySpec::named("supervisor")
        .with("intensity", ParamValue::Count(2))
        .with("period", ParamValue::Duration(Duration::from_secs(600)));
    check(
        &with_strategies(&[PolicySpec::named("redirect_traffic"), supervisor]),
        "12s break n1",
        "3m",
        &expect![[r#"
            12s -- break n1
            13.091169943s NodeSuspected n1 after 1 misses
            23.091169943s NodeFailure n1 Crashed after 3 misses
            23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped []
            23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
            23.091169943s TrafficRedirected { node: n1, eligible: 3 }
            23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
            23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
            23.091169943s   -> RestartNode { operation: op0, node: n1 }
            43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: FailedAgain }
            43.091169943s PlanGivenUp { plan: plan0, node: n1, reason: FailedAgain, step: RestartNode }
            43.091169943s PlanCreated plan1 for n1 [RedirectTraffic, RestartNode], skipped []
            43.091169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
            43.091169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
            43.091169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 1 }
            43.091169943s   -> RestartNode { operation: op1, node: n1 }
            1m3.091169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 1, outcome: FailedAgain }
            1m3.091169943s PlanGivenUp { plan: plan1, node: n1, reason: FailedAgain, step: RestartNode }
            1m3.091169943s PlanCreated plan2 for n1 [RedirectTraffic], skipped ["supervisor: more than 2 failures within 10m"]
            1m3.091169943s StepStarted { plan: plan2, node: n1, step: RedirectTraffic, attempt: 1 }
            1m3.091169943s StepFinished { plan: plan2, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
            1m3.091169943s PlanGivenUp { plan: plan2, node: n1, reason: RestartsExhausted, step: RestartNode }
            1m3.091169943s NodeAdding { node: n4, service: s0, zone: z2, why: Replacement }
            1m3.091169943s NodeRemoving { node: n1, why: GivenUp }
            1m3.091169943s   -> StartNode { operation: op2, node: n4, service: s0, zone: z2 }
            1m3.091169943s   -> StopNode { operation: op3, node: n1 }
            1m4.091169943s NodeRemoved { node: n1, drained: false }
            1m23.091169943s   -> SyncState { operation: op4, node: n4 }
            1m28.091169943s NodeAdded { node: n4, took: 25s }
        "#]],
    );
}

#[test]
fn a_process_that_dies_before_it_is_believed_healthy_is_restarted_after_a_longer_pause() {
    check(
        &with_strategies(&[PolicySpec::named("crash_loop_backoff")]),
        "12s break n1\n75s heal n1",
        "3m",
        &expect![[r#"
            12s -- break n1
            13.091169943s NodeSuspected n1 after 1 misses
            23.091169943s NodeFailure n1 Crashed after 3 misses
            23.091169943s PlanCreated plan0 for n1 [RestartNode], skipped []
            23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
            23.091169943s   -> RestartNode { operation: op0, node: n1 }
            43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: FailedAgain }
            43.091169943s PlanGivenUp { plan: plan0, node: n1, reason: FailedAgain, step: RestartNode }
            43.091169943s PlanCreated plan1 for n1 [RestartNode], skipped []
            53.091169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 1 }
            53.091169943s   -> RestartNode { operation: op1, node: n1 }
            1m13.091169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 1, outcome: FailedAgain }
            1m13.091169943s PlanGivenUp { plan: plan1, node: n1, reason: FailedAgain, step: RestartNode }
            1m13.091169943s PlanCreated plan2 for n1 [RestartNode], skipped []
            1m15s -- heal n1
            1m23.091169943s NodeRecovered { node: n1, failed_for: 1m }
            1m23.091169943s StepFinished { plan: plan2, node: n1, step: RestartNode, attempt: 0, outcome: Obsolete }
            1m23.091169943s PlanCompleted { plan: plan2, node: n1, took: 10s }
        "#]],
    );
}

#[test]
fn a_restart_that_does_not_last_is_tried_again_and_the_node_replaced_in_the_end() {
    check(
        &with_strategies(&[PolicySpec::named("restart_node")]),
        "12s break n1",
        "4m",
        &expect![[r#"
        12s -- break n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RestartNode], skipped []
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: FailedAgain }
        53.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 2 }
        53.091169943s   -> RestartNode { operation: op1, node: n1 }
        1m13.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 2, outcome: FailedAgain }
        1m33.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 3 }
        1m33.091169943s   -> RestartNode { operation: op2, node: n1 }
        1m53.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 3, outcome: FailedAgain }
        1m53.091169943s PlanGivenUp { plan: plan0, node: n1, reason: AttemptsExhausted, step: RestartNode }
        1m53.091169943s NodeAdding { node: n4, service: s0, zone: z2, why: Replacement }
        1m53.091169943s NodeRemoving { node: n1, why: GivenUp }
        1m53.091169943s   -> StartNode { operation: op3, node: n4, service: s0, zone: z2 }
        1m53.091169943s   -> StopNode { operation: op4, node: n1 }
        1m54.091169943s NodeRemoved { node: n1, drained: false }
        2m13.091169943s   -> SyncState { operation: op5, node: n4 }
        2m18.091169943s NodeAdded { node: n4, took: 25s }
    "#]],
    );
}

#[test]
fn a_node_restarted_too_often_is_restarted_again_when_the_first_restart_is_old() {
    let restart = PolicySpec::named("restart_node")
        .with("restarts_max", ParamValue::Count(1))
        .with("within", ParamValue::Duration(Duration::from_secs(120)));
    check(
        &with_strategies(&[restart]),
        "12s crash n1\n60s crash n1",
        "4m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RestartNode], skipped []
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        1m -- crash n1
        1m3.091169943s NodeSuspected n1 after 1 misses
        1m13.091169943s NodeFailure n1 Crashed after 3 misses
        1m13.091169943s PlanCreated plan1 for n1 [], skipped ["restart_node: restarted 1 times within 2m, at most 1 allowed"]
        1m13.091169943s PlanCompleted { plan: plan1, node: n1, took: 0s }
        2m23.091169944s PlanCreated plan2 for n1 [RestartNode], skipped []
        2m23.091169944s StepStarted { plan: plan2, node: n1, step: RestartNode, attempt: 1 }
        2m23.091169944s   -> RestartNode { operation: op1, node: n1 }
        2m43.091169943s NodeRecovered { node: n1, failed_for: 1m30s }
        2m43.091169943s StepFinished { plan: plan2, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        2m43.091169943s PlanCompleted { plan: plan2, node: n1, took: 19.999999999s }
    "#]],
    );
}

fn with_strategies(strategies: &[PolicySpec]) -> ClusterConfig {
    let mut config = web();
    config.recovery.strategies = strategies.to_vec();
    config
}

#[track_caller]
fn check(config: &ClusterConfig, script: &str, until: &str, expected: &Expect) {
    expected.assert_eq(&play(config.clone(), 4, script, until));
}
