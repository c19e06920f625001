//! Runs of the shipped scenarios, stored and read back.

use crate::simulate;
use cusinart_record::RunRecord;
use cusinart_report::{
    Looks, PageLinks, StoredRun, TextStyle, facts_jsonl, parquet, plots, read_run, record_json, run_json,
    run_page, series, series_csv, summarize, text,
};
use cusinart_scenarios::{Overlay, Scenario, load, parse, to_yaml};
use std::path::Path;

/// Everything that is made of a run, by name.
fn derived(scenario: &Scenario, record: &RunRecord) -> Vec<(String, Vec<u8>)> {
    let summary = summarize(scenario, record);
    let links = PageLinks::default();
    let mut files: Vec<(String, Vec<u8>)> = [
        ("run.json", run_json(&summary)),
        ("facts.jsonl", facts_jsonl(record)),
        ("series.csv", series_csv(record)),
        ("report.html", run_page(scenario, record, &summary, &links)),
        ("the page", text(&summary, &TextStyle::default(), &links)),
    ]
    .map(|(name, text)| (name.to_string(), text.into_bytes()))
    .to_vec();
    files.push(("series.parquet".into(), parquet(&series(record))));
    for plot in plots(scenario, record, &summary) {
        files.push((format!("{}.svg", plot.name), plot.svg.into_bytes()));
        files.push((format!("{}.png", plot.name), plot.png));
    }
    files
}

fn stored_and_read(scenario: &Scenario, record: &RunRecord, looks: Option<&Looks>) -> StoredRun {
    let yaml = to_yaml(scenario);
    let again = parse("scenario.yaml", &yaml, Path::new("."), &Overlay::default());
    let again = again.unwrap_or_else(|error| panic!("{error}"));
    let json = record_json(record, looks);
    let stored = read_run(again, &json, &facts_jsonl(record)).unwrap_or_else(|error| panic!("{error}"));
    assert!(json == record_json(&stored.record, looks), "what was read is written the same");
    stored
}

#[test]
fn what_is_made_of_a_stored_run_has_the_same_bytes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let files =
        std::fs::read_dir(&folder).expect("the repository has it").map(|entry| entry.expect("readable"));
    let files =
        files.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "yaml"));
    let mut seen = 0;
    for file in files {
        let scenario = load(&file, &Overlay::default()).unwrap_or_else(|error| panic!("{error}"));
        let record = simulate(&scenario);
        let stored = stored_and_read(&scenario, &record, None);
        let (first, second) = (derived(&scenario, &record), derived(&stored.scenario, &stored.record));
        assert_eq!(first.len(), second.len());
        for ((name, one), (_, other)) in first.iter().zip(&second) {
            assert!(one == other, "{}: {name} differs", scenario.name);
        }
        for (one, other) in record.clients.iter().zip(&stored.record.clients) {
            let statistics = |latency: &cusinart_record::LatencyHistogram| {
                let quantiles =
                    (0..=1_000).map(|per_mille| latency.value_at_quantile(f64::from(per_mille) / 1e3));
                (latency.len(), latency.min(), latency.max(), quantiles.collect::<Vec<_>>())
            };
            assert_eq!(statistics(&one.latency), statistics(&other.latency));
            assert_eq!(
                (one.counts, one.latency_sum, &one.windows),
                (other.counts, other.latency_sum, &other.windows)
            );
        }
        assert_eq!((&record.faults, &record.facts), (&stored.record.faults, &stored.record.facts));
        assert_eq!(record.checkpoints, stored.record.checkpoints);
        seen += 1;
    }
    assert!(seen >= 9, "{seen} scenarios were read");
}

#[test]
fn what_only_some_runs_have_is_stored_too() {
    let scenario = crate::overload::turmoil(3);
    let record = simulate(&scenario);
    let stored = stored_and_read(&scenario, &record, None);
    assert_eq!(record.facts, stored.record.facts, "changes of breakers");
    let (client, again) = (&record.clients[0], &stored.record.clients[0]);
    assert!(client.windows.iter().any(|window| window.counts.hedges > 0));
    assert_eq!((client.counts, &client.windows), (again.counts, &again.windows));
    for (service, again) in record.services.iter().zip(&stored.record.services) {
        assert!(!service.shed.is_nothing() && service.windows[0].limit > 0, "{}", service.name);
        assert_eq!((service.shed, &service.windows), (again.shed, &again.windows));
    }
    let (first, second) = (derived(&scenario, &record), derived(&stored.scenario, &stored.record));
    for ((name, one), (_, other)) in first.iter().zip(&second) {
        assert!(one == other, "{name} differs");
    }
}

#[test]
fn looks_are_kept() {
    let scenario = crate::shipped("rolling-crash", &["duration=2m", "faults=[]", "slas=[]"], None);
    let record = simulate(&scenario);
    let looks = Looks::doubling(8, 100, 0.99);
    assert_eq!(stored_and_read(&scenario, &record, Some(&looks)).looks, Some(looks));
}
