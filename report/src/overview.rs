//! The table below the pages of several runs.

use crate::gate::{Outcome, TestReport};
use crate::page::{Page, TextStyle};
use crate::summary::{RunSummary, RunVerdict};
use crate::sweep::{SweepPlan, SweepSummary};
use crate::table::{Align, Ink, Table};

/// A scenario in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewRow {
    /// Its name, or the file it should have come from.
    pub name: String,
    /// Its verdict; `None` if there is no result.
    pub verdict: Option<RunVerdict>,
    /// The SLAs that were missed.
    pub missed: Vec<String>,
}

impl OverviewRow {
    /// The row of a run.
    pub fn of(summary: &RunSummary) -> Self {
        Self {
            name: summary.run.scenario.clone(),
            verdict: Some(summary.verdict()),
            missed: summary.missed().into_iter().map(String::from).collect(),
        }
    }

    /// The row of a test of many scenarios, named by its directory.
    pub fn of_test(name: String, report: &TestReport) -> Self {
        let verdict = match report.outcome {
            Outcome::Passed => RunVerdict::Passed,
            Outcome::Undecided => RunVerdict::Undecided,
            Outcome::Failed => RunVerdict::Failed,
        };
        let slas = report.scenarios.iter().flat_map(|scenario| {
            let missed = scenario.slas.iter().filter(|check| check.outcome == Outcome::Failed);
            missed.map(|check| format!("{}: {}", scenario.name, check.judged.text))
        });
        Self { name, verdict: Some(verdict), missed: slas.collect() }
    }

    /// The row of a sweep: its verdict is on its best point.
    pub fn of_sweep(plan: &SweepPlan, summary: &SweepSummary) -> Self {
        let best = summary.best.as_ref().map(|best| &summary.points[best.point as usize]);
        let (verdict, missed) = match best {
            None => (RunVerdict::NoSlas, Vec::new()),
            Some(best) if best.all_hold == best.replications => (RunVerdict::Passed, Vec::new()),
            Some(best) if best.all_hold == 0 => {
                (RunVerdict::Failed, vec!["no point meets all SLAs".to_string()])
            }
            Some(_) => (RunVerdict::Undecided, Vec::new()),
        };
        Self { name: plan.scenario.name.clone(), verdict: Some(verdict), missed }
    }

    /// The row of a scenario without result.
    pub fn without_result(name: String) -> Self {
        Self { name, verdict: None, missed: Vec::new() }
    }
}

/// Writes the table of several runs.
pub fn overview_text(rows: &[OverviewRow], style: &TextStyle) -> String {
    let mut table =
        Table::new(&[("scenario", Align::Left), ("verdict", Align::Left), ("missed SLAs", Align::Flexible)]);
    for row in rows {
        let (word, ink) = match row.verdict {
            Some(RunVerdict::Passed) => ("passed", Ink::Green),
            Some(RunVerdict::Failed) => ("FAILED", Ink::Red),
            Some(RunVerdict::Undecided) => ("undecided", Ink::Yellow),
            Some(RunVerdict::NoSlas) => ("not judged", Ink::Yellow),
            None => ("NO RESULT", Ink::Red),
        };
        table.row(vec![
            (row.name.clone(), Ink::Plain),
            (word.into(), ink),
            (row.missed.join("; "), Ink::Plain),
        ]);
    }
    let mut page = Page::new(style);
    page.section(&format!("{} scenarios", rows.len()), &table);
    page.finish().trim_start_matches('\n').to_string()
}
