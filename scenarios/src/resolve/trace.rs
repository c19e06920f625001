//! Rates from a CSV file.

use super::arrivals::POINTS_MAX;
use super::table::Table;
use crate::log::{Finding, Log};
use crate::raw::RawTrace;
use crate::units::RATE_MAX;
use cusinart_policies::{Duration, Instant};
use std::path::Path;

/// The curve of a trace: each row's rate holds until the next row.
pub(super) fn points(raw: &RawTrace, end: Instant, dir: &Path, log: &mut Log) -> Vec<(Instant, f64)> {
    let Some(table) = Table::read(&raw.file, dir, log) else { return Vec::new() };
    steps(raw, &table, end).unwrap_or_else(|finding| {
        log.report(finding);
        Vec::new()
    })
}

/// The points of the step function.
fn steps(raw: &RawTrace, table: &Table, end: Instant) -> Result<Vec<(Instant, f64)>, Finding> {
    let (header, rows) = table.rows()?;
    let time_column = header.named_or(raw.time_column.as_ref(), &["time", "time_s"], "time_column")?;
    let rate_column =
        header.named_or(raw.rate_column.as_ref(), &["rate", "requests_per_s"], "rate_column")?;
    let unit_s = raw.time_unit.map_or(1.0, |unit| unit.value.seconds);
    let unit_s = unit_s / raw.speedup.map_or(1.0, |speedup| speedup.value.0);
    let scale = raw.scale.map_or(1.0, |scale| scale.value.0);

    let mut points: Vec<(Instant, f64)> = Vec::new();
    let mut start = None;
    for row in rows {
        let time = row.number(time_column, "a time")?;
        let rate = row.number(rate_column, "a rate that is not negative")? * scale + 0.0;
        if !(0.0..=RATE_MAX).contains(&rate) {
            return Err(row.finding(rate_column, &format!("a rate from 0 to {RATE_MAX} per second")));
        }
        let since = (time - *start.get_or_insert(time)) * unit_s;
        let at = Instant::ZERO + Duration::from_secs_f64(since);
        let last = points.last().copied();
        if let Some((last_at, last_rate)) = last {
            if since < 0.0 || at <= last_at {
                return Err(row.finding(time_column, "a later time than in the row before"));
            }
            points.push((at.min(end), last_rate));
        }
        if at >= end {
            return Ok(points);
        }
        points.push((at, rate));
        if points.len() > POINTS_MAX {
            let expected = format!("at most {} rows within the run", POINTS_MAX / 2);
            return Err(row.finding(time_column, &expected));
        }
    }
    if points.is_empty() {
        Err(Finding::at(header.mark(), "a header without rows", "at least one row"))
    } else {
        Ok(points)
    }
}
