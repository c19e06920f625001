//! The check as a page of Markdown, for the documentation.

use super::outcome::{MetricVerdict, Tier, Validation, ValidationCase, ValidationOutcome};
use super::text::value;
use crate::human;
use crate::markdown::{plain, row};
use std::collections::BTreeMap;

const TITLE: &str = "# Numbers that are known\n\n\
    <!-- Made by `cusinart-sim conformance validation conformance/validation --tier full --markdown`. -->\n\n\
    Verified against these models, not calibrated to your cluster: where theory, or a simulation of another make, says what \
    comes out, this says whether it comes out here. Each model is run as an ordinary scenario, or is asked of the very policy or \
    statistics that scenarios use. Which models, lengths and tolerances: [the cases](../conformance/validation/README.md).";

/// Writes the page.
pub fn validation_markdown(validation: &Validation) -> String {
    let total = validation.total();
    let tier = match validation.tier {
        Tier::Smoke => "smoke tier: a fifth of the length, which is no result to quote",
        Tier::Full => "full tier",
    };
    let seeds: Vec<String> = validation.seeds.iter().map(u64::to_string).collect();
    let mut lines = vec![
        TITLE.to_owned(),
        String::new(),
        format!(
            "**{} of {} passed with each of the seeds {}, {} wrong, {} unsupported** ({tier}).",
            human::count(total.passed),
            human::counted(total.total(), "case"),
            seeds.join(", "),
            human::count(total.wrong),
            human::count(total.unsupported)
        ),
    ];
    let (all, far) = validation.calibration();
    if all > 0 {
        let share = far as f64 / all as f64 * 100.0;
        lines.push(format!(
            "Of {} whose spread is known, {share:.1} % are off by more than two standard errors; of a right simulator \
             about 5 % are.",
            human::counted(all, "number")
        ));
    }
    lines.extend([String::new(), "## Groups".into(), String::new()]);
    lines.push(row(&["group", "passed", "wrong", "unsupported"]));
    lines.push(row(&["---", "--:", "--:", "--:"]));
    for (group, tally) in validation.by_group() {
        let counts = [tally.passed, tally.wrong, tally.unsupported].map(human::count);
        lines.push(row(&[&plain(group), &counts[0], &counts[1], &counts[2]]));
    }
    lines.extend(wrong(validation));
    lines.extend(unsupported(validation));
    lines.extend(cases(validation));
    lines.join("\n") + "\n"
}

fn wrong(validation: &Validation) -> Vec<String> {
    let found = validation
        .cases
        .iter()
        .flat_map(|case| case.results().map(move |(seed, metric)| (case, seed, metric)));
    let rows: Vec<String> = found
        .filter(|(_, _, metric)| metric.verdict == MetricVerdict::Wrong)
        .map(|(case, seed, metric)| {
            let cells = [plain(&case.id), plain(&metric.metric), seed.seed.to_string()];
            let numbers = [value(&metric.expected), value(&metric.got), format!("{:.3e}", metric.tolerance)];
            row(&cells.into_iter().chain(numbers).collect::<Vec<_>>())
        })
        .collect();
    section("Wrong", &["case", "number", "seed", "expected", "found", "allowed"], rows)
}

fn unsupported(validation: &Validation) -> Vec<String> {
    let mut reasons: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for case in &validation.cases {
        if let ValidationOutcome::Unsupported { reason } = &case.outcome {
            reasons.entry((&case.family, reason)).or_default().push(plain(&case.id));
        }
    }
    let rows = reasons
        .into_iter()
        .map(|((family, reason), ids)| row(&[plain(family), ids.join(", "), plain(reason)]));
    section("Unsupported", &["model", "cases", "why"], rows.collect())
}

/// Every case with the number that is worst off.
fn cases(validation: &Validation) -> Vec<String> {
    let rows = validation.cases.iter().filter_map(|case| {
        let numbers = case.results().filter(|(_, metric)| metric.verdict != MetricVerdict::Information);
        let (worst, strain) = numbers
            .map(|(_, metric)| (metric, metric.strain().unwrap_or(0.0)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        let cells = [plain(&case.id), plain(&case.family), repeated(case), plain(&worst.metric)];
        let numbers = [value(&worst.expected), value(&worst.got), format!("{:.0} %", strain * 100.0)];
        Some(row(&cells.into_iter().chain(numbers).collect::<Vec<_>>()))
    });
    let heads = ["case", "model", "repeats", "its worst number", "expected", "found", "of what is allowed"];
    section("Cases", &heads, rows.collect())
}

/// With how many seeds the case was run once more, as it had failed at first.
fn repeated(case: &ValidationCase) -> String {
    match &case.outcome {
        ValidationOutcome::Unsupported { .. } => String::new(),
        ValidationOutcome::Measured { seeds } => {
            seeds.iter().filter(|seed| seed.repeated).count().to_string()
        }
    }
}

fn section(title: &str, heads: &[&str], rows: Vec<String>) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), format!("## {title}"), String::new(), row(heads)];
    lines.push(row(&vec!["---"; heads.len()]));
    lines.extend(rows);
    lines
}
