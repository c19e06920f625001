//! Tables in CSV files beside a scenario: a header and rows; what is wrong is told with file, line and column.

use crate::log::{Finding, Log, Mark, Source, nearest, one_of, quote};
use crate::quantity::Text;
use crate::read::At;
use crate::text::{self, FILE_BYTES_MAX};
use std::path::Path;
use std::{fs, io};

/// A file that was read.
pub(super) struct Table {
    text: String,
    source: u16,
}

impl Table {
    /// Reads a file; its path is relative to `dir`.
    pub(super) fn read(file: &At<Text>, dir: &Path, log: &mut Log) -> Option<Self> {
        let path = dir.join(&file.value.0);
        let bytes = match read_bytes(&path) {
            Ok(bytes) => bytes,
            Err(why) => {
                let found = format!("{} ({why})", quote(&file.value.0));
                let hint = "the path is relative to the scenario's folder";
                log.report(Finding::at(file.mark, found, "a CSV file that can be read").hint(hint));
                return None;
            }
        };
        let name = path.display().to_string();
        match text::decode(bytes) {
            Ok(text) => {
                let source = log.add_source(Source { name, text: text.clone(), has_lines: true });
                Some(Self { text, source })
            }
            Err(wrong) => {
                let source = log.add_source(Source { name, text: wrong.shown, has_lines: true });
                let mark = Mark { source, ..wrong.mark };
                log.report(Finding::at(mark, wrong.found, "a CSV file in UTF-8"));
                None
            }
        }
    }

    /// The header, and the rows below it.
    pub(super) fn rows(&self) -> Result<(Header<'_>, impl Iterator<Item = Row<'_>>), Finding> {
        let source = self.source;
        let lines = self.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut rows = lines.map(move |(number, line)| {
            let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
            Row { cells: cells(line.trim_start_matches('\u{feff}')), line, number, source }
        });
        let top = Mark { source, line: 1, column: 1, length: 1 };
        let header = rows.next().ok_or_else(|| Finding::at(top, "an empty file", "a header and rows"))?;
        Ok((Header(header), rows))
    }
}

/// Reads a file of moderate size.
fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let why = |error: io::Error| error.kind().to_string();
    // Asked before it is opened: opening a pipe waits for its writer.
    if !fs::metadata(path).map_err(why)?.is_file() {
        return Err("not a file".into());
    }
    let bytes = fs::File::open(path).and_then(text::read_some).map_err(why)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(format!("larger than {} MiB", FILE_BYTES_MAX >> 20));
    }
    Ok(bytes)
}

/// The first row.
pub(super) struct Header<'a>(Row<'a>);

impl Header<'_> {
    /// Position of a column. The key of the scenario that would name another one is part of the message.
    pub(super) fn column(&self, name: &str, key: &str) -> Result<usize, Finding> {
        self.position(name).ok_or_else(|| {
            let names = || self.0.cells.iter().map(|(_, name)| *name);
            let finding = Finding::at(self.mark(), format!("no column {}", quote(name)), one_of(names()));
            let best = nearest(name, names()).map(|best| format!("did you mean `{best}`?"));
            finding.hint_if(best.or_else(|| Some(format!("name it with `{key}`"))))
        })
    }

    /// Position of a column that the scenario names, or of the first of these.
    pub(super) fn named_or(
        &self,
        named: Option<&At<Text>>,
        usual: &[&str],
        key: &str,
    ) -> Result<usize, Finding> {
        if let Some(name) = named {
            return self.column(&name.value.0, key);
        }
        let known = usual.iter().find_map(|name| self.position(name));
        known.map_or_else(|| self.column(usual[0], key), Ok)
    }

    /// Position of a column, if it is there.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.0.cells.iter().position(|(_, known)| *known == name)
    }

    /// Where it stands.
    pub(super) fn mark(&self) -> Mark {
        self.0.whole()
    }
}

/// A row of the file.
pub(super) struct Row<'a> {
    /// Where each cell begins, in characters, and what stands in it.
    cells: Vec<(usize, &'a str)>,
    line: &'a str,
    number: u32,
    source: u16,
}

impl Row<'_> {
    /// What stands in a column; nothing if the row is too short.
    pub(super) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |(_, text)| text)
    }

    /// The number in a column.
    pub(super) fn number(&self, column: usize, expected: &str) -> Result<f64, Finding> {
        let value = self.text(column).parse::<f64>().ok().filter(|value| value.is_finite());
        value.ok_or_else(|| self.finding(column, expected))
    }

    /// What is wrong with a cell.
    pub(super) fn finding(&self, column: usize, expected: &str) -> Finding {
        match self.cells.get(column) {
            Some((offset, text)) => {
                Finding::at(self.whole().part(*offset, text.chars().count()), quote(text), expected)
            }
            None => Finding::at(self.whole(), format!("a row of {} columns", self.cells.len()), expected),
        }
    }

    fn whole(&self) -> Mark {
        let length = u32::try_from(self.line.chars().count()).unwrap_or(u32::MAX).max(1);
        Mark { source: self.source, line: self.number, column: 1, length }
    }
}

/// The cells of a line without blanks and quotes around them, and where they begin. A comma between quotes parts nothing.
fn cells(line: &str) -> Vec<(usize, &str)> {
    let mut cells = Vec::new();
    let (mut quoted, mut from) = (false, (0, 0));
    let ends = line.char_indices().enumerate().filter(|&(_, (_, c))| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    for (number, (at, _)) in ends {
        cells.push((from.1, line[from.0..at].trim().trim_matches('"')));
        from = (at + 1, number + 1);
    }
    cells.push((from.1, line[from.0..].trim().trim_matches('"')));
    cells
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn commas_between_quotes_part_nothing() {
        assert_eq!(cells("a, \"b, ü\",c"), [(0, "a"), (2, "b, ü"), (10, "c")]);
        assert_eq!(cells(""), [(0, "")]);
        assert_eq!(cells("\"x,"), [(0, "x,")]);
    }
}
