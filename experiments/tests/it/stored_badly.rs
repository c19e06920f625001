//! Stored runs that are not what they should be.

use crate::{shipped, simulate};
use cusinart_record::hash64;
use cusinart_report::{
    PageLinks, StoreError, StoredRun, TextStyle, facts_jsonl, parquet, plots, read_run, record_json,
    run_json, run_page, series, summarize, text,
};
use cusinart_scenarios::Scenario;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::sync::LazyLock;

/// A small run with faults, failures and plans: its scenario, record.json and facts.jsonl.
static STORED: LazyLock<(Scenario, String, String)> = LazyLock::new(|| {
    let set = ["clients.buyers.arrivals.poisson.rate=60/s", "services.orders.nodes=6", "window=1m"];
    let scenario = shipped("zone-outage", &set, None);
    let record = simulate(&scenario);
    let json = record_json(&record, None);
    (scenario, json, facts_jsonl(&record))
});

/// The texts of record.json and facts.jsonl.
fn stored() -> (String, String) {
    (STORED.1.clone(), STORED.2.clone())
}

fn read(record: &str, facts: &str) -> Result<StoredRun, StoreError> {
    read_run(STORED.0.clone(), record, facts)
}

/// Changes a part of record.json, which occurs, and compares the error.
fn check(from: &str, to: &str, expected: &Expect) {
    let (record, facts) = stored();
    assert!(record.contains(from), "{from} is not in record.json");
    let error = read(&record.replacen(from, to, 1), &facts).expect_err("it is wrong");
    expected.assert_eq(&error.to_string());
}

#[test]
fn what_was_written_is_read() {
    let (json, facts) = stored();
    let run = read(&json, &facts).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(record_json(&run.record, None), json);
    assert_eq!(facts_jsonl(&run.record), facts);
}

#[test]
fn what_is_wrong_is_named() {
    check(
        "\"schema_version\":1",
        "\"schema_version\":2",
        &expect!["record.json: found layout 2, expected layout 1, as this version writes it"],
    );
    check("\"seed\":3", "\"seed\":4", &expect!["record.json: found seed 4, expected 3"]);
    check(
        "\"window\":",
        "\"windows\":",
        &expect![
            "record.json: found missing field `window` at line 1 column 197, expected the record of a run"
        ],
    );
    check(
        "\"name\":\"buyers",
        "\"name\":\"sellers",
        &expect![[r#"record.json: found client "sellers", expected "buyers""#]],
    );
    check(
        "\"ok\":",
        "\"ok\":1",
        &expect!["record.json: found requests with a latency 72296, expected 172296"],
    );
    check(
        "\"digest\":\"8",
        "\"digest\":\"+",
        &expect![[r#"record.json: found "+090ba35faf12e2f" as a digest, expected 16 hexadecimal digits"#]],
    );
    check("\"node\":1,", "\"node\":7,", &expect!["record.json: found node 7, expected 1"]);
    check(
        "\"looks\":null",
        "\"looks\":{\"counts\":[],\"alpha\":0.05}",
        &expect![[
            r#"record.json: found looks Looks { counts: [], alpha: 0.05 }, expected "ascending numbers of replications""#
        ]],
    );
    check(
        "\"scenario_hash\":\"",
        "\"scenario_hash\":\"00",
        &expect![
            "scenario.yaml: found hash 3b087988657d35cd, expected 003b087988657d35cd, as record.json says: the scenario was changed"
        ],
    );
}

#[test]
fn texts_that_are_cut_off_or_something_else_are_refused() {
    let (record, facts) = stored();
    let error = |record: &str, facts: &str| read(record, facts).expect_err("it is wrong").to_string();
    let deep = "[".repeat(1_000_000);
    for text in ["", "{}", "[]", "null", "\u{0}", &deep, &format!("{{\"schema_version\":1,\"nodes\":{deep}")]
    {
        assert!(error(text, &facts).starts_with("record.json: found "), "{text}");
    }
    for end in (0..record.len() - 2).step_by(997) {
        assert!(record.is_char_boundary(end), "the fixture is ASCII");
        error(&record[..end], &facts);
    }
    let cut = &facts[..facts.len() / 2];
    expect!["facts.jsonl: found hash eaf24cd3f1724c71, expected hash 733eae003ca7e5a5, as record.json says: it was changed or cut off"].assert_eq(&error(&record, cut));
}

#[test]
fn facts_that_are_none_are_named_by_their_line() {
    let (record, facts) = stored();
    let old = format!("{:016x}", hash64(facts.as_bytes()));
    let error = |facts: &str| {
        let record = record.replace(&old, &format!("{:016x}", hash64(facts.as_bytes())));
        read(&record, facts).expect_err("it is wrong").to_string()
    };
    let lines: Vec<&str> = facts.lines().collect();
    expect!["facts.jsonl: found in line 2: missing field `t` at line 1 column 10, expected a fact"]
        .assert_eq(&error(&format!("{}\n{{\"t_ns\":1}}\n", lines[0])));
    expect!["facts.jsonl: found in line 2: an earlier time than in the line before, expected a fact"]
        .assert_eq(&error(&format!("{}\n{}\n", lines[lines.len() - 1], lines[0])));
}

/// Positions of all numbers in a text, but of a few only of the many in a histogram.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut position = 0;
    let histogram = text.find("\"latency\":[").map(|start| start + 100..text.find("]],").unwrap_or_default());
    while position < bytes.len() {
        if histogram.as_ref().is_some_and(|within| within.contains(&position)) {
            position = histogram.as_ref().map_or(position, |within| within.end);
        }
        let length = bytes[position..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length > 0 && (position == 0 || !bytes[position - 1].is_ascii_alphanumeric()) {
            found.push((position, position + length));
        }
        position += length.max(1);
    }
    found
}

proptest! {
    /// Whatever numbers stand in the files: they are refused, or everything can be made of them.
    #[test]
    fn no_number_breaks_anything(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..7), 1..6),
        in_facts in any::<bool>(),
    ) {
        let (mut record, mut facts) = stored();
        let old = format!("{:016x}", hash64(facts.as_bytes()));
        for (index, value) in changes {
            let text = if in_facts { &mut facts } else { &mut record };
            let numbers = numbers(text);
            let (from, to) = numbers[index.index(numbers.len())];
            let values = ["0", "1", "2", "4294967295", "17592186044416", "9007199254740993", "18446744073709551615"];
            text.replace_range(from..to, values[value]);
        }
        record = record.replace(&old, &format!("{:016x}", hash64(facts.as_bytes())));
        if let Ok(run) = read(&record, &facts) {
            make_everything(&run);
        }
    }
}

fn make_everything(run: &StoredRun) {
    let StoredRun { scenario, record, .. } = run;
    let summary = summarize(scenario, record);
    let links = PageLinks::default();
    run_json(&summary);
    parquet(&series(record));
    plots(scenario, record, &summary);
    run_page(scenario, record, &summary, &links);
    text(&summary, &TextStyle::default(), &links);
}
