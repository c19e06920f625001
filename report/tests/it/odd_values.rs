//! Names and numbers that are allowed and look odd: they must not harm what shows them.

use crate::fixture::{at, record, scenario, sla};
use cusinart_policies::NodeId;
use cusinart_record::{LatencyHistogram, NodeRecord};
use cusinart_report::{PageLinks, TextStyle, plots, run_json, series_csv, summarize, text};
use cusinart_scenarios::{Comparison, Metric, Statistic};

/// Escape, bell, overrides and isolates of direction, and what XML forbids.
const ODD: [char; 7] = ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{202a}', '\u{2066}', '\u{fffe}'];

#[test]
fn characters_that_control_a_terminal_are_replaced() {
    let (mut scenario, mut run) = (scenario(), record());
    let odd = |name: &str| format!("{name}{}x", ODD.iter().collect::<String>());
    run.header.scenario = odd("run");
    scenario.description = odd("first line\nsecond");
    run.header.zones.iter_mut().for_each(|zone| *zone = odd(zone));
    run.nodes.iter_mut().for_each(|node| node.name = odd(&node.name));
    run.services.iter_mut().for_each(|service| service.name = odd(&service.name));
    run.clients.iter_mut().for_each(|client| client.name = odd(&client.name));
    run.faults.iter_mut().for_each(|fault| fault.label = odd(&fault.label));
    let summary = summarize(&scenario, &run);
    let links = PageLinks { repro: odd("cusinart-sim run"), files: vec![odd("runs/")] };
    let page = text(&summary, &TextStyle::default(), &links);
    let shown = plots(&scenario, &run, &summary).into_iter().map(|plot| plot.svg).chain([page]);
    for shown in shown {
        assert!(!shown.contains(ODD), "{:?}", shown.find(ODD).map(|place| &shown[place - 60..place]));
        assert!(shown.contains("run\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}x"));
        assert!(shown.contains("first line second"));
    }
    assert!(run_json(&summary).contains(r"run\u001b\u0007"), "run.json says what the scenario says");
}

#[test]
fn nothing_is_minus_zero() {
    let (mut scenario, mut run) = (scenario(), record());
    run.nodes.clear();
    run.services[0].windows[3].utilization = -0.0;
    run.clients.iter_mut().for_each(|client| client.windows.truncate(3));
    scenario.slas = [Metric::Cost, Metric::NodesMin, Metric::TimeToRecover(Statistic::Mean)]
        .map(|metric| sla("", metric, Comparison::AtLeast, 1e9))
        .to_vec();
    let summary = summarize(&scenario, &run);
    let page = text(&summary, &TextStyle::default(), &PageLinks::default());
    for shown in [run_json(&summary), page, series_csv(&run)] {
        assert!(!shown.contains("-0.0") && !shown.contains(",-0,"), "{shown}");
    }
}

#[test]
fn latencies_have_no_upper_end_and_histograms_of_any_size_add_up() {
    let (mut scenario, mut run) = (scenario(), record());
    for (client, hours) in run.clients.iter_mut().zip([1, 500]) {
        let mut latency = LatencyHistogram::new(3).expect("three digits are allowed");
        latency.record(hours * 3_600_000_000_000).expect("it grows");
        client.latency = latency;
    }
    scenario.slas = vec![sla("", Metric::Latency(Statistic::Max), Comparison::Below, 1.0)];
    let measured = summarize(&scenario, &run).slas[0].measured.expect("there are latencies");
    assert!((measured / (500.0 * 3_600.0) - 1.0).abs() < 0.001, "{measured}");
    assert_eq!(plots(&scenario, &run, &summarize(&scenario, &run)).len(), 3);
}

#[test]
fn a_node_that_never_existed_for_any_time_has_no_row() {
    let (scenario, mut run) = (scenario(), record());
    let index = run.nodes.len() as u32;
    let refused = |node| NodeRecord {
        node: NodeId(node),
        name: format!("refused-{node}"),
        provisioned: at(100.0),
        stopped: Some(at(100.0)),
        ..run.nodes[0].clone()
    };
    let refused: Vec<NodeRecord> = (index..index + 80).map(refused).collect();
    run.nodes.extend(refused);
    let summary = summarize(&scenario, &run);
    let svg = &plots(&scenario, &run, &summary)[2].svg;
    assert!(svg.contains("frontend-a-0") && !svg.contains("refused") && !svg.contains(" shown, "));
    assert!(run_json(&summary).contains("refused"), "run.json is complete");
}
