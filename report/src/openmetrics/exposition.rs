//! The text format: families with their metadata, samples with labels.

use crate::columns::finite;
use std::fmt::Write;

/// A type of metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Counter,
    Gauge,
    Histogram,
    Info,
}

impl Type {
    const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }
}

/// What is said about a family of metrics. Its name ends in its unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    /// Empty if it has none.
    pub(super) unit: &'static str,
    pub(super) help: &'static str,
}

/// Labels of a sample.
pub(super) type Labels<'a> = [(&'a str, &'a str)];

/// The text while it is written.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
    name: &'static str,
}

impl Exposition {
    /// Begins a family.
    pub(super) fn family(&mut self, family: Family) {
        let Family { name, kind, unit, help } = family;
        self.line(format_args!("# TYPE {name} {}", kind.word()));
        if !unit.is_empty() {
            self.line(format_args!("# UNIT {name} {unit}"));
        }
        self.line(format_args!("# HELP {name} {}", escaped(help)));
        self.name = name;
    }

    /// Adds a sample of the family; `suffix` is that of its type, such as `_total`. What is no number is left out.
    pub(super) fn sample(&mut self, suffix: &str, labels: &Labels<'_>, value: f64, at_s: Option<f64>) {
        let Some(value) = finite(value) else { return };
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let at = at_s.map(|at| format!(" {at}")).unwrap_or_default();
        let name = self.name;
        self.line(format_args!("{name}{suffix}{labels} {value}{at}"));
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("# EOF\n");
        self.text
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.text, "{line}").expect("a string takes everything");
    }
}

/// A text inside of quotes, or of a help line.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
