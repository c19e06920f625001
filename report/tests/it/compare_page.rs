//! The page, the Markdown and the table of a comparison, from hand-made runs.

use crate::fixture::{record, scenario};
use crate::html::{data, outline, write_if_wanted};
use cusinart_policies::Duration;
use cusinart_record::RunRecord;
use cusinart_report::{
    Arm, ArmRun, Comparison, Looks, PageLinks, Replication, Rules, Study, compare, compare_markdown,
    compare_page, compare_table, csv, default_objectives, replication_seed, samples,
};
use cusinart_scenarios::{Objective, Scenario};
use expect_test::expect;

/// An arm of its own.
struct Made {
    label: String,
    scenario: Scenario,
    record: RunRecord,
    objectives: Vec<Objective>,
    study: Study,
}

/// An arm whose runs are all like one record, but for a few failures that differ from seed to seed.
fn made(label: &str, run: RunRecord, worse: u64) -> Made {
    let scenario = scenario();
    let objectives = default_objectives(&scenario);
    let replication = |index: u32| {
        let mut run = run.clone();
        run.clients[0].counts.failed[0] += u64::from(index) * 3 + worse;
        Replication {
            seed: replication_seed(7, index),
            digest: "00ff".into(),
            events: 7,
            samples: samples(&scenario, &run, &objectives),
        }
    };
    let study = Study {
        scenario: scenario.name.clone(),
        scenario_hash: "abc".into(),
        version: "0.1.0".into(),
        seed: 7,
        objectives: objectives.iter().map(|objective| objective.text.clone()).collect(),
        replications: (0..4).map(replication).collect(),
    };
    Made { label: label.into(), scenario, record: run, objectives, study }
}

fn runs(arms: &[Made]) -> Vec<ArmRun<'_>> {
    arms.iter()
        .map(|made| ArmRun {
            arm: Arm { label: &made.label, scenario: &made.scenario, study: &made.study },
            objectives: &made.objectives,
            first_run: &made.record,
        })
        .collect()
}

fn compared(arms: &[Made]) -> Comparison {
    let views: Vec<Arm<'_>> = runs(arms).iter().map(|run| run.arm).collect();
    let rules = Rules { looks: Looks::once(4, 0.95), confidence: 0.95, margin: 0.01 };
    compare(&views, &arms[0].objectives, &rules)
}

fn page(arms: &[Made]) -> String {
    let links = PageLinks {
        repro: "cusinart-sim compare arm-1.scenario.yaml arm-2.scenario.yaml".into(),
        files: ["compare.json", "compare.csv", "arm-1.record.json"].map(String::from).into(),
    };
    compare_page(&compared(arms), &runs(arms), &links)
}

#[test]
fn a_page_shows_all_there_is_to_a_comparison() {
    let arms = [made("old", record(), 0), made("new", record(), 100_000)];
    let page = page(&arms);
    write_if_wanted("compare", &page);
    let data = data(&page);
    assert_eq!(data["kind"], "compare");
    let outline: Vec<String> = data["parts"].as_array().expect("a list").iter().map(outline).collect();
    expect![[r#"
        verdict "" chips 5 notes 0
        table "Arms" rows 2 notes 0
        forest "Differences" groups 9 notes 0
        table "Differences in numbers" rows 9 notes 1
        table "SLAs of each arm" rows 16 notes 0
        scatter "Cost against SLAs" notes 1
        timeline "First replication over time" rows 0 panels 5 bands 5 marks 0 notes 2
        ecdf "Latency distribution" curves 2 notes 0
        ecdf "Recovery times" curves 2 notes 1
        ecdf "Detection times" curves 2 notes 1
        text "What the pairing is worth" paragraphs 3 notes 0
        repro "Repeat" notes 0"#]]
    .assert_eq(&outline.join("\n"));
    let groups = data["parts"][2]["groups"].as_array().expect("a list");
    let availability = groups.iter().find(|group| group["metric"] == "availability").expect("it is there");
    assert_eq!(availability["unit"], "fraction");
    assert_eq!(availability["rows"][0]["verdict"], "worse");
    let cost = groups.iter().find(|group| group["metric"] == "cost").expect("it is there");
    assert_eq!((&cost["unit"], &cost["band"]), (&serde_json::Value::Null, &serde_json::json!(0.01)));
}

#[test]
fn costs_over_time_end_at_the_cost_of_the_run() {
    let arms = [made("old", record(), 0), made("new", record(), 0)];
    let data = data(&page(&arms));
    let parts = data["parts"].as_array().expect("a list");
    let timeline = parts.iter().find(|part| part["type"] == "timeline").expect("it is there");
    let panels = timeline["panels"].as_array().expect("a list");
    let cost = panels.iter().find(|panel| panel["title"] == "Cost so far").expect("it is there");
    let series = &cost["variants"][0]["series"][1]["values"];
    let last = series.as_array().and_then(|values| values.last()).and_then(serde_json::Value::as_f64);
    let whole: f64 = record().nodes.iter().map(|node| node.cost).sum();
    assert!((last.expect("a number") - whole).abs() < whole * 1e-4, "{last:?} of {whole}");
}

#[test]
fn many_arms_are_shown_in_several_views() {
    let labels = (1..=16).map(|index| format!("arm {index}"));
    let arms: Vec<Made> = labels.map(|label| made(&label, record(), 0)).collect();
    let page = page(&arms);
    let data = data(&page);
    assert_eq!(data["parts"][0]["word"], "NO DIFFERENCE");
    assert_eq!(data["parts"][0]["headline"], "Against arm 1, of 15 others: 15 no difference");
    let parts = data["parts"].as_array().expect("a list");
    let timeline = parts.iter().find(|part| part["type"] == "timeline").expect("it is there");
    let views: Vec<_> = timeline["panels"][0]["variants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|view| (view["name"].as_str().unwrap_or_default(), view["series"].as_array().map(Vec::len)))
        .collect();
    let expected =
        [("arm 1 with 2 to 7", Some(7)), ("arm 1 with 8 to 13", Some(7)), ("arm 1 with 14 to 16", Some(4))];
    assert_eq!(views, expected);
    assert!(page.contains("The first 7 of 16 arms are drawn."));
}

#[test]
fn texts_and_odd_numbers_stay_in_their_place() {
    let evil = "</script><script>alert(1)</script> | @all \u{202e}";
    let mut odd = record();
    odd.nodes[0].cost = f64::INFINITY;
    odd.services[0].windows[3].utilization = f64::NAN;
    odd.header.window = Duration::from_nanos(odd.header.window.as_nanos() * 3);
    odd.clients[1].windows.clear();
    let arms = [made(evil, record(), 0), made("odd", odd, 0)];
    let page = page(&arms);
    assert!(!page.contains("<script>alert") && !page.contains('\u{202e}'));
    assert_eq!(data(&page)["parts"][0]["type"], "verdict");
    let markdown = compare_markdown(&compared(&arms));
    assert!(!markdown.contains("<script") && !markdown.contains("@all"), "{markdown}");
    assert!(markdown.contains("&lt;script&gt;"), "{markdown}");
}

#[test]
fn what_an_arm_did_not_measure_is_empty_in_its_rows() {
    let mut arms = [made("old", record(), 0), made("new", record(), 1)];
    arms[1].objectives.truncate(1);
    arms[1].study.objectives.truncate(1);
    arms[1].study.replications.truncate(1);
    arms[1].study.replications[0].samples.truncate(1);
    let table = csv(&compare_table(&runs(&arms)));
    let last = table.lines().last().expect("it has rows");
    assert!(last.starts_with("new,0,7,0.") && last.ends_with(",,"), "{last}");
    assert_eq!(table.lines().count(), 6);
}
