//! The tables of a test's page: scenarios, agreements, metrics against the baseline.

use super::gate::tone;
use super::gauge::Limited;
use super::page::{Cell, Column, Part, Row, Section, Table, Tone};
use crate::gate::{MetricChange, Outcome, ScenarioVerdict, SlaCheck, TestReport, mark, place};
use crate::human;
use crate::study::Verdict;

/// Rows from which on a table gets a box to filter them.
const FILTER_FROM: usize = 13;

/// The scenarios.
pub(super) fn scenarios(report: &TestReport) -> Option<Part> {
    let has_baseline = report.settings.baseline.is_some();
    let mut columns = vec![
        Column::text("outcome"),
        Column::text("scenario"),
        Column::number("SLAs as expected"),
        Column::number("undecided"),
        Column::number("replications"),
    ];
    if has_baseline {
        columns.push(Column::text("against the baseline"));
    }
    columns.push(Column::text("file"));
    let rows = report.scenarios.iter().map(|scenario| scenario_row(scenario, has_baseline)).collect();
    let part = part("scenarios", "Scenarios", columns, rows)?;
    Some(part.lead("Rows can be unfolded: what to know of a scenario, and the command that tests it again."))
}

fn scenario_row(scenario: &ScenarioVerdict, has_baseline: bool) -> Row {
    let (passed, open) = (scenario.count(Outcome::Passed), scenario.count(Outcome::Undecided));
    let undecided = Cell::Rich {
        text: open.to_string(),
        tone: if open > 0 { Tone::Warn } else { Tone::Plain },
        sort: Some(open as f64),
    };
    let mut cells = vec![
        outcome(scenario.outcome),
        scenario.name.as_str().into(),
        Cell::number(scenario.slas_text(), passed as f64),
        undecided,
        Cell::number(human::count(scenario.replications.into()), scenario.replications.into()),
    ];
    if has_baseline {
        cells.push(scenario.baseline_text().into());
    }
    cells.push(scenario.file.as_str().into());
    let mut detail = scenario.notes.clone();
    detail.extend(scenario.repro().map(|command| format!("repro: {command}")));
    Row { cells, detail }
}

/// Every agreement with its measured value.
pub(super) fn slas(report: &TestReport) -> Option<Part> {
    let columns = vec![
        Column::text("outcome"),
        Column::text("scenario"),
        Column::text("SLA"),
        Column::number("measured"),
        Column::text("used of what the limit allows"),
        Column::number("runs that keep it"),
        Column::text("line"),
    ];
    let rows = report
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.slas.iter().map(move |check| sla_row(scenario, check)));
    let part = part("slas", "SLAs", columns, rows.collect())?;
    Some(part.lead(&format!(
        "Intervals hold with a confidence of {} over all looks. Rows can be unfolded: how the verdict came about, and \
         the command that runs the replication in which it is worst.",
        human::percent(report.settings.confidence)
    )))
}

fn sla_row(scenario: &ScenarioVerdict, check: &SlaCheck) -> Row {
    let judged = &check.judged;
    let value = judged.measured.map(|measured| measured.value);
    let limited = Limited {
        measured: value.filter(|value| value.is_finite()),
        infinite: value.is_some_and(f64::is_infinite),
        comparison: judged.comparison.symbol(),
        limit: judged.limit,
        unit: judged.unit,
        passed: judged.verdict == Verdict::Pass,
    };
    let mut detail = vec![check.words()];
    detail.extend(worst_run(scenario, check.worst_seed));
    Row {
        cells: vec![
            outcome(check.outcome),
            scenario.name.as_str().into(),
            check.title().into(),
            Cell::Rich { text: judged.measured_text(), tone: Tone::Plain, sort: value },
            Cell::Gauge(limited.gauge(tone(check.outcome))),
            Cell::number(format!("{} of {}", judged.runs_met, judged.runs), judged.runs_met.into()),
            place(&scenario.file, check.line as u64).into(),
        ],
        detail,
    }
}

/// Every metric against the baseline.
pub(super) fn changes(report: &TestReport) -> Option<Part> {
    let columns = vec![
        Column::text("outcome"),
        Column::text("scenario"),
        Column::text("metric"),
        Column::number("before → after"),
        Column::number("difference"),
        Column::text("verdict"),
        Column::number("pairs"),
    ];
    let rows = report
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.changes().map(move |change| change_row(scenario, change)));
    let part = part("metrics", "Metrics against the baseline", columns, rows.collect())?;
    Some(part.lead("Each replication is compared with the one of the baseline that has the same seed."))
}

fn change_row(scenario: &ScenarioVerdict, change: &MetricChange) -> Row {
    let difference = &change.difference;
    let relative = difference.relative.as_ref().or(difference.estimate.as_ref());
    let mut detail = vec![change.words()];
    detail.extend(worst_run(scenario, change.worst_seed));
    Row {
        cells: vec![
            outcome(change.outcome),
            scenario.name.as_str().into(),
            change.objective.as_str().into(),
            change.values_text().into(),
            Cell::Rich {
                text: change.difference_text(),
                tone: Tone::Plain,
                sort: relative.map(|estimate| estimate.value),
            },
            difference.change.word().into(),
            Cell::number(human::count(difference.pairs.into()), difference.pairs.into()),
        ],
        detail,
    }
}

fn worst_run(scenario: &ScenarioVerdict, seed: Option<u64>) -> Option<String> {
    Some(format!("worst run: {}", scenario.worst_run(seed)?))
}

fn outcome(outcome: Outcome) -> Cell {
    Cell::toned(mark(outcome), tone(outcome))
}

/// A part with a table; `None` if there is no row.
fn part(id: &str, title: &str, columns: Vec<Column>, rows: Vec<Row>) -> Option<Part> {
    let filter = rows.len() >= FILTER_FROM;
    (!rows.is_empty()).then(|| Part::new(id, title, Section::Table(Table { columns, rows, filter })))
}
