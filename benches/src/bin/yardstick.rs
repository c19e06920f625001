//! Costs of whole runs as ratios to the yardstick Y, measured in one process.
//!
//! `cargo run --release -p cusinart-benches --bin yardstick [-- --json] [FILE…]`: runs scenario files (by default
//! those of `benches/scenarios`) the way the command does: read from YAML, digest, histograms, facts and policies
//! on, summary at the end.

#![expect(clippy::print_stdout, reason = "a program that prints its result")]
#![expect(clippy::disallowed_methods, reason = "a program that reads its arguments")]

use cusinart_benches::{cpu_time_of, yardstick_ns};
use cusinart_scenarios::{Overlay, Scenario, load};
use cusinart_sim_core::Simulation;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const REPETITIONS: usize = 5;
/// A run is discarded if Y before and after differ by more.
const DRIFT_MAX: f64 = 0.05;
/// The most a simple request may cost, in Y, by scenario. Other scenarios are measured without a demand.
const DEMANDS: [(&str, f64); 1] = [("power-of-two-100", 3.0)];

/// One row of the table.
struct Row {
    name: String,
    requests: u64,
    events: u64,
    ns_per_request: f64,
    ns_per_event: f64,
    yardstick_ns: f64,
    drift: f64,
}

fn main() -> ExitCode {
    let (flags, files): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let files = if files.is_empty() { shipped() } else { files.into_iter().map(PathBuf::from).collect() };
    let mut rows = Vec::new();
    for file in files {
        match load(&file, &Overlay::default()) {
            Ok(scenario) => rows.push(measure(&scenario)),
            Err(error) => {
                println!("{error}");
                return ExitCode::from(3);
            }
        }
    }
    if flags.iter().any(|flag| flag == "--json") {
        print_json(&rows)
    } else {
        print_table(&rows)
    }
    ExitCode::SUCCESS
}

/// The scenario files of this crate, by name.
fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).expect("the crate ships its scenarios");
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
}

/// Measures a scenario until Y holds still over a measurement, at most a few times.
fn measure(scenario: &Scenario) -> Row {
    let mut row = measure_once(scenario);
    for _ in 0..3 {
        if row.drift <= DRIFT_MAX {
            break;
        }
        row = measure_once(scenario);
    }
    row
}

fn measure_once(scenario: &Scenario) -> Row {
    let before = yardstick_ns();
    let mut times = Vec::new();
    let (mut requests, mut events) = (0, 0);
    for _ in 0..REPETITIONS {
        let (time, record) = cpu_time_of(|| {
            let record = Simulation::new(scenario).run();
            let summary = cusinart_report::summarize(scenario, &record);
            std::hint::black_box(summary);
            record
        });
        requests = record.clients.iter().map(|client| client.counts.offered).sum();
        events = record.events;
        times.push(time.as_nanos() as f64);
    }
    let after = yardstick_ns();
    times.sort_by(f64::total_cmp);
    let median = times[REPETITIONS / 2];
    Row {
        name: scenario.name.clone(),
        requests,
        events,
        ns_per_request: median / requests as f64,
        ns_per_event: median / events as f64,
        yardstick_ns: before.min(after),
        drift: (before - after).abs() / before.min(after),
    }
}

fn print_table(rows: &[Row]) {
    println!(
        "{:<22} {:>10} {:>10} {:>9} {:>8} {:>8} {:>7}  verdict",
        "scenario", "requests", "ns/req", "ns/event", "Y ns", "req/Y", "event/Y"
    );
    for row in rows {
        println!(
            "{:<22} {:>10} {:>10.1} {:>9.1} {:>8.1} {:>8.2} {:>7.2}  {}",
            row.name,
            row.requests,
            row.ns_per_request,
            row.ns_per_event,
            row.yardstick_ns,
            row.ns_per_request / row.yardstick_ns,
            row.ns_per_event / row.yardstick_ns,
            verdict(row),
        );
    }
    for (name, demand) in DEMANDS {
        println!("demand: at most {demand} Y per request for {name}");
    }
    println!("CPU time, median of {REPETITIONS} runs; Y is the least of five holds before and after");
}

fn verdict(row: &Row) -> &'static str {
    if row.drift > DRIFT_MAX {
        return "discarded: Y drifted by more than 5 %";
    }
    match DEMANDS.iter().find(|(name, _)| *name == row.name) {
        Some((_, demand)) if row.ns_per_request > demand * row.yardstick_ns => "missed",
        Some(_) => "met",
        None => "-",
    }
}

fn print_json(rows: &[Row]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "scenario": row.name,
                "requests": row.requests,
                "events": row.events,
                "ns_per_request": row.ns_per_request,
                "ns_per_event": row.ns_per_event,
                "yardstick_ns": row.yardstick_ns,
                "drift": row.drift,
                "verdict": verdict(row),
            })
        })
        .collect();
    println!("{:#}", json!(rows));
}
