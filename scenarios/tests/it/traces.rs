//! Faults and latencies from files.

use crate::support::{good, message, small_with};
use cusinart_scenarios::{Distribution, Fault, FaultSpec, NodeSelector, Pick, Scenario, Schedule};
use expect_test::expect;

fn with(fault: &str) -> String {
    let more = format!("faults: [ {{ trace: {{ {fault} }}, for: 5s, crash: {{ service: api }} }} ]\n");
    small_with("duration: 10m", "duration: 10m", &more)
}

fn described(scenario: &Scenario) -> Vec<String> {
    let of = |fault: &Fault| {
        let Schedule::At(at) = fault.schedule else { panic!("{fault:?}") };
        let lasts_s = fault.lasts.as_ref().map_or(0.0, Distribution::mean_s);
        let FaultSpec::Crash { nodes: NodeSelector { pick, .. }, .. } = &fault.kind else {
            panic!("{fault:?}")
        };
        let pick = match pick {
            Pick::Index(index) => format!("node {index:?}"),
            Pick::Share(share) => format!("share {share}"),
            Pick::All | Pick::Count(_) => "all".into(),
        };
        format!("{at} for {lasts_s:.1} s: {pick}")
    };
    scenario.faults.iter().map(of).collect()
}

#[test]
fn a_row_strikes_at_its_time_until_its_end_and_keeps_its_node() {
    let nodes = good(&with("file: faults.csv, node_column: host, only: { site: a }"));
    // h7 is the first name, h1 the second, h3 the third: h9 never struck.
    let expected = ["1m for 30.0 s: node [1]", "2m for 5.0 s: node [0]", "3m for 20.0 s: node [2]"];
    assert_eq!(described(&nodes), expected);
    let shares = good(&with("file: faults.csv, share_column: severity, start: 1m, speedup: 30"));
    let expected = [
        "0s for 1.0 s: share 0.25",
        "2s for 5.0 s: share 0.5",
        "3s for 5.0 s: share 0.1",
        "4s for 0.7 s: share 1",
        "3m58s for 3.3 s: share 1",
    ];
    assert_eq!(described(&shares), expected);
}

#[test]
fn an_expanded_scenario_holds_the_rows_and_means_the_same() {
    let scenario = good(&with("file: faults.csv, node_column: host"));
    let text = cusinart_scenarios::to_yaml(&scenario);
    assert_eq!(good(&text).faults, scenario.faults);
}

#[test]
fn mistakes_in_a_trace_of_faults_are_pointed_at_in_its_file() {
    expect![[r#"
        tests/it/files/bad_faults.csv:3:4: found `later`, expected a time
           |
         3 | h1,later,90,0.25
           |    ^^^^^
    "#]]
    .assert_eq(&message(&with("file: bad_faults.csv")));
    expect![[r#"
        tests/it/files/bad_faults.csv:4:10: found `1.5`, expected a share from 0 to 1
           |
         4 | h1,80,90,1.5
           |          ^^^
    "#]]
    .assert_eq(&message(&with("file: bad_faults.csv, down_column: up_at_s, share_column: severity")));
    expect![[r#"
        tests/it/files/faults.csv:1:1: found no column `place`, expected `host`, `down_at_s`, `up_at_s`, `severity` or `site`
           |
         1 | host,down_at_s,up_at_s,severity,site
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: name it with `only`
    "#]].assert_eq(&message(&with("file: faults.csv, only: { place: a }")));
    expect![[r#"
        tests/it/files/faults.csv:1:1: found no row within the run, expected at least one
           |
         1 | host,down_at_s,up_at_s,severity,site
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#]]
    .assert_eq(&message(&with("file: faults.csv, start: 9999s")));
    let far = message(&with("file: far_faults.csv"));
    assert!(far.contains("far_faults.csv:2:4: found `1e300`, expected a time within 20 years"), "{far}");
    let twice = small_with("10m", "10m", "faults: [ { at: 1m, trace: { file: faults.csv }, hang: {} } ]\n");
    assert!(message(&twice).contains("`trace` beside `at`"));
}

#[test]
fn a_matrix_gives_each_way_its_latency() {
    let matrix = "from_column: from_region, to_column: to_region, p50_column: rtt_ms, round_trip: true";
    let text = |more: &str| {
        let network = format!("network: {{ matrix: {{ file: latency.csv, {matrix}{more} }} }}\n");
        small_with("duration: 10m", "duration: 10m", &network)
    };
    let link =
        |scenario: &Scenario, from: usize, to: usize| scenario.network.links[from * 3 + to].latency.clone();
    let constant = good(&text(""));
    assert_eq!(link(&constant, 0, 1), Distribution::Constant { value_s: 0.01 });
    assert_eq!(link(&constant, 1, 0), Distribution::Constant { value_s: 0.015 });
    assert_eq!(link(&constant, 0, 0), Distribution::Constant { value_s: 0.0005 });
    let spread = good(&text(", p90_column: rtt_p90_ms"));
    let Distribution::Lognormal { mu, sigma } = link(&spread, 0, 1) else { panic!("it varies") };
    assert!((libm::exp(mu) - 0.01).abs() < 1e-12);
    assert!((libm::exp(mu + 1.281_551_565_544_600_4 * sigma) - 0.02).abs() < 1e-12);
    let zones = text("").replace("zones: [a, b]", "zones: [a, c]");
    expect![[r#"
        tests/it/files/latency.csv:1:1: found no row from `a` to `c`, expected a row for each way between two zones
           |
         1 | from_region,to_region,rtt_ms,rtt_p90_ms
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: zones of the scenario have the names of the file
    "#]].assert_eq(&message(&zones));
    expect![[r#"
        tests/it/files/latency.csv:1:1: found no column `p90`, expected `from_region`, `to_region`, `rtt_ms` or `rtt_p90_ms`
           |
         1 | from_region,to_region,rtt_ms,rtt_p90_ms
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: did you mean `rtt_p90_ms`?
    "#]].assert_eq(&message(&text(", p90_column: p90")));
}
