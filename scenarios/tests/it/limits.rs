//! Limits of what a scenario may ask of memory: just within they are met, just beyond they are pointed at.

use crate::support::{good, message, small_with};
use expect_test::expect;

#[test]
fn a_fault_per_node_counts_for_each_node_at_the_start() {
    let faults = |nodes: u32, target: &str| {
        let fault = format!("faults: [ {{ every: 10ms, per: node, crash: {{{target}}} }} ]\n");
        small_with("nodes: 4", &format!("nodes: {nodes}"), &fault)
    };
    good(&faults(16, ""));
    good(&faults(33, " zone: b "));
    expect![[r#"
        test.yaml:11:20: found a mean gap of `10ms` of 17 nodes, expected at least `10.2ms`: at most a million occurrences in a run
            |
         11 | faults: [ { every: 10ms, per: node, crash: {} } ]
            |                    ^^^^
    "#]]
    .assert_eq(&message(&faults(17, "")));
    assert!(message(&faults(35, " zone: b ")).contains("of 17 nodes"));
    assert!(message(&faults(17, " service: api ")).contains("of 17 nodes"));
}

#[test]
fn the_windows_of_all_services_and_clients_are_limited_together() {
    let clients: String = (0..98)
        .map(|n| format!("  u{n}: {{ service: api, arrivals: {{ poisson: {{ rate: 1/s }} }} }}\n"))
        .collect();
    let text = small_with("duration: 10m", "duration: 100000s", &clients);
    good(&text.replace("zones: [a", "window: 1s\nzones: [a"));
    let more = format!("{text}  last: {{ service: api, arrivals: {{ poisson: {{ rate: 1/s }} }} }}\n");
    good(&more);
    expect![[r#"
        test.yaml:4:9: found `1s`: 100000 windows of each of 101 services and clients, expected at most 99009 windows of each
           |
         4 | window: 1s
           |         ^^
          hint: a longer window keeps the series small: at least `1.010009192s`
    "#]].assert_eq(&message(&more.replace("zones: [a", "window: 1s\nzones: [a")));
}
