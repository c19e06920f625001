//! Faults over a time axis: shaded bands and a lane of labels.

use super::axis::Axis;
use super::font;
use super::picture::{Anchor, Picture, TextLook, Weight};
use super::style::{GREY, INK, SMALL, VERMILION};
use crate::faults::FaultSummary;
use crate::human::visible;
use crate::summary::RunSummary;
use cusinart_policies::Instant;
use std::collections::BTreeMap;

/// Height of one row of labels in pixels.
pub(super) const ROW: f64 = 19.0;
/// Most rows.
const ROWS_MAX: usize = 4;
/// Faults of one label that are labelled one by one.
const REPEATS_MAX: usize = 5;
/// Faults whose start is marked by a line through the charts.
const EDGES_MAX: usize = 24;
/// Width in pixels of the line at the start of a fault.
const START: f64 = 2.0;

/// Faults of one label in one row, so near to each other that they are drawn as one.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    from: f64,
    to: f64,
    /// Where faults in it begin, as far as they can be told apart.
    starts: Vec<f64>,
    touched: bool,
    row: usize,
    /// Its label and where that stands; empty in a row that is named as a whole.
    label: (String, f64),
}

/// The faults of a run on the time axis. Its size is bounded by the pixels, not by the number of faults.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lane {
    bands: Vec<Band>,
    /// Stretches in which a fault that touched something was active.
    shaded: Vec<(f64, f64)>,
    /// Where these faults began; empty if there are too many of them.
    edges: Vec<f64>,
    /// Names of rows that hold all faults of one label.
    names: Vec<(usize, String)>,
    rows: usize,
}

/// Lays out the faults of a run. A label that occurs often gets a row of its own and is written once.
pub(super) fn layout(summary: &RunSummary, time: &Axis, right: f64) -> Lane {
    let end = Instant::ZERO + summary.run.simulated_ns;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in &summary.faults {
        *counts.entry(&fault.label).or_insert(0) += 1;
    }
    let frequent: Vec<(&str, usize)> =
        counts.into_iter().filter(|(_, count)| *count > REPEATS_MAX).take(ROWS_MAX - 1).collect();
    let mut free = FreeRows::new(ROWS_MAX - frequent.len(), right);
    // Of each label those that touched something and those that did not.
    let mut of_labels: Vec<[Vec<Band>; 2]> = vec![[Vec::new(), Vec::new()]; frequent.len()];
    let mut touched: Vec<(f64, f64)> = Vec::new();
    for fault in &summary.faults {
        let from = time.at(fault.began_ns.as_secs_f64());
        let to = time.at(fault.ended_ns.unwrap_or(end).as_secs_f64());
        if !fault.touched_nothing {
            touched.push((from, to.max(from + 1.0)));
        }
        match frequent.iter().position(|(label, _)| *label == fault.label) {
            Some(row) => {
                let of_label = &mut of_labels[row][usize::from(fault.touched_nothing)];
                push_merged(of_label, (from, to), !fault.touched_nothing);
            }
            None => free.place((from, to), fault),
        }
    }
    // Rows of frequent labels follow the rows that are in use.
    let used = free.used();
    let mut bands = free.bands;
    for (index, of_label) in of_labels.into_iter().enumerate() {
        bands.extend(of_label.into_iter().flatten().map(|band| Band { row: used + index, ..band }));
    }
    let name =
        |(index, (label, count)): (usize, &(&str, usize))| (used + index, format!("{count} × {label}"));
    let few = touched.len() <= EDGES_MAX;
    let edges = if few { touched.iter().map(|(from, _)| *from).collect() } else { Vec::new() };
    Lane {
        bands,
        shaded: merged(touched),
        edges,
        names: frequent.iter().enumerate().map(name).collect(),
        rows: used + frequent.len(),
    }
}

/// Rows for faults with a label of their own.
struct FreeRows<'a> {
    bands: Vec<Band>,
    /// Where the last band of each row ends.
    ends: Vec<f64>,
    right: f64,
    widths: BTreeMap<(&'a str, bool), f64>,
}

impl<'a> FreeRows<'a> {
    fn new(rows: usize, right: f64) -> Self {
        Self { bands: Vec::new(), ends: vec![f64::MIN; rows], right, widths: BTreeMap::new() }
    }

    /// Places a fault in the first row that has room; without room it is left out.
    fn place(&mut self, (from, to): (f64, f64), fault: &'a FaultSummary) {
        let touched = !fault.touched_nothing;
        let label = || {
            let label = visible(&fault.label);
            if touched { label } else { format!("{label} (touched nothing)") }
        };
        let width = *self
            .widths
            .entry((&fault.label, touched))
            .or_insert_with(|| font::width(&label(), SMALL, Weight::Regular));
        let start = (from + 5.0).min(self.right - width);
        if let Some(row) = self.ends.iter().position(|end| *end + 10.0 < from.min(start)) {
            self.ends[row] = to.max(start + width);
            self.bands.push(Band { from, to, starts: vec![from], touched, row, label: (label(), start) });
        }
    }

    fn used(&self) -> usize {
        self.ends.iter().filter(|end| **end > f64::MIN).count()
    }
}

/// Adds a fault to the bands of its label, which are in order of their start.
fn push_merged(bands: &mut Vec<Band>, (from, to): (f64, f64), touched: bool) {
    match bands.last_mut() {
        Some(last) if from <= last.to.max(last.from + START) => {
            last.to = last.to.max(to);
            if last.starts.last().is_none_or(|start| from >= start + 2.0 * START) {
                last.starts.push(from);
            }
        }
        Some(_) | None => {
            let label = (String::new(), from);
            bands.push(Band { from, to, starts: vec![from], touched, row: 0, label });
        }
    }
}

/// Stretches without those that overlap or are less than a pixel apart.
fn merged(mut stretches: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    stretches.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (from, to) in stretches {
        match merged.last_mut() {
            Some(last) if from < last.1 + 1.0 => last.1 = last.1.max(to),
            Some(_) | None => merged.push((from, to)),
        }
    }
    merged
}

/// Rows in use.
pub(super) fn rows(lane: &Lane) -> usize {
    lane.rows
}

/// Shades the faults between two heights. Faults at the same time are shaded once.
pub(super) fn shade(picture: &mut Picture, lane: &Lane, top: f64, bottom: f64) {
    for (from, to) in &lane.shaded {
        picture.rect((*from, top), (*to, bottom), VERMILION.faint(8));
    }
    for edge in &lane.edges {
        picture.vertical(*edge, top, bottom, VERMILION.faint(35));
    }
}

/// Draws the lane of labels below `top`.
pub(super) fn lane(picture: &mut Picture, lane: &Lane, top: f64, left: f64) {
    let look = TextLook::new(SMALL, GREY).anchored(Anchor::End);
    if lane.names.first().is_none_or(|(row, _)| *row > 0) {
        picture.text("faults", (left - 12.0, top + ROW / 2.0), look);
    }
    for (row, name) in &lane.names {
        picture.fitted(name, (left - 12.0, top + (*row as f64 + 0.5) * ROW), look, left - 40.0);
    }
    for band in &lane.bands {
        let y = top + band.row as f64 * ROW;
        let color = if band.touched { VERMILION } else { GREY };
        let to = band.to.max(band.from + START);
        picture.rect((band.from, y + 1.0), (to, y + ROW - 2.0), color.faint(22));
        for start in &band.starts {
            picture.rect((*start, y + 1.0), (start + START, y + ROW - 2.0), color);
        }
        let (label, at) = &band.label;
        picture.text(label, (*at, y + ROW / 2.0 - 0.5), TextLook::new(SMALL, INK));
    }
}
