//! Faults from a CSV file: each row is one occurrence.

use super::Names;
use super::fault::nodes_hit;
use super::table::{Header, Row, Table};
use crate::distribution::Distribution;
use crate::log::{Finding, Log};
use crate::model::{Fault, FaultSpec, NodeSelector, Pick, Schedule, Service};
use crate::raw::RawFaultTrace;
use crate::units::{TIME_MAX, seconds_text};
use cusinart_policies::{Duration, Instant};
use std::collections::BTreeMap;
use std::path::Path;

/// Most rows that strike within the run.
const ROWS_MAX: usize = 10_000;

/// The occurrences of a fault that is replayed: copies of `fault`, one for each row within the run.
pub(super) fn occurrences(
    raw: &RawFaultTrace,
    fault: &Fault,
    (names, services): (&Names, &[Service]),
    dir: &Path,
    log: &mut Log,
) -> Vec<Fault> {
    let Some(table) = Table::read(&raw.file, dir, log) else { return Vec::new() };
    let nodes = nodes_hit(&fault.kind, services);
    read(raw, &table, fault, nodes, names.end).unwrap_or_else(|finding| {
        log.report(finding);
        Vec::new()
    })
}

/// Which columns say what.
struct Columns<'a> {
    down: usize,
    up: Option<usize>,
    node: Option<usize>,
    share: Option<usize>,
    only: Vec<(usize, &'a str)>,
}

impl<'a> Columns<'a> {
    fn new(raw: &'a RawFaultTrace, header: &Header<'_>) -> Result<Self, Finding> {
        let named = |name: &Option<crate::read::At<crate::quantity::Text>>, key: &str| {
            name.as_ref().map(|name| header.column(&name.value.0, key)).transpose()
        };
        let only = raw.only.iter().flat_map(|only| &only.0);
        let only =
            only.map(|(name, value)| Ok((header.column(&name.value.0, "only")?, value.value.0.as_str())));
        Ok(Self {
            down: header.named_or(raw.down_column.as_ref(), &["down_at_s", "down_at"], "down_column")?,
            up: match named(&raw.up_column, "up_column")? {
                None => header.position("up_at_s").or_else(|| header.position("up_at")),
                some => some,
            },
            node: named(&raw.node_column, "node_column")?,
            share: named(&raw.share_column, "share_column")?,
            only: only.collect::<Result<_, Finding>>()?,
        })
    }

    fn concerns(&self, row: &Row<'_>) -> bool {
        self.only.iter().all(|(column, value)| row.text(*column) == *value) && !row.text(self.down).is_empty()
    }
}

fn read(
    raw: &RawFaultTrace,
    table: &Table,
    fault: &Fault,
    nodes: u64,
    end: Instant,
) -> Result<Vec<Fault>, Finding> {
    let (header, rows) = table.rows()?;
    let columns = Columns::new(raw, &header)?;
    let unit_s = raw.time_unit.map_or(1.0, |unit| unit.value.seconds);
    let unit_s = unit_s / raw.speedup.map_or(1.0, |speedup| speedup.value.0);
    let start_s = raw.start.map_or(0.0, |start| start.value.as_secs_f64());
    let start_s = start_s / raw.speedup.map_or(1.0, |speedup| speedup.value.0);
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    let mut occurrences = Vec::new();
    let mut first_s = f64::INFINITY;
    for row in rows.filter(|row| columns.concerns(row)) {
        let time = |column| {
            let since_s = row.number(column, "a time")? * unit_s - start_s;
            let is_sane = since_s.abs() <= TIME_MAX.as_secs_f64();
            if is_sane { Ok(since_s) } else { Err(row.finding(column, "a time within 20 years")) }
        };
        let down_s = time(columns.down)?;
        // Numbers of nodes do not depend on which rows strike within the run.
        let next = known.len() as u32;
        let number = columns.node.map(|column| *known.entry(row.text(column).to_owned()).or_insert(next));
        let at = Instant::ZERO + Duration::from_secs_f64(down_s.max(0.0));
        if down_s < 0.0 || at >= end {
            first_s = if down_s < 0.0 { first_s } else { first_s.min(down_s) };
            continue;
        }
        let up_s = match columns.up.filter(|column| !row.text(*column).is_empty()) {
            Some(column) => Some(time(column)?).filter(|up_s| *up_s > down_s),
            None => None,
        };
        let lasts = up_s.map(|up_s| Distribution::Constant { value_s: up_s - down_s });
        let kind = strike(fault, number, nodes, &columns, &row)?;
        let schedule = Schedule::At(at);
        occurrences.push(Fault {
            schedule,
            lasts: lasts.or_else(|| fault.lasts.clone()),
            kind,
            ..fault.clone()
        });
        if occurrences.len() > ROWS_MAX {
            return Err(row.finding(columns.down, &format!("at most {ROWS_MAX} rows within the run")));
        }
    }
    if occurrences.is_empty() {
        let finding = Finding::at(header.mark(), "no row within the run", "at least one");
        let first = first_s.is_finite().then(|| format!("the first one is at {}", seconds_text(first_s)));
        return Err(finding.hint_if(first));
    }
    Ok(occurrences)
}

/// What a row strikes: the node of its number, a share of the nodes, or what the fault says.
fn strike(
    fault: &Fault,
    number: Option<u32>,
    nodes: u64,
    columns: &Columns<'_>,
    row: &Row<'_>,
) -> Result<FaultSpec, Finding> {
    let mut kind = fault.kind.clone();
    let Some(selector) = selector(&mut kind) else { return Ok(kind) };
    if let Some(number) = number {
        let nodes = u32::try_from(nodes).unwrap_or(u32::MAX).max(1);
        selector.pick = Pick::Index(vec![number % nodes]);
    } else if let Some(column) = columns.share {
        let share = row.number(column, "a share from 0 to 1")?;
        if !(0.0..=1.0).contains(&share) {
            return Err(row.finding(column, "a share from 0 to 1"));
        }
        selector.pick = Pick::Share(share);
    }
    Ok(kind)
}

/// The choice of nodes of a fault that strikes nodes.
fn selector(kind: &mut FaultSpec) -> Option<&mut NodeSelector> {
    match kind {
        FaultSpec::Crash { nodes, .. }
        | FaultSpec::CrashLoop { nodes, .. }
        | FaultSpec::Hang { nodes }
        | FaultSpec::Slow { nodes, .. } => Some(nodes),
        FaultSpec::ZoneOutage { .. } | FaultSpec::Partition { .. } | FaultSpec::Loss { .. } => None,
    }
}
