//! A comparison in Markdown: for a comment on a pull request.

use super::comparison::Comparison;
use super::difference::Change;
use super::overall::Overall;
use super::text::{change_text, difference_text, rests_on, sums, value_text};
use crate::markdown::{plain, row};
use crate::rows::verdict_word;

/// The first line, by which a comment is found and replaced.
const MARK: &str = "<!-- cusinart-sim compare -->";
/// Arms whose differences are told one by one; GitHub cuts off comments of more than 65,536 characters.
const ARMS_MAX: usize = 8;

/// Writes the verdicts, the differences and the SLAs. Texts of scenarios are escaped.
pub fn compare_markdown(comparison: &Comparison) -> String {
    let first = plain(&comparison.arms[0].label);
    let mut lines = vec![
        MARK.to_string(),
        format!("## cusinart-sim compare: {}", plain(&comparison.scenario)),
        String::new(),
    ];
    for (position, arm) in comparison.arms.iter().skip(1).enumerate() {
        let Some(overall) = arm.overall else { continue };
        let (sign, word, label) = (sign(overall), overall.word(), plain(&arm.label));
        lines.push(format!(
            "- {sign} **{label}** is **{word}** against {first}: {}",
            sums(comparison, position)
        ));
    }
    for (position, arm) in comparison.arms.iter().skip(1).enumerate().take(ARMS_MAX) {
        lines.extend([String::new(), format!("### {} against {first}", plain(&arm.label)), String::new()]);
        lines.extend(differences(comparison, position));
    }
    if comparison.arms.len() > ARMS_MAX + 1 {
        let left = comparison.arms.len() - 1 - ARMS_MAX;
        lines.extend([String::new(), format!("… and {left} more in compare.json and report.html.")]);
    }
    lines.extend(slas(comparison));
    let footing = format!("{} · cusinart-sim {}", rests_on(comparison), comparison.version);
    lines.extend([String::new(), format!("<sub>{}</sub>", plain(&footing))]);
    lines.join("\n") + "\n"
}

fn differences(comparison: &Comparison, position: usize) -> Vec<String> {
    let mut rows = vec![
        row(&["", "metric", "first", "second", "difference", "verdict"]),
        row(&["---", "---", "--:", "--:", "--:", "---"]),
    ];
    for metric in &comparison.metrics {
        let Some(difference) = metric.differences.get(position) else { continue };
        let sign = match difference.change {
            Change::Better => "✅",
            Change::Worse => "❌",
            Change::NoDifference => "➖",
            Change::Undecided | Change::NotMeasured => "❔",
        };
        rows.push(row(&[
            sign.to_string(),
            plain(&metric.objective),
            plain(&value_text(metric, 0)),
            plain(&value_text(metric, position + 1)),
            plain(&difference_text(metric.unit, difference)),
            plain(&change_text(difference)),
        ]));
    }
    rows
}

/// The agreements of all arms, folded away.
fn slas(comparison: &Comparison) -> Vec<String> {
    let rows: Vec<String> = comparison
        .arms
        .iter()
        .take(ARMS_MAX + 1)
        .flat_map(|arm| arm.slas.iter().map(move |sla| (arm, sla)))
        .map(|(arm, sla)| {
            let (verdict, _) = verdict_word(sla.verdict);
            row(&[plain(&arm.label), plain(&sla.text), plain(&sla.measured_text()), verdict.to_string()])
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    let mut lines = vec![
        String::new(),
        "<details><summary>SLAs of each arm</summary>".into(),
        String::new(),
        row(&["arm", "SLA", "measured", ""]),
        row(&["---", "---", "--:", "---"]),
    ];
    lines.extend(rows);
    lines.extend([String::new(), "</details>".into()]);
    lines
}

fn sign(overall: Overall) -> &'static str {
    match overall {
        Overall::Better => "✅",
        Overall::NoDifference => "➖",
        Overall::Worse => "❌",
        Overall::TradeOff | Overall::Undecided => "❔",
    }
}
