//! Recorded loads, failures and latencies, replayed. The files are not part of the project: they are looked for in
//! `shared/traces` beside it. Without them the test says so and passes.

use crate::simulate;
use cusinart_scenarios::{Overlay, Scenario, parse};
use std::fs;
use std::io::Write as _;
use std::path::Path;

fn read(folder: &Path, zones: &str, more: &str) -> Scenario {
    let text = format!(
        "
version: 1
name: replay
description: A recorded curve, failure or latency.
duration: 6h
zones: [{zones}]
node_types: {{ web: {{ workers: 8, queue: 100, boot_time: 30s }} }}
services: {{ app: {{ node_type: web, nodes: 12, service_time: {{ exponential: {{ mean: 10ms }} }} }} }}
{more}
"
    );
    parse("replay.yaml", &text, folder, &Overlay::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn recorded_traces_replay() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/traces");
    let Ok(entries) = fs::read_dir(&folder) else {
        // Not a macro: those are captured, and whoever runs the tests shall see this.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no recorded traces in {}", folder.display());
        return;
    };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names.iter().filter(|name| name.ends_with(".csv")) {
        replay(&folder, name);
    }
}

/// Replays a file as what its name says it is.
fn replay(folder: &Path, name: &str) {
    let users = |arrivals: &str| format!("clients: {{ users: {{ service: app, arrivals: {arrivals} }} }}\n");
    let steady = users("{ poisson: { rate: 2/s } }");
    if name.starts_with("load_") {
        let trace = format!("{{ poisson: {{ trace: {{ file: {name}, speedup: 240 }} }} }}");
        let record = simulate(&read(folder, "a", &users(&trace)));
        assert!(record.clients[0].counts.offered > 100, "{name}");
    } else if name.starts_with("failures_") {
        let fault =
            format!("{{ trace: {{ file: {name}, speedup: 1500 }}, crash: {{ service: app, nodes: 1 }} }}");
        let record = simulate(&read(folder, "a", &format!("{steady}faults: [ {fault} ]\n")));
        assert!(record.faults.len() > 10, "{name}: {}", record.faults.len());
        assert_eq!(record.violation, None, "{name}");
    } else if name.starts_with("latency_") {
        let columns =
            "from_column: from_region, to_column: to_region, p50_column: rtt_p50_ms, p90_column: rtt_p90_ms";
        let network = format!("network: {{ matrix: {{ file: {name}, {columns}, round_trip: true }} }}\n");
        let client = steady.replace("service: app", "service: app, from: eu-west-1");
        let record = simulate(&read(folder, "us-east-1, eu-west-1", &format!("{client}{network}")));
        // Half of the requests cross an ocean and come back.
        assert!(record.clients[0].latency.value_at_quantile(0.75) > 60_000_000, "{name}");
    }
}
