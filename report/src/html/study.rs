//! The sections that show many runs: differences, trade-offs, interactions of knobs, effects.

use super::page::{Measure, Tone};
use serde::Serialize;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less is better.
    Less,
    /// More is better.
    More,
    /// Neither.
    Neither,
}

/// Paired differences with their intervals, grouped by metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forest {
    /// What the differences are taken from.
    pub baseline: String,
    /// The metrics.
    pub groups: Vec<ForestGroup>,
}

/// One metric: its differences on a scale of their own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForestGroup {
    /// Name of the metric.
    pub metric: String,
    /// Which way is better.
    pub better: Better,
    /// What all its numbers count: `None` is a share of the baseline's value, so that 0.1 is 10 % more. Differences of
    /// shares (`Fraction`) are points: 0.1 is 10 points more.
    pub unit: Option<Measure>,
    /// Differences within this, up or down, count as none; `None` if there is no such band.
    pub band: Option<f64>,
    /// The differences.
    pub rows: Vec<Difference>,
}

/// One paired difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// What was compared with the baseline.
    pub label: String,
    /// The difference in the unit of its group. `None` if there is none to show.
    pub value: Option<f64>,
    /// Lower end of its interval; `None` is without end.
    pub low: Option<f64>,
    /// Upper end of its interval; `None` is without end.
    pub high: Option<f64>,
    /// The verdict.
    pub verdict: DifferenceVerdict,
    /// Both values and the difference in words.
    pub text: String,
}

/// The verdict on a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceVerdict {
    /// Better than the baseline.
    Better,
    /// Worse than the baseline.
    Worse,
    /// No difference that matters.
    Same,
    /// Not known yet.
    Undecided,
}

/// A quantity of an axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// Its name.
    pub label: String,
    /// What its numbers count.
    pub unit: Measure,
    /// Which way is better.
    pub better: Better,
}

/// Cost against value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scatter {
    /// The horizontal axis, usually the cost.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The points.
    pub points: Vec<ScatterPoint>,
    /// Limit of the vertical axis, with its name.
    pub limit: Option<super::chart::Limit>,
}

/// A point with its intervals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScatterPoint {
    /// Its name.
    pub label: String,
    /// Its place on the horizontal axis.
    pub x: f64,
    /// Its place on the vertical axis.
    pub y: f64,
    /// Interval of `x`.
    pub x_interval: Option<(f64, f64)>,
    /// Interval of `y`.
    pub y_interval: Option<(f64, f64)>,
    /// Whether no other point is better on one axis and as good on the other.
    pub front: bool,
    /// What to say when the reader points at it.
    pub text: String,
}

/// A value over two knobs: how they interact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matrix {
    /// The value.
    pub value: Axis,
    /// Name of the knob of the columns.
    pub x: String,
    /// Its settings.
    pub x_settings: Vec<String>,
    /// Name of the knob of the rows.
    pub y: String,
    /// Its settings.
    pub y_settings: Vec<String>,
    /// The values by row and column; `None` where nothing was measured.
    pub cells: Vec<Vec<Option<f64>>>,
}

/// Points over many knobs and results, as parallel coordinates that the reader can brush.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parallel {
    /// The axes, from the left: knobs first, then results.
    pub axes: Vec<ParallelAxis>,
    /// The points.
    pub lines: Vec<Line>,
    /// Index of the axis that colours the lines; its settings must be numbers.
    pub color_axis: Option<usize>,
}

/// An axis of parallel coordinates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParallelAxis {
    /// Its name.
    pub label: String,
    /// What its numbers count.
    pub unit: Measure,
    /// Which way is better; `Neither` for knobs.
    pub better: Better,
    /// Names of its settings if they are no numbers: values are indices into them then.
    pub settings: Vec<String>,
}

/// A point of parallel coordinates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// One value per axis; `None` where nothing was measured.
    pub values: Vec<Option<f64>>,
}

/// Effects of knobs with their intervals, in groups with a scale of their own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    /// The groups, one per metric or knob.
    pub groups: Vec<BarGroup>,
}

/// Bars on one scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BarGroup {
    /// Its name.
    pub label: String,
    /// What its numbers count.
    pub unit: Measure,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Its length, from zero.
    pub value: f64,
    /// Interval of the value.
    pub interval: Option<(f64, f64)>,
    /// Its colour.
    pub tone: Tone,
    /// What to say when the reader points at it.
    pub text: String,
}
