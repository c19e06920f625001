//! Faults over a time axis: shaded bands and a lane of labels.

use super::axis::Axis;
use super::font;
use super::picture::{Anchor, Picture, TextLook, Weight};
use super::style::{GREY, INK, SMALL, VERMILION};
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

/// A fault on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Band {
    from: f64,
    to: f64,
    label: String,
    touched: bool,
    /// Where its label stands; `None` if there was no room.
    place: Option<(usize, f64)>,
}

/// The faults of a run on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lane {
    bands: Vec<Band>,
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
    let free = ROWS_MAX - frequent.len();
    let mut ends = vec![f64::MIN; free];
    let mut bands: Vec<Band> = summary
        .faults
        .iter()
        .map(|fault| {
            let from = time.at(fault.began_ns.as_secs_f64());
            let to = time.at(fault.ended_ns.unwrap_or(end).as_secs_f64());
            let touched = !fault.touched_nothing;
            if let Some(row) = frequent.iter().position(|(label, _)| *label == fault.label) {
                return Band { from, to, label: String::new(), touched, place: Some((free + row, from)) };
            }
            let label =
                if touched { fault.label.clone() } else { format!("{} (touched nothing)", fault.label) };
            let width = font::width(&label, SMALL, Weight::Regular);
            let start = (from + 5.0).min(right - width);
            let row = (0..free).find(|row| ends[*row] + 10.0 < from.min(start));
            let place = row.map(|row| {
                ends[row] = to.max(start + width);
                (row, start)
            });
            Band { from, to, label, touched, place }
        })
        .collect();
    // Rows of frequent labels follow the rows that are in use.
    let used = ends.iter().filter(|end| **end > f64::MIN).count();
    for (row, _) in bands.iter_mut().filter_map(|band| band.place.as_mut()) {
        if *row >= free {
            *row = *row - free + used;
        }
    }
    let name =
        |(index, (label, count)): (usize, &(&str, usize))| (used + index, format!("{count} × {label}"));
    Lane { bands, names: frequent.iter().enumerate().map(name).collect(), rows: used + frequent.len() }
}

/// Rows in use.
pub(super) fn rows(lane: &Lane) -> usize {
    lane.rows
}

/// Shades the faults between two heights. Faults at the same time are shaded once.
pub(super) fn shade(picture: &mut Picture, lane: &Lane, top: f64, bottom: f64) {
    let mut touched: Vec<(f64, f64)> = lane
        .bands
        .iter()
        .filter(|band| band.touched)
        .map(|band| (band.from, band.to.max(band.from + 1.0)))
        .collect();
    let few = touched.len() <= EDGES_MAX;
    touched.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut reach = f64::MIN;
    for (from, to) in touched {
        picture.rect((from.max(reach), top), (to, bottom), VERMILION.faint(8));
        reach = reach.max(to);
        if few {
            picture.vertical(from, top, bottom, VERMILION.faint(35));
        }
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
        let Some((row, start)) = band.place else { continue };
        let y = top + row as f64 * ROW;
        let color = if band.touched { VERMILION } else { GREY };
        let to = band.to.max(band.from + 2.0);
        picture.rect((band.from, y + 1.0), (to, y + ROW - 2.0), color.faint(22));
        picture.rect((band.from, y + 1.0), (band.from + 2.0, y + ROW - 2.0), color);
        picture.text(&band.label, (start, y + ROW / 2.0 - 0.5), TextLook::new(SMALL, INK));
    }
}
