//! The table below the pages of several runs.

use crate::compare::text::overall_ink;
use crate::compare::{Comparison, Overall};
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
    pub verdict: Option<OverviewVerdict>,
    /// The SLAs that were missed.
    pub missed: Vec<String>,
}

/// A verdict in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverviewVerdict {
    /// Of a run.
    Run(RunVerdict),
    /// Of a comparison: what all other arms are against the first; `None` if they are not alike.
    Comparison(Option<Overall>),
}

impl OverviewRow {
    /// The row of a run.
    pub fn of(summary: &RunSummary) -> Self {
        Self {
            name: summary.run.scenario.clone(),
            verdict: Some(OverviewVerdict::Run(summary.verdict())),
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
        Self { name, verdict: Some(OverviewVerdict::Run(verdict)), missed: slas.collect() }
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
        Self { name: plan.scenario.name.clone(), verdict: Some(OverviewVerdict::Run(verdict)), missed }
    }

    /// The row of a comparison.
    pub fn of_comparison(comparison: &Comparison) -> Self {
        Self {
            name: comparison.scenario.clone(),
            verdict: Some(OverviewVerdict::Comparison(comparison.overall())),
            missed: Vec::new(),
        }
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
            Some(OverviewVerdict::Run(RunVerdict::Passed)) => ("passed", Ink::Green),
            Some(OverviewVerdict::Run(RunVerdict::Failed)) => ("FAILED", Ink::Red),
            Some(OverviewVerdict::Run(RunVerdict::Undecided)) => ("undecided", Ink::Yellow),
            Some(OverviewVerdict::Run(RunVerdict::NoSlas)) => ("not judged", Ink::Yellow),
            Some(OverviewVerdict::Comparison(Some(overall))) => (overall.word(), overall_ink(overall)),
            Some(OverviewVerdict::Comparison(None)) => ("mixed", Ink::Yellow),
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
