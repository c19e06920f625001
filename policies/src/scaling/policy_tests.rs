//! Scaling policies against vectors and laws.

use super::tests::POLICIES;
use super::*;
use crate::{ParamValue, PolicySpec, catalogue::build_scaling};
use alloc::format;
use alloc::string::String;
use expect_test::expect;
use proptest::prelude::*;

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

proptest! {
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

fn view_of(metrics: ServiceMetrics, ready: u32, starting: u32) -> ScalingView<'static> {
    ScalingView { service: ServiceId(0), ready, starting, min: 1, max: 100, metrics, nodes: &[] }
}
