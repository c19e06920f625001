//! The summary in Markdown: for a comment on a pull request and for the summary of a build's step.

use crate::gate::finding::Finding;
use crate::gate::outcome::Outcome;
use crate::gate::report::TestReport;
use crate::markdown::{command, plain, row};

/// The first line, by which a comment is found and replaced.
const MARK: &str = "<!-- cusinart-sim test -->";
/// Findings told in full; GitHub cuts off comments of more than 65,536 characters.
const FINDINGS_MAX: usize = 30;

/// Writes the summary. Texts of scenarios are escaped.
pub fn test_markdown(report: &TestReport) -> String {
    let mut lines = vec![
        MARK.to_string(),
        format!("## {} cusinart-sim test: {}", sign(report.outcome), report.outcome.word()),
        String::new(),
        format!("{}.", plain(&report.sentence())),
        String::new(),
    ];
    lines.extend(scenarios(report));
    let findings = report.findings();
    for (title, outcome) in [("Failed", Outcome::Failed), ("Undecided", Outcome::Undecided)] {
        let some: Vec<&Finding> = findings.iter().filter(|finding| finding.outcome == outcome).collect();
        if !some.is_empty() {
            lines.extend([String::new(), format!("### {title}")]);
        }
        let shown = &some[..some.len().min(FINDINGS_MAX)];
        for findings in shown.chunk_by(|one, next| one.scenario == next.scenario) {
            lines.extend(told(findings));
        }
        if some.len() > FINDINGS_MAX {
            lines.extend([String::new(), format!("… and {} more.", some.len() - FINDINGS_MAX)]);
        }
    }
    lines.extend(measured(report));
    let notes = report.notes();
    if !notes.is_empty() {
        lines.extend([String::new(), "### Notes".into(), String::new()]);
        lines.extend(notes.iter().map(|note| format!("- {}", plain(note))));
    }
    lines.extend([String::new(), format!("<sub>{}</sub>", plain(&report.footing()))]);
    lines.extend(command(&report.settings.repro));
    lines.join("\n") + "\n"
}

fn scenarios(report: &TestReport) -> Vec<String> {
    let has_baseline = report.settings.baseline.is_some();
    let mut head = vec!["", "scenario", "runs", "SLAs as expected", "undecided"];
    let mut rule = vec!["---", "---", "--:", "--:", "--:"];
    if has_baseline {
        head.push("against the baseline");
        rule.push("---");
    }
    let mut rows = vec![row(&head), row(&rule)];
    for scenario in &report.scenarios {
        let mut cells = vec![
            sign(scenario.outcome).to_string(),
            plain(&scenario.name),
            scenario.replications.to_string(),
            scenario.slas_text(),
            scenario.count(Outcome::Undecided).to_string(),
        ];
        if has_baseline {
            cells.push(scenario.baseline_text());
        }
        rows.push(row(&cells));
    }
    if report.scenarios.is_empty() { Vec::new() } else { rows }
}

/// Every agreement and every change, folded away.
fn measured(report: &TestReport) -> Vec<String> {
    let mut rows = Vec::new();
    for scenario in &report.scenarios {
        for check in &scenario.slas {
            rows.push(row(&[
                sign(check.outcome).to_string(),
                plain(&scenario.name),
                plain(&check.title()),
                plain(&check.judged.measured_text()),
            ]));
        }
        for change in scenario.changes() {
            if change.difference.estimate.is_some_and(|estimate| estimate.value != 0.0) {
                rows.push(row(&[
                    sign(change.outcome).to_string(),
                    plain(&scenario.name),
                    plain(&change.title()),
                    plain(&format!("{}: {}", change.difference.change.word(), change.difference_text())),
                ]));
            }
        }
    }
    if rows.is_empty() {
        return rows;
    }
    let mut lines = vec![
        String::new(),
        "<details><summary>All measured values</summary>".into(),
        String::new(),
        row(&["", "scenario", "checked", "measured"]),
        row(&["---", "---", "---", "---"]),
    ];
    lines.extend(rows);
    lines.extend([String::new(), "</details>".into()]);
    lines
}

/// The findings of one scenario, and the commands that show the first of them and test it again.
fn told(findings: &[&Finding]) -> Vec<String> {
    let first = findings[0];
    let mut lines = vec![String::new(), format!("**{}** ({})", plain(&first.scenario), plain(&first.file))];
    lines.push(String::new());
    for finding in findings {
        let line = if finding.line > 0 { format!(" (line {})", finding.line) } else { String::new() };
        let text: Vec<String> = finding.text.lines().map(plain).collect();
        let sign = sign(finding.outcome);
        lines.push(format!("- {sign} **{}**{line}: {}", plain(&finding.title), text.join("<br>")));
    }
    let worst_run = findings.iter().find_map(|finding| finding.worst_run.as_deref());
    lines.extend(command(worst_run.unwrap_or_default()));
    lines.extend(command(first.repro.as_deref().unwrap_or_default()));
    lines
}

fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✅",
        Outcome::Undecided => "❔",
        Outcome::Failed => "❌",
    }
}
