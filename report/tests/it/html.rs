//! Pages: what is in them, and that nothing in them can harm or escape.

use crate::fixture::{record, scenario};
use crate::gate;
use crate::html_demo;
use cusinart_record::RunRecord;
use cusinart_report::html::render;
use cusinart_report::{PageLinks, run_page, summarize};
use expect_test::expect;
use serde_json::Value;

#[test]
fn a_page_is_the_same_bytes_every_time() {
    let page = page(&record());
    assert_eq!(page, self::page(&record()));
    write_if_wanted("small", &page);
}

#[test]
fn a_page_shows_all_there_is_to_a_run() {
    let data = data(&page(&record()));
    let outline: Vec<String> = data["parts"].as_array().expect("a list").iter().map(outline).collect();
    expect![[r#"
        verdict "" chips 8 notes 0
        text "Warnings" paragraphs 2 notes 0
        table "SLAs" rows 8 notes 1
        timeline "Timeline" rows 4 panels 6 bands 5 marks 30 notes 0
        stories "Faults, one by one" stories 5 notes 0
        heatmap "Latency bands" variants 3 notes 2
        lanes "Nodes" marks 2 groups 4 notes 0
        ecdf "Latency distribution" curves 2 notes 0
        ecdf "Detection and recovery times" curves 2 notes 1
        table "Requests" rows 2 notes 0
        table "Services and cost" rows 2 notes 1
        table "What the control plane saw and did" rows 13 notes 0
        table "Facts" rows 136 notes 0
        repro "Repeat" notes 0"#]]
    .assert_eq(&outline.join("\n"));
}

#[test]
fn a_page_shows_all_there_is_to_a_test() {
    let page = gate::page(&gate::report());
    let data = data(&page);
    assert_eq!((&data["kind"], &data["title"]), (&"test".into(), &"Test of 3 scenarios".into()));
    let outline: Vec<String> = data["parts"].as_array().expect("a list").iter().map(outline).collect();
    expect![[r#"
        verdict "" chips 10 notes 0
        text "Files that cannot be used" paragraphs 1 notes 0
        text "Failed" paragraphs 8 notes 0
        text "Undecided" paragraphs 2 notes 0
        text "Notes" paragraphs 1 notes 0
        table "Scenarios" rows 2 notes 0
        table "SLAs" rows 10 notes 0
        forest "Changes against the baseline" groups 5 notes 1
        table "Metrics against the baseline" rows 16 notes 0
        repro "Repeat" notes 0"#]]
    .assert_eq(&outline.join("\n"));
    write_if_wanted("test", &page);
}

#[test]
fn a_page_loads_nothing_and_runs_only_its_own_scripts() {
    let page = page(&record());
    let policy = "default-src 'none'; script-src 'nonce-";
    assert!(page.contains(policy));
    let nonce = page.split(policy).nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert_eq!(nonce.len(), 16);
    let styles = page.matches(&format!("<style nonce=\"{nonce}\">")).count();
    let scripts = page.matches(&format!("<script nonce=\"{nonce}\">")).count();
    assert_eq!((styles, scripts), (3, 23));
    let (elements, ends) = (page.matches("<script").count(), page.matches("</script").count());
    assert_eq!((elements, ends), (scripts + 1, scripts + 1), "all others are data");
    for banned in [" src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML =", "eval("] {
        let own = page.split("uPlot (v").next().into_iter().chain(page.split("core.js").nth(1));
        assert!(own.into_iter().all(|part| !part.contains(banned)), "{banned}");
    }
}

#[test]
fn texts_of_a_scenario_cannot_leave_their_place() {
    let (mut scenario, mut run) = (scenario(), record());
    let evil = "</script><script>alert(1)</script><!-- \u{202e}\u{7}\u{9b} \\u003c \" & '";
    run.header.scenario = evil.into();
    scenario.description = evil.into();
    run.nodes.iter_mut().for_each(|node| node.name = evil.into());
    run.faults.iter_mut().for_each(|fault| fault.label = evil.into());
    let summary = summarize(&scenario, &run);
    let links = PageLinks { repro: evil.into(), files: vec![evil.into()] };
    let page = run_page(&scenario, &run, &summary, &links);
    assert!(!page.contains("<script>alert") && !page.contains("<!-- "));
    assert!(!page.contains(['\u{202e}', '\u{7}', '\u{9b}']));
    let shown = "</script><script>alert(1)</script><!-- \u{fffd}\u{fffd}\u{fffd} \\u003c \" & '";
    let data = data(&page);
    assert_eq!(data["title"], shown);
    assert_eq!(data["parts"].as_array().and_then(|parts| parts.last()).expect("parts")["command"], shown);
}

#[test]
fn numbers_of_a_page_are_numbers() {
    let mut run = record();
    run.services[0].windows[3].utilization = f64::NAN;
    run.nodes[0].cost = f64::INFINITY;
    let page = page(&run);
    assert_eq!(data(&page)["kind"], "run");
    assert!(!page.contains(":NaN") && !page.contains("-0.0,"));
}

#[test]
fn long_runs_and_large_clusters_make_small_pages() {
    let mut run = record();
    for client in &mut run.clients {
        client.windows = client.windows.iter().copied().cycle().take(50_000).collect();
    }
    for service in &mut run.services {
        service.windows = service.windows.iter().copied().cycle().take(50_000).collect();
    }
    run.simulated = run.header.window * 50_000;
    run.header.duration = run.simulated;
    let template = run.nodes[0].clone();
    run.nodes.extend((0..5_000).map(|index| cusinart_record::NodeRecord {
        node: cusinart_policies::NodeId(100 + index),
        name: format!("frontend-a-{index}"),
        ..template.clone()
    }));
    run.facts = run.facts.iter().cloned().cycle().take(20_000).collect();
    run.facts.sort_by_key(|fact| fact.at);
    let page = page(&run);
    write_if_wanted("large", &page);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    for said in ["windows are too many to draw one by one", "nodes are shown", "All are in facts.jsonl"] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn all_sections_can_be_written() {
    let page = render(&html_demo::page());
    let data = data(&page);
    let types: Vec<&str> = data["parts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|part| part["type"].as_str().expect("every part has a type"))
        .collect();
    expect!["verdict text forest scatter matrix parallel bars lanes"].assert_eq(&types.join(" "));
    write_if_wanted("demo", &page);
}

/// The page of the hand-made run.
fn page(run: &RunRecord) -> String {
    let scenario = scenario();
    let links = PageLinks {
        repro: "cusinart-sim run scenario.yaml".into(),
        files: ["run.json", "facts.jsonl", "timeline.svg"].map(String::from).into(),
    };
    run_page(&scenario, run, &summarize(&scenario, run), &links)
}

/// What a page hands to its script.
pub(crate) fn data(page: &str) -> Value {
    let rest = page.split("id=\"page-data\">").nth(1).expect("the page has data");
    let json = rest.split("</script>").next().expect("it ends");
    serde_json::from_str(json).expect("it is JSON")
}

/// One line about a part: its type, its heading, and how much is in it.
pub(crate) fn outline(part: &Value) -> String {
    let lists = [
        "rows",
        "panels",
        "bands",
        "marks",
        "variants",
        "groups",
        "curves",
        "stories",
        "paragraphs",
        "chips",
    ];
    let counts = lists.iter().filter_map(|list| {
        let count = part[list].as_array()?.len();
        Some(format!(" {list} {count}"))
    });
    let texts = part["notes"].as_array().map_or(0, Vec::len);
    let kind = part["type"].as_str().expect("every part has a type");
    let title = part["title"].as_str().expect("every part has a title");
    format!("{kind} {title:?}{} notes {texts}", counts.collect::<String>())
}

/// Writes a page to the directory given at compile time by `PAGES`, to look at it and for `tests/browser/run.sh`.
pub(crate) fn write_if_wanted(name: &str, page: &str) {
    if let Some(directory) = option_env!("PAGES") {
        std::fs::write(format!("{directory}/{name}.html"), page).expect("the directory is writable");
    }
}
