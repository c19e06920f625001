//! What the control plane makes of the word of the nodes' gossip.

use crate::configs::web;
use crate::text::decision_text;
use cusinart_policies::membership::{Accusation, Change, MemberState};
use cusinart_policies::{
    Action, Duration, Input, Instant, MemberId, NodeId, NodeSpec, PolicySpec, SelfHealingCluster, ServiceId,
    ZoneId,
};
use expect_test::expect;
use std::fmt::Write;

struct Told {
    cluster: SelfHealingCluster,
    text: String,
    /// The restart asked for last.
    restart: Option<Action>,
}

impl Told {
    fn new() -> Self {
        let mut config = web();
        config.health.detector = PolicySpec::named("swim");
        let mut cluster = SelfHealingCluster::new(config).expect("a valid configuration");
        for node in 0..3_u16 {
            let spec = NodeSpec { node: NodeId(node.into()), service: ServiceId(0), zone: ZoneId(node) };
            cluster.adopt_node(Instant::ZERO, spec);
        }
        Self { cluster, text: String::new(), restart: None }
    }

    fn hear(&mut self, at: u64, state: MemberState, accusation: Option<Accusation>) {
        let change = Change { about: MemberId::of(NodeId(1)), state, accusation };
        self.tell(at, Input::MembershipChanged { node: NodeId(1), change });
    }

    fn tell(&mut self, at: u64, input: Input) {
        let now = Instant::ZERO + Duration::from_secs(at);
        self.cluster.handle(now, input);
        while let Some(decision) = self.cluster.poll_decision() {
            writeln!(self.text, "{now} {}", decision_text(&decision)).expect("a string takes all");
        }
        while let Some(action) = self.cluster.poll_action() {
            assert!(!matches!(action, Action::Probe { .. }), "nobody is probed");
            self.restart = Some(action);
        }
    }
}

#[test]
fn a_death_declared_by_the_nodes_is_a_failure_and_a_new_life_a_recovery() {
    let mut told = Told::new();
    let accusation = Some(Accusation {
        suspected_by: Some(NodeId(2)),
        declared_by: None,
        confirmations: 2,
        timeout: Duration::from_secs(4),
        lasted: Duration::from_secs(4),
    });
    told.hear(1, MemberState::Suspect, accusation);
    told.hear(5, MemberState::Dead, accusation);
    // The last breath of the process that is about to go.
    told.hear(6, MemberState::Alive, None);
    let Some(Action::RestartNode { operation, .. }) = told.restart else { panic!("no restart") };
    told.tell(20, Input::OperationFinished { operation, result: Ok(()) });
    told.hear(21, MemberState::Alive, None);
    expect![[r#"
        1s NodeSuspected n1 after 3 misses
        5s NodeFailure n1 Unresponsive after 3 misses
        5s ServiceDegraded { service: s0, healthy: 2, total: 3, error_ratio: 0.0, reason: FewHealthyNodes }
        5s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        5s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        5s TrafficRedirected { node: n1, eligible: 2 }
        5s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        5s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        21s NodeRecovered { node: n1, failed_for: 16s }
        21s TrafficRestored { node: n1, eligible: 3 }
        21s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        21s PlanCompleted { plan: plan0, node: n1, took: 16s }
        21s ServiceRestored { service: s0, degraded_for: 16s }
    "#]].assert_eq(&told.text);
}

#[test]
fn the_word_about_a_node_that_left_is_ignored() {
    let mut told = Told::new();
    let change = Change { about: MemberId::of(NodeId(9)), state: MemberState::Dead, accusation: None };
    told.tell(1, Input::MembershipChanged { node: NodeId(9), change });
    assert_eq!(told.text, "");
    assert_eq!(told.cluster.next_deadline(), None, "no probes either");
}
