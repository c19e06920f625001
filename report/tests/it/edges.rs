//! Runs at the edge: nothing in them, cut short, or very large.

use crate::figures::write_if_wanted;
use crate::fixture::{at, record, scenario};
use cusinart_policies::{Duration, NodeId};
use cusinart_record::{Fact, FactKind, FaultId, NodeState, RunRecord};
use cusinart_report::{
    PageLinks, RunVerdict, TextStyle, facts_jsonl, plots, run_json, run_page, series_csv, summarize, text,
};
use cusinart_scenarios::Scenario;

#[test]
fn an_empty_run_is_reported() {
    let mut empty = record();
    empty.clients.clear();
    empty.services.clear();
    empty.nodes.clear();
    empty.facts.clear();
    empty.faults.clear();
    empty.simulated = Duration::ZERO;
    report("empty", &scenario(), &empty);
    let mut scenario = scenario();
    scenario.slas.clear();
    assert_eq!(summarize(&scenario, &empty).verdict(), RunVerdict::NoSlas);
}

#[test]
fn facts_about_unknown_nodes_and_faults_are_survived() {
    let mut odd = record();
    odd.nodes.truncate(1);
    odd.facts.push(Fact { at: at(600.0), kind: FactKind::FaultEnded { fault: FaultId(77) } });
    odd.header.window = Duration::ZERO;
    odd.clients[0].windows[3].latency_sum = u64::MAX;
    odd.services[0].windows[3].utilization = f64::NAN;
    odd.nodes[0].cost = f64::INFINITY;
    report("odd", &scenario(), &odd);
}

#[test]
fn a_run_cut_short_says_so() {
    let mut short = record();
    short.simulated = Duration::from_secs(320);
    short.header.warmup = Duration::from_secs(60);
    let end = at(320.0);
    short.facts.retain(|fact| fact.at <= end);
    short.faults.retain(|fault| fault.began <= end);
    short.faults[1].ended = None;
    short.nodes.retain(|node| node.provisioned <= end);
    short.clients.iter_mut().for_each(|client| client.windows.truncate(64));
    short.services.iter_mut().for_each(|service| service.windows.truncate(64));
    let page = report("short", &scenario(), &short);
    assert!(page.contains("stopped at 5m20s of 10m"), "{page}");
    assert!(page.contains("The run was stopped at 5m20s of 10m"), "{page}");
}

#[test]
fn a_large_run_is_drawn_and_listed_within_bounds() {
    let mut large = record();
    let node = large.nodes[0].clone();
    for index in large.nodes.len()..240 {
        let name = format!("frontend-a-{index}");
        large.nodes.push(cusinart_record::NodeRecord { node: NodeId(index as u32), name, ..node.clone() });
    }
    let crash = large.faults[2].clone();
    for index in 0..200_u32 {
        let (began, node) = (at(1.0 + f64::from(index) * 2.9), NodeId(20 + index));
        let fault = FaultId(large.faults.len() as u32);
        let ended = Some(began + Duration::from_secs(8));
        large.faults.push(cusinart_record::FaultRecord { began, ended, nodes: vec![node], ..crash.clone() });
        large.facts.push(Fact { at: began, kind: FactKind::FaultBegan { fault, label: String::new() } });
        large.facts.push(Fact { at: began, kind: FactKind::NodeState { node, state: NodeState::Down } });
    }
    large.facts.sort_by_key(|fact| fact.at);
    let page = report("large", &scenario(), &large);
    assert!(page.contains("and 193 more, in"), "{page}");
    assert!(page.lines().count() < 200, "{}", page.lines().count());
}

#[test]
fn colour_changes_nothing_but_colour() {
    let summary = summarize(&scenario(), &record());
    let links = PageLinks::default();
    for width in [0, 40, 80, 132, 400] {
        let plain = text(&summary, &TextStyle { color: false, width }, &links);
        let colored = text(&summary, &TextStyle { color: true, width }, &links);
        assert!(colored.contains("\u{1b}[31;1mFAILED\u{1b}[0m"));
        assert_eq!(without_escapes(&colored), plain, "width {width}");
    }
}

/// Makes everything a run directory holds, and returns the page.
fn report(name: &str, scenario: &Scenario, record: &RunRecord) -> String {
    let summary = summarize(scenario, record);
    for file in [run_json(&summary), facts_jsonl(record), series_csv(record)] {
        assert!(!file.contains("NaN") && !file.contains("inf\n") && !file.contains("inf,"), "{name}");
    }
    write_if_wanted(name, &plots(scenario, record, &summary));
    let page = run_page(scenario, record, &summary, &PageLinks::default());
    assert!(page.len() < 1_000_000 && page.ends_with("</html>\n"), "{name}: {} bytes", page.len());
    text(&summary, &TextStyle::default(), &PageLinks::default())
}

fn without_escapes(text: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for letter in text.chars() {
        match (escaped, letter) {
            (false, '\u{1b}') => escaped = true,
            (false, letter) => out.push(letter),
            (true, letter) => escaped = letter != 'm',
        }
    }
    out
}
