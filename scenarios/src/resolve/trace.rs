//! Rates from a CSV file.

use super::arrivals::POINTS_MAX;
use crate::log::{Finding, Log, Mark, Source, nearest, one_of, quote};
use crate::raw::RawTrace;
use crate::text::{self, FILE_BYTES_MAX};
use crate::units::RATE_MAX;
use cusinart_policies::{Duration, Instant};
use std::path::Path;
use std::{fs, io};

/// The curve of a trace: each row's rate holds until the next row.
pub(super) fn points(raw: &RawTrace, end: Instant, dir: &Path, log: &mut Log) -> Vec<(Instant, f64)> {
    let path = dir.join(&raw.file.value.0);
    let bytes = match read_bytes(&path) {
        Ok(bytes) => bytes,
        Err(why) => {
            let found = format!("{} ({why})", quote(&raw.file.value.0));
            let hint = "the path is relative to the scenario's folder";
            log.report(Finding::at(raw.file.mark, found, "a CSV file that can be read").hint(hint));
            return Vec::new();
        }
    };
    let name = path.display().to_string();
    let text = match text::decode(bytes) {
        Ok(text) => text,
        Err(wrong) => {
            let source = log.add_source(Source { name, text: wrong.shown, has_lines: true });
            let mark = Mark { source, ..wrong.mark };
            log.report(Finding::at(mark, wrong.found, "a CSV file in UTF-8"));
            return Vec::new();
        }
    };
    let source = log.add_source(Source { name, text: text.clone(), has_lines: true });
    match steps(raw, &text, source, end) {
        Ok(points) => points,
        Err(finding) => {
            log.report(finding);
            Vec::new()
        }
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

/// The points of the step function.
fn steps(raw: &RawTrace, text: &str, source: u16, end: Instant) -> Result<Vec<(Instant, f64)>, Finding> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let top = Mark { source, line: 1, column: 1, length: 1 };
    let (number, header) =
        lines.next().ok_or_else(|| Finding::at(top, "an empty file", "a header and rows"))?;
    let header = header.trim_start_matches('\u{feff}');
    let head = Mark { line: u32::try_from(number + 1).unwrap_or(u32::MAX), ..top };
    let word = |word: &Option<crate::read::At<crate::quantity::Text>>, default: &str| {
        word.as_ref().map_or_else(|| default.to_owned(), |word| word.value.0.clone())
    };
    let time_column = column(header, &word(&raw.time_column, "time"), head)?;
    let rate_column = column(header, &word(&raw.rate_column, "rate"), head)?;
    let unit_s = raw.time_unit.map_or(1.0, |unit| unit.value.seconds);
    let unit_s = unit_s / raw.speedup.map_or(1.0, |speedup| speedup.value.0);
    let scale = raw.scale.map_or(1.0, |scale| scale.value.0);

    let mut points: Vec<(Instant, f64)> = Vec::new();
    let mut start = None;
    for (number, line) in lines {
        let row = Row { line, number: u32::try_from(number + 1).unwrap_or(u32::MAX), source };
        let time = row.number(time_column, "a time")?;
        let rate = row.number(rate_column, "a rate that is not negative")? * scale + 0.0;
        if !(0.0..=RATE_MAX).contains(&rate) {
            return Err(row.finding(rate_column, format!("a rate from 0 to {RATE_MAX} per second")));
        }
        let since = (time - *start.get_or_insert(time)) * unit_s;
        let at = Instant::ZERO + Duration::from_secs_f64(since);
        let last = points.last().copied();
        if let Some((last_at, last_rate)) = last {
            if since < 0.0 || at <= last_at {
                return Err(row.finding(time_column, "a later time than in the row before".into()));
            }
            points.push((at.min(end), last_rate));
        }
        if at >= end {
            return Ok(points);
        }
        points.push((at, rate));
        if points.len() > POINTS_MAX {
            return Err(row.finding(time_column, format!("at most {} rows within the run", POINTS_MAX / 2)));
        }
    }
    if points.is_empty() {
        Err(Finding::at(head, "a header without rows", "at least one row"))
    } else {
        Ok(points)
    }
}

/// Position of a column by its header.
fn column(header: &str, name: &str, head: Mark) -> Result<usize, Finding> {
    let names: Vec<&str> = header.split(',').map(cell).collect();
    names.iter().position(|known| *known == name).ok_or_else(|| {
        let finding = Finding::at(head, format!("no column {}", quote(name)), one_of(names.iter().copied()));
        let best = nearest(name, names.iter().copied()).map(|best| format!("did you mean `{best}`?"));
        finding.hint_if(best.or_else(|| Some("name it with `time_column` and `rate_column`".into())))
    })
}

/// A row of the file.
struct Row<'a> {
    line: &'a str,
    number: u32,
    source: u16,
}

impl Row<'_> {
    fn number(&self, column: usize, expected: &str) -> Result<f64, Finding> {
        let text = self.line.split(',').nth(column).map(cell);
        let value = text.and_then(|text| text.parse::<f64>().ok()).filter(|value| value.is_finite());
        value.ok_or_else(|| self.finding(column, expected.into()))
    }

    fn finding(&self, column: usize, expected: String) -> Finding {
        let cells: Vec<&str> = self.line.split(',').collect();
        let offset: usize = cells.iter().take(column).map(|cell| cell.chars().count() + 1).sum();
        let whole = Mark { source: self.source, line: self.number, column: 1, length: 1 };
        match cells.get(column) {
            Some(text) => Finding::at(whole.part(offset, text.chars().count()), quote(cell(text)), expected),
            None => Finding::at(whole, format!("a row of {} columns", cells.len()), expected),
        }
    }
}

/// A cell without blanks and quotes around it.
fn cell(text: &str) -> &str {
    text.trim().trim_matches('"')
}
