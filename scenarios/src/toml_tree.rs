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
            let message = error.message().replace('\n', ", ");
            let too_deep = || message.contains("recursion").then(|| longest_key(text));
            let at = error.span().or_else(too_deep).map_or_else(Mark::default, |span| lines.mark(span));
            log.report(Finding::at(at, format!("text that is not TOML ({message})"), "TOML"));
            None
        }
    }
}

/// Where the line with the most dots begins: only of a key with too many parts the library does not say where.
fn longest_key(text: &str) -> Range<usize> {
    let mut at = 0;
    let mut longest = (0, 0..0);
    for line in text.split_inclusive('\n') {
        let dots = line.bytes().filter(|byte| *byte == b'.').count();
        if dots > longest.0 {
            let start = at + (line.len() - line.trim_start().len());
            longest = (dots, start..start);
        }
        at += line.len();
    }
    longest.1
}

/// Where lines and columns are in a text.
struct Lines<'a> {
    text: &'a str,
    /// Starts of the lines.
    starts: Vec<usize>,
    /// Characters that begin before each block of [`BLOCK`] bytes, so that no long line is counted again and again.
    characters: Vec<usize>,
}

/// Bytes of a block.
const BLOCK: usize = 64;

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let after = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut count = 0;
        let characters = text.as_bytes().chunks(BLOCK).map(|block| {
            let before = count;
            count += starts_of_characters(block);
            before
        });
        let characters = characters.collect();
        Self { text, starts: std::iter::once(0).chain(after).collect(), characters }
    }

    fn mark(&self, span: Range<usize>) -> Mark {
        let line = self.starts.partition_point(|&start| start <= span.start);
        let start = self.starts[line.saturating_sub(1)];
        let count = |range: Range<usize>| {
            u32::try_from(self.before(range.end).saturating_sub(self.before(range.start))).unwrap_or(u32::MAX)
        };
        Mark {
            source: 0,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: count(start..span.start).saturating_add(1),
            length: count(span).max(1),
        }
    }

    /// Characters that begin before a byte.
    fn before(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let block = (at / BLOCK).min(self.characters.len().saturating_sub(1));
        let known = self.characters.get(block).copied().unwrap_or_default();
        known + starts_of_characters(&self.text.as_bytes()[block * BLOCK..at])
    }
}

/// Bytes that begin a character of UTF-8.
fn starts_of_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
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
