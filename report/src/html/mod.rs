//! Pages: one self-contained HTML file that opens offline.
//!
//! A [`Page`] is data: a title and a list of [`Part`]s, each a [`Section`] with a heading. [`render`] puts it as JSON
//! into a file with its styles and scripts (`report/assets/page/`), which draw the sections in the reader's browser.
//! [`run_page`] makes the page of one run, [`compare_page`] that of a comparison, [`test_page`] that of a test, and
//! [`sweep_page`] that of a sweep, all of the same sections. The same page gives
//! the same bytes, and a page fetches nothing.

mod assets;
mod chart;
mod compare;
mod compare_charts;
mod compare_tables;
mod compare_timeline;
pub(crate) mod fact_words;
mod gate;
mod gate_forest;
mod gate_tables;
mod gauge;
mod numbers;
mod page;
mod render;
mod replications;
mod run;
mod run_ecdf;
mod run_facts;
mod run_lanes;
mod run_stories;
mod run_tables;
mod run_timeline;
mod study;
mod sweep;
mod sweep_effects;
mod sweep_interactions;
mod sweep_points;
mod sweep_scatter;
mod thin;
mod units;

pub use chart::{
    Band, Columns, Curve, Ecdf, Heatmap, Lane, LaneGroup, Lanes, Limit, Mark, MarkRow, Panel, Quantile,
    Series, Step, Stories, Story, Timeline, Variant,
};
pub use compare::compare_page;
pub use gate::test_page;
pub use page::{
    Cell, Chip, Column, Gauge, Link, Measure, Page, PageKind, Part, Repro, Row, Section, Table, Text, Tone,
    Verdict,
};
pub use render::render;
pub use run::run_page;
pub use study::{
    Axis, Bar, BarGroup, Bars, Better, Difference, DifferenceVerdict, Forest, ForestGroup, Line, Matrix,
    Parallel, ParallelAxis, Scatter, ScatterPoint,
};
pub use sweep::sweep_page;
