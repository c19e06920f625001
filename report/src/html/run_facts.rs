//! The table of facts of a run's page.

use super::fact_words::{self, Weight};
use super::numbers::seconds;
use super::page::{Cell, Column, Part, Row, Section, Table};
use crate::human;
use cusinart_record::{Fact, RunRecord};
use cusinart_scenarios::Scenario;

/// Most facts in a page.
const FACTS_MAX: usize = 2_000;

/// All facts, or as many as a page may hold.
pub(super) fn facts(scenario: &Scenario, record: &RunRecord) -> Part {
    let (shown, left_out) = chosen(record);
    let columns = vec![
        Column::number("at"),
        Column::text("fact"),
        Column::text("of"),
        Column::text("what was seen, weighed and chosen"),
    ];
    let row = |fact: &&Fact| {
        let words = fact_words::fact(record, &fact.kind);
        Row {
            cells: vec![
                Cell::number(human::clock(fact.at), seconds(fact.at)),
                words.what.into(),
                words.of.into(),
                words.text.into(),
            ],
            detail: Vec::new(),
        }
    };
    let rows: Vec<Row> = shown.iter().map(row).collect();
    let lead = format!(
        "What happened in {}, in order: faults, what the control plane saw and decided, what nodes did.",
        scenario.name
    );
    let part = Part::new("facts", "Facts", Section::Table(Table { columns, rows, filter: true })).lead(&lead);
    match left_out {
        None => part,
        Some(which) => part.note(format!(
            "{} of {} are here, {which}. All are in facts.jsonl.",
            human::count(shown.len() as u64),
            human::counted(record.facts.len() as u64, "fact"),
        )),
    }
}

/// The facts to show, and what was left out.
fn chosen(record: &RunRecord) -> (Vec<&Fact>, Option<&'static str>) {
    let steps = [
        (Weight::Routine, None),
        (Weight::Step, Some("routine left out")),
        (Weight::Turn, Some("routine and single steps left out")),
    ];
    let mut shown = Vec::new();
    for (least, left_out) in steps {
        let at_least = |fact: &&Fact| fact_words::weight(&fact.kind) >= least;
        shown = record.facts.iter().filter(at_least).take(FACTS_MAX + 1).collect();
        if shown.len() <= FACTS_MAX {
            return (shown, left_out);
        }
    }
    shown.truncate(FACTS_MAX);
    (shown, Some("the first of those that are neither routine nor single steps"))
}
