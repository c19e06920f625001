//! A panel: a small chart with its heading, grid, lines, and a legend beside it.

use super::axis::{self, Axis};
use super::picture::{Anchor, Picture, TextLook};
use super::style::{AXIS, Color, GREY, GRID, HEADING, INK, LABEL, SMALL};

/// Space between the right edge of a chart and its legend.
const LEGEND_GAP: f64 = 16.0;
/// Height of a line of a legend.
const LEGEND_ROW: f64 = 18.0;
/// Length of the sample in a legend.
const SAMPLE: f64 = 20.0;

/// Where a panel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Left edge of the chart.
    pub(super) left: f64,
    /// Right edge of the chart.
    pub(super) right: f64,
    /// Top edge of the chart.
    pub(super) top: f64,
    /// Bottom edge of the chart.
    pub(super) bottom: f64,
}

/// One line of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Name in the legend.
    pub(super) name: String,
    /// Colour.
    pub(super) color: Color,
    /// Width in pixels.
    pub(super) width: f64,
    /// Values by window; `None` leaves a gap.
    pub(super) values: Vec<Option<f64>>,
    /// Whether values hold over their window (a state) rather than connect.
    pub(super) step: bool,
}

/// How the values of a panel are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// From zero, with a number's label.
    Amount,
    /// From zero, whole numbers.
    Count,
    /// By their logarithm, seconds.
    Latency,
}

/// A horizontal limit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limit {
    /// Name in the legend.
    pub(super) name: String,
    /// Its value.
    pub(super) value: f64,
}

/// A panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Panel {
    /// Heading, with the unit.
    pub(super) heading: String,
    /// Layout of the values.
    pub(super) form: Form,
    /// Lines, drawn in this order.
    pub(super) lines: Vec<Line>,
    /// Limits.
    pub(super) limits: Vec<Limit>,
}

impl Panel {
    /// Draws the panel. `times` are the pixels of the edges of the windows, one more than there are windows.
    pub(super) fn draw(&self, picture: &mut Picture, frame: Frame, times: &[f64]) {
        let look = TextLook::new(HEADING, INK).medium();
        picture.text(&self.heading, (frame.left, frame.top - 12.0), look);
        let (axis, ticks) = self.axis(frame);
        for (value, label) in &ticks {
            let y = axis.at(*value);
            picture.horizontal(frame.left, frame.right, y, GRID);
            if let Some(label) = label {
                let look = TextLook::new(SMALL, GREY).anchored(Anchor::End);
                picture.text(label, (frame.left - 8.0, y + 0.5), look);
            }
        }
        picture.horizontal(frame.left, frame.right, frame.bottom, AXIS);
        for limit in &self.limits {
            let y = axis.at(limit.value);
            picture.dashed((frame.left, y), (frame.right, y), 1.0, INK);
        }
        for line in &self.lines {
            for run in runs(line, times, &axis) {
                picture.line(&run, line.width, line.color);
            }
        }
        self.legend(picture, frame);
    }

    fn axis(&self, frame: Frame) -> (Axis, Vec<(f64, Option<String>)>) {
        let values = || self.lines.iter().flat_map(|line| line.values.iter().flatten().copied());
        let limits = || self.limits.iter().map(|limit| limit.value);
        let high = values().chain(limits()).fold(0.0, f64::max);
        let pixels = (frame.bottom, frame.top);
        let from_zero = |bounds: (f64, f64)| {
            let ticks = axis::ticks(bounds).into_iter().map(|tick| (tick, Some(axis::short(tick)))).collect();
            (Axis::linear((0.0, bounds.0), pixels), ticks)
        };
        match self.form {
            Form::Amount => from_zero(axis::round_up(high)),
            Form::Count => from_zero(axis::round_up_whole(high)),
            Form::Latency => {
                let low = values().chain(limits()).filter(|value| *value > 0.0).fold(f64::MAX, f64::min);
                let (low, high) = if high > 0.0 { (low, high) } else { (0.001, 1.0) };
                let (low, high, ticks) = axis::log_ticks(low, high, 7);
                let ticks = ticks.into_iter().map(|(tick, label)| (tick, label.then(|| axis::latency(tick))));
                (Axis::logarithmic((low, high), pixels), ticks.collect())
            }
        }
    }

    fn legend(&self, picture: &mut Picture, frame: Frame) {
        let x = frame.right + LEGEND_GAP;
        let mut y = frame.top + 9.0;
        for line in &self.lines {
            picture.line(&[(x, y), (x + SAMPLE, y)], line.width.max(2.0), line.color);
            picture.fitted(&line.name, (x + SAMPLE + 8.0, y), TextLook::new(LABEL, INK), 158.0);
            y += LEGEND_ROW;
        }
        for limit in &self.limits {
            picture.dashed((x, y), (x + SAMPLE, y), 1.0, INK);
            picture.fitted(&limit.name, (x + SAMPLE + 8.0, y), TextLook::new(LABEL, INK), 158.0);
            y += LEGEND_ROW;
        }
    }
}

/// The unbroken stretches of a line in pixels.
fn runs(line: &Line, times: &[f64], axis: &Axis) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (value, edges) in line.values.iter().zip(times.windows(2)) {
        let Some(value) = value else {
            runs.push(Vec::new());
            continue;
        };
        let y = axis.at(*value);
        let run = runs.last_mut().expect("there is always a run");
        if line.step {
            run.extend([(edges[0], y), (edges[1], y)]);
        } else {
            run.push(((edges[0] + edges[1]) / 2.0, y));
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Ticks and labels of a time axis, with grid lines through all panels.
pub(super) fn time_axis(
    picture: &mut Picture,
    frame: Frame,
    time: &Axis,
    ticks: &[cusinart_policies::Instant],
) {
    for tick in ticks {
        let x = time.at(tick.as_secs_f64());
        picture.vertical(x, frame.bottom, frame.bottom + 6.0, AXIS);
        let look = TextLook::new(LABEL, INK).anchored(Anchor::Middle);
        picture.text(&crate::human::clock(*tick), (x, frame.bottom + 18.0), look);
    }
}

/// Vertical grid lines at the ticks of a time axis.
pub(super) fn time_grid(
    picture: &mut Picture,
    frame: Frame,
    time: &Axis,
    ticks: &[cusinart_policies::Instant],
) {
    for tick in ticks {
        picture.vertical(time.at(tick.as_secs_f64()), frame.top, frame.bottom, GRID);
    }
}
