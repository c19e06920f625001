//! A page as data, and the sections that are words and tables.

use super::chart::{Ecdf, Heatmap, Lanes, Stories, Timeline};
use super::study::{Bars, Forest, Matrix, Parallel, Scatter};
use serde::Serialize;

/// A page: what the browser's script gets as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// What it is about.
    pub kind: PageKind,
    /// Title of the page and of its window.
    pub title: String,
    /// One paragraph below the title; may be empty.
    pub subtitle: String,
    /// Version of the simulator that wrote it.
    pub version: String,
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// One run.
    Run,
    /// A comparison of policies or scenarios.
    Compare,
    /// A test of many scenarios.
    Test,
    /// A sweep over parameters.
    Sweep,
}

/// A part of a page: a heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Its anchor: letters, digits and `-`, unlike any other of the page.
    pub id: String,
    /// Its heading. The part without one, the verdict, has no entry in the table of contents.
    pub title: String,
    /// What the reader sees in it, in a sentence or two; may be empty.
    pub lead: String,
    /// Footnotes: what was left out, how something is measured.
    pub notes: Vec<String>,
    /// What is shown.
    #[serde(flatten)]
    pub section: Section,
}

impl Part {
    /// A part without lead and notes.
    pub fn new(id: &str, title: &str, section: Section) -> Self {
        Self { id: id.into(), title: title.into(), lead: String::new(), notes: Vec::new(), section }
    }

    /// The same part with a lead.
    pub fn lead(self, lead: &str) -> Self {
        Self { lead: lead.into(), ..self }
    }

    /// The same part with one more footnote.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Everything a page can show.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Section {
    /// The verdict, on top.
    Verdict(Verdict),
    /// Paragraphs.
    Text(Text),
    /// A table.
    Table(Table),
    /// Charts over one time axis.
    Timeline(Timeline),
    /// Latency over time by quantile bands.
    Heatmap(Heatmap),
    /// States of nodes over time.
    Lanes(Lanes),
    /// Cumulative distributions.
    Ecdf(Ecdf),
    /// What became of each fault.
    Stories(Stories),
    /// Paired differences with their intervals.
    Forest(Forest),
    /// Cost against value, with the Pareto front.
    Scatter(Scatter),
    /// A value over two knobs.
    Matrix(Matrix),
    /// Points over many knobs.
    Parallel(Parallel),
    /// Main effects with their intervals.
    Bars(Bars),
    /// How to repeat it, and the files beside the page.
    Repro(Repro),
}

/// How something is to be taken; decides its colour and its mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// As wanted.
    Good,
    /// Not as wanted.
    Bad,
    /// To be looked at.
    Warn,
}

/// What a number counts, which decides how the browser writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// A share, 0..=1, written in percent.
    Fraction,
    /// Seconds.
    Seconds,
    /// Things per second.
    PerSecond,
    /// A number of things.
    Count,
    /// Money.
    Currency,
}

/// The verdict on top of a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The verdict in one or two words, e.g. `FAILED`.
    pub word: String,
    /// Its colour.
    pub tone: Tone,
    /// What it rests on, in a sentence.
    pub headline: String,
    /// Small facts below: scenario, seed, simulated time.
    pub chips: Vec<Chip>,
}

/// A small fact with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// Paragraphs or a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Text {
    /// How it is to be taken: a warning stands out.
    pub tone: Tone,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// A table. The reader can sort it by any column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell per column.
    pub rows: Vec<Row>,
    /// Whether the reader gets a box to filter rows by their text. A long table is shown a piece at a time.
    pub filter: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading; empty for a column of marks.
    pub label: String,
    /// Whether it holds numbers, which stand to the right.
    pub numeric: bool,
}

impl Column {
    /// A column of words.
    pub fn text(label: &str) -> Self {
        Self { label: label.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn number(label: &str) -> Self {
        Self { label: label.into(), numeric: true }
    }
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// The cells.
    pub cells: Vec<Cell>,
    /// What the reader can unfold below the row, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub detail: Vec<String>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words with a tone or a number to sort by.
    Rich {
        /// The words.
        text: String,
        /// How they are to be taken.
        tone: Tone,
        /// The number to sort by; `None` sorts last.
        sort: Option<f64>,
    },
    /// A bar.
    Gauge(Gauge),
}

impl Cell {
    /// A number as written, with its value to sort by.
    pub fn number(text: impl Into<String>, sort: f64) -> Self {
        Self::Rich { text: text.into(), tone: Tone::Plain, sort: Some(sort) }
    }

    /// Words with a tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self::Rich { text: text.into(), tone, sort: None }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// How much of what a limit allows is used up, as a bar with the limit in its middle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gauge {
    /// Measured part of what the limit allows: 1 is at the limit, above is a miss. `None` is beyond all measure.
    pub used: Option<f64>,
    /// The same in words.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
}

/// How to repeat what the page shows, and the files beside it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Repro {
    /// The command.
    pub command: String,
    /// What to know about it: where to give it, and what must come out.
    pub explanation: String,
    /// Files beside the page.
    pub files: Vec<Link>,
}

/// A file beside the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its name, relative to the page.
    pub name: String,
    /// What is in it.
    pub what: String,
}
