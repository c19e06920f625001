//! The sections that show one run: charts over time, states of nodes, distributions, stories of faults.
//!
//! Times are seconds of virtual time since the start of the run.

use super::page::{Measure, Row, Tone};
use serde::Serialize;

/// Charts over one time axis that share cursor and zoom.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// End of the axis in seconds.
    pub end: f64,
    /// Width of a step of the series in seconds.
    pub step: f64,
    /// Start of each step in seconds, ascending.
    pub time: Vec<f64>,
    /// The charts, from the top.
    pub panels: Vec<Panel>,
    /// Faults.
    pub bands: Vec<Band>,
    /// Rows of marks above the charts.
    pub rows: Vec<MarkRow>,
    /// What was detected, decided and recovered.
    pub marks: Vec<Mark>,
}

/// A chart of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// What its numbers count.
    pub unit: Measure,
    /// Whether the reader can choose a logarithmic axis, and whether it is chosen at first.
    pub log: Option<bool>,
    /// What it can show, e.g. all clients or one of them; the first is shown at first.
    pub variants: Vec<Variant>,
    /// Limits drawn as lines.
    pub limits: Vec<Limit>,
}

/// One choice of what a chart shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The series.
    pub series: Vec<Series>,
}

/// A series of a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Its name.
    pub label: String,
    /// Its colour: a name from the palette of the page (`ink`, `blue`, `sky`, `green`, `yellow`, `orange`,
    /// `vermilion`, `purple`).
    pub color: &'static str,
    /// Width of its line in pixels. What is drawn first should be wider, so that equal lines all show.
    pub width: f64,
    /// Whether it is dashed.
    pub dashed: bool,
    /// One value per step; `None` leaves a gap.
    pub values: Vec<Option<f64>>,
}

/// A limit drawn into a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// Where.
    pub value: f64,
    /// Its name.
    pub label: String,
}

/// A fault on the time axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Its start.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// Its name.
    pub label: String,
    /// Whether it touched nothing.
    pub quiet: bool,
    /// What it touched and what became of it.
    pub text: String,
}

/// A row of marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkRow {
    /// Its name.
    pub label: String,
    /// Its colour, as of a series.
    pub color: &'static str,
}

/// Something that happened at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// When.
    pub at: f64,
    /// Index of its row.
    pub row: usize,
    /// What and why.
    pub text: String,
}

/// Latency over time: for each window the bands between its quantiles. It is made of quantiles per window, which do not
/// say how latencies spread between them, and so it shows bands and no density.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heatmap {
    /// End of the axis in seconds.
    pub end: f64,
    /// What can be shown, e.g. each client; the first is shown at first.
    pub variants: Vec<Columns>,
    /// Limits drawn as lines.
    pub limits: Vec<Limit>,
}

/// The columns of a heat map.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Columns {
    /// Name of the variant.
    pub name: String,
    /// Start of each column in seconds, ascending; a column ends where the next begins.
    pub time: Vec<f64>,
    /// The quantiles, ascending.
    pub quantiles: Vec<Quantile>,
    /// Requests answered well per column.
    pub ok: Vec<u64>,
    /// Requests failed per column.
    pub failed: Vec<u64>,
}

/// One quantile of the latency over the columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quantile {
    /// Its name, e.g. `p99`.
    pub label: String,
    /// The share of requests that are not slower, 0..=1.
    pub share: f64,
    /// Seconds, one per column; `None` where nothing was answered.
    pub values: Vec<Option<f64>>,
}

/// States of nodes over time, in groups that the reader can fold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lanes {
    /// End of the axis in seconds.
    pub end: f64,
    /// The states, by index: name and colour as of a series, from the best to the worst.
    pub states: Vec<MarkRow>,
    /// The kinds of marks, by index.
    pub marks: Vec<MarkRow>,
    /// The groups.
    pub groups: Vec<LaneGroup>,
}

/// Nodes that belong together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LaneGroup {
    /// Its name.
    pub label: String,
    /// Its nodes.
    pub lanes: Vec<Lane>,
}

/// The life of one node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Whether it had trouble.
    pub troubled: bool,
    /// Its states: from, to, index of the state.
    pub spans: Vec<(f64, f64, usize)>,
    /// Marks: when, index of the kind.
    pub marks: Vec<(f64, usize)>,
}

/// Cumulative distributions in one chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ecdf {
    /// What the horizontal axis shows.
    pub label: String,
    /// What its numbers count.
    pub unit: Measure,
    /// Whether the horizontal axis is logarithmic at first.
    pub log: bool,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Limits drawn as lines.
    pub limits: Vec<Limit>,
}

/// A cumulative distribution.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// Its name.
    pub label: String,
    /// Its colour, as of a series.
    pub color: &'static str,
    /// How many there are.
    pub count: u64,
    /// Its quantiles in words.
    pub text: String,
    /// Steps: a value and the share that is not greater, both ascending.
    pub points: Vec<(f64, f64)>,
    /// Values that are only known to be greater: where watching ended, and the height of the curve there.
    pub censored: Vec<(f64, f64)>,
}

/// What became of each fault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stories {
    /// The stories.
    pub stories: Vec<Story>,
    /// Headings of the rows of [`Story::nodes`].
    pub columns: Vec<String>,
}

/// What became of one fault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Story {
    /// Its name.
    pub label: String,
    /// When it was, in words.
    pub when: String,
    /// How it ended.
    pub tone: Tone,
    /// What was touched, detected, decided and recovered, in a sentence.
    pub text: String,
    /// Start of its axis in seconds: when the fault began.
    pub from: f64,
    /// End of its axis in seconds.
    pub to: f64,
    /// What happened on its axis, from the top.
    pub steps: Vec<Step>,
    /// Its nodes one by one.
    pub nodes: Vec<Row>,
    /// What else to know, e.g. how many nodes are not listed.
    pub note: String,
}

/// A line of a story: a bar, moments, or both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// Its colour, as of a series.
    pub color: &'static str,
    /// What to write beside it.
    pub text: String,
    /// Start and end of its bar.
    pub bar: Option<(f64, f64)>,
    /// Moments.
    pub at: Vec<f64>,
}
