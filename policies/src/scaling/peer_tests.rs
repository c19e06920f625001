//! The policies of real autoscalers through the trait, and the laws that hold for all of them.

use super::*;
use crate::{ParamValue, PolicySpec, catalogue::build_scaling};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use expect_test::expect;
use proptest::prelude::*;

const PEERS: [&str; 8] = [
    "scheduled",
    "kubernetes_hpa",
    "keda",
    "knative_kpa",
    "aws_step_scaling",
    "aws_target_tracking",
    "holt_winters",
    "decaying_histogram",
];

/// A service whose nodes follow each proposal at once, and new nodes are warm at once.
struct Service {
    policy: Box<dyn ScalingPolicy>,
    nodes: Vec<ServingNode>,
    starting: u32,
    at: Instant,
    text: String,
}

impl Service {
    fn new(spec: &PolicySpec, nodes: u32) -> Self {
        let policy = build_scaling(spec).expect("is in the catalogue");
        let nodes = (0..nodes).map(|node| node_of(node, Duration::MAX)).collect();
        Self { policy, nodes, starting: 0, at: Instant::ZERO, text: String::new() }
    }

    /// A cycle after so many seconds, in which each node reports this utilization, and as many requests in hundredths.
    fn cycle(&mut self, wait_s: u64, load: Option<f64>) -> u32 {
        self.at += Duration::from_secs(wait_s);
        for node in &mut self.nodes {
            node.sample = load.map(|load| sample_of(self.at, load));
        }
        let proposal = self.propose();
        self.follow(proposal.desired);
        proposal.desired
    }

    fn propose(&mut self) -> ScalingProposal {
        let ready = u32::try_from(self.nodes.len()).expect("few nodes");
        let metrics = metrics_of(self.at, &self.nodes);
        let (starting, nodes) = (self.starting, &self.nodes[..]);
        let view = ScalingView { service: ServiceId(0), ready, starting, min: 1, max: 100, metrics, nodes };
        let proposal = self.policy.propose(self.at, view);
        let ScalingReason { value, ratio, proposed, limits, code, .. } = &proposal.reason;
        let number = |number: Option<f64>| number.map_or("-".into(), |number| format!("{number:.2}"));
        self.text += &format!(
            "{}: {}+{} -> {}: {} ratio {}, proposed {proposed} {limits:?} {}\n",
            self.at,
            ready,
            starting,
            proposal.desired,
            number(*value),
            number(*ratio),
            code.as_deref().unwrap_or("-"),
        );
        proposal
    }

    fn follow(&mut self, desired: u32) {
        let from = u32::try_from(self.nodes.len()).expect("few nodes");
        self.policy.applied(self.at, from + self.starting, desired);
        self.nodes = (0..desired).map(|node| node_of(node, Duration::MAX)).collect();
    }
}

#[test]
fn the_hpa_grows_at_most_to_twice_and_keeps_what_it_wanted_lately() {
    let spec = PolicySpec::named("kubernetes_hpa").with("target", ParamValue::Ratio(0.5));
    let mut service = Service::new(&spec, 4);
    for load in [0.52, 1.0, 0.1, 0.1] {
        service.cycle(60, Some(load));
    }
    service.cycle(60, None);
    service.cycle(120, Some(0.1));
    service.cycle(1, Some(0.1));
    expect![[r#"
        1m: 4+0 -> 4: 0.52 ratio 1.04, proposed 4 [] DesiredWithinRange
        2m: 4+0 -> 8: 1.00 ratio 2.00, proposed 8 [] DesiredWithinRange
        3m: 8+0 -> 8: 0.10 ratio 0.20, proposed 2 ["stabilized at 8 nodes"] DesiredWithinRange
        4m: 8+0 -> 8: 0.10 ratio 0.20, proposed 2 ["stabilized at 8 nodes"] DesiredWithinRange
        5m: 8+0 -> 8: - ratio -, proposed 8 [] MetricsFailed
        7m: 8+0 -> 8: 0.10 ratio 0.20, proposed 2 ["stabilized at 8 nodes"] DesiredWithinRange
        7m1s: 8+0 -> 2: 0.10 ratio 0.20, proposed 2 [] DesiredWithinRange
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn the_rules_of_behavior_limit_both_directions() {
    let spec = PolicySpec::named("kubernetes_hpa")
        .with("target", ParamValue::Ratio(0.5))
        .with("behavior", ParamValue::Flag(true))
        .with("stabilization_down", ParamValue::Duration(Duration::from_secs(30)))
        .with("percent_down", ParamValue::Ratio(0.1))
        .with("percent_down_period", ParamValue::Duration(Duration::from_secs(60)));
    let mut service = Service::new(&spec, 20);
    for load in [0.8, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1] {
        service.cycle(15, Some(load));
    }
    let disabled = spec.with("select_down", ParamValue::Choice("disabled".into()));
    let mut other = Service::new(&disabled, 20);
    other.cycle(15, Some(0.1));
    service.text += &other.text;
    expect![[r#"
        15s: 20+0 -> 32: 0.80 ratio 1.60, proposed 32 [] DesiredWithinRange
        30s: 32+0 -> 58: 0.90 ratio 1.80, proposed 58 [] DesiredWithinRange
        45s: 58+0 -> 58: 0.10 ratio 0.20, proposed 12 ["stabilized at 58 nodes"] DesiredWithinRange
        1m: 58+0 -> 18: 0.10 ratio 0.20, proposed 12 ["rate of decline allows 18 nodes"] ScaleDownLimit
        1m15s: 18+0 -> 18: 0.10 ratio 0.20, proposed 4 ["stabilized at 12 nodes", "rate of decline allows 18 nodes"] ScaleDownLimit
        1m30s: 18+0 -> 18: 0.10 ratio 0.20, proposed 4 ["rate of decline allows 18 nodes"] ScaleDownLimit
        1m45s: 18+0 -> 18: 0.10 ratio 0.20, proposed 4 ["rate of decline allows 18 nodes"] ScaleDownLimit
        2m: 18+0 -> 16: 0.10 ratio 0.20, proposed 4 ["rate of decline allows 16 nodes"] ScaleDownLimit
        2m15s: 16+0 -> 16: 0.10 ratio 0.20, proposed 4 ["rate of decline allows 16 nodes"] ScaleDownLimit
        15s: 20+0 -> 20: 0.10 ratio 0.20, proposed 4 ["stabilized at 20 nodes"] DesiredWithinRange
    "#]].assert_eq(&service.text);
}

#[test]
fn the_hpa_does_not_believe_nodes_that_start_or_are_silent() {
    let spec = PolicySpec::named("kubernetes_hpa").with("target", ParamValue::Ratio(0.5));
    let mut service = Service::new(&spec, 4);
    service.at = Instant::ZERO + Duration::from_secs(600);
    let (now, young) = (service.at, Duration::from_secs(20));
    service.nodes.iter_mut().for_each(|node| node.sample = Some(sample_of(now, 0.9)));
    service.propose();
    // Two serve for 20 s: a sample of 10 s taken 15 s ago covers time before that.
    for node in &mut service.nodes[2..] {
        (node.age, node.ready_for) = (young, young);
        node.sample = Some(sample_of(now - Duration::from_secs(15), 0.9));
    }
    service.propose();
    service.starting = 3;
    service.propose();
    service.starting = 0;
    service.nodes[1].sample = None;
    service.propose();
    service.nodes.iter_mut().for_each(|node| node.sample = None);
    service.propose();
    expect![[r#"
        10m: 4+0 -> 8: 0.90 ratio 1.80, proposed 8 [] DesiredWithinRange
        10m: 4+0 -> 8: 0.90 ratio 1.80, proposed 4 ["stabilized at 8 nodes"] DesiredWithinRange
        10m: 4+3 -> 8: 0.90 ratio 1.80, proposed 7 ["stabilized at 8 nodes"] DesiredWithinRange
        10m: 4+0 -> 8: 0.90 ratio 1.80, proposed 4 ["stabilized at 8 nodes"] DesiredWithinRange
        10m: 4+0 -> 4: - ratio -, proposed 4 [] MetricsFailed
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn the_kpa_panics_at_twice_the_load_and_only_adds_until_a_window_has_passed() {
    let spec = PolicySpec::named("knative_kpa")
        .with("limit", ParamValue::Number(100.0))
        .with("scale_down_delay", ParamValue::Duration(Duration::from_secs(10)));
    let mut service = Service::new(&spec, 1);
    for load in [0.5, 2.0, 2.0, 0.4, 0.4] {
        service.cycle(6, Some(load));
    }
    for load in [0.4, 0.3, 0.1, 0.1] {
        service.cycle(40, Some(load));
    }
    service.cycle(40, None);
    expect![[r#"
        6s: 1+0 -> 1: 50.00 ratio 0.71, proposed 1 [] stable
        12s: 1+0 -> 3: 200.00 ratio 2.86, proposed 3 [] panic
        18s: 3+0 -> 9: 200.00 ratio 2.86, proposed 9 [] panic
        24s: 9+0 -> 9: 40.00 ratio 0.57, proposed 6 ["panic keeps 9 nodes"] panic
        30s: 9+0 -> 9: 40.00 ratio 0.57, proposed 6 ["panic keeps 9 nodes"] panic
        1m10s: 9+0 -> 9: 40.00 ratio 0.57, proposed 6 ["panic keeps 9 nodes"] panic
        1m50s: 9+0 -> 5: 33.33 ratio 0.48, proposed 5 [] stable
        2m30s: 5+0 -> 2: 24.67 ratio 0.35, proposed 2 [] stable
        3m10s: 2+0 -> 1: 15.00 ratio 0.21, proposed 1 [] stable
        3m50s: 1+0 -> 1: - ratio -, proposed 1 [] -
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn keda_wakes_to_its_minimum_and_rests_after_the_cooldown() {
    let spec = PolicySpec::named("keda")
        .with("min_nodes", ParamValue::Count(4))
        .with("activation", ParamValue::Number(0.1))
        .with("cooldown", ParamValue::Duration(Duration::from_secs(90)))
        .with("fallback_nodes", ParamValue::Count(6))
        .with("failure_threshold", ParamValue::Count(1));
    let mut service = Service::new(&spec, 1);
    for load in [0.0, 0.5, 0.9, 0.9] {
        service.cycle(30, Some(load));
    }
    service.cycle(30, None);
    service.cycle(30, None);
    for load in [0.0, 0.0, 0.0] {
        service.cycle(60, Some(load));
    }
    expect![[r#"
        30s: 1+0 -> 1: 0.00 ratio -, proposed 1 [] idle
        1m: 1+0 -> 4: 0.50 ratio -, proposed 4 [] activated
        1m30s: 4+0 -> 5: 0.90 ratio 1.12, proposed 5 [] DesiredWithinRange
        2m: 5+0 -> 6: 0.90 ratio 1.12, proposed 6 [] DesiredWithinRange
        2m30s: 6+0 -> 6: - ratio -, proposed 6 [] -
        3m: 6+0 -> 6: 0.80 ratio 1.00, proposed 6 [] DesiredWithinRange
        4m: 6+0 -> 1: 0.00 ratio -, proposed 1 [] idle
        5m: 1+0 -> 1: 0.00 ratio -, proposed 1 [] idle
        6m: 1+0 -> 1: 0.00 ratio -, proposed 1 [] idle
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn steps_follow_the_distance_from_the_thresholds() {
    let spec = PolicySpec::named("aws_step_scaling").with("periods", ParamValue::Count(2));
    let mut service = Service::new(&spec, 11);
    for load in [0.8, 0.8, 0.75, 0.5, 0.2, 0.2] {
        service.cycle(60, Some(load));
    }
    // Of 7 nodes, 2 are warming: the step counts from 5, and the 2 count towards it.
    service.nodes.truncate(7);
    service.nodes[5..].iter_mut().for_each(|node| node.age = Duration::from_secs(60));
    let now = service.at;
    service.nodes.iter_mut().for_each(|node| node.sample = Some(sample_of(now, 0.95)));
    service.propose();
    service.propose();
    service.nodes.iter_mut().for_each(|node| node.sample = Some(sample_of(now, 0.1)));
    service.propose();
    service.propose();
    expect![[r#"
        1m: 11+0 -> 11: 0.80 ratio -, proposed 11 [] -
        2m: 11+0 -> 14: 0.80 ratio -, proposed 14 [] step out
        3m: 14+0 -> 15: 0.75 ratio -, proposed 15 [] step out
        4m: 15+0 -> 15: 0.50 ratio -, proposed 15 [] -
        5m: 15+0 -> 15: 0.20 ratio -, proposed 15 [] -
        6m: 15+0 -> 11: 0.20 ratio -, proposed 11 [] step in
        6m: 7+0 -> 7: 0.95 ratio -, proposed 7 [] -
        6m: 7+0 -> 7: 0.95 ratio -, proposed 7 [] step out
        6m: 7+0 -> 7: 0.10 ratio -, proposed 7 [] -
        6m: 7+0 -> 7: 0.10 ratio -, proposed 4 ["nodes are warming up"] step in
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn target_tracking_of_aws_is_soon_up_and_late_down() {
    let spec = PolicySpec::named("aws_target_tracking").with("periods_low", ParamValue::Count(4));
    let mut service = Service::new(&spec, 4);
    for load in [0.9, 0.9, 0.9, 0.48, 0.2, 0.2, 0.2, 0.2] {
        service.cycle(60, Some(load));
    }
    expect![[r#"
        1m: 4+0 -> 4: 0.90 ratio 1.80, proposed 4 [] -
        2m: 4+0 -> 4: 0.90 ratio 1.80, proposed 4 [] -
        3m: 4+0 -> 8: 0.90 ratio 1.80, proposed 8 [] AlarmHigh
        4m: 8+0 -> 8: 0.48 ratio 0.96, proposed 8 [] -
        5m: 8+0 -> 8: 0.20 ratio 0.40, proposed 8 [] -
        6m: 8+0 -> 8: 0.20 ratio 0.40, proposed 8 [] -
        7m: 8+0 -> 8: 0.20 ratio 0.40, proposed 8 [] -
        8m: 8+0 -> 4: 0.20 ratio 0.40, proposed 4 [] AlarmLow
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn a_schedule_holds_from_time_to_time_and_over_midnight() {
    let times = ParamValue::Text("06:00=10,22:00:30=4".into());
    let mut service = Service::new(&PolicySpec::named("scheduled").with("times", times), 1);
    let mut wanted = |hours: u64| service.cycle(hours * 3_600, None);
    assert_eq!([wanted(1), wanted(5), wanted(16), wanted(1), wanted(7)], [4, 10, 10, 4, 10]);
}

#[test]
fn predictions_add_before_the_load_and_percentiles_keep_what_peaks_needed() {
    let ahead = ParamValue::Duration(Duration::from_secs(180));
    let spec = PolicySpec::named("holt_winters").with("ahead", ahead).with("trend", ParamValue::Ratio(0.5));
    let mut service = Service::new(&spec, 10);
    for load in [0.3, 0.36, 0.42, 0.48] {
        service.cycle(60, Some(load));
        // The load stays that of ten nodes.
        service.nodes = (0..10).map(|node| node_of(node, Duration::MAX)).collect();
    }
    let mut other = Service::new(&PolicySpec::named("decaying_histogram"), 10);
    for load in [0.1, 0.9, 0.1, 0.1] {
        other.cycle(3_600, Some(load));
        other.nodes = (0..10).map(|node| node_of(node, Duration::MAX)).collect();
    }
    service.text += &other.text;
    expect![[r#"
        1m: 10+0 -> 5: 0.30 ratio 0.50, proposed 5 [] forecast 5
        2m: 10+0 -> 7: 0.36 ratio 0.60, proposed 7 [] forecast 6.25
        3m: 10+0 -> 9: 0.42 ratio 0.70, proposed 9 [] forecast 8.063
        4m: 10+0 -> 10: 0.48 ratio 0.80, proposed 10 [] forecast 9.953
        1h: 10+0 -> 2: 0.10 ratio 0.17, proposed 2 [] percentile 1.687
        2h: 10+0 -> 18: 0.90 ratio 1.50, proposed 18 [] percentile 15.177
        3h: 10+0 -> 18: 0.10 ratio 0.17, proposed 18 [] percentile 15.177
        4h: 10+0 -> 18: 0.10 ratio 0.17, proposed 18 [] percentile 15.177
    "#]]
    .assert_eq(&service.text);
}

#[test]
fn the_planner_tells_the_policy_what_became_of_its_proposal() {
    use crate::{AutoScalerConfig, NodeId};
    let paced = |name: &str| AutoScalerConfig::with_policy(PolicySpec::named(name)).cooldown_down;
    assert_eq!([paced("kubernetes_hpa"), paced("threshold")], [0, 180].map(Duration::from_secs));
    let spec = PolicySpec::named("kubernetes_hpa")
        .with("behavior", ParamValue::Flag(true))
        .with("select_up", ParamValue::Choice("min".into()));
    let config = AutoScalerConfig { max: 100, ..AutoScalerConfig::with_policy(spec) };
    let mut planner = CapacityPlanner::new(&config).expect("is in the catalogue");
    let nodes: Vec<ServingNode> = (0..10).map(|node| node_of(node, Duration::MAX)).collect();
    let serving: Vec<NodeId> = nodes.iter().map(|node| node.node).collect();
    let mut plan = |at: u64, starting: u32| {
        let now = Instant::ZERO + Duration::from_secs(at);
        let mut nodes = nodes.clone();
        nodes.iter_mut().for_each(|node| node.sample = Some(sample_of(now, 1.0)));
        let metrics = metrics_of(now, &nodes);
        let view = ScalingView {
            service: ServiceId(0),
            ready: 10,
            starting,
            min: 0,
            max: 0,
            metrics,
            nodes: &nodes,
        };
        let at = ScalingNodes { serving: &serving, starting, ..ScalingNodes::default() };
        let decision = planner.plan(now, view, &at, |_| crate::ZoneId(0));
        (decision.desired, decision.reason.code)
    };
    // 13 are wanted. Four may be added in 15 s, so 14 is within; then the ratio is 100/80 of ten, against four idle ones.
    assert_eq!(plan(15, 0), (13, Some("DesiredWithinRange".into())));
    assert_eq!(plan(20, 3), (13, Some("DesiredWithinRange".into())));
}

proptest! {
    #[test]
    fn any_nodes_give_a_proposal_and_what_changed_it_is_told(
        policy in prop::sample::select(&PEERS[..]),
        cycles in prop::collection::vec(
            (
                0_u64..100_000,
                prop::collection::vec((any::<u64>(), prop::option::of((any::<f64>(), any::<u32>(), any::<u64>()))), 0..30),
                0_u32..20,
            ),
            1..10,
        ),
        bounds in (0_u32..50, 0_u32..50),
    ) {
        let mut policy = build_scaling(&PolicySpec::named(policy)).expect("is in the catalogue");
        let mut now = Instant::ZERO;
        let (min, max) = (bounds.0.min(bounds.1), bounds.0.max(bounds.1));
        for (wait, nodes, starting) in cycles {
            now += Duration::from_secs(wait);
            let nodes: Vec<ServingNode> = nodes.into_iter().enumerate().map(|(node, (age, sample))| {
                let sample = sample.map(|(load, requests, window)| NodeSample {
                    in_flight: requests,
                    arrived: requests,
                    window: Duration::from_nanos(window),
                    ..sample_of(now, load)
                });
                let age = Duration::from_nanos(age);
                ServingNode { sample, ready_for: age, ..node_of(node as u32, age) }
            }).collect();
            let metrics = metrics_of(now, &nodes);
            let ready = nodes.len() as u32;
            let view = ScalingView { service: ServiceId(0), ready, starting, min, max, metrics, nodes: &nodes };
            let ScalingProposal { desired, reason } = policy.propose(now, view);
            prop_assert!(desired == reason.proposed || !reason.limits.is_empty(), "{:?} {}", reason, desired);
            policy.applied(now, ready + starting, desired);
        }
    }
}

fn node_of(node: u32, age: Duration) -> ServingNode {
    ServingNode { node: NodeId(node), age, ready_for: age, sample: None }
}

fn sample_of(taken_at: Instant, load: f64) -> NodeSample {
    NodeSample {
        taken_at,
        window: Duration::from_secs(10),
        utilization: load,
        in_flight: (load * 100.0) as u32,
        queued: 0,
        arrived: 0,
        completed: 0,
        failed: 0,
    }
}

fn metrics_of(now: Instant, nodes: &[ServingNode]) -> ServiceMetrics {
    let samples = || nodes.iter().filter_map(|node| node.sample.as_ref());
    let reporting = samples().count() as u32;
    if reporting == 0 {
        return ServiceMetrics::default();
    }
    let mean = |of: &dyn Fn(&NodeSample) -> f64| samples().map(of).sum::<f64>() / f64::from(reporting);
    ServiceMetrics {
        nodes_reporting: reporting,
        utilization: mean(&|sample| sample.utilization),
        in_flight_per_node: mean(&|sample| f64::from(sample.in_flight)),
        age: samples().map(|sample| now.since(sample.taken_at)).min().unwrap_or_default(),
        ..ServiceMetrics::default()
    }
}
