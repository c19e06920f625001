//! Scaling policies against vectors, the auto-scaler against scripts and laws.

use super::*;
use crate::{
    AutoScalerConfig, BalancerConfig, CapacityPlan, Labels, NodeSpec, ParamValue, PolicySpec, ServiceConfig,
    ZoneId, catalogue::build_scaling,
};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use expect_test::{Expect, expect};
use proptest::prelude::*;

const WEB: ServiceId = ServiceId(0);
const POLICIES: [&str; 3] = ["threshold", "target_tracking", "fixed"];

#[test]
fn target_tracking_wants_what_the_kubernetes_hpa_wants() {
    use ScalingMetric::{InFlight, Utilization};
    // Metric, value, target, nodes reporting, silent, starting, nodes wanted. From the HPA's tests.
    let cases = [
        (Utilization, 0.4, 0.3, 1, 0, 2, 3),
        (Utilization, 0.28, 0.5, 5, 0, 0, 3),
        (Utilization, 0.3, 0.5, 3, 0, 2, 2),
        (Utilization, 0.1, 0.5, 1, 0, 4, 1),
        (Utilization, 0.24, 1.0, 2, 2, 0, 3),
        (Utilization, 0.45, 0.5, 1, 1, 1, 3),
        (Utilization, 0.1, 0.5, 2, 1, 1, 3),
        (InFlight, 20.0, 15.0, 3, 0, 0, 4),
        (InFlight, 30.0, 15.0, 3, 0, 0, 6),
        (InFlight, 31.666, 15.0, 3, 0, 0, 7),
        (InFlight, 20.666, 20.0, 3, 0, 0, 3),
        (Utilization, 1.1, 1.0, 2, 0, 0, 2),
        (Utilization, 1.1, 1.0, 6, 0, 0, 6),
        (Utilization, 1.09, 1.0, 3, 0, 0, 3),
    ];
    for (metric, value, target, reporting, silent, starting, wanted) in cases {
        let metrics = ServiceMetrics {
            nodes_reporting: reporting,
            utilization: value,
            in_flight_per_node: value,
            ..ServiceMetrics::default()
        };
        let mut policy = TargetTracking { metric, target, tolerance: 0.1 };
        let proposal = policy.propose(Instant::ZERO, view_of(metrics, reporting + silent, starting));
        let case = format!("{metric:?} {value}/{target} of {reporting}+{silent}+{starting}: {proposal:?}");
        assert_eq!(proposal.desired, wanted, "{case}");
    }
}

#[test]
fn threshold_steps_up_by_a_share_and_down_by_nodes() {
    let mut text = String::new();
    let spec = PolicySpec::named("threshold").with("step_down", ParamValue::Count(2));
    let mut policy = build_scaling(&spec).expect("is in the catalogue");
    for (utilization, ready, starting) in [
        (0.71, 8, 0),
        (0.71, 8, 4),
        (0.7, 8, 0),
        (0.3, 8, 0),
        (0.29, 8, 0),
        (0.29, 1, 0),
        (1.0, 1, 0),
        (1.0, 0, 0),
    ] {
        let metrics = ServiceMetrics { nodes_reporting: 1, utilization, ..ServiceMetrics::default() };
        let proposal = policy.propose(Instant::ZERO, view_of(metrics, ready, starting));
        text += &format!("{utilization} with {ready}+{starting}: {}\n", proposal.desired);
    }
    let idle = policy.propose(Instant::ZERO, view_of(ServiceMetrics::default(), 5, 1));
    text += &format!("no samples with 5+1: {} value {:?}\n", idle.desired, idle.reason.value);
    expect![[r#"
        0.71 with 8+0: 10
        0.71 with 8+4: 15
        0.7 with 8+0: 8
        0.3 with 8+0: 8
        0.29 with 8+0: 6
        0.29 with 1+0: 0
        1 with 1+0: 2
        1 with 0+0: 1
        no samples with 5+1: 6 value None
    "#]]
    .assert_eq(&text);
}

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
        scaler.node_joined(NodeSpec { node: *node, service: WEB, zone: ZoneId(zone) });
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
        let newest: Vec<_> = collector
            .newest(secs(now), &nodes)
            .iter()
            .map(|(node, sample)| (*node, sample.taken_at))
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
    collector.record(secs(99), NodeId(2), sample(39, 1.0));
    text += &show(&collector, 33);
    text += &show(&collector, 70);
    text += &show(&collector, 95);
    collector.forget(NodeId(0));
    text += &show(&collector, 33);
    expect![[r#"
        ServiceMetrics { nodes_reporting: 0, utilization: 0.0, in_flight_per_node: 0.0, queued_per_node: 0.0, arrivals_per_s: 0.0, error_ratio: 0.0, age: 0s }
          newest [] errors None
        ServiceMetrics { nodes_reporting: 2, utilization: 0.4, in_flight_per_node: 6.0, queued_per_node: 2.0, arrivals_per_s: 20.0, error_ratio: 0.03333333333333333, age: 3s }
          newest [(n0, t=30s), (n1, t=20s)] errors Some(0.03333333333333333)
        ServiceMetrics { nodes_reporting: 2, utilization: 0.45, in_flight_per_node: 6.0, queued_per_node: 2.0, arrivals_per_s: 20.0, error_ratio: 0.0, age: 40s }
          newest [(n0, t=30s), (n1, t=20s)] errors Some(0.0)
        ServiceMetrics { nodes_reporting: 0, utilization: 0.0, in_flight_per_node: 0.0, queued_per_node: 0.0, arrivals_per_s: 0.0, error_ratio: 0.0, age: 0s }
          newest [] errors None
        ServiceMetrics { nodes_reporting: 1, utilization: 0.0, in_flight_per_node: 6.0, queued_per_node: 2.0, arrivals_per_s: 10.0, error_ratio: 0.0, age: 13s }
          newest [(n1, t=20s)] errors Some(0.0)
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
    fn any_measurement_gives_a_proposal(
        policy in prop::sample::select(&POLICIES[..]),
        metric in prop::sample::select(ScalingMetric::WORDS),
        numbers in prop::array::uniform4(any::<f64>()),
        counts in prop::array::uniform3(any::<u32>()),
    ) {
        let mut spec = PolicySpec::named(policy);
        if policy != "fixed" {
            spec = spec.with("metric", ParamValue::Choice((*metric).into()));
        }
        let metrics = ServiceMetrics {
            nodes_reporting: counts[0],
            utilization: numbers[0],
            in_flight_per_node: numbers[1],
            queued_per_node: numbers[2],
            arrivals_per_s: numbers[3],
            ..ServiceMetrics::default()
        };
        let mut policy = build_scaling(&spec).expect("is in the catalogue");
        let proposal = policy.propose(Instant::ZERO, view_of(metrics, counts[1], counts[2]));
        prop_assert!(proposal.reason.value.is_none_or(f64::is_finite));
        prop_assert_eq!(proposal.desired, proposal.reason.proposed);
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
            age: Duration::ZERO,
            proposed: u32::MAX,
            limits: Vec::new(),
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

fn view_of(metrics: ServiceMetrics, ready: u32, starting: u32) -> ScalingView<'static> {
    ScalingView { service: WEB, ready, starting, min: 1, max: 100, metrics, samples: &[] }
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
