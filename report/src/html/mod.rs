//! Pages: one self-contained HTML file that opens offline.
//!
//! A [`Page`] is data: a title and a list of [`Part`]s, each a [`Section`] with a heading. [`render`] puts it as JSON
//! into a file with its styles and scripts (`report/assets/page/`), which draw the sections in the reader's browser.
//! [`run_page`] makes the page of one run and [`compare_page`] that of a comparison; pages of other studies are made of
//! the same sections. The same page gives
//! the same bytes, and a page fetches nothing.

mod assets;
mod chart;
mod compare;
mod compare_charts;
mod compare_tables;
mod compare_timeline;
pub(crate) mod fact_words;
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
mod thin;

pub use chart::{
    Band, Columns, Curve, Ecdf, Heatmap, Lane, LaneGroup, Lanes, Limit, Mark, MarkRow, Panel, Quantile,
    Series, Step, Stories, Story, Timeline, Variant,
};
pub use compare::compare_page;
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
