//! Latencies between zones from a CSV file.

use super::Names;
use super::table::{Row, Table};
use crate::distribution::Distribution;
use crate::log::{Finding, Log, quote};
use crate::model::Network;
use crate::raw::RawMatrix;
use crate::units::TIME_MAX;
use std::path::Path;

/// The 90 % quantile of the standard normal distribution.
const Z90: f64 = 1.281_551_565_544_600_4;
/// Seconds of the unit when the file does not say: milliseconds.
const UNIT_DEFAULT_S: f64 = 1e-3;

/// Lays the latencies of a file over the links.
pub(super) fn lay(network: &mut Network, raw: &RawMatrix, names: &Names, dir: &Path, log: &mut Log) {
    let Some(table) = Table::read(&raw.file, dir, log) else { return };
    if let Err(finding) = read(network, raw, &table, names) {
        log.report(finding);
    }
}

fn read(network: &mut Network, raw: &RawMatrix, table: &Table, names: &Names) -> Result<(), Finding> {
    let (header, rows) = table.rows()?;
    let from_column = header.named_or(raw.from_column.as_ref(), &["from"], "from_column")?;
    let to_column = header.named_or(raw.to_column.as_ref(), &["to"], "to_column")?;
    let median_column = header.named_or(raw.p50_column.as_ref(), &["p50"], "p50_column")?;
    let high_column = match &raw.p90_column {
        Some(name) => Some(header.column(&name.value.0, "p90_column")?),
        None => header.position("p90"),
    };
    let unit_s = raw.unit.map_or(UNIT_DEFAULT_S, |unit| unit.value.seconds);
    let unit_s = if raw.round_trip.is_some_and(|way| way.value) { unit_s / 2.0 } else { unit_s };
    let zone = |name: &str| names.zones.iter().position(|zone| zone == name);
    let zones = names.zones.len();
    let mut told = vec![false; zones * zones];
    for row in rows {
        let (Some(from), Some(to)) = (zone(row.text(from_column)), zone(row.text(to_column))) else {
            continue;
        };
        let latency = latency(&row, median_column, high_column, unit_s)?;
        told[from * zones + to] = true;
        if let Some(link) = network.links.get_mut(from * (zones + 1) + to) {
            link.latency = latency;
        }
    }
    let untold = (0..zones * zones).find(|&way| way / zones != way % zones && !told[way]);
    untold.map_or(Ok(()), |way| {
        let (from, to) = (quote(&names.zones[way / zones]), quote(&names.zones[way % zones]));
        let found = format!("no row from {from} to {to}");
        let finding = Finding::at(header.mark(), found, "a row for each way between two zones");
        Err(finding.hint("zones of the scenario have the names of the file"))
    })
}

/// The latency that a row tells.
fn latency(row: &Row<'_>, median: usize, high: Option<usize>, unit_s: f64) -> Result<Distribution, Finding> {
    let seconds = |column: usize| {
        let value = row.number(column, "a latency that is not negative")? * unit_s;
        if (0.0..=TIME_MAX.as_secs_f64()).contains(&value) {
            Ok(value)
        } else {
            Err(row.finding(column, "a latency that is not negative"))
        }
    };
    let median_s = seconds(median)?;
    let Some(column) = high else { return Ok(Distribution::Constant { value_s: median_s }) };
    let high_s = seconds(column)?;
    if high_s < median_s {
        return Err(row.finding(column, "a 90th percentile that is not below the median"));
    }
    if median_s == 0.0 || high_s == median_s {
        return Ok(Distribution::Constant { value_s: median_s });
    }
    let mu = libm::log(median_s);
    Ok(Distribution::Lognormal { mu, sigma: (libm::log(high_s) - mu) / Z90 })
}
