//! The page at the end of a sweep: the best setting first, then which knobs matter.

use super::best::Gain;
use super::effects::{Effect, MetricEffects};
use super::plan::SweepPlan;
use super::summary::SweepSummary;
use super::words::{
    INTERACTIONS_MAX, Names, about, change, levels_text, matters, p_text, quantity, verdict, worth_knowing,
};
use crate::human;
use crate::page::{Page, PageLinks, TextStyle};
use crate::table::{Align, Ink, Table};
use cusinart_scenarios::Unit;

/// Knobs shown of each metric: those that explain most.
const KNOBS_MAX: usize = 8;
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
        let worth = worth_knowing(summary);
        if worth.is_empty() {
            return;
        }
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

/// A share as a bar.
fn bar(share: f64) -> String {
    let eighths = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    let block = |position: usize| BLOCKS[eighths.saturating_sub(position * 8).min(8)];
    (0..BAR).map(block).collect()
}

fn plain(text: String) -> (String, Ink) {
    (text, Ink::Plain)
}
