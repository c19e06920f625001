//! Costs of single decisions, in nanoseconds and as ratios to the yardstick Y, measured in one process.
//!
//! `cargo run --release -p cusinart-benches --bin decisions [-- NAME]`: all of them, or those whose name holds the text.

#![expect(clippy::print_stdout, reason = "a program that prints its result")]
#![expect(clippy::disallowed_methods, reason = "a program that measures time and reads its arguments")]

use cusinart_benches::{Probing, Routing, Scaling, defaults, routing_cases, yardstick_ns};
use cusinart_policies::PolicyKind;
use std::time::Instant;

/// Nodes that requests are routed to, and that are probed.
const NODES: u32 = 100;
/// Nodes that are scaled.
const SCALED_NODES: u32 = 1_000;
/// Decisions in one block, of which the mean is taken.
const BLOCK: u32 = 100;
/// Blocks, of which the median is taken.
const BLOCKS: usize = 2_001;
/// The most a decision may cost, in nanoseconds: a request, a health result, a scaling decision.
const BARS_NS: [f64; 3] = [60.0, 20.0, 100_000.0];

/// One row of the table.
struct Row {
    name: String,
    ns: f64,
    /// Cost of the end of a request, where there is one.
    end_ns: Option<f64>,
    bar_ns: f64,
}

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let before = yardstick_ns();
    let mut rows = Vec::new();
    rows.extend(routing(&wanted));
    rows.extend(probes(&wanted));
    rows.extend(scaling(&wanted));
    let yardstick = before.min(yardstick_ns());
    println!("{:<54} {:>9} {:>8} {:>9} {:>9}", "decision", "median ns", "ratio/Y", "bar ns", "end ns");
    for row in rows {
        let verdict = if row.ns <= row.bar_ns { "met" } else { "missed" };
        let end = row.end_ns.map(|ns| format!("{ns:.1}")).unwrap_or_default();
        let ratio = row.ns / yardstick;
        println!("{:<54} {:>9.1} {ratio:>8.3} {:>9} {end:>9}  {verdict}", row.name, row.ns, row.bar_ns);
    }
    println!("Y is {yardstick:.1} ns; medians of {BLOCKS} blocks, wall-clock time");
}

/// A routing decision of every strategy, and the end of a request.
fn routing(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for case in routing_cases().iter().filter(|case| case.name.contains(wanted)) {
        let mut routing = Routing::new(case, NODES);
        let (mut routes, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..BLOCKS {
            routes.push(mean_ns(BLOCK, || routing.route()));
            ends.push(mean_ns(BLOCK, || routing.finish()));
        }
        rows.push(Row {
            name: format!("route: {}", case.name),
            ns: median(routes),
            end_ns: Some(median(ends)),
            bar_ns: BARS_NS[0],
        });
    }
    rows
}

/// The answer of a probe with every detector.
fn probes(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for case in defaults(PolicyKind::Detector).iter().filter(|case| case.name.contains(wanted)) {
        let Some(mut probing) = Probing::new(case, NODES) else { continue };
        let block = |_| {
            probing.send();
            mean_ns(NODES, || assert!(probing.answer(), "each node has a probe in flight"))
        };
        let ns = median((0..BLOCKS).map(block).collect());
        rows.push(Row { name: format!("probe: {}", case.name), ns, end_ns: None, bar_ns: BARS_NS[1] });
    }
    rows
}

/// A decision of every scaling policy over many nodes.
fn scaling(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for case in defaults(PolicyKind::Scaling).iter().filter(|case| case.name.contains(wanted)) {
        let mut scaling = Scaling::new(case, SCALED_NODES);
        let block = |_| {
            scaling.measure();
            mean_ns(1, || scaling.propose())
        };
        let ns = median((0..BLOCKS).map(block).collect());
        let name = format!("scale {SCALED_NODES} nodes: {}", case.name);
        rows.push(Row { name, ns, end_ns: None, bar_ns: BARS_NS[2] });
    }
    rows
}

/// Mean time of so many calls.
fn mean_ns(count: u32, mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..count).for_each(|_| work());
    start.elapsed().as_nanos() as f64 / f64::from(count)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
