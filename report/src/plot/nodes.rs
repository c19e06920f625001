//! Nodes: what each node truly did over time, and when the control plane declared it failed.

use super::axis::{Axis, time_ticks};
use super::bands;
use super::font;
use super::panel::{Frame, time_axis, time_grid};
use super::picture::{Anchor, Picture, TextLook, Weight};
use super::style::{
    Color, GREEN, GREY, GRID, INK, LABEL, ORANGE, PALE, PURPLE, SKY, SMALL, VERMILION, WHITE,
};
use super::timeline::{TOP, title};
use crate::control::decisions;
use crate::human;
use crate::summary::RunSummary;
use crate::truth::{Span, timelines};
use cusinart_policies::Decision;
use cusinart_record::{NodeState, RunRecord};

const LEFT: f64 = 196.0;
const RIGHT: f64 = 1568.0;
const BOTTOM: f64 = 908.0;
/// Most nodes with a row of their own.
const ROWS_MAX: usize = 60;
/// Greatest height of a row in pixels.
const ROW_MAX: f64 = 56.0;
/// Space between two groups in pixels.
const GROUP_GAP: f64 = 12.0;
/// Smallest row that carries its node's name.
const NAMED_ROW_MIN: f64 = 11.0;

/// Draws the figure.
pub(super) fn draw(record: &RunRecord, summary: &RunSummary) -> Picture {
    let mut picture = Picture::default();
    title(&mut picture, summary, "Nodes");
    let spans = timelines(record);
    let time = Axis::linear((0.0, record.simulated.as_secs_f64()), (LEFT, RIGHT));
    let bands = bands::layout(summary, &time, RIGHT);
    let top = TOP + bands::rows(&bands).max(1) as f64 * bands::ROW + 14.0;
    let rows = rows(record, &spans);
    let gaps = rows.windows(2).filter(|pair| pair[0].group != pair[1].group).count() as f64 * GROUP_GAP;
    let height = ((BOTTOM - top - gaps) / rows.len().max(1) as f64).min(ROW_MAX);
    let bottom = top + height * rows.len() as f64 + gaps;
    let frame = Frame { left: LEFT, right: RIGHT, top, bottom };
    let ticks = time_ticks(record.simulated, 14);
    time_grid(&mut picture, frame, &time, &ticks);
    bands::shade(&mut picture, &bands, top, bottom);
    bands::lane(&mut picture, &bands, TOP, LEFT);
    let mut y = top;
    for (index, row) in rows.iter().enumerate() {
        if index > 0 && rows[index - 1].group != row.group {
            picture.horizontal(32.0, RIGHT, y + GROUP_GAP / 2.0 - 1.0, GRID);
            y += GROUP_GAP;
        }
        draw_row(&mut picture, record, row, &spans[row.index], &time, (y, height));
        y += height;
    }
    draw_marks(&mut picture, record, &rows, &time, (top, height));
    time_axis(&mut picture, frame, &time, &ticks);
    legend(&mut picture, bottom + 56.0, existing(record).count(), rows.len());
    picture
}

/// A row of the figure.
struct Row {
    index: usize,
    group: (usize, usize),
}

/// The nodes that existed for some time. A start that was refused leaves a node that was given back at once.
fn existing(record: &RunRecord) -> impl Iterator<Item = usize> {
    let existed = |index: &usize| {
        let node = &record.nodes[*index];
        node.stopped.is_none_or(|stopped| stopped > node.provisioned)
    };
    (0..record.nodes.len()).filter(existed)
}

/// The nodes to show, by service and zone. Of too many, those that had trouble come first, then every so many.
fn rows(record: &RunRecord, spans: &[Vec<Span>]) -> Vec<Row> {
    let mut chosen: Vec<usize> = existing(record).collect();
    if chosen.len() > ROWS_MAX {
        let (troubled, quiet): (Vec<usize>, Vec<usize>) =
            chosen.into_iter().partition(|i| has_trouble(&spans[*i]));
        let room = ROWS_MAX - troubled.len().min(ROWS_MAX * 2 / 3);
        let (room, quiet) = (room.min(quiet.len()), every(&quiet, room.min(quiet.len())));
        chosen = every(&troubled, (ROWS_MAX - room).min(troubled.len()));
        chosen.extend(quiet);
    }
    let row = |index: usize| {
        let node = &record.nodes[index];
        Row { index, group: (node.service.index(), node.zone.index()) }
    };
    let mut rows: Vec<Row> = chosen.into_iter().map(row).collect();
    rows.sort_by_key(|row| (row.group, row.index));
    rows
}

/// So many of some things, evenly spread.
fn every(all: &[usize], count: usize) -> Vec<usize> {
    (0..count).map(|index| all[index * all.len() / count]).collect()
}

fn has_trouble(spans: &[Span]) -> bool {
    spans.iter().any(|span| is_trouble(span.state))
}

fn is_trouble(state: NodeState) -> bool {
    match state {
        NodeState::Slow | NodeState::Hung | NodeState::Down => true,
        NodeState::Booting | NodeState::Up | NodeState::Draining | NodeState::Stopped => false,
    }
}

fn draw_row(
    picture: &mut Picture,
    record: &RunRecord,
    row: &Row,
    spans: &[Span],
    time: &Axis,
    (y, height): (f64, f64),
) {
    let inset = (height * 0.14).min(8.0);
    for (from, to, state) in stretches(spans, time) {
        picture.rect((from, y + inset), (to, y + height - inset), color(state));
    }
    if height >= NAMED_ROW_MIN {
        let look = TextLook::new(SMALL.min(height * 0.8), INK).anchored(Anchor::End);
        let name = &record.nodes[row.index].name;
        picture.fitted(name, (LEFT - 12.0, y + height / 2.0), look, LEFT - 12.0 - 28.0);
    }
}

/// The states of a node in pixels. Trouble too short for a pixel still shows; what cannot be told apart is left out, so
/// that a restless node draws no more than the picture is wide.
fn stretches(spans: &[Span], time: &Axis) -> Vec<(f64, f64, NodeState)> {
    let mut stretches: Vec<(f64, f64, NodeState)> = Vec::new();
    for span in spans {
        let (mut from, to) = (time.at(span.from.as_secs_f64()), time.at(span.to.as_secs_f64()));
        if let Some(last) = stretches.last().filter(|last| is_trouble(last.2) && !is_trouble(span.state)) {
            from = from.max(last.1);
            if to <= from {
                continue;
            }
        }
        if stretches.last().is_some_and(|last| from - last.0 < 0.5) {
            stretches.pop();
        }
        stretches.push((from, to.max(from + 1.0), span.state));
    }
    stretches
}

/// Declarations of failure and recovery on the rows of their nodes.
fn draw_marks(
    picture: &mut Picture,
    record: &RunRecord,
    rows: &[Row],
    time: &Axis,
    (top, height): (f64, f64),
) {
    let radius = (height * 0.24).clamp(2.0, 4.5);
    let mut places = vec![None; record.nodes.len()];
    let mut y = top;
    for (index, row) in rows.iter().enumerate() {
        if index > 0 && rows[index - 1].group != row.group {
            y += GROUP_GAP;
        }
        places[row.index] = Some(y + height / 2.0);
        y += height;
    }
    // Marks that would hide each other are drawn once.
    let mut last = vec![[f64::MIN; 2]; record.nodes.len()];
    for (at, decision) in decisions(record) {
        let (node, mark) = if let Decision::NodeFailure { node, .. } = decision {
            (node, true)
        } else if let Decision::NodeRecovered { node, .. } = decision {
            (node, false)
        } else {
            continue;
        };
        if let Some(Some(y)) = places.get(node.index()) {
            let x = time.at(at.as_secs_f64());
            let last = &mut last[node.index()][usize::from(mark)];
            if x - *last >= 1.0 {
                draw_mark(picture, (x, *y), radius, mark);
                *last = x;
            }
        }
    }
}

fn draw_mark(picture: &mut Picture, at: (f64, f64), radius: f64, declared: bool) {
    picture.disc(at, radius + 1.2, WHITE);
    picture.disc(at, radius, if declared { INK } else { GREEN });
    if !declared {
        picture.disc(at, radius / 2.0, WHITE);
    }
}

const fn color(state: NodeState) -> Color {
    match state {
        NodeState::Booting => SKY,
        NodeState::Up => PALE,
        NodeState::Slow => ORANGE,
        NodeState::Hung => PURPLE,
        NodeState::Draining => GREY,
        NodeState::Down => VERMILION,
        NodeState::Stopped => WHITE,
    }
}

const fn word(state: NodeState) -> &'static str {
    match state {
        NodeState::Booting => "booting",
        NodeState::Up => "up",
        NodeState::Slow => "slow",
        NodeState::Hung => "hung",
        NodeState::Draining => "draining",
        NodeState::Down => "down",
        NodeState::Stopped => "given back",
    }
}

/// States and marks below the chart.
fn legend(picture: &mut Picture, y: f64, nodes: usize, shown: usize) {
    let mut x = LEFT;
    let look = TextLook::new(LABEL, INK);
    let states = [
        NodeState::Up,
        NodeState::Booting,
        NodeState::Slow,
        NodeState::Hung,
        NodeState::Draining,
        NodeState::Down,
    ];
    for state in states {
        picture.rect((x, y - 7.0), (x + 22.0, y + 7.0), color(state));
        picture.text(word(state), (x + 30.0, y), look);
        x += 30.0 + font::width(word(state), LABEL, Weight::Regular) + 26.0;
    }
    for (declared, text) in [(true, "declared failed"), (false, "believed healthy again")] {
        draw_mark(picture, (x + 8.0, y), 4.5, declared);
        picture.text(text, (x + 22.0, y), look);
        x += 22.0 + font::width(text, LABEL, Weight::Regular) + 26.0;
    }
    if shown < nodes {
        let text =
            format!("{shown} of {} shown, those with trouble first", human::counted(nodes as u64, "node"));
        picture.text(&text, (RIGHT, y), TextLook::new(LABEL, GREY).anchored(Anchor::End));
    }
}
