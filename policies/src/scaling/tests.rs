//! The auto-scaler against scripts and laws.

use super::*;
use crate::{
    AutoScalerConfig, BalancerConfig, CapacityPlan, Labels, NodeSpec, ParamValue, PolicySpec, ServiceConfig,
    ZoneId,
};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use expect_test::{Expect, expect};
use proptest::prelude::*;

const WEB: ServiceId = ServiceId(0);
pub(super) const POLICIES: [&str; 3] = ["threshold", "target_tracking", "fixed"];

#[test]
fn a_surge_is_followed_up_to_the_maximum_and_left_slowly() {
    let config = AutoScalerConfig { min: 2, max: 6, ..AutoScalerConfig::default() };
    // One word per minute: mean utilization in percent, `-` for no samples.
    check(
        config,
        3,
        "50 90 90 90 90 20 20 20 20 20 20 - 20",
        &expect![[r#"
        1m: 3 -> 3 Maintain: utilization 0.50 against 0.7, age 10s, proposed 3 []
        2m: 3 -> 4 ScaleUp(1): utilization 0.90 against 0.7, age 10s, proposed 4 []
        3m: 4 -> 5 ScaleUp(1): utilization 0.90 against 0.7, age 10s, proposed 5 []
        4m: 5 -> 6 ScaleUp(1): utilization 0.90 against 0.7, age 10s, proposed 7 ["max 6 nodes"]
        5m: 6 -> 6 Maintain: utilization 0.90 against 0.7, age 10s, proposed 8 ["max 6 nodes"]
        6m: 6 -> 6 Maintain: utilization 0.20 against 0.3, age 10s, proposed 5 ["cooldown until 7m"]
        7m: 6 -> 5 ScaleDown([n5]): utilization 0.20 against 0.3, age 10s, proposed 5 []
        8m: 5 -> 5 Maintain: utilization 0.20 against 0.3, age 10s, proposed 4 ["cooldown until 10m"]
        9m: 5 -> 5 Maintain: utilization 0.20 against 0.3, age 10s, proposed 4 ["cooldown until 10m"]
        10m: 5 -> 4 ScaleDown([n4]): utilization 0.20 against 0.3, age 10s, proposed 4 []
        11m: 4 -> 4 Maintain: utilization 0.20 against 0.3, age 10s, proposed 3 ["cooldown until 13m"]
        12m: 4 -> 4 Maintain: utilization - against 0.7, age 0s, proposed 4 ["no data"]
        13m: 4 -> 3 ScaleDown([n3]): utilization 0.20 against 0.3, age 10s, proposed 3 []
    "#]],
    );
}

#[test]
fn bounds_hold_without_samples_and_in_a_cooldown() {
    let config = AutoScalerConfig { min: 5, max: 8, ..AutoScalerConfig::default() };
    check(
        config.clone(),
        3,
        "- - 90",
        &expect![[r#"
        1m: 3 -> 5 ScaleUp(2): utilization - against 0.7, age 0s, proposed 3 ["no data", "min 5 nodes"]
        2m: 5 -> 5 Maintain: utilization - against 0.7, age 0s, proposed 5 ["no data"]
        3m: 5 -> 7 ScaleUp(2): utilization 0.90 against 0.7, age 10s, proposed 7 []
    "#]],
    );
    check(
        config,
        12,
        "- 90 10",
        &expect![[r#"
        1m: 12 -> 8 ScaleDown([n11, n10, n9, n8]): utilization - against 0.7, age 0s, proposed 12 ["no data", "max 8 nodes"]
        2m: 8 -> 8 Maintain: utilization 0.90 against 0.7, age 10s, proposed 10 ["max 8 nodes"]
        3m: 8 -> 8 Maintain: utilization 0.10 against 0.3, age 10s, proposed 7 ["cooldown until 4m"]
    "#]],
    );
}

#[test]
fn unhealthy_nodes_are_neither_capacity_nor_surplus() {
    let config = AutoScalerConfig {
        max: 20,
        policy: PolicySpec::named("target_tracking"),
        ..AutoScalerConfig::default()
    };
    let mut text = String::new();
    for (utilization, unhealthy) in [(0.9, 4), (0.6, 4), (0.3, 4), (0.9, 11)] {
        let mut scaler = scaler_of(config.clone());
        let serving: Vec<NodeId> = (0..8).map(NodeId).collect();
        serving.iter().for_each(|node| scaler.node_sampled(secs(50), *node, WEB, sample(50, utilization)));
        let nodes = ScalingNodes { serving: &serving, unhealthy, ..ScalingNodes::default() };
        text += &line(secs(60), &scaler.cycle(secs(60), WEB, &nodes));
    }
    expect![[r#"
        1m: 12 -> 16 ScaleUp(4): utilization 0.90 against 0.6, age 10s, proposed 12 ["plus 4 unhealthy nodes"]
        1m: 12 -> 12 Maintain: utilization 0.60 against 0.6, age 10s, proposed 8 ["within tolerance 10%"]
        1m: 12 -> 8 ScaleDown([n7, n6, n5, n4]): utilization 0.30 against 0.6, age 10s, proposed 4 ["plus 4 unhealthy nodes"]
        1m: 19 -> 20 ScaleUp(1): utilization 0.90 against 0.6, age 10s, proposed 12 ["plus 11 unhealthy nodes", "max 20 nodes"]
    "#]].assert_eq(&text);
}

#[test]
fn the_newest_nodes_of_the_fullest_zones_are_removed() {
    let mut scaler = scaler_of(AutoScalerConfig {
        policy: PolicySpec::named("fixed").with("nodes", ParamValue::Count(4)),
        ..AutoScalerConfig::default()
    });
    let zones = [0, 1, 2, 0, 1, 2, 0, 0, 0];
    let serving: Vec<NodeId> = (0..9).map(NodeId).collect();
    for (node, zone) in serving.iter().zip(zones) {
        scaler.node_adopted(NodeSpec { node: *node, service: WEB, zone: ZoneId(zone) });
    }
    let nodes = ScalingNodes { serving: &serving, ..ScalingNodes::default() };
    let decision = scaler.cycle(secs(60), WEB, &nodes);
    assert_eq!(decision.plan, CapacityPlan::ScaleDown([8, 7, 6, 5, 4].map(NodeId).to_vec()));
}

#[test]
fn cycles_are_due_at_whole_periods() {
    let mut scaler = scaler_of(AutoScalerConfig::default());
    assert_eq!((scaler.next_deadline(), scaler.due(secs(59))), (Some(secs(60)), None));
    assert_eq!(scaler.due(secs(61)), Some(WEB));
    scaler.cycle(secs(61), WEB, &ScalingNodes::default());
    assert_eq!((scaler.next_deadline(), scaler.due(secs(119))), (Some(secs(120)), None));
    scaler.cycle(secs(500), WEB, &ScalingNodes::default());
    assert_eq!(scaler.next_deadline(), Some(secs(540)));
    scaler.cycle(Instant::FAR_FUTURE, WEB, &ScalingNodes::default());
    assert_eq!(scaler.next_deadline(), Some(Instant::FAR_FUTURE));
}

#[test]
fn samples_are_ordered_by_their_time_and_leave_with_the_window() {
    let mut collector = MetricsCollector::new(Duration::from_secs(60));
    let mut text = String::new();
    let nodes = [NodeId(0), NodeId(1), NodeId(2)];
    let show = |collector: &MetricsCollector, now| {
        let newest: Vec<_> = nodes
            .iter()
            .filter_map(|node| Some((*node, collector.newest(secs(now), *node)?.taken_at)))
            .collect();
        format!(
            "{:?}\n  newest {newest:?} errors {:?}\n",
            collector.metrics(secs(now), &nodes),
            collector.error_ratio(secs(now))
        )
    };
    text += &show(&collector, 0);
    collector.record(secs(30), NodeId(0), sample(30, 0.5));
    collector.record(secs(31), NodeId(0), NodeSample { failed: 10, ..sample(10, 0.7) });
    collector.record(secs(32), NodeId(0), sample(30, 0.9));
    collector.record(secs(33), NodeId(1), sample(20, f64::NAN));
    text += &show(&collector, 33);
    let mut others = collector.clone();
    others.forget(NodeId(0));
    text += &show(&others, 33);
    collector.record(secs(70), NodeId(2), sample(10, 1.0));
    text += &show(&collector, 70);
    text += &show(&collector, 95);
    expect![[r#"
        ServiceMetrics { nodes_reporting: 0, utilization: 0.0, in_flight_per_node: 0.0, queued_per_node: 0.0, arrivals_per_s: 0.0, error_ratio: 0.0, age: 0s }
          newest [] errors None
        ServiceMetrics { nodes_reporting: 2, utilization: 0.4, in_flight_per_node: 6.0, queued_per_node: 2.0, arrivals_per_s: 20.0, error_ratio: 0.03333333333333333, age: 3s }
          newest [(n0, t=30s), (n1, t=20s)] errors Some(0.03333333333333333)
        ServiceMetrics { nodes_reporting: 1, utilization: 0.0, in_flight_per_node: 6.0, queued_per_node: 2.0, arrivals_per_s: 10.0, error_ratio: 0.0, age: 13s }
          newest [(n1, t=20s)] errors Some(0.0)
        ServiceMetrics { nodes_reporting: 2, utilization: 0.45, in_flight_per_node: 6.0, queued_per_node: 2.0, arrivals_per_s: 20.0, error_ratio: 0.0, age: 40s }
          newest [(n0, t=30s), (n1, t=20s)] errors Some(0.0)
        ServiceMetrics { nodes_reporting: 0, utilization: 0.0, in_flight_per_node: 0.0, queued_per_node: 0.0, arrivals_per_s: 0.0, error_ratio: 0.0, age: 0s }
          newest [] errors None
    "#]].assert_eq(&text);
}

#[test]
fn a_late_sample_of_a_node_that_left_counts_for_nothing() {
    let mut scaler = scaler_of(AutoScalerConfig::default());
    scaler.node_sampled(secs(10), NodeId(0), WEB, sample(10, 0.5));
    assert_eq!(scaler.error_ratio(WEB, secs(10)), Some(0.0));
    scaler.node_left(NodeId(0));
    scaler.node_sampled(secs(11), NodeId(0), WEB, sample(11, 0.5));
    assert_eq!(scaler.error_ratio(WEB, secs(11)), None);
    assert_eq!(scaler.error_ratio(ServiceId(7), secs(11)), None);
}

#[test]
fn a_policy_of_ones_own_is_asked_and_its_nonsense_does_not_get_through() {
    let mut scaler = scaler_of(AutoScalerConfig { max: 9, ..AutoScalerConfig::default() });
    scaler.set_policy(WEB, Box::new(Wild));
    let serving = [NodeId(0)];
    let nodes = ScalingNodes { serving: &serving, ..ScalingNodes::default() };
    let decision = scaler.cycle(secs(60), WEB, &nodes);
    assert_eq!((decision.plan, decision.desired), (CapacityPlan::ScaleUp(8), 9));
    assert_eq!((decision.reason.value, decision.reason.target), (Some(1.0), 0.0));
    assert_eq!(decision.reason.ratio, None);
}

proptest! {
    #[test]
    fn plans_stay_within_the_bounds_and_remove_only_serving_nodes(
        policy in prop::sample::select(&POLICIES[..]),
        bounds in (0_u32..20, 0_u32..20),
        cooldowns in (0_u64..300, 0_u64..300),
        cycles in prop::collection::vec(
            (prop::collection::vec((0_u32..40, prop::option::of(any::<f64>())), 0..20), 0_u32..5, 0_u32..5),
            1..20,
        ),
    ) {
        let (min, max) = (bounds.0.min(bounds.1), bounds.0.max(bounds.1).max(1));
        let config = AutoScalerConfig {
            min,
            max,
            cooldown_up: Duration::from_secs(cooldowns.0),
            cooldown_down: Duration::from_secs(cooldowns.1),
            policy: PolicySpec::named(policy),
            ..AutoScalerConfig::default()
        };
        let mut scaler = scaler_of(config);
        let mut last_change = None;
        for (cycle, (mut nodes, unhealthy, starting)) in cycles.into_iter().enumerate() {
            let at = 60 * (cycle as u64 + 1);
            nodes.sort_unstable_by_key(|(node, _)| *node);
            nodes.dedup_by_key(|(node, _)| *node);
            let serving: Vec<NodeId> = nodes.iter().map(|(node, _)| NodeId(*node)).collect();
            for (node, utilization) in &nodes {
                if let Some(utilization) = utilization {
                    scaler.node_sampled(secs(at), NodeId(*node), WEB, sample(at, *utilization));
                }
            }
            let nodes = ScalingNodes { serving: &serving, unhealthy, starting, draining: 1 };
            let decision = scaler.cycle(secs(at), WEB, &nodes);
            let current = serving.len() as u32 + unhealthy + starting;
            prop_assert_eq!(decision.current, current);
            prop_assert!(decision.reason.value.is_none_or(f64::is_finite));
            let in_cooldown = |span: u64| last_change.is_some_and(|change| at < change + span);
            match &decision.plan {
                CapacityPlan::ScaleUp(added) => {
                    prop_assert_eq!(decision.desired, current + added);
                    prop_assert!(*added > 0 && decision.desired <= max);
                    prop_assert!(!in_cooldown(cooldowns.0) || decision.desired == min.max(1));
                }
                CapacityPlan::ScaleDown(removed) => {
                    prop_assert_eq!(decision.desired, current - removed.len() as u32);
                    prop_assert!(!removed.is_empty() && decision.desired >= min.max(1));
                    prop_assert!(removed.len() < serving.len(), "a working node stays");
                    let mut unique = removed.clone();
                    unique.sort_unstable();
                    unique.dedup();
                    prop_assert_eq!(unique.len(), removed.len());
                    prop_assert!(removed.iter().all(|node| serving.contains(node)));
                    prop_assert!(!in_cooldown(cooldowns.1) || decision.desired >= max);
                }
                CapacityPlan::Maintain => prop_assert_eq!(decision.desired, current),
            }
            if decision.plan != CapacityPlan::Maintain {
                last_change = Some(at);
            }
            let changed = decision.desired != decision.reason.proposed + unhealthy;
            prop_assert!(!changed || !decision.reason.limits.is_empty(), "{:?}", decision);
        }
    }

    #[test]
    fn collected_samples_are_those_of_a_plain_list(
        reports in prop::collection::vec((0_u64..20, 0_u32..4, 0_u64..80, 0_u32..50, 0_u32..50), 1..80),
        forgotten in prop::option::of(0_u32..4),
    ) {
        let window = Duration::from_secs(60);
        let mut collector = MetricsCollector::new(window);
        let mut list: Vec<(NodeId, NodeSample)> = Vec::new();
        let mut now = secs(100);
        for (wait, node, age, arrived, failed) in reports {
            now += Duration::from_secs(wait);
            let (node, taken_at) = (NodeId(node), now - Duration::from_secs(age));
            let report = NodeSample { taken_at, arrived, failed, ..sample(0, f64::from(arrived) / 50.0) };
            collector.record(now, node, report);
            list.retain(|(other, sample)| (*other, sample.taken_at) != (node, taken_at));
            list.push((node, report));
            if let Some(node) = forgotten.filter(|_| failed == 7) {
                collector.forget(NodeId(node));
                list.retain(|(other, _)| *other != NodeId(node));
            }
            list.retain(|(_, sample)| now.since(sample.taken_at) < window);
            let later = now + Duration::from_secs(age);
            let young = list.iter().filter(|(_, sample)| later.since(sample.taken_at) < window);
            let (failed, arrived) =
                young.clone().fold((0, 0), |sum, (_, sample)| (sum.0 + sample.failed, sum.1 + sample.arrived));
            let ratio = if failed == 0 { 0.0 } else { f64::from(failed) / f64::from(arrived.max(failed)) };
            prop_assert_eq!(collector.error_ratio(later), (young.clone().count() > 0).then_some(ratio));
            let mut reporting: Vec<NodeId> = young.map(|(node, _)| *node).collect();
            reporting.sort_unstable();
            reporting.dedup();
            let all = [0, 1, 2, 3].map(NodeId);
            prop_assert_eq!(collector.metrics(later, &all).nodes_reporting as usize, reporting.len());
            let newest: Vec<_> =
                all.iter().filter_map(|node| Some((*node, collector.newest(later, *node)?))).collect();
            prop_assert_eq!(newest.iter().map(|(node, _)| *node).collect::<Vec<_>>(), reporting);
            let oldest_first = |node, at| list.iter().all(|(other, sample)| *other != node || sample.taken_at <= at);
            prop_assert!(newest.iter().all(|(node, sample)| oldest_first(*node, sample.taken_at)));
        }
    }
}

#[test]
fn memory_of_a_dense_stream_is_bounded() {
    let mut collector = MetricsCollector::new(Duration::from_secs(3_600));
    for at in 1..=1_000 {
        collector.record(secs(at), NodeId(0), NodeSample { failed: 1, arrived: 1, ..sample(at, at as f64) });
    }
    // The newest 256 samples, of which none is from before 745 s.
    assert_eq!(collector.metrics(secs(1_000), &[NodeId(0)]).arrivals_per_s, 0.1);
    assert_eq!(collector.error_ratio(secs(745 + 3_600)), Some(1.0));
    assert_eq!(collector.error_ratio(secs(1_000 + 3_600)), None);
    assert!(format!("{collector:?}").matches("taken_at").count() == 256);
}

#[test]
fn a_policy_sees_since_when_nodes_serve_and_are_ready() {
    let mut scaler = scaler_of(AutoScalerConfig::default());
    scaler.set_policy(WEB, Box::new(Ages));
    let spec = |node| NodeSpec { node: NodeId(node), service: WEB, zone: ZoneId(0) };
    scaler.node_adopted(spec(0));
    scaler.node_joined(secs(10), spec(1));
    scaler.node_joined(secs(20), spec(2));
    // It failed and is ready again; a node that left stays away.
    scaler.node_ready(secs(50), NodeId(2));
    scaler.node_left(NodeId(3));
    scaler.node_ready(secs(55), NodeId(3));
    let serving: Vec<NodeId> = (0..4).map(NodeId).collect();
    let nodes = ScalingNodes { serving: &serving, ..ScalingNodes::default() };
    let limits = scaler.cycle(secs(60), WEB, &nodes).reason.limits;
    assert_eq!(limits[..4], ["ever ever", "50s 50s", "40s 10s", "ever ever"].map(String::from));
}

/// A policy that tells how long nodes serve and are ready.
#[derive(Debug)]
struct Ages;

impl ScalingPolicy for Ages {
    fn name(&self) -> &'static str {
        "ages"
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let word = |age: Duration| if age == Duration::MAX { "ever".to_string() } else { age.to_string() };
        let line = |node: &ServingNode| format!("{} {}", word(node.age), word(node.ready_for));
        let mut proposal = Wild.propose(now, view);
        proposal.reason.limits = view.nodes.iter().map(line).collect();
        proposal
    }
}

/// A policy that wants everything and measures nothing.
#[derive(Debug)]
struct Wild;

impl ScalingPolicy for Wild {
    fn name(&self) -> &'static str {
        "wild"
    }

    fn propose(&mut self, _now: Instant, _view: ScalingView<'_>) -> ScalingProposal {
        let reason = ScalingReason {
            policy: "wild".to_string(),
            metric: "moon".to_string(),
            value: Some(1.0),
            target: f64::NAN,
            ratio: Some(f64::INFINITY),
            age: Duration::ZERO,
            proposed: u32::MAX,
            limits: Vec::new(),
            code: None,
        };
        ScalingProposal { desired: u32::MAX, reason }
    }
}

/// Runs a cycle a minute on so many nodes, which follow each plan at once. Each node reports the word of the
/// minute ten seconds before the cycle.
#[track_caller]
fn check(config: AutoScalerConfig, nodes: u32, script: &str, expected: &Expect) {
    let mut scaler = scaler_of(config);
    let mut serving: Vec<NodeId> = (0..nodes).map(NodeId).collect();
    let (mut next, mut text) = (nodes, String::new());
    for (cycle, word) in script.split(' ').enumerate() {
        let at = 60 * (cycle as u64 + 1);
        if let Ok(percent) = word.parse::<f64>() {
            for node in &serving {
                scaler.node_sampled(secs(at - 10), *node, WEB, sample(at - 10, percent / 100.0));
            }
        }
        let nodes = ScalingNodes { serving: &serving, ..ScalingNodes::default() };
        let decision = scaler.cycle(secs(at), WEB, &nodes);
        text += &line(secs(at), &decision);
        match decision.plan {
            CapacityPlan::ScaleUp(added) => {
                serving.extend((next..next + added).map(NodeId));
                next += added;
            }
            CapacityPlan::ScaleDown(removed) => serving.retain(|node| !removed.contains(node)),
            CapacityPlan::Maintain => {}
        }
    }
    expected.assert_eq(&text);
}

/// A decision as a line.
fn line(at: Instant, decision: &ScalingDecision) -> String {
    let ScalingDecision { plan, current, desired, reason } = decision;
    let value = reason.value.map_or_else(|| "-".to_string(), |value| format!("{value:.2}"));
    format!(
        "{at}: {current} -> {desired} {plan:?}: {} {value} against {}, age {}, proposed {} {:?}\n",
        reason.metric, reason.target, reason.age, reason.proposed, reason.limits
    )
}

fn scaler_of(config: AutoScalerConfig) -> AutoScaler {
    let service = ServiceConfig {
        name: "web".to_string(),
        zones: vec![ZoneId(0)],
        labels: Labels::NONE,
        balancer: BalancerConfig::default(),
        auto_scaler: Some(config),
        state: None,
    };
    AutoScaler::new(&[service]).expect("the policy is in the catalogue")
}

fn sample(at: u64, utilization: f64) -> NodeSample {
    NodeSample {
        taken_at: secs(at),
        window: Duration::from_secs(10),
        utilization,
        in_flight: 6,
        queued: 2,
        arrived: 100,
        completed: 90,
        failed: 0,
    }
}

fn secs(secs: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(secs)
}
