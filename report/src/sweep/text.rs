//! The page at the end of a sweep: the best setting first, then which knobs matter.

use super::best::{BestPoint, Gain};
use super::effects::{Effect, LevelMean, Matters, MetricEffects};
use super::plan::{SweepPlan, SweptScenario};
use super::summary::{PointSummary, SweepSummary};
use crate::human;
use crate::page::{Page, PageLinks, TextStyle};
use crate::stats::Estimate;
use crate::table::{Align, Ink, Table};
use cusinart_scenarios::{Design, Unit};

/// Knobs shown of each metric: those that explain most.
const KNOBS_MAX: usize = 8;
/// Interactions shown.
const INTERACTIONS_MAX: usize = 8;
/// Share of the variance from which an interaction is worth knowing.
const INTERACTION_MIN: f64 = 0.02;
/// Points of the front shown.
const FRONT_MAX: usize = 12;
/// Characters of a full bar.
const BAR: usize = 12;
/// Nothing, and blocks of an eighth to a whole character.
const BLOCKS: [char; 9] = ['·', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// What the page points to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepLinks {
    /// The command that runs the best point once; empty if there is none.
    pub best: String,
    /// The command that repeats the sweep, and the files written.
    pub page: PageLinks,
}

/// Writes the page, with a newline at the end.
pub fn sweep_text(plan: &SweepPlan, summary: &SweepSummary, style: &TextStyle, links: &SweepLinks) -> String {
    let mut page = Page::new(style);
    page.best_setting(plan, summary, links);
    if let Some(best) = summary.best.as_ref().filter(|best| !best.no_gain) {
        page.gains(&best.gains);
    }
    let names = Names::of(plan);
    for metric in &summary.effects {
        page.main_effects(metric, &names);
    }
    page.interactions_worth_knowing(summary, &names);
    page.front(summary);
    page.links(&links.page);
    page.finish()
}

impl Page {
    fn best_setting(&mut self, plan: &SweepPlan, summary: &SweepSummary, links: &SweepLinks) {
        match (&summary.best, summary.points.first()) {
            (Some(best), Some(base)) => {
                let point = &summary.points[best.point as usize];
                let (word, ink, text) = verdict(best, point, base, &plan.scenario);
                self.headline(word, ink, &text);
            }
            (Some(_) | None, _) => {
                let text =
                    "the scenario has no SLAs, which would say which setting is best; main effects follow";
                self.headline("NOT JUDGED", Ink::Yellow, text);
            }
        }
        self.paragraph(&about(plan), 0, Ink::Dim);
        self.failed_points(summary);
        if let Some(best) = &summary.best {
            let points = summary.points.len() - 1;
            let text = format!(
                "The best of {points} points is best partly by luck: try point {} with other seeds before you rely on it.",
                best.point
            );
            self.paragraph(&text, 0, Ink::Dim);
        }
        if !links.best.is_empty() {
            // Not wrapped: it is there to be copied.
            self.lines.push(format!("best: {}", human::visible(&links.best)));
        }
    }

    fn failed_points(&mut self, summary: &SweepSummary) {
        if summary.best.is_none() {
            return;
        }
        let design = &summary.points[1..];
        let always = design.iter().filter(|point| point.all_hold == 0).count();
        let never = design.iter().filter(|point| point.all_hold == point.replications).count();
        let text = format!(
            "Of {} all SLAs hold in every replication of {never}, in none of {always}.",
            human::counted(design.len() as u64, "point"),
        );
        self.paragraph(&text, 0, Ink::Plain);
    }

    fn gains(&mut self, gains: &[Gain]) {
        let mut table = Table::new(&[
            ("metric", Align::Flexible),
            ("as it is", Align::Right),
            ("best", Align::Right),
            ("difference (95 %)", Align::Left),
        ]);
        for gain in gains {
            let row = match &gain.difference {
                None => [String::from("–"), String::from("–"), String::from("not measured in both")],
                Some(paired) => [
                    quantity(paired.mean_a, gain.unit),
                    quantity(paired.mean_b, gain.unit),
                    change(&paired.difference, gain.unit),
                ],
            };
            let cells = std::iter::once(gain.metric.clone()).chain(row).map(plain);
            table.row(cells.collect());
        }
        self.section("The best setting against the scenario as it is", &table);
    }

    fn main_effects(&mut self, metric: &MetricEffects, names: &Names) {
        let Some((low, high)) = metric.range else {
            self.title(&format!("Knobs and {}", metric.metric));
            self.paragraph("No point has a value in every replication.", 2, Ink::Dim);
            return;
        };
        let range = format!("{} to {}", quantity(low, metric.unit), quantity(high, metric.unit));
        if low == high {
            self.title(&format!("Knobs and {}", metric.metric));
            self.paragraph(&format!("It is {} at every point.", quantity(low, metric.unit)), 2, Ink::Dim);
            return;
        }
        let mut knobs: Vec<&Effect> = metric.knobs.iter().collect();
        knobs.sort_by(|one, other| other.share.total_cmp(&one.share));
        let mut table = Table::new(&[
            ("knob", Align::Left),
            ("", Align::Left),
            ("of variance", Align::Right),
            ("p", Align::Right),
            ("mean at its values", Align::Flexible),
            ("", Align::Left),
        ]);
        for effect in knobs.iter().take(KNOBS_MAX) {
            let (word, ink) = matters(effect.matters);
            table.row(vec![
                plain(names.short(&effect.knob)),
                plain(bar(effect.share)),
                plain(format!("{:.0} %", effect.share * 100.0)),
                plain(effect.p_corrected.map_or("–".into(), p_text)),
                plain(levels_text(&effect.levels, metric.unit)),
                (word.into(), ink),
            ]);
        }
        self.section(&format!("Knobs and {}: {range} over the points", metric.metric), &table);
        if knobs.len() > KNOBS_MAX {
            let text = format!(
                "{} that explain less are in results.json.",
                human::counted((knobs.len() - KNOBS_MAX) as u64, "knob")
            );
            self.paragraph(&text, 2, Ink::Dim);
        }
        if metric.points_left_out > 0 {
            let text = format!(
                "Left out: {} without a value in some replication.",
                human::counted(metric.points_left_out as u64, "point")
            );
            self.paragraph(&text, 2, Ink::Dim);
        }
    }

    fn interactions_worth_knowing(&mut self, summary: &SweepSummary, names: &Names) {
        let mut worth: Vec<_> = summary
            .interactions
            .iter()
            .filter(|pair| pair.share >= INTERACTION_MIN && pair.p_corrected.is_some_and(|p| p < 0.05))
            .collect();
        if worth.is_empty() {
            return;
        }
        worth.sort_by(|one, other| other.share.total_cmp(&one.share));
        let mut table = Table::new(&[
            ("knob", Align::Left),
            ("depends on", Align::Left),
            ("metric", Align::Flexible),
            ("", Align::Left),
            ("of variance", Align::Right),
            ("p", Align::Right),
        ]);
        for pair in worth.iter().take(INTERACTIONS_MAX) {
            table.row(vec![
                plain(names.short(&pair.knobs.0)),
                plain(names.short(&pair.knobs.1)),
                plain(pair.metric.clone()),
                plain(bar(pair.share)),
                plain(format!("{:.0} %", pair.share * 100.0)),
                plain(pair.p_corrected.map_or("–".into(), p_text)),
            ]);
        }
        self.section("Interactions worth knowing", &table);
        let text = "Such knobs must be set together; results.json has the means of every pair of values.";
        self.paragraph(text, 2, Ink::Dim);
    }

    fn front(&mut self, summary: &SweepSummary) {
        if summary.front.is_empty() {
            return;
        }
        let mut table = Table::new(&[
            ("point", Align::Right),
            ("cost", Align::Right),
            ("all SLAs hold", Align::Left),
            ("settings", Align::Flexible),
        ]);
        for point in summary.front.iter().rev().take(FRONT_MAX) {
            let of = &summary.points[point.point as usize];
            table.row(vec![
                plain(human::count(point.point.into())),
                plain(quantity(point.cost, Unit::Currency)),
                plain(format!("in {} of {}", of.all_hold, of.replications)),
                plain(of.settings.join(" ")),
            ]);
        }
        self.section("No other point is cheaper and holds more (Pareto front)", &table);
    }
}

/// Short names of knobs: the last steps of their paths, at least two, as many as it takes to tell them apart.
struct Names(Vec<(String, String)>);

impl Names {
    fn of(plan: &SweepPlan) -> Self {
        let paths: Vec<&str> = plan.knobs.iter().map(|knob| knob.path.as_str()).collect();
        let short = |path: &str| {
            let starts: Vec<usize> = path.match_indices('.').map(|(at, _)| at + 1).collect();
            // The last step alone says too little.
            let ends = starts.iter().rev().skip(1).map(|start| &path[*start..]);
            let alone = |end: &str| paths.iter().filter(|other| is_end(end, other)).count() == 1;
            ends.into_iter().find(|end| alone(end)).unwrap_or(path).to_string()
        };
        Self(paths.iter().map(|path| (path.to_string(), short(path))).collect())
    }

    fn short(&self, path: &str) -> String {
        self.0
            .iter()
            .find(|(known, _)| known == path)
            .map_or_else(|| path.to_string(), |(_, short)| short.clone())
    }
}

/// Whether the steps of `end` are the last ones of a path.
fn is_end(end: &str, path: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn verdict(
    best: &BestPoint,
    point: &PointSummary,
    base: &PointSummary,
    scenario: &SweptScenario,
) -> (&'static str, Ink, String) {
    let runs = point.replications;
    let settings = point.settings.join(" ");
    if best.no_gain {
        let text = format!(
            "the scenario as it is: all SLAs hold in {} of {}; point {} comes nearest: {settings}",
            base.all_hold,
            human::counted(runs.into(), "replication"),
            best.point
        );
        return ("KEEP", Ink::Green, text);
    }
    let (word, ink) = match point.all_hold {
        0 => ("NEAREST", Ink::Red),
        all if all == runs => ("BEST", Ink::Green),
        _ => ("BEST", Ink::Yellow),
    };
    let held = if point.all_hold == 0 {
        let slas = u64::from(runs) * scenario.slas.len() as u64;
        format!(
            "no setting meets all SLAs; this one meets {} of {slas} ({} as it is)",
            point.slas_held, base.slas_held
        )
    } else {
        format!(
            "all SLAs hold in {} of {} (as it is: {})",
            point.all_hold,
            human::counted(runs.into(), "replication"),
            base.all_hold
        )
    };
    (word, ink, format!("point {}: {settings}; {held}", best.point))
}

/// What was swept.
fn about(plan: &SweepPlan) -> String {
    let points = plan.points.len() - 1;
    let design = match plan.design.points {
        Design::Grid => "grid",
        Design::Random { .. } => "random design",
        Design::Sobol { .. } => "Sobol design",
    };
    format!(
        "{} · {design} of {} · {} of each · seed {} · sweep {}",
        plan.scenario.name,
        human::counted(points as u64, "point"),
        human::counted(plan.design.replications.into(), "replication"),
        plan.design.seed,
        plan.hash
    )
}

const fn matters(matters: Matters) -> (&'static str, Ink) {
    match matters {
        Matters::Yes => ("matters", Ink::Green),
        Matters::No => ("does not", Ink::Dim),
        Matters::NotSure => ("not sure", Ink::Yellow),
    }
}

/// The mean of the metric at each value, or at the first, the extreme and the last ones of many.
fn levels_text(levels: &[LevelMean], unit: Unit) -> String {
    let value = |level: &LevelMean| level.mean.as_ref().map_or(0.0, |mean| mean.value);
    let text = |level: &LevelMean| format!("{}: {}", level.label, quantity(value(level), unit));
    if levels.len() <= 3 {
        return levels.iter().map(text).collect::<Vec<_>>().join(", ");
    }
    let by_value = |one: &usize, other: &usize| value(&levels[*one]).total_cmp(&value(&levels[*other]));
    let last = levels.len() - 1;
    let mut shown = vec![0, last];
    shown.extend((0..levels.len()).min_by(by_value));
    shown.extend((0..levels.len()).max_by(by_value));
    shown.sort_unstable();
    shown.dedup();
    shown.into_iter().map(|level| text(&levels[level])).collect::<Vec<_>>().join(", ")
}

/// A share as a bar.
fn bar(share: f64) -> String {
    let eighths = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    let block = |position: usize| BLOCKS[eighths.saturating_sub(position * 8).min(8)];
    (0..BAR).map(block).collect()
}

fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".into() } else { format!("{p:.3}") }
}

/// A difference with its interval: points of percent for shares.
fn change(difference: &Estimate, unit: Unit) -> String {
    let number = |value: f64| {
        let size = value.abs();
        let sign = if value < 0.0 { '-' } else { '+' };
        match unit {
            Unit::Fraction => format!("{sign}{:.2}", size * 100.0),
            Unit::Seconds | Unit::Count | Unit::Currency | Unit::PerSecond | Unit::Factor => {
                format!("{sign}{}", quantity(size, unit))
            }
        }
    };
    let suffix = if unit == Unit::Fraction { " points" } else { "" };
    let interval =
        difference.interval.filter(|interval| interval.low.is_finite() && interval.high.is_finite());
    let value = format!("{}{suffix}", number(difference.value));
    match interval {
        Some(interval) => format!("{value} ({} to {})", number(interval.low), number(interval.high)),
        None => value,
    }
}

/// A value in its unit; small amounts of money with three digits, so that the settings of a short run differ.
fn quantity(value: f64, unit: Unit) -> String {
    if unit == Unit::Currency && value > 0.0 && value < 1.0 {
        let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
        return format!("{rounded}");
    }
    human::quantity(value, unit)
}

fn plain(text: String) -> (String, Ink) {
    (text, Ink::Plain)
}
