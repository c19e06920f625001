//! The page of a test.

use super::page::{Chip, Link, Page, PageKind, Part, Repro, Section, Text, Tone, Verdict};
use super::{gate_forest, gate_tables, render};
use crate::gate::{FailOn, Finding, Outcome, TestReport, place};
use crate::human;

/// Findings of one kind that are told in full.
const FINDINGS_MAX: usize = 30;

/// Writes the page of a test as one HTML file. `files` are names beside the page, shown as links.
pub fn test_page(report: &TestReport, files: &[String]) -> String {
    render(&Page {
        kind: PageKind::Test,
        title: format!("Test of {}", human::counted(total(report), "scenario")),
        subtitle: report.footing(),
        version: report.version.clone(),
        parts: parts(report, files),
    })
}

/// Scenarios, those in files that could not be used among them.
fn total(report: &TestReport) -> u64 {
    (report.scenarios.len() + report.refused.len()) as u64
}

fn parts(report: &TestReport, files: &[String]) -> Vec<Part> {
    let mut parts = vec![Part::new("verdict", "", Section::Verdict(verdict(report)))];
    parts.extend(refused(report));
    parts.extend(findings(report, "failed", "Failed", Outcome::Failed));
    parts.extend(findings(report, "undecided", "Undecided", Outcome::Undecided));
    parts.extend(notes(report));
    parts.extend(gate_tables::scenarios(report));
    parts.extend(gate_tables::slas(report));
    parts.extend(gate_forest::forest(report));
    parts.extend(gate_tables::changes(report));
    parts.push(Part::new("repeat", "Repeat", Section::Repro(repro(report, files))));
    parts
}

fn verdict(report: &TestReport) -> Verdict {
    let tone = if total(report) == 0 { Tone::Warn } else { tone(report.outcome) };
    Verdict {
        word: report.outcome.word().to_uppercase(),
        tone,
        headline: report.sentence(),
        chips: chips(report),
    }
}

/// How an outcome is to be taken.
pub(super) const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Passed => Tone::Good,
        Outcome::Undecided => Tone::Warn,
        Outcome::Failed => Tone::Bad,
    }
}

fn chips(report: &TestReport) -> Vec<Chip> {
    let settings = &report.settings;
    let chip = |label: &str, value: String| Chip { label: label.into(), value };
    let runs: u64 = report.scenarios.iter().map(|scenario| u64::from(scenario.replications)).sum();
    let most = human::count(settings.replications_max.into());
    let failing = match settings.fail_on {
        FailOn::Fail => "failed",
        FailOn::Undecided => "failed or undecided",
        FailOn::Never => "nothing",
    };
    let mut chips =
        vec![chip("scenarios", human::count(total(report))), chip("as expected", report.slas_as_expected())];
    chips.extend(report.metrics_worse().map(|worse| chip("worse than the baseline", worse)));
    if !report.refused.is_empty() {
        chips.push(chip("files that cannot be used", human::count(report.refused.len() as u64)));
    }
    chips.push(chip("replications", format!("{}, up to {most} each", human::count(runs))));
    chips.push(chip("confidence", human::percent(settings.confidence)));
    if let Some(first) = report.scenarios.first()
        && report.scenarios.iter().all(|scenario| scenario.seed == first.seed)
    {
        chips.push(chip("seed", first.seed.to_string()));
    }
    chips.extend(settings.shard.iter().map(|shard| chip("shard", shard.clone())));
    chips.extend(settings.baseline.iter().map(|baseline| chip("baseline", baseline.file.clone())));
    chips.push(chip("fails if", failing.into()));
    chips
}

/// Files that could not be used, each with what is wrong.
fn refused(report: &TestReport) -> Option<Part> {
    let lines = report.refused.iter().flat_map(|refused| refused.message.lines());
    let told = lines.map(str::trim).filter(|line| !line.is_empty() && !is_excerpt(line));
    let text = Text { tone: Tone::Bad, paragraphs: told.map(String::from).collect() };
    let part = Part::new("refused", "Files that cannot be used", Section::Text(text));
    (!report.refused.is_empty()).then_some(part)
}

/// Whether a line of a message shows a piece of the file: ` 3 | nonsense: true`. A page has no room to line it up.
fn is_excerpt(line: &str) -> bool {
    line.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ' ').starts_with('|')
}

/// What has to be looked at, in full sentences; files that could not be used have a part of their own.
fn findings(report: &TestReport, id: &str, title: &str, outcome: Outcome) -> Option<Part> {
    let mut findings = report.of_scenarios();
    findings.retain(|finding| finding.outcome == outcome);
    let told = |finding: &Finding| {
        let place = place(&finding.file, finding.line);
        format!("{}: {} · {place} · {}", finding.scenario, finding.title, finding.text)
    };
    let mut paragraphs: Vec<String> = findings.iter().take(FINDINGS_MAX).map(told).collect();
    if findings.len() > FINDINGS_MAX {
        paragraphs.push(format!("… and {} more, in the tables below.", findings.len() - FINDINGS_MAX));
    }
    let text = Text { tone: tone(outcome), paragraphs };
    (!findings.is_empty()).then(|| Part::new(id, title, Section::Text(text)))
}

fn notes(report: &TestReport) -> Option<Part> {
    let tone = if report.settings.interrupted { Tone::Warn } else { Tone::Plain };
    let text = Text { tone, paragraphs: report.notes() };
    (!text.paragraphs.is_empty()).then(|| Part::new("notes", "Notes", Section::Text(text)))
}

fn repro(report: &TestReport, files: &[String]) -> Repro {
    let files = files.iter().map(|name| Link { name: name.clone(), what: what(name).into() });
    Repro {
        command: report.settings.repro.clone(),
        explanation: format!(
            "Given in the folder that the test was run in, with version {} of the simulator, it gives the same \
             verdicts again, on any machine.",
            report.version
        ),
        files: files.collect(),
    }
}

/// What a file of the directory holds.
fn what(name: &str) -> &'static str {
    match name {
        "test.json" => "all numbers of this page, to make these files again",
        "junit.xml" => "the same for tools that read test reports",
        "summary.md" => "the same as a comment on a pull request",
        _ => "what each replication of the scenario measured",
    }
}
