//! What the shipped scenarios about the lives of nodes claim to teach.

use crate::{shipped, simulate};
use cusinart_policies::{Decision, Instant, RolloutProgress, StepKind};
use cusinart_record::{ClientWindow, FactKind, NodeState, RunRecord};

/// Requests answered well as a share of those that started, from one minute to another.
fn goodput(record: &RunRecord, from: u64, until: u64) -> f64 {
    let index = |minute: u64| (minute * 60_000_000_000 / record.header.window.as_nanos()) as usize;
    let windows = &record.clients[0].windows[index(from)..index(until)];
    let sum = |count: fn(&ClientWindow) -> u64| windows.iter().map(count).sum::<u64>() as f64;
    sum(|window| window.counts.ok) / sum(|window| window.counts.offered)
}

#[test]
fn cold_nodes_that_come_up_at_once_drown_unless_slow_start_spares_them() {
    for seed in [17, 1] {
        // The zone has power again at 4 min; its nodes boot and are warm 90 s after that.
        let with = |balancer: &str| {
            let set = format!("control.load_balancer={balancer}");
            goodput(&simulate(&shipped("cold-start-herd", &[&set], Some(seed))), 4, 7)
        };
        let (counting, turns) = (with("{least_request: {}}"), with("{edf_round_robin: {}}"));
        assert!(counting < 0.995, "seed {seed}: least requests without slow start: {counting}");
        assert!(turns < 0.95, "seed {seed}: turns without slow start: {turns}");
        let spared = with("{least_request: {slow_start: 3m}}");
        assert!(spared > 0.999, "seed {seed}: least requests with slow start: {spared}");
        let spared = with("{edf_round_robin: {slow_start: 3m, aggression: 0.5}}");
        assert!(spared > 0.999, "seed {seed}: turns with slow start: {spared}");
    }
}

/// Decisions with their times in minutes.
fn decisions(record: &RunRecord) -> impl Iterator<Item = (f64, &Decision)> {
    record.facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Decision(decision) => Some((minutes(fact.at), decision)),
        FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeState { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ReplicasLost { .. }
        | FactKind::ShardLost { .. }
        | FactKind::Breaker { .. } => None,
    })
}

fn minutes(at: Instant) -> f64 {
    at.as_secs_f64() / 60.0
}

/// What a way of recovery made of the crash loop, whose cause is gone at 12 min.
#[derive(Debug)]
struct CrashLoop {
    restarts: usize,
    /// Requests that failed.
    failed: u64,
    /// Minute in which the last node came up again, or a node in its place.
    healed: f64,
    /// Nodes that are down at the end.
    down: usize,
}

fn crash_loop(seed: u64, strategy: &str) -> CrashLoop {
    let set = format!("control.recovery.strategies=[redirect_traffic, {strategy}]");
    let record = simulate(&shipped("crash-loop", &[&set], Some(seed)));
    let restart =
        |decision: &Decision| matches!(decision, Decision::StepStarted { step: StepKind::RestartNode, .. });
    let mut states = vec![NodeState::Up; record.nodes.len()];
    let mut healed = 0.0;
    for fact in &record.facts {
        if let FactKind::NodeState { node, state } = fact.kind {
            states[node.index()] = state;
            healed = if state == NodeState::Up { minutes(fact.at) } else { healed };
        }
    }
    CrashLoop {
        restarts: decisions(&record).filter(|(_, decision)| restart(decision)).count(),
        failed: record.clients[0].counts.failed_total(),
        healed,
        down: states.iter().filter(|state| **state == NodeState::Down).count(),
    }
}

#[test]
fn in_a_crash_loop_pauses_spare_requests_and_heal_late_and_giving_up_heals_before_the_cause_is_gone() {
    for seed in [31, 1] {
        let at_once = crash_loop(seed, "{restart_node: {restarts_max: 1000}}");
        let backoff = crash_loop(seed, "crash_loop_backoff");
        let supervisor = crash_loop(seed, "{supervisor: {intensity: 2, period: 5m}}");
        let replaced = crash_loop(seed, "{start_limit: {burst: 2, interval: 5m, action: replace}}");
        let left = crash_loop(seed, "{start_limit: {burst: 2, interval: 5m}}");
        let all = format!("seed {seed}: {at_once:?} {backoff:?} {supervisor:?} {replaced:?} {left:?}");
        assert!(at_once.restarts > 2 * backoff.restarts && backoff.restarts > supervisor.restarts, "{all}");
        assert!(2 * at_once.failed > 3 * backoff.failed && backoff.failed > 2 * supervisor.failed, "{all}");
        // The cause is gone at 12 min.
        assert!(at_once.healed < 13.5 && backoff.healed > 13.5, "{all}");
        assert!(supervisor.healed < 8.0 && replaced.healed < 8.0, "{all}");
        assert_eq!((at_once.down, backoff.down, supervisor.down, replaced.down), (0, 0, 0, 0), "{all}");
        assert_eq!(left.down, 4, "{all}");
    }
}

/// Share of good answers during a rolling update that begins at 2 min, and how long it took in minutes.
fn rollout(seed: u64, set: &[&str]) -> (f64, f64) {
    let record = simulate(&shipped("rolling-update-with-pdb", set, Some(seed)));
    let completed = |decision: &Decision| {
        if let Decision::Rollout { progress: RolloutProgress::Completed { took }, .. } = decision {
            return Some(took.as_secs_f64());
        }
        None
    };
    let took = decisions(&record).find_map(|(_, decision)| completed(decision));
    let took = took.expect("the rollout comes to an end") / 60.0;
    (goodput(&record, 2, 10), took)
}

#[test]
fn a_rolling_update_within_its_bounds_is_not_felt_and_one_that_takes_half_the_nodes_is() {
    let half = ["rollouts.0.max_unavailable=50%", "rollouts.0.max_surge=0"];
    let unbound = "control.node_manager.disruption_budget.min_available=40%";
    for seed in [11, 1] {
        let (gentle, took) = rollout(seed, &[]);
        let (rough, _) = rollout(seed, &[half[0], half[1], unbound]);
        let (guarded, guarded_took) = rollout(seed, &half);
        assert!(gentle > 0.999, "seed {seed}: {gentle}");
        assert!(rough < 0.97, "seed {seed}: half of the nodes at once: {rough}");
        assert!(
            guarded > 0.999 && guarded_took > 1.5 * took,
            "seed {seed}: {guarded}, {guarded_took}, {took}"
        );
    }
}
