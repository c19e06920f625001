//! From TOML text to a tree.

use crate::log::{Finding, Log, Mark};
use crate::tree::{Key, Node, Value};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// Reads a TOML document. Reports what is wrong and returns `None` then.
pub(crate) fn read(text: &str, log: &mut Log) -> Option<Node> {
    let lines = Lines::of(text);
    match DeTable::parse(text) {
        Ok(table) => {
            let span = table.span();
            Some(Node { value: map(table.into_inner(), &lines), mark: lines.mark(span.start..span.start) })
        }
        Err(error) => {
            let at = error.span().map_or_else(Mark::default, |span| lines.mark(span));
            let message = error.message().replace('\n', ", ");
            log.report(Finding::at(at, format!("text that is not TOML ({message})"), "TOML"));
            None
        }
    }
}

/// Starts of the lines of a text.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let after = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(after).collect() }
    }

    fn mark(&self, span: Range<usize>) -> Mark {
        let line = self.starts.partition_point(|&start| start <= span.start);
        let start = self.starts[line.saturating_sub(1)];
        let count = |range: Range<usize>| {
            u32::try_from(self.text.get(range).map_or(0, |part| part.chars().count())).unwrap_or(u32::MAX)
        };
        Mark {
            source: 0,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: count(start..span.start).saturating_add(1),
            length: count(span).max(1),
        }
    }
}

/// Recursion is limited by the parser of the library.
fn node(value: Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Node {
    let mut mark = lines.mark(value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Scalar(text.into_owned()),
        DeValue::Integer(number) => Value::Scalar(number.to_string()),
        DeValue::Float(number) => Value::Scalar(number.to_string()),
        DeValue::Boolean(flag) => Value::Scalar(flag.to_string()),
        DeValue::Datetime(time) => Value::Scalar(time.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| node(item, lines)).collect()),
        DeValue::Table(table) => map(table, lines),
    };
    if matches!(value, Value::List(_) | Value::Map(_)) {
        mark.length = 1;
    }
    Node { value, mark }
}

/// The entries of a table in the order of the file; the library sorts them by key.
fn map(table: DeTable<'_>, lines: &Lines<'_>) -> Value {
    let mut entries: Vec<(Spanned<DeString<'_>>, Spanned<DeValue<'_>>)> = table.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (Spanned<DeString<'_>>, Spanned<DeValue<'_>>)| {
        let mark = lines.mark(key.span());
        (Key { name: key.into_inner().into_owned(), mark }, node(value, lines))
    };
    Value::Map(entries.into_iter().map(entry).collect())
}
