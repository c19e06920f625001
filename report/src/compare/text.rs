//! The page of a comparison: the verdict first, then the differences it rests on.

use crate::compare::comparison::{Comparison, MetricComparison};
use crate::compare::difference::{Change, Difference};
use crate::compare::overall::Overall;
use crate::human;
use crate::page::{Page, PageLinks, TextStyle};
use crate::rows::verdict_word;
use crate::stats::{Estimate, Interval};
use crate::table::{Align, Ink, Table};
use cusinart_scenarios::Unit;

/// Writes the page, with a newline at the end.
pub fn compare_text(comparison: &Comparison, style: &TextStyle, links: &PageLinks) -> String {
    let mut page = Page::new(style);
    page.compare_verdicts(comparison);
    for position in 0..comparison.arms.len() - 1 {
        page.differences(comparison, position);
    }
    page.compare_slas(comparison);
    page.pareto(comparison);
    page.links(links);
    page.finish()
}

impl Page {
    fn compare_verdicts(&mut self, comparison: &Comparison) {
        let first = &comparison.arms[0].label;
        for (position, arm) in comparison.arms.iter().skip(1).enumerate() {
            let Some(overall) = arm.overall else { continue };
            let ink = overall_ink(overall);
            let rest = format!("{} against {first}: {}", arm.label, sums(comparison, position));
            self.headline(&overall.word().to_uppercase(), ink, &rest);
        }
        self.paragraph(&rests_on(comparison), 0, Ink::Dim);
    }

    fn differences(&mut self, comparison: &Comparison, position: usize) {
        let (first, arm) = (&comparison.arms[0].label, &comparison.arms[position + 1].label);
        let mut table = Table::new(&[
            ("metric", Align::Flexible),
            ("first", Align::Right),
            ("second", Align::Right),
            ("difference", Align::Left),
            ("effect", Align::Right),
            ("verdict", Align::Flexible),
        ]);
        for metric in &comparison.metrics {
            let Some(difference) = metric.differences.get(position) else { continue };
            table.row(vec![
                plain(metric.objective.clone()),
                plain(value_text(metric, 0)),
                plain(value_text(metric, position + 1)),
                plain(difference_text(metric.unit, difference)),
                plain(difference.effect_size.map_or("–".into(), effect_text)),
                (change_text(difference), ink(difference.change)),
            ]);
        }
        self.section(&format!("{arm} (second) against {first} (first)"), &table);
        let notes = [pairing_text(comparison, position), censored_text(comparison, position)];
        for text in notes.iter().flatten() {
            self.paragraph(text, 2, Ink::Dim);
        }
    }

    fn compare_slas(&mut self, comparison: &Comparison) {
        let mut table = Table::new(&[
            ("SLA", Align::Flexible),
            ("arm", Align::Flexible),
            ("measured", Align::Left),
            ("", Align::Left),
        ]);
        let slas = comparison.arms.iter().map(|arm| arm.slas.len()).max().unwrap_or(0);
        if slas == 0 {
            return;
        }
        for index in 0..slas {
            for (position, arm) in comparison.arms.iter().enumerate() {
                let Some(sla) = arm.slas.get(index) else { continue };
                let (word, ink) = verdict_word(sla.verdict);
                let name = if position == 0 { sla.text.clone() } else { String::new() };
                table.row(vec![
                    plain(name),
                    plain(arm.label.clone()),
                    plain(sla.measured_text()),
                    (word.into(), ink),
                ]);
            }
        }
        self.section("SLAs of each arm", &table);
    }

    fn pareto(&mut self, comparison: &Comparison) {
        let mut table = Table::new(&[
            ("arm", Align::Flexible),
            ("cost", Align::Right),
            ("SLAs met by a run", Align::Right),
            ("", Align::Left),
        ]);
        for point in &comparison.pareto {
            let text = |estimate: &Option<Estimate>, unit| {
                estimate.as_ref().map_or("–".into(), |estimate| human::quantity(estimate.value, unit))
            };
            let (word, ink) =
                if point.on_front { ("on the front", Ink::Green) } else { ("dominated", Ink::Dim) };
            table.row(vec![
                plain(comparison.arms[point.arm].label.clone()),
                plain(text(&point.cost, Unit::Currency)),
                plain(text(&point.slas_met, Unit::Fraction)),
                (word.into(), ink),
            ]);
        }
        self.section("Cost against SLAs", &table);
    }
}

/// What the verdicts rest on.
pub(crate) fn rests_on(comparison: &Comparison) -> String {
    let Comparison { scenario, replications, replications_max, seed, confidence, .. } = comparison;
    let statements: usize = comparison.metrics.iter().map(|metric| metric.differences.len()).sum();
    format!(
        "{scenario} · {replications} replications of each, {replications_max} at most · seed {seed} · all {statements} \
         statements together hold with {}",
        human::percent(*confidence)
    )
}

/// The differences of one arm, by its position among them.
fn differences(comparison: &Comparison, position: usize) -> impl Iterator<Item = &Difference> {
    comparison.metrics.iter().filter_map(move |metric| metric.differences.get(position))
}

/// How much the pairing narrowed the intervals of an arm; nothing with less than two pairs.
pub(crate) fn pairing_text(comparison: &Comparison, position: usize) -> Option<String> {
    let mut narrowings: Vec<f64> =
        differences(comparison, position).filter_map(|difference| difference.narrowing).collect();
    narrowings.sort_by(f64::total_cmp);
    match narrowings.get(narrowings.len() / 2) {
        Some(median) if *median < 1.05 => Some(
            "Pairing: the same seeds in both arms make the intervals no narrower here; the arms have little luck in \
             common."
                .into(),
        ),
        Some(median) => Some(format!(
            "Pairing: with the same seeds in both arms the intervals are {median:.1} times narrower than with \
             independent runs (median of the metrics)."
        )),
        None => differences(comparison, position)
            .any(|difference| difference.pairs > 1)
            .then(|| "Pairing: every pair of runs differs by the same amount.".into()),
    }
}

/// What to know about times of an arm that never came; nothing if all came.
pub(crate) fn censored_text(comparison: &Comparison, position: usize) -> Option<String> {
    let censored = differences(comparison, position).map(|difference| difference.censored).max().unwrap_or(0);
    (censored > 0).then(|| {
        format!(
            "In up to {censored} pairs a node had not come back when the run ended; its time counts as long as it was \
             watched, so the true difference may be larger."
        )
    })
}

/// The word for a difference, and for an open one what would decide it.
pub(crate) fn change_text(difference: &Difference) -> String {
    match difference.needed {
        Some(needed) => {
            format!("{}, needs about {} runs", difference.change.word(), human::count(needed.into()))
        }
        None => difference.change.word().into(),
    }
}

/// `better in 3 metrics, worse in 1, no difference in 2`.
pub(crate) fn sums(comparison: &Comparison, position: usize) -> String {
    let changes = || differences(comparison, position);
    let parts: Vec<String> =
        [Change::Better, Change::Worse, Change::NoDifference, Change::Undecided, Change::NotMeasured]
            .into_iter()
            .filter_map(|wanted| {
                let count = changes().filter(|difference| difference.change == wanted).count();
                (count > 0).then(|| match wanted {
                    Change::Better | Change::Worse | Change::NoDifference => {
                        format!("{} in {count}", wanted.word())
                    }
                    Change::Undecided | Change::NotMeasured => format!("{count} {}", wanted.word()),
                })
            })
            .collect();
    format!("{} of {} metrics", parts.join(", "), comparison.metrics.len())
}

pub(crate) fn value_text(metric: &MetricComparison, arm: usize) -> String {
    let value = metric.values.get(arm).and_then(Option::as_ref).map(|estimate| estimate.value);
    value.map_or("–".into(), |value| {
        if value.is_finite() { human::quantity(value, metric.unit) } else { "never".into() }
    })
}

/// The difference with its interval: points for shares, percent of the first arm else.
pub(crate) fn difference_text(unit: Unit, difference: &Difference) -> String {
    let absolute = difference.estimate.as_ref();
    match (unit, absolute, &difference.relative) {
        (_, None, _) => "–".into(),
        (Unit::Fraction, Some(estimate), _) => with_interval(estimate, 100.0, " points"),
        (_, Some(_), Some(relative)) => with_interval(relative, 100.0, " %"),
        (Unit::Seconds, Some(estimate), None) => with_interval(estimate, 1.0, " s"),
        (Unit::Count | Unit::Currency | Unit::PerSecond | Unit::Factor, Some(estimate), None) => {
            with_interval(estimate, 1.0, "")
        }
    }
}

/// `+1.9 points [+1.5, +2.3]`.
fn with_interval(estimate: &Estimate, factor: f64, unit: &str) -> String {
    let value = signed(estimate.value * factor);
    match &estimate.interval {
        Some(Interval { low, high }) if low < high => {
            format!("{value}{unit} [{}, {}]", signed(low * factor), signed(high * factor))
        }
        Some(_) | None => format!("{value}{unit}"),
    }
}

/// A number with its sign and about three digits.
fn signed(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 99.95 || size == 0.0 {
        0
    } else if size >= 9.995 {
        1
    } else if size >= 0.9995 {
        2
    } else {
        3
    };
    let digits = format!("{size:.decimals$}");
    let is_zero = digits.chars().all(|digit| digit == '0' || digit == '.');
    match (is_zero, value < 0.0) {
        (true, _) => "0".into(),
        (false, true) => format!("−{digits}"),
        (false, false) => format!("+{digits}"),
    }
}

/// An effect size with its sign: one digit is enough to tell small from large.
fn effect_text(effect: f64) -> String {
    format!("{effect:+.1}").replace('-', "−")
}

/// The colour of a verdict.
pub(crate) fn overall_ink(overall: Overall) -> Ink {
    match overall {
        Overall::Better | Overall::NoDifference => Ink::Green,
        Overall::Worse => Ink::Red,
        Overall::TradeOff | Overall::Undecided => Ink::Yellow,
    }
}

fn ink(change: Change) -> Ink {
    match change {
        Change::Better => Ink::Green,
        Change::Worse => Ink::Red,
        Change::NoDifference => Ink::Plain,
        Change::Undecided | Change::NotMeasured => Ink::Yellow,
    }
}

fn plain(text: String) -> (String, Ink) {
    (text, Ink::Plain)
}
