//! The first replication of each arm over one time axis.
//!
//! Arms may differ in the width of their windows and in how long they ran. The axis has the widest windows of all; of
//! an arm with narrower ones the one at the start of each is drawn.

use super::chart::{Panel, Series, Timeline, Variant};
use super::page::{Measure, Part, Section};
use super::run_timeline::{bands, latency_limits, series, wide};
use super::thin::Thinning;
use crate::compare::ArmRun;
use crate::requests::{WindowSum, window_sums};
use crate::series::{width, windows};
use crate::summary::summarize;
use cusinart_policies::Duration;
use cusinart_record::{FaultRecord, RunRecord};

/// Most arms in one chart.
pub(super) const DRAWN_MAX: usize = 7;
/// Colours of arms, in order; the first arm is in ink.
pub(super) const COLORS: [&str; DRAWN_MAX] = ["ink", "orange", "blue", "green", "purple", "vermilion", "sky"];

/// The windows of an arm's first replication.
struct Windows<'a> {
    label: &'a str,
    record: &'a RunRecord,
    sums: Vec<WindowSum>,
    /// Cost up to the end of each window.
    cost: Vec<f64>,
}

/// The axis that all arms share.
#[derive(Clone, Copy)]
struct Axis {
    width: Duration,
    thinning: Thinning,
}

/// Good and failed requests, latency, capacity and cost, one line per arm.
pub(super) fn timeline(arms: &[ArmRun<'_>]) -> Part {
    let runs: Vec<Windows<'_>> = arms.iter().map(Windows::of).collect();
    let axis = Axis::of(&runs);
    let summary = summarize(arms[0].arm.scenario, arms[0].first_run);
    let panel = |title: &str, unit, log, of: &Value<'_>| Panel {
        title: title.into(),
        unit,
        log,
        variants: variants(&runs, axis, of),
        limits: Vec::new(),
    };
    let good = panel("Good answers, requests/s", Measure::PerSecond, Some(false), &|run, at| {
        run.rate(at, |sum| sum.counts.ok)
    });
    let failed = panel("Failed, requests/s", Measure::PerSecond, Some(false), &|run, at| {
        run.rate(at, |sum| sum.counts.failed_total())
    });
    let latency = panel("Latency p99 of good answers", Measure::Seconds, Some(true), &|run, at| {
        Some(run.sums.get(at).filter(|sum| sum.counts.ok > 0)?.p99_ns as f64 / 1e9)
    });
    let nodes = panel("Nodes up", Measure::Count, None, &|run, at| run.nodes_up(at));
    let cost = panel("Cost so far", Measure::Currency, None, &|run, at| run.cost.get(at).copied());
    let latency = Panel { limits: latency_limits(&summary), ..latency };
    let section = Section::Timeline(Timeline {
        end: runs.iter().map(|run| run.record.simulated.as_secs_f64()).fold(0.0, f64::max),
        step: axis.thinning.step(),
        time: axis.thinning.time(),
        panels: vec![good, failed, latency, nodes, cost],
        bands: bands(&summary),
        rows: Vec::new(),
        marks: Vec::new(),
    });
    noted(arms, &runs, axis, Part::new("timeline", "First replication over time", section))
}

/// The part with what has to be known to read it.
fn noted(arms: &[ArmRun<'_>], runs: &[Windows<'_>], axis: Axis, part: Part) -> Part {
    let first = arms[0].arm.label;
    let mut part = part.lead(
        "The replication that has the seed of the comparison: the same requests, luck and faults in each arm. One \
         replication is an example; the verdict rests on all.",
    );
    if runs.iter().any(|run| run.record.clients.len() > 1) {
        part =
            part.note("Latency is the greatest p99 of any client, an upper bound for all clients together.");
    }
    if let Some(note) = axis.thinning.note("the records of the arms") {
        part = part.note(note);
    }
    if runs.iter().any(|run| run.record.header.window != axis.width) {
        part = part.note("Arms have windows of different widths; of narrower ones not every one is drawn.");
    }
    let faults = &arms[0].first_run.faults;
    let same = |arm: &ArmRun<'_>| arm.first_run.faults.iter().map(plan_of).eq(faults.iter().map(plan_of));
    if !arms.iter().all(same) {
        part = part.note(format!("Faults are those of {first}; other arms have others."));
    } else if !faults.is_empty() {
        part = part.note(format!("What a fault touched is told of {first}."));
    }
    if runs.len() > DRAWN_MAX {
        part = part.note(format!("Each view shows {first} and up to {} other arms.", DRAWN_MAX - 1));
    }
    part
}

/// What of a fault does not depend on the control plane.
fn plan_of(fault: &FaultRecord) -> (&str, cusinart_policies::Instant) {
    (&fault.label, fault.began)
}

/// What a chart shows of a run in a window of it.
type Value<'a> = dyn Fn(&Windows<'_>, usize) -> Option<f64> + 'a;

/// All arms in one view, or the first with some of the others in each.
fn variants(runs: &[Windows<'_>], axis: Axis, of: &Value<'_>) -> Vec<Variant> {
    let line = |run: &Windows<'_>, color| -> Series {
        series(run.label, color, axis.thinning.values(|index| of(run, axis.window(run, index))))
    };
    let chunks: Vec<&[Windows<'_>]> = runs[1..].chunks(DRAWN_MAX - 1).collect();
    let variant = |(number, others): (usize, &&[Windows<'_>])| {
        let from = 2 + number * (DRAWN_MAX - 1);
        let name = match chunks.len() {
            1 => "all arms".to_string(),
            _ => format!("arm 1 with {from} to {}", from + others.len() - 1),
        };
        let first = wide(3.0, line(&runs[0], COLORS[0]));
        let others = others.iter().zip(&COLORS[1..]).map(|(run, color)| line(run, color));
        Variant { name, series: std::iter::once(first).chain(others).collect() }
    };
    chunks.iter().enumerate().map(variant).collect()
}

impl Axis {
    fn of(runs: &[Windows<'_>]) -> Self {
        let width = runs.iter().map(|run| run.record.header.window).max().unwrap_or_default();
        let count = |run: &Windows<'_>| {
            let all = run.record.header.window.as_nanos().saturating_mul(windows(run.record) as u64);
            all.div_ceil(width.as_nanos().max(1)) as usize
        };
        let count = runs.iter().map(count).max().unwrap_or(0);
        // Five charts, with as many lines as there are arms and the first again in each view.
        Self {
            width,
            thinning: Thinning::new(count, width, 5 * (runs.len() + runs.len().div_ceil(DRAWN_MAX))),
        }
    }

    /// The window of a run at the start of a window of the axis.
    fn window(self, run: &Windows<'_>, index: usize) -> usize {
        let start = self.width.as_nanos().saturating_mul(index as u64);
        (start / run.record.header.window.as_nanos().max(1)) as usize
    }
}

impl<'a> Windows<'a> {
    fn of(run: &ArmRun<'a>) -> Self {
        let record = run.first_run;
        Self { label: run.arm.label, record, sums: window_sums(&record.clients), cost: cost_so_far(record) }
    }

    fn rate(&self, window: usize, of: fn(&WindowSum) -> u64) -> Option<f64> {
        Some(of(self.sums.get(window)?) as f64 / width(self.record, window).as_secs_f64())
    }

    fn nodes_up(&self, window: usize) -> Option<f64> {
        let windows = self.record.services.iter().filter_map(|service| service.windows.get(window));
        let up: Vec<f64> = windows.map(|window| f64::from(window.up)).collect();
        (!up.is_empty()).then(|| up.iter().sum())
    }
}

/// The cost up to the end of each window: a node costs evenly from when it was asked for until it was given back.
fn cost_so_far(record: &RunRecord) -> Vec<f64> {
    let end = record.simulated.as_secs_f64();
    let mut changes: Vec<(f64, f64)> = Vec::new();
    for node in &record.nodes {
        let from = node.provisioned.as_secs_f64();
        let to = node.stopped.map_or(end, |stopped| stopped.as_secs_f64());
        if to > from {
            let rate = node.cost / (to - from);
            changes.extend([(from, rate), (to, -rate)]);
        }
    }
    changes.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut cost, mut rate, mut at) = (0.0, 0.0, 0.0);
    let mut changes = changes.into_iter().peekable();
    let step = record.header.window.as_secs_f64();
    let until = |window: usize| (step * (window + 1) as f64).min(end);
    (0..windows(record))
        .map(|window| {
            while let Some((when, change)) = changes.next_if(|(when, _)| *when <= until(window)) {
                cost += rate * (when - at);
                (rate, at) = (rate + change, when);
            }
            cost += rate * (until(window) - at);
            at = until(window);
            cost
        })
        .collect()
}
