//! The page: the sum first, a table by algorithm, then the first failures in full.

use super::outcome::{CaseOutcome, Conformance, Mismatch, VectorCase};
use crate::human;
use crate::page::{Page, TextStyle};
use crate::table::{Align, Ink, Table};

/// Failures that are shown in full.
const SHOWN_MAX: usize = 10;
/// Places of one failure that are shown.
const MISMATCHES_MAX: usize = 5;
/// Most characters of inputs and answers that are shown.
const VALUE_MAX: usize = 600;

/// Writes the page.
pub fn conformance_text(conformance: &Conformance, style: &TextStyle) -> String {
    let mut page = Page::new(style);
    let total = conformance.total();
    let (word, ink) = if conformance.is_whole() { ("PASSED", Ink::Green) } else { ("FAILED", Ink::Red) };
    let mut sentence =
        format!("{} of {} passed", human::count(total.passed), human::counted(total.total(), "vector"));
    if total.failed > 0 {
        sentence += &format!(", {} failed", human::count(total.failed));
    }
    if total.unsupported > 0 {
        sentence += &format!(", {} unsupported", human::count(total.unsupported));
    }
    page.headline(word, ink, &sentence);
    page.section("Algorithms", &algorithms(conformance));
    let failures: Vec<&VectorCase> =
        conformance.cases.iter().filter(|case| matches!(case.outcome, CaseOutcome::Failed { .. })).collect();
    if !failures.is_empty() {
        page.title(if failures.len() > SHOWN_MAX { "The first failures" } else { "Failures" });
    }
    for case in failures.iter().take(SHOWN_MAX) {
        page.failure(case);
    }
    if failures.len() > SHOWN_MAX {
        let more = human::count((failures.len() - SHOWN_MAX) as u64);
        page.paragraph(&format!("… and {more} more: --json has all of them."), 2, Ink::Dim);
    }
    page.finish()
}

fn algorithms(conformance: &Conformance) -> Table {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("algorithm", Align::Flexible),
        ("passed", Align::Right),
        ("failed", Align::Right),
        ("unsupported", Align::Right),
    ]);
    for (algorithm, tally) in conformance.by_algorithm() {
        let good = tally.passed == tally.total();
        let (mark, ink) = if good { ("✓", Ink::Green) } else { ("✗", Ink::Red) };
        let count = |count: u64, bad: bool| {
            (human::count(count), if bad && count > 0 { Ink::Red } else { Ink::Plain })
        };
        table.row(vec![
            (mark.into(), ink),
            (algorithm.into(), Ink::Plain),
            count(tally.passed, false),
            count(tally.failed, true),
            count(tally.unsupported, true),
        ]);
    }
    table
}

impl Page {
    fn failure(&mut self, case: &VectorCase) {
        let CaseOutcome::Failed { inputs, expected, got, mismatches } = &case.outcome else { return };
        let head = format!("✗ {} · {} · {}", case.id, case.algorithm, case.file);
        self.paragraph(&head, 2, Ink::Red);
        for Mismatch { path, expected, got } in mismatches.iter().take(MISMATCHES_MAX) {
            let path = if path.is_empty() { "answer" } else { path };
            self.hanging("", &format!("{path}: expected {expected}, got {got}"), 4);
        }
        for (name, value) in [("inputs", inputs), ("expected", expected), ("got", got)] {
            self.hanging(&format!("{name}: "), &shortened(&value.to_string()), 4);
        }
    }
}

/// A long text with its end cut off.
fn shortened(text: &str) -> String {
    let text = human::visible(text);
    if text.chars().count() <= VALUE_MAX {
        return text;
    }
    text.chars().take(VALUE_MAX).collect::<String>() + " …"
}
