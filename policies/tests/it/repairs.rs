//! Shards that are mended although no plan waits for them.

use crate::configs::stateful;
use crate::world::play;
use cusinart_policies::Duration;
use expect_test::expect;

#[test]
fn a_node_that_stays_gone_has_its_replicas_copied_although_its_plan_was_given_up() {
    let mut config = stateful(2);
    config.nodes.replace_given_up = false;
    config.services[0].state.as_mut().expect("stateful").survives_restart = true;
    let text = play(config, 5, "12s dark n1", "5m");
    expect![[r#"
        12s -- dark n1
        14.090169943s NodeSuspected n1 after 1 misses
        24.090169943s NodeFailure n1 Unresponsive after 3 misses
        24.090169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode, ReplicateState], skipped []
        24.090169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        24.090169943s TrafficRedirected { node: n1, eligible: 4 }
        24.090169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        24.090169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        24.090169943s   -> RestartNode { operation: op0, node: n1 }
        25.090169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Failed(Unreachable) }
        35.090169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 2 }
        35.090169943s   -> RestartNode { operation: op1, node: n1 }
        36.090169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 2, outcome: Failed(Unreachable) }
        56.090169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 3 }
        56.090169943s   -> RestartNode { operation: op2, node: n1 }
        57.090169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 3, outcome: Failed(Unreachable) }
        57.090169943s PlanGivenUp { plan: plan0, node: n1, reason: AttemptsExhausted, step: RestartNode }
        57.090169943s ReplicationStarted { shard: shard0, from: n0, to: n2 }
        57.090169943s ReplicationStarted { shard: shard1, from: n2, to: n3 }
        57.090169943s   -> CopyShard { operation: op3, shard: shard0, from: n0, to: n2 }
        57.090169943s   -> CopyShard { operation: op4, shard: shard1, from: n2, to: n3 }
        1m0.090169943s ReplicationFinished { shard: shard0, from: n0, to: n2, copied: true }
        1m0.090169943s ReplicationStarted { shard: shard5, from: n0, to: n4 }
        1m0.090169943s   -> CopyShard { operation: op5, shard: shard5, from: n0, to: n4 }
        1m0.090169943s ReplicationFinished { shard: shard1, from: n2, to: n3, copied: true }
        1m3.090169943s ReplicationFinished { shard: shard5, from: n0, to: n4, copied: true }
    "#]].assert_eq(&text);
}

#[test]
fn copies_that_no_plan_waits_for_are_tried_again_after_a_while() {
    let mut config = stateful(2);
    config.nodes.replace_given_up = false;
    config.recovery.replicate_timeout = Duration::from_secs(60);
    config.services[0].state.as_mut().expect("stateful").shards = 2;
    // The plan is given up at 57 s, and the results of the copies that follow are lost.
    let text = play(config, 4, "12s dark n1\n58s mute\n119s speak", "10m");
    let text = text.split_once("GivenUp").expect("the plan is given up").1;
    expect![[r#"
         { plan: plan0, node: n1, reason: AttemptsExhausted, step: RestartNode }
        57.090169943s ReplicationStarted { shard: shard0, from: n0, to: n2 }
        57.090169943s ReplicationStarted { shard: shard1, from: n2, to: n3 }
        57.090169943s   -> CopyShard { operation: op3, shard: shard0, from: n0, to: n2 }
        57.090169943s   -> CopyShard { operation: op4, shard: shard1, from: n2, to: n3 }
        58s -- mute
        1m57.090169943s ReplicationFinished { shard: shard0, from: n0, to: n2, copied: false }
        1m57.090169943s ReplicationFinished { shard: shard1, from: n2, to: n3, copied: false }
        1m59s -- speak
        6m57.090169943s ReplicationStarted { shard: shard0, from: n0, to: n2 }
        6m57.090169943s ReplicationStarted { shard: shard1, from: n2, to: n3 }
        6m57.090169943s   -> CopyShard { operation: op5, shard: shard0, from: n0, to: n2 }
        6m57.090169943s   -> CopyShard { operation: op6, shard: shard1, from: n2, to: n3 }
        7m0.090169943s ReplicationFinished { shard: shard0, from: n0, to: n2, copied: true }
        7m0.090169943s ReplicationFinished { shard: shard1, from: n2, to: n3, copied: true }
    "#]]
    .assert_eq(text);
}
