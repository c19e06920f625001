//! The page of a test: the verdict first, a table of the scenarios, and what is wrong at the end, where the log of a
//! build is looked at first.

use crate::gate::finding::{Finding, place};
use crate::gate::outcome::Outcome;
use crate::gate::report::TestReport;
use crate::human;
use crate::page::{Page, PageLinks, TextStyle};
use crate::table::{Align, Ink, Table};

/// Writes the page.
pub fn test_text(report: &TestReport, style: &TextStyle, links: &PageLinks) -> String {
    let mut page = Page::new(style);
    page.headline(&report.outcome.word().to_uppercase(), ink(report.outcome), &report.sentence());
    page.paragraph(&report.footing(), 0, Ink::Dim);
    if !report.scenarios.is_empty() {
        page.section("Scenarios", &scenarios(report));
    }
    let notes = report.notes();
    if !notes.is_empty() {
        page.title("Notes");
        for note in notes {
            page.hanging("· ", &note, 2);
        }
    }
    let findings = report.findings();
    for (title, outcome) in [("Undecided", Outcome::Undecided), ("Failed", Outcome::Failed)] {
        let some: Vec<&Finding> = findings.iter().filter(|finding| finding.outcome == outcome).collect();
        page.findings(title, &some);
    }
    page.links(links);
    page.finish()
}

fn scenarios(report: &TestReport) -> Table {
    let has_baseline = report.settings.baseline.is_some();
    let mut columns = vec![
        ("", Align::Left),
        ("scenario", Align::Flexible),
        ("runs", Align::Right),
        ("SLAs as expected", Align::Right),
        ("undecided", Align::Right),
    ];
    if has_baseline {
        columns.push(("against the baseline", Align::Flexible));
    }
    let mut table = Table::new(&columns);
    let plain = |text: String| (text, Ink::Plain);
    for scenario in &report.scenarios {
        let mut row = vec![
            (mark(scenario.outcome).into(), ink(scenario.outcome)),
            plain(scenario.name.clone()),
            plain(human::count(scenario.replications.into())),
            plain(scenario.slas_text()),
            plain(scenario.count(Outcome::Undecided).to_string()),
        ];
        if has_baseline {
            row.push(plain(scenario.baseline_text()));
        }
        table.row(row);
    }
    table
}

impl Page {
    fn findings(&mut self, title: &str, findings: &[&Finding]) {
        if !findings.is_empty() {
            self.title(title);
        }
        for (index, finding) in findings.iter().enumerate() {
            let place = place(&finding.file, finding.line);
            let sign = mark(finding.outcome).split(' ').next().unwrap_or_default();
            let head = format!("{sign} {}: {} · {place}", finding.scenario, finding.title);
            let ink = ink(finding.outcome);
            for line in crate::table::wrap(&head, self.width.saturating_sub(2)) {
                self.lines.push(format!("  {}", ink.paint(&line, self.color)));
            }
            for line in finding.text.lines() {
                self.hanging("", line, 4);
            }
            // Not wrapped: they are there to be copied.
            if let Some(command) = &finding.worst_run {
                self.lines.push(format!("    worst run: {}", human::visible(command)));
            }
            let is_last = findings.get(index + 1).is_none_or(|next| next.scenario != finding.scenario);
            if let Some(command) = finding.repro.as_ref().filter(|_| is_last) {
                self.lines.push(format!("    repro: {}", human::visible(command)));
            }
        }
    }
}

/// As people read it, with a sign.
pub(crate) fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✓ passed",
        Outcome::Undecided => "? undecided",
        Outcome::Failed => "✗ failed",
    }
}

fn ink(outcome: Outcome) -> Ink {
    match outcome {
        Outcome::Passed => Ink::Green,
        Outcome::Undecided => Ink::Yellow,
        Outcome::Failed => Ink::Red,
    }
}
