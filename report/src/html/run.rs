//! The page of one run.

use super::page::{Chip, Link, Page, PageKind, Part, Repro, Section, Text, Tone, Verdict};
use super::{render, run_ecdf, run_facts, run_lanes, run_stories, run_tables, run_timeline};
use crate::human;
use crate::page::PageLinks;
use crate::summary::{RunSummary, RunVerdict};
use cusinart_record::RunRecord;
use cusinart_scenarios::Scenario;

/// Writes the page of a run as one HTML file.
///
/// `links.files` are shown as links, so they should be names beside the page.
pub fn run_page(scenario: &Scenario, record: &RunRecord, summary: &RunSummary, links: &PageLinks) -> String {
    render(&Page {
        kind: PageKind::Run,
        title: summary.run.scenario.clone(),
        subtitle: summary.run.description.clone(),
        version: summary.run.version.clone(),
        parts: parts(scenario, record, summary, links),
    })
}

fn parts(scenario: &Scenario, record: &RunRecord, summary: &RunSummary, links: &PageLinks) -> Vec<Part> {
    let mut parts = vec![Part::new("verdict", "", Section::Verdict(verdict(summary)))];
    if !summary.warnings.is_empty() {
        let text = Text { tone: Tone::Warn, paragraphs: summary.warnings.clone() };
        parts.push(Part::new("warnings", "Warnings", Section::Text(text)));
    }
    parts.extend(run_tables::slas(summary));
    parts.extend(summary.replications.as_ref().and_then(super::replications::metrics));
    parts.push(run_timeline::timeline(record, summary));
    parts.extend(run_stories::stories(record, summary));
    parts.push(run_timeline::heatmap(record, summary));
    parts.push(run_lanes::lanes(record));
    parts.push(run_ecdf::latency(record, summary));
    parts.extend(run_ecdf::times(summary));
    parts.push(run_tables::clients(summary));
    parts.push(run_tables::services(summary));
    parts.extend(run_tables::reasons(summary));
    parts.push(run_facts::facts(scenario, record));
    parts.push(Part::new("repeat", "Repeat", Section::Repro(repro(summary, links))));
    parts
}

fn verdict(summary: &RunSummary) -> Verdict {
    let total = summary.slas.len() as u64;
    let missed = summary.missed();
    let (word, tone, headline) = match summary.verdict {
        RunVerdict::Passed => ("PASSED", Tone::Good, format!("{} met", human::counted(total, "SLA"))),
        RunVerdict::Failed => {
            let headline =
                format!("{} of {} missed: {}", missed.len(), human::counted(total, "SLA"), missed.join("; "));
            ("FAILED", Tone::Bad, headline)
        }
        RunVerdict::Undecided => ("UNDECIDED", Tone::Warn, "More replications are needed to tell".into()),
        RunVerdict::NoSlas => ("NOT JUDGED", Tone::Warn, "The scenario has no SLAs".into()),
    };
    Verdict { word: word.into(), tone, headline, chips: chips(summary) }
}

fn chips(summary: &RunSummary) -> Vec<Chip> {
    let run = &summary.run;
    let chip = |label: &str, value: String| Chip { label: label.into(), value };
    let offered: u64 = summary.clients.iter().map(|client| client.offered).sum();
    let failed: u64 = summary.clients.iter().map(|client| client.failed).sum();
    let simulated = if run.interrupted {
        format!("{} of {}", human::span(run.simulated_ns), human::span(run.duration_ns))
    } else {
        human::span(run.simulated_ns)
    };
    let mut chips = vec![
        chip("simulated", simulated),
        chip("requests", human::count(offered)),
        chip("failed", human::count(failed)),
        chip("faults", human::count(summary.faults.len() as u64)),
        chip("cost", human::money(summary.cost)),
        chip("seed", run.seed.to_string()),
        chip("digest", run.digest.clone()),
    ];
    if !run.warmup_ns.is_zero() {
        chips.insert(1, chip("first part not counted", human::span(run.warmup_ns)));
    }
    if summary.data_loss.shards > 0 {
        let lost = format!("{} of {}", summary.data_loss.shards_lost, summary.data_loss.shards);
        chips.insert(chips.len() - 2, chip("shards lost", lost));
    }
    chips
}

fn repro(summary: &RunSummary, links: &PageLinks) -> Repro {
    let run = &summary.run;
    let files = links.files.iter().map(|name| Link { name: name.clone(), what: what(name).into() });
    Repro {
        command: links.repro.clone(),
        explanation: format!(
            "Given in the folder of this page, with version {} of the simulator, it gives digest {} again, on any \
             machine. The scenario's hash is {}; {} were simulated.",
            run.version,
            run.digest,
            run.scenario_hash,
            human::counted(run.events, "event"),
        ),
        files: files.collect(),
    }
}

/// What a file of a run directory holds.
fn what(name: &str) -> &'static str {
    match name {
        "run.json" => "the summary: all numbers of this page",
        "facts.jsonl" => "every fault, detection, decision and recovery with its reason, one a line",
        "record.json" => "the whole record, to make these files again",
        "series.csv" | "series.parquet" => "load, latency, capacity and queues over time, one row a window",
        "scenario.yaml" => "the scenario with every default written out",
        "trace.csv" => "single requests, every try",
        "perfetto.json" => "the run as a trace for Perfetto",
        "openmetrics.txt" => "the numbers as OpenMetrics",
        "replications.json" => "replications over other seeds",
        name if name.ends_with(".svg") || name.ends_with(".png") => "a figure",
        _ => "",
    }
}
