//! Faults over a time axis: shaded bands and a lane of labels.

use super::axis::Axis;
use super::font;
use super::picture::{Anchor, Picture, TextLook, Weight};
use super::style::{GREY, INK, SMALL, VERMILION};
use crate::summary::RunSummary;
use cusinart_policies::Instant;

/// Height of one row of labels in pixels.
pub(super) const ROW: f64 = 19.0;
/// Most rows of labels.
const ROWS_MAX: usize = 4;

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

/// Lays out the faults of a run; equal labels get one label only if there is no room for more.
pub(super) fn layout(summary: &RunSummary, time: &Axis, right: f64) -> Vec<Band> {
    let end = Instant::ZERO + summary.run.simulated_ns;
    let mut ends = [f64::MIN; ROWS_MAX];
    let bands = summary.faults.iter().map(|fault| {
        let (from, to) =
            (time.at(fault.began_ns.as_secs_f64()), time.at(fault.ended_ns.unwrap_or(end).as_secs_f64()));
        let label = if fault.touched_nothing {
            format!("{} (touched nothing)", fault.label)
        } else {
            fault.label.clone()
        };
        let width = font::width(&label, SMALL, Weight::Regular);
        let start = (from + 5.0).min(right - width);
        let row = (0..ROWS_MAX).find(|row| ends[*row] + 10.0 < from.min(start));
        let place = row.map(|row| {
            ends[row] = to.max(start + width);
            (row, start)
        });
        Band { from, to, label, touched: !fault.touched_nothing, place }
    });
    bands.collect()
}

/// Rows of labels in use.
pub(super) fn rows(bands: &[Band]) -> usize {
    bands.iter().filter_map(|band| band.place).map(|(row, _)| row + 1).max().unwrap_or(0)
}

/// Shades the faults between two heights.
pub(super) fn shade(picture: &mut Picture, bands: &[Band], top: f64, bottom: f64) {
    for band in bands.iter().filter(|band| band.touched) {
        let to = band.to.max(band.from + 1.0);
        picture.rect((band.from, top), (to, bottom), VERMILION.faint(8));
        picture.vertical(band.from, top, bottom, VERMILION.faint(35));
    }
}

/// Draws the lane of labels below `top`.
pub(super) fn lane(picture: &mut Picture, bands: &[Band], top: f64, left: f64) {
    picture.text("faults", (left - 12.0, top + ROW / 2.0), TextLook::new(SMALL, GREY).anchored(Anchor::End));
    for band in bands {
        let Some((row, start)) = band.place else { continue };
        let y = top + row as f64 * ROW;
        let color = if band.touched { VERMILION } else { GREY };
        let to = band.to.max(band.from + 2.0);
        picture.rect((band.from, y + 1.0), (to, y + ROW - 2.0), color.faint(22));
        picture.rect((band.from, y + 1.0), (band.from + 2.0, y + ROW - 2.0), color);
        picture.text(&band.label, (start, y + ROW / 2.0 - 0.5), TextLook::new(SMALL, INK));
    }
}
