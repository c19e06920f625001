//! perfetto.json and openmetrics.txt: what other programs rely on.

use crate::fixture::{record, scenario};
use cusinart_record::RunRecord;
use cusinart_report::{openmetrics, perfetto_json, summarize};
use expect_test::expect;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The events of the trace of a run.
fn events(record: &RunRecord) -> Vec<Value> {
    let trace: Value = serde_json::from_str(&perfetto_json(record)).expect("it is JSON");
    trace["traceEvents"].as_array().expect("a list").clone()
}

/// A number in nanoseconds.
fn nanos(event: &Value, field: &str) -> i128 {
    let micros = event[field].as_f64().unwrap_or_else(|| panic!("no {field} in {event}"));
    (micros * 1e3).round() as i128
}

#[test]
fn every_event_of_the_trace_is_complete() {
    let events = events(&record());
    let named: BTreeSet<_> = events
        .iter()
        .filter(|event| event["name"] == "process_name" || event["name"] == "thread_name")
        .map(|event| (event["pid"].as_u64(), event["tid"].as_u64()))
        .collect();
    let mut phases: BTreeMap<&str, usize> = BTreeMap::new();
    for event in &events {
        let phase = event["ph"].as_str().expect("every event has a phase");
        *phases.entry(phase).or_default() += 1;
        assert!(event["name"].is_string(), "{event}");
        assert!(named.contains(&(event["pid"].as_u64(), event["tid"].as_u64())), "no name for {event}");
        match phase {
            "M" => assert!(event["args"].is_object(), "{event}"),
            "X" => assert!(nanos(event, "ts") >= 0 && nanos(event, "dur") >= 0, "{event}"),
            "i" => assert!(event["s"] == "t" && nanos(event, "ts") >= 0, "{event}"),
            "C" => {
                let numbers = event["args"].as_object().expect("numbers");
                assert!(!numbers.is_empty() && numbers.values().all(Value::is_number), "{event}");
            }
            other => panic!("{other}: {event}"),
        }
    }
    assert!(["M", "X", "i", "C"].iter().all(|phase| phases[phase] > 3), "{phases:?}");
}

#[test]
fn slices_of_a_track_follow_one_another() {
    let mut ends: BTreeMap<(u64, u64), i128> = BTreeMap::new();
    for event in events(&record()).iter().filter(|event| event["ph"] == "X") {
        let track = (event["pid"].as_u64().expect("a number"), event["tid"].as_u64().expect("a number"));
        let end = ends.entry(track).or_default();
        assert!(nanos(event, "ts") >= *end, "{event} begins before {end}");
        *end = nanos(event, "ts") + nanos(event, "dur");
    }
}

#[test]
fn the_trace_shows_faults_states_and_reasons() {
    let text = perfetto_json(&record());
    let find =
        |part: &str| text.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part}"));
    expect![[r#"
        {"ph":"X","name":"slow disk","pid":1,"tid":1,"cat":"fault","ts":120000000.0,"dur":40000000.0,"args":{"kind":"slow","nodes":["store-a-4"],"probes":0,"replicas":0,"requests":0}},
        {"ph":"X","name":"up","pid":2,"tid":2,"cat":"node","ts":0.0,"dur":480000000.0},
        {"ph":"i","name":"node failure declared store-b-5","pid":3,"tid":1,"cat":"decision","ts":312500000.0,"s":"t","args":{"decision":{"cause":"unresponsive","decision":"node_failure","evidence":{"misses":3,"score":3.0,"silent_for":15000000000,"threshold":3.0},"node":5},"of":"store-b-5","why":"no answer: 3 probes missed in a row, silent for 15 s, score 3 of 3"}},
        {"ph":"C","name":"latency in ms","pid":4,"tid":0,"ts":0.0,"args":{"p50":36.330949,"p99":145.323796}},"#]].assert_eq(
        &[find("\"cat\":\"fault\""), find("\"cat\":\"node\""), find("node failure"), find("latency in ms")]
            .join("\n"),
    );
}

/// A sample of the text format.
#[derive(Debug, PartialEq)]
struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
    at: Option<f64>,
}

/// Reads labels after `{`; returns what follows `}`.
fn labels(mut text: &str) -> (Vec<(String, String)>, &str) {
    let mut labels = Vec::new();
    loop {
        let (name, rest) = text.split_once("=\"").expect("a label has a value in quotes");
        assert!(is_name(name, false), "{name}");
        let mut value = String::new();
        let mut letters = rest.char_indices();
        let end = loop {
            match letters.next().expect("the quotes are closed") {
                (end, '"') => break end,
                (_, '\\') => match letters.next().expect("something is escaped").1 {
                    'n' => value.push('\n'),
                    letter @ ('"' | '\\') => value.push(letter),
                    other => panic!("\\{other}"),
                },
                (_, '\n') => panic!("a bare newline"),
                (_, letter) => value.push(letter),
            }
        };
        labels.push((name.to_string(), value));
        let after = &rest[end + 1..];
        match after.strip_prefix(',') {
            Some(next) => text = next,
            None => return (labels, after.strip_prefix('}').expect("labels end with a brace")),
        }
    }
}

fn is_name(name: &str, colons: bool) -> bool {
    let mut letters = name.chars();
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || (colons && c == ':');
    letters.next().is_some_and(first) && letters.all(|c| first(c) || c.is_ascii_digit())
}

fn sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).expect("a value follows the name");
    let name = line[..end].to_string();
    let (labels, rest) =
        if line[end..].starts_with('{') { labels(&line[end + 1..]) } else { (Vec::new(), &line[end..]) };
    let numbers: Vec<f64> = rest
        .strip_prefix(' ')
        .expect("one space before the value")
        .split(' ')
        .map(|word| word.parse().unwrap_or_else(|_| panic!("{word:?} in {line}")))
        .collect();
    assert!(numbers.len() <= 2 && numbers.iter().all(|number| number.is_finite()), "{line}");
    Sample { name, labels, value: numbers[0], at: numbers.get(1).copied() }
}

/// Checks a text by the rules of OpenMetrics 1.0, and returns its samples.
fn check_openmetrics(text: &str) -> Vec<Sample> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with its end");
    assert!(!body.contains("# EOF"));
    let mut families = BTreeSet::new();
    let (mut family, mut kind) = (String::new(), String::new());
    let mut samples: Vec<Sample> = Vec::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let [what, name, rest] = [(); 3].map(|()| words.next().expect("three words"));
            match what {
                "TYPE" => {
                    assert!(is_name(name, true) && families.insert(name.to_string()), "{line}");
                    assert!(["counter", "gauge", "histogram", "info"].contains(&rest), "{line}");
                    (family, kind) = (name.to_string(), rest.to_string());
                }
                "UNIT" => assert!(name == family && name.ends_with(&format!("_{rest}")), "{line}"),
                "HELP" => assert!(name == family && !rest.is_empty(), "{line}"),
                _ => panic!("{line}"),
            }
            continue;
        }
        let sample = sample(line);
        let suffix = sample.name.strip_prefix(&family).unwrap_or_else(|| panic!("{line} in {family}"));
        let suffixes: &[&str] = match kind.as_str() {
            "counter" => &["_total"],
            "gauge" => &[""],
            "info" => &["_info"],
            _ => &["_bucket", "_count", "_sum"],
        };
        assert!(suffixes.contains(&suffix), "{line}: not a {kind}");
        assert!(kind == "gauge" || sample.value >= 0.0, "{line}");
        let series = format!("{}{:?}", sample.name, sample.labels);
        match samples.last() {
            Some(last) if format!("{}{:?}", last.name, last.labels) == series => {
                assert!(last.at < sample.at, "{line}: times ascend");
                assert!(kind != "counter" || last.value <= sample.value, "{line}: counters ascend");
            }
            Some(_) | None => assert!(done.insert(series), "{line}: samples of a series stand together"),
        }
        samples.push(sample);
    }
    samples
}

#[test]
fn the_numbers_are_open_metrics() {
    let mut record = record();
    record.clients[1].name = "batch, \"nightly\"\n\\".into();
    let text = openmetrics(&record, &summarize(&scenario(), &record));
    let samples = check_openmetrics(&text);
    let of = |name: &str, label: (&str, &str)| {
        let has = |sample: &&Sample| {
            sample.labels.iter().any(|(name, value)| (name.as_str(), value.as_str()) == label)
        };
        samples.iter().filter(|sample| sample.name == name).filter(has).collect::<Vec<_>>()
    };
    let client = ("client", record.clients[1].name.as_str());
    let buckets = of("cusinart_latency_seconds_bucket", client);
    assert!(buckets.windows(2).all(|pair| pair[0].value <= pair[1].value), "buckets are cumulative");
    let last = buckets.last().expect("there are buckets");
    assert_eq!(last.labels[1].1, "+Inf");
    assert_eq!(last.value, of("cusinart_latency_seconds_count", client)[0].value);
    let offered: u64 = record.clients[1].windows.iter().map(|window| window.counts.offered).sum();
    let counted = of("cusinart_offered_requests_total", client);
    assert_eq!(counted.last().map(|sample| sample.value), Some(offered as f64));
    assert_eq!(counted.last().and_then(|sample| sample.at), Some(600.0));
}

#[test]
fn the_checker_of_open_metrics_finds_faults() {
    let good = "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds{b=\"c\\\"\"} 1 2\na_seconds{b=\"c\\\"\"} 1 3\n# EOF\n";
    assert_eq!(check_openmetrics(good).len(), 2);
    for (from, to) in [
        ("# EOF\n", ""),
        ("# UNIT a_seconds", "# UNIT a_minutes"),
        (" 1 3", " 1 2"),
        (" 1 3", " NaN 3"),
        ("gauge", "counter"),
        ("c\\\"", "c\\x"),
        ("a_seconds{b", "b_seconds{b"),
    ] {
        let bad = good.replace(from, to);
        assert!(std::panic::catch_unwind(|| check_openmetrics(&bad)).is_err(), "{from} -> {to}");
    }
}

#[test]
fn a_run_without_anything_is_exported() {
    let mut empty = record();
    empty.clients.clear();
    empty.services.clear();
    empty.nodes.clear();
    empty.facts.clear();
    empty.faults.clear();
    check_openmetrics(&openmetrics(&empty, &summarize(&scenario(), &empty)));
    assert!(events(&empty).iter().all(|event| event["ph"] == "M"));
}
