//! Knobs that depend on each other, as heat maps.

use super::numbers::short;
use super::page::{Part, Section, Text, Tone};
use super::study::{Axis, Matrix};
use super::units::{measure, way_of};
use crate::human;
use crate::sweep::words::{INTERACTIONS_MAX, Names, p_text, worth_knowing};
use crate::sweep::{Interaction, SweepPlan, SweepSummary};

/// Cells that a reader can take in.
const CELLS_MAX: usize = 400;

/// The parts: a map for each pair worth knowing, or a word that there is none.
pub(super) fn parts(plan: &SweepPlan, summary: &SweepSummary) -> Vec<Part> {
    if plan.knobs.len() < 2 {
        return Vec::new();
    }
    let worth = worth_knowing(summary);
    let (shown, large): (Vec<&Interaction>, Vec<&Interaction>) =
        worth.iter().copied().partition(|pair| pair.rows.len() * pair.columns.len() <= CELLS_MAX);
    if shown.is_empty() {
        return vec![none(summary, large.len())];
    }
    let names = Names::of(plan);
    let shown = &shown[..shown.len().min(INTERACTIONS_MAX)];
    let more = worth.len() - shown.len();
    let last = shown.len() - 1;
    let with_note = |(index, pair): (usize, &&Interaction)| {
        let part = map(index, pair, &names);
        if index < last || more == 0 {
            return part;
        }
        part.note(format!(
            "{} more depend on each other; results.json has them.",
            human::counted(more as u64, "pair")
        ))
    };
    shown.iter().enumerate().map(with_note).collect()
}

/// What to say where there is nothing to draw.
fn none(summary: &SweepSummary, large: usize) -> Part {
    let tested = summary.interactions.iter().any(|pair| pair.p_corrected.is_some());
    let text = if large > 0 {
        "Knobs depend on each other, but have too many values to draw; results.json has the means."
    } else if tested {
        "No two knobs are known to depend on each other: each can be set by itself."
    } else {
        "There are too few points or replications to say which knobs depend on each other."
    };
    let text = Text { tone: Tone::Plain, paragraphs: vec![text.into()] };
    Part::new("interactions", "Interactions", Section::Text(text))
}

/// The metric over two knobs.
fn map(index: usize, pair: &Interaction, names: &Names) -> Part {
    let (one, other) = (names.short(&pair.knobs.0), names.short(&pair.knobs.1));
    let matrix = Matrix {
        value: Axis { label: pair.metric.clone(), unit: measure(pair.unit), better: way_of(&pair.metric) },
        x: other.clone(),
        x_settings: pair.columns.clone(),
        y: one.clone(),
        y_settings: pair.rows.clone(),
        cells: pair.means.iter().map(|row| row.iter().map(|mean| mean.and_then(short)).collect()).collect(),
    };
    let title = format!("{one} and {other}: {}", pair.metric);
    let lead = format!(
        "What one of them does depends on the other: together they explain {:.0} % more of the variance than each by \
         itself (p {}). Set them together. Each cell is the mean over the points there.",
        pair.share * 100.0,
        pair.p_corrected.map_or("–".into(), p_text)
    );
    Part::new(&format!("interaction-{}", index + 1), &title, Section::Matrix(matrix)).lead(&lead)
}
