//! The page: the sum first, a table by group, what is wrong, the worst deviations, what is unsupported.

use super::outcome::{MetricResult, MetricVerdict, Tier, Validation, ValidationCase, ValidationOutcome};
use crate::human;
use crate::page::{Page, TextStyle};
use crate::table::{Align, Ink, Table};
use std::collections::BTreeMap;

/// Wrong numbers that are shown.
const WRONG_MAX: usize = 40;
/// Deviations that are shown.
const WORST_MAX: usize = 10;

/// Writes the page.
pub fn validation_text(validation: &Validation, style: &TextStyle) -> String {
    let mut page = Page::new(style);
    let total = validation.total();
    let (word, ink) = if validation.is_whole() { ("PASSED", Ink::Green) } else { ("FAILED", Ink::Red) };
    let mut sentence =
        format!("{} of {} passed", human::count(total.passed), human::counted(total.total(), "case"));
    for (count, word) in [(total.wrong, "wrong"), (total.unsupported, "unsupported")] {
        if count > 0 {
            sentence += &format!(", {} {word}", human::count(count));
        }
    }
    let tier = match validation.tier {
        Tier::Smoke => "smoke tier",
        Tier::Full => "full tier",
    };
    sentence += &format!(" · {tier}, {}", human::counted(validation.seeds.len() as u64, "seed"));
    page.headline(word, ink, &sentence);
    page.section("Groups", &groups(validation));
    page.wrong(validation);
    page.worst(validation);
    page.calibration(validation);
    page.unsupported(validation);
    page.finish()
}

fn groups(validation: &Validation) -> Table {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("group", Align::Flexible),
        ("passed", Align::Right),
        ("wrong", Align::Right),
        ("unsupported", Align::Right),
    ]);
    for (group, tally) in validation.by_group() {
        let good = tally.passed == tally.total();
        let (mark, ink) = if good { ("✓", Ink::Green) } else { ("✗", Ink::Red) };
        let count = |count: u64, bad: bool| {
            (human::count(count), if bad && count > 0 { Ink::Red } else { Ink::Plain })
        };
        table.row(vec![
            (mark.into(), ink),
            (human::visible(group), Ink::Plain),
            count(tally.passed, false),
            count(tally.wrong, true),
            count(tally.unsupported, true),
        ]);
    }
    table
}

/// A number beside what is known of it.
pub(super) fn line(case: &ValidationCase, seed: u64, metric: &MetricResult) -> String {
    let off = metric
        .strain()
        .map_or_else(String::new, |strain| format!(", {:.0} % of what is allowed", strain * 100.0));
    let (id, name) = (human::visible(&case.id), human::visible(&metric.metric));
    format!(
        "{id} · {name}: {} expected, {} found{off} (seed {seed})",
        value(&metric.expected),
        value(&metric.got)
    )
}

/// A value in few characters.
pub(super) fn value(value: &serde_json::Value) -> String {
    match value.as_f64() {
        Some(number) => format!("{number:.6}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => human::visible(&value.to_string()),
    }
}

impl Page {
    fn wrong(&mut self, validation: &Validation) {
        let wrong: Vec<String> = validation
            .cases
            .iter()
            .flat_map(|case| case.results().map(move |(seed, metric)| (case, seed, metric)))
            .filter(|(_, _, metric)| metric.verdict == MetricVerdict::Wrong)
            .map(|(case, seed, metric)| line(case, seed.seed, metric))
            .collect();
        if wrong.is_empty() {
            return;
        }
        self.title("Wrong");
        wrong.iter().take(WRONG_MAX).for_each(|line| self.hanging("✗ ", line, 2));
        if wrong.len() > WRONG_MAX {
            let more = human::count((wrong.len() - WRONG_MAX) as u64);
            self.paragraph(&format!("… and {more} more: --json has all of them."), 2, Ink::Dim);
        }
    }

    fn worst(&mut self, validation: &Validation) {
        let all = validation
            .cases
            .iter()
            .flat_map(|case| case.results().map(move |(seed, metric)| (case, seed, metric)));
        let mut passed: Vec<(f64, String)> = all
            .filter(|(_, _, metric)| metric.verdict == MetricVerdict::Passed && metric.z.is_some())
            .filter_map(|(case, seed, metric)| Some((metric.strain()?, line(case, seed.seed, metric))))
            .collect();
        passed.sort_by(|a, b| b.0.total_cmp(&a.0));
        if !passed.is_empty() {
            self.title("The worst deviations of those that passed");
            passed.iter().take(WORST_MAX).for_each(|(_, line)| self.hanging("", line, 2));
        }
    }

    fn calibration(&mut self, validation: &Validation) {
        let (all, far) = validation.calibration();
        if all > 0 {
            let share = far as f64 / all as f64 * 100.0;
            let sentence = format!(
                "{} of {} are off by more than two standard errors: {share:.1} %, where about 5 % are expected.",
                human::count(far),
                human::counted(all, "number"),
            );
            self.title("Calibration");
            self.paragraph(&sentence, 2, Ink::Plain);
        }
    }

    fn unsupported(&mut self, validation: &Validation) {
        let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for case in &validation.cases {
            if let ValidationOutcome::Unsupported { reason } = &case.outcome {
                reasons.entry((&case.family, reason)).or_default().push(&case.id);
            }
        }
        if !reasons.is_empty() {
            self.title("Unsupported");
        }
        for ((family, reason), ids) in reasons {
            let text = format!("{reason} ({})", ids.join(", "));
            self.hanging(&format!("{}: ", human::visible(family)), &human::visible(&text), 2);
        }
    }
}
