//! The page of a comparison.

use super::page::{Chip, Link, Page, PageKind, Part, Repro, Section, Text, Tone, Verdict};
use super::{compare_charts, compare_tables, compare_timeline, render};
use crate::compare::text::{censored_text, pairing_text, sums};
use crate::compare::{ArmRun, Comparison, Overall};
use crate::human;
use crate::page::PageLinks;

/// Arms that the verdict names one by one; of more it counts.
const NAMED_MAX: usize = 4;

/// Writes the page of a comparison as one HTML file. There is one of `arms` for each arm of the comparison.
///
/// `links.files` are shown as links, so they should be names beside the page.
pub fn compare_page(comparison: &Comparison, arms: &[ArmRun<'_>], links: &PageLinks) -> String {
    let labels: Vec<&str> = comparison.arms.iter().map(|arm| arm.label.as_str()).collect();
    render(&Page {
        kind: PageKind::Compare,
        title: comparison.scenario.clone(),
        subtitle: labels.join(" · "),
        version: comparison.version.clone(),
        parts: parts(comparison, arms, links),
    })
}

fn parts(comparison: &Comparison, arms: &[ArmRun<'_>], links: &PageLinks) -> Vec<Part> {
    let mut parts = vec![Part::new("verdict", "", Section::Verdict(verdict(comparison)))];
    parts.push(compare_tables::arms(comparison));
    parts.push(compare_charts::forest(comparison));
    parts.push(compare_tables::differences(comparison));
    parts.extend(compare_tables::slas(comparison));
    parts.extend(compare_charts::scatter(comparison));
    parts.push(compare_timeline::timeline(arms));
    parts.push(compare_charts::latency(arms));
    parts.extend(compare_charts::times(arms));
    parts.push(pairing(comparison));
    parts.push(Part::new("repeat", "Repeat", Section::Repro(repro(comparison, links))));
    parts
}

fn verdict(comparison: &Comparison) -> Verdict {
    let first = &comparison.arms[0].label;
    let others: Vec<(&str, Overall)> =
        comparison.arms.iter().filter_map(|arm| Some((arm.label.as_str(), arm.overall?))).collect();
    let word = comparison.overall().map_or("MIXED".into(), |overall| overall.word().to_uppercase());
    let tone = match comparison.overall() {
        Some(Overall::Better | Overall::NoDifference) => Tone::Good,
        Some(Overall::Worse) => Tone::Bad,
        Some(Overall::TradeOff | Overall::Undecided) | None => Tone::Warn,
    };
    let headline = match &others[..] {
        [(arm, _)] => format!("{arm} against {first}: {}", sums(comparison, 0)),
        several if several.len() <= NAMED_MAX => {
            let each: Vec<String> =
                several.iter().map(|(arm, overall)| format!("{arm}: {}", overall.word())).collect();
            format!("Against {first} – {}", each.join("; "))
        }
        many => format!("Against {first}, of {} others: {}", many.len(), counted(many)),
    };
    Verdict { word, tone, headline, chips: chips(comparison) }
}

/// `3 better, 1 undecided`.
fn counted(others: &[(&str, Overall)]) -> String {
    let words =
        [Overall::Better, Overall::Worse, Overall::TradeOff, Overall::NoDifference, Overall::Undecided];
    let counts = words.into_iter().filter_map(|wanted| {
        let count = others.iter().filter(|(_, overall)| *overall == wanted).count();
        (count > 0).then(|| format!("{count} {}", wanted.word()))
    });
    counts.collect::<Vec<_>>().join(", ")
}

fn chips(comparison: &Comparison) -> Vec<Chip> {
    let chip = |label: &str, value: String| Chip { label: label.into(), value };
    let statements: usize = comparison.metrics.iter().map(|metric| metric.differences.len()).sum();
    let runs = format!(
        "{} of each arm, {} at most",
        human::count(comparison.replications.into()),
        human::count(comparison.replications_max.into())
    );
    vec![
        chip("compared with", comparison.arms[0].label.clone()),
        chip("replications", runs),
        chip(
            "confidence",
            format!(
                "{} for all {}",
                human::percent(comparison.confidence),
                human::counted(statements as u64, "difference")
            ),
        ),
        chip("margin", human::percent(comparison.margin)),
        chip("seed", comparison.seed.to_string()),
    ]
}

/// How much the pairing narrowed, and what censored times mean.
fn pairing(comparison: &Comparison) -> Part {
    let several = comparison.arms.len() > 2;
    let mut paragraphs = vec![
        "Replication by replication all arms have the same seed: they meet the same requests, the same luck and the \
         same faults. The differences of these pairs vary less than the values do."
            .to_string(),
    ];
    for (position, arm) in comparison.arms.iter().skip(1).enumerate() {
        let texts = [pairing_text(comparison, position), censored_text(comparison, position)];
        let name = |text: String| if several { format!("{} – {text}", arm.label) } else { text };
        paragraphs.extend(texts.into_iter().flatten().map(name));
    }
    Part::new("pairing", "What the pairing is worth", Section::Text(Text { tone: Tone::Plain, paragraphs }))
}

fn repro(comparison: &Comparison, links: &PageLinks) -> Repro {
    let files = links.files.iter().map(|name| Link { name: name.clone(), what: what(name).into() });
    Repro {
        command: links.repro.clone(),
        explanation: format!(
            "Given in the folder of this page, with version {} of the simulator, it measures the same on any \
             machine; the arms are then called as their files are.",
            comparison.version
        ),
        files: files.collect(),
    }
}

/// What a file of a comparison holds.
fn what(name: &str) -> &'static str {
    match name {
        "compare.json" => "the comparison: all numbers of the verdict",
        "compare.md" => "the verdict in Markdown, for a pull request",
        "compare.csv" | "compare.parquet" => "what each replication of each arm measured, one a row",
        "plan.json" => "what was compared and when it was sure, to make these files again",
        name if name.ends_with(".scenario.yaml") => "the scenario of an arm with every default written out",
        name if name.ends_with(".replications.json") => "the replications of an arm",
        name if name.ends_with(".record.json") => "the record of an arm's first replication",
        name if name.ends_with(".facts.jsonl") => {
            "every fault, detection, decision and recovery of an arm's first replication"
        }
        _ => "",
    }
}
