//! The text page.

use crate::fixture;
use cusinart_report::{PageLinks, TextStyle, summarize, text};
use expect_test::expect_file;

#[test]
fn the_page_says_what_failed_and_why() {
    let summary = summarize(&fixture::scenario(), &fixture::record());
    let links = PageLinks {
        repro: "cusinart-sim run scenarios/small-flash-crowd.yaml --seed 42".into(),
        files: ["run.json", "facts.jsonl", "series.csv", "timeline.svg"]
            .map(|name| format!("runs/small/{name}"))
            .to_vec(),
    };
    let page = text(&summary, &TextStyle::default(), &links);
    expect_file!["golden/page.txt"].assert_eq(&page);
    assert!(
        page.lines().filter(|line| !line.starts_with("repro")).all(|line| line.chars().count() <= 80),
        "fits in 80 columns"
    );
}
