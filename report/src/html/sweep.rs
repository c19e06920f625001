//! The page of a sweep.

use super::page::{
    Cell, Chip, Column, Link, Page, PageKind, Part, Repro, Row, Section, Table, Tone, Verdict,
};
use super::{render, sweep_effects, sweep_interactions, sweep_points, sweep_scatter};
use crate::human;
use crate::sweep::words::{change, design, quantity, verdict};
use crate::sweep::{BestPoint, Gain, SweepLinks, SweepPlan, SweepSummary};
use crate::table::Ink;

/// Writes the page of a finished sweep as one HTML file.
///
/// `links.page.files` are shown as links, so they should be names beside the page.
pub fn sweep_page(plan: &SweepPlan, summary: &SweepSummary, links: &SweepLinks) -> String {
    render(&Page {
        kind: PageKind::Sweep,
        title: format!("{}, swept", plan.scenario.name),
        subtitle: subtitle(plan),
        version: plan.program.clone(),
        parts: parts(plan, summary, links),
    })
}

fn parts(plan: &SweepPlan, summary: &SweepSummary, links: &SweepLinks) -> Vec<Part> {
    let mut parts = vec![Part::new("verdict", "", Section::Verdict(verdict_of(plan, summary)))];
    parts.extend(summary.best.as_ref().map(gains));
    parts.extend(sweep_effects::parts(plan, summary));
    parts.extend(sweep_interactions::parts(plan, summary));
    parts.extend(sweep_scatter::parts(plan, summary));
    parts.extend(sweep_points::parallel(plan, summary));
    parts.push(sweep_points::table(plan, summary));
    if let (Some(best), false) = (&summary.best, links.best.is_empty()) {
        let explanation = "Given in the folder in which the sweep was started, it runs the point once, with the seed of its \
                           first replication. Add --replications 16 --seed 1 to see how it does with other luck.";
        let title = format!("Run point {}", best.point);
        parts.push(Part::new("best", &title, repro(&links.best, explanation, Vec::new())));
    }
    let files = links.page.files.iter().map(|name| Link { name: name.clone(), what: what(name).into() });
    let explanation = format!(
        "Given in the folder in which the sweep was started, it finds everything done; without these files, version {} \
         of the simulator makes them again with the same bytes, on any machine. The hash of the plan is {}.",
        plan.program, plan.hash
    );
    parts.push(Part::new("repeat", "Repeat", repro(&links.page.repro, &explanation, files.collect())));
    parts
}

fn repro(command: &str, explanation: &str, files: Vec<Link>) -> Section {
    Section::Repro(Repro { command: command.into(), explanation: explanation.into(), files })
}

fn subtitle(plan: &SweepPlan) -> String {
    let knobs: Vec<String> = plan.knobs.iter().map(|knob| format!("`{}`", knob.path)).collect();
    format!("What these settings do: {}.", knobs.join(", "))
}

fn verdict_of(plan: &SweepPlan, summary: &SweepSummary) -> Verdict {
    let (word, tone, headline) = match (&summary.best, summary.points.first()) {
        (Some(best), Some(base)) => {
            let point = &summary.points[best.point as usize];
            let (word, ink, text) = verdict(best, point, base, &plan.scenario);
            (word, tone(ink), text)
        }
        (Some(_) | None, _) => {
            let text = "the scenario has no SLAs, which would say which setting is best";
            ("NOT JUDGED", Tone::Warn, text.to_string())
        }
    };
    Verdict { word: word.into(), tone, headline, chips: chips(plan, summary) }
}

fn chips(plan: &SweepPlan, summary: &SweepSummary) -> Vec<Chip> {
    let chip = |label: &str, value: String| Chip { label: label.into(), value };
    let points = summary.points.get(1..).unwrap_or_default();
    let mut chips = vec![
        chip("design", design(plan).into()),
        chip("points", human::count(points.len() as u64)),
        chip("replications of each", human::count(plan.design.replications.into())),
    ];
    if summary.best.is_some() {
        let always = points.iter().filter(|point| point.all_hold == point.replications).count();
        let never = points.iter().filter(|point| point.all_hold == 0).count();
        chips.push(chip("points that always meet all SLAs", human::count(always as u64)));
        chips.push(chip("points that never do", human::count(never as u64)));
    }
    chips.push(chip("seed", plan.design.seed.to_string()));
    chips.push(chip("sweep", plan.hash.clone()));
    chips
}

/// What the best point gains.
fn gains(best: &BestPoint) -> Part {
    let columns = vec![
        Column::text("metric"),
        Column::number("as it is"),
        Column::number(&format!("point {}", best.point)),
        Column::number("difference (95 %)"),
    ];
    let row = |gain: &Gain| {
        let mut cells: Vec<Cell> = vec![gain.metric.as_str().into()];
        match &gain.difference {
            None => cells.extend(["–".into(), "–".into(), "not measured in both".into()]),
            Some(paired) => {
                cells.push(Cell::number(quantity(paired.mean_a, gain.unit), paired.mean_a));
                cells.push(Cell::number(quantity(paired.mean_b, gain.unit), paired.mean_b));
                let difference = change(&paired.difference, gain.unit);
                cells.push(Cell::number(difference, paired.difference.value));
            }
        }
        Row { cells, detail: Vec::new() }
    };
    let table = Table { columns, rows: best.gains.iter().map(row).collect(), filter: false };
    let title = format!("Point {} against the scenario as it is", best.point);
    Part::new("gains", &title, Section::Table(table))
        .lead("Means over the replications; both met the same seeds, so the differences are paired.")
        .note(
            "The best of many points is best partly by luck: try it with other seeds before you rely on it.",
        )
}

const fn tone(ink: Ink) -> Tone {
    match ink {
        Ink::Green => Tone::Good,
        Ink::Red => Tone::Bad,
        Ink::Yellow => Tone::Warn,
        Ink::Plain | Ink::Bold | Ink::Dim => Tone::Plain,
    }
}

/// What a file of a sweep directory holds.
fn what(name: &str) -> &'static str {
    match name {
        "results.json" => "all numbers of this page, and more",
        "sweep.csv" | "sweep.parquet" => "a row for each replication of each point",
        "sweep.json" => "the plan: every point with its settings",
        "points" => "what was measured, a file for each point",
        "journal.jsonl" => "which points are finished, with the hashes of their files",
        _ => "",
    }
}
