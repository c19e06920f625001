//! Agreements and metrics over replications, as tables.

use super::page::{Cell, Column, Part, Row, Section, Table, Tone};
use crate::human;
use crate::rows::estimate_text;
use crate::study::{ReplicationsSummary, SlaVerdict, Verdict};

/// Agreements judged over replications.
pub(super) fn slas(replications: &ReplicationsSummary) -> Part {
    let title = format!("SLAs over {} replications", human::count(replications.count.into()));
    Part::new("slas", &title, Section::Table(sla_table(&replications.slas))).lead(&format!(
        "Intervals hold with a confidence of {}. Undecided: the interval reaches over the limit.",
        human::percent(replications.confidence)
    ))
}

/// The table of judged agreements.
pub(super) fn sla_table(slas: &[SlaVerdict]) -> Table {
    let columns = vec![
        Column::text("verdict"),
        Column::text("objective"),
        Column::number("limit"),
        Column::number("measured"),
        Column::number("runs that meet it"),
    ];
    Table { columns, rows: slas.iter().map(sla_row).collect(), filter: false }
}

fn sla_row(sla: &SlaVerdict) -> Row {
    let (word, tone) = verdict(sla.verdict);
    Row {
        cells: vec![
            Cell::toned(word, tone),
            sla.objective.as_str().into(),
            Cell::number(sla.limit_text(), sla.limit),
            sla.measured_text().as_str().into(),
            Cell::number(format!("{} of {}", sla.runs_met, sla.runs), f64::from(sla.runs_met)),
        ],
        detail: sla.notes.clone(),
    }
}

/// What else was measured over the replications; `None` if nothing was.
pub(super) fn metrics(replications: &ReplicationsSummary) -> Option<Part> {
    let rows: Vec<Row> = replications
        .metrics
        .iter()
        .map(|metric| Row {
            cells: vec![
                metric.objective.as_str().into(),
                estimate_text(metric.measured.as_ref(), metric.unit).as_str().into(),
            ],
            detail: Vec::new(),
        })
        .collect();
    let columns = vec![Column::text("metric"), Column::number("measured")];
    let table = Section::Table(Table { columns, rows, filter: false });
    (!replications.metrics.is_empty())
        .then(|| Part::new("metrics", "Other metrics over the replications", table))
}

/// The word for a verdict and its tone.
pub(super) fn verdict(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Pass => ("✓ met", Tone::Good),
        Verdict::Fail => ("✗ missed", Tone::Bad),
        Verdict::Undecided => ("? undecided", Tone::Warn),
    }
}
