//! The timeline: load, capacity, open requests, latency and errors over time, with faults and decisions.

use super::axis::{Axis, time_ticks};
use super::bands;
use super::panel::{Form, Frame, Limit, Line, Panel, time_axis, time_grid};
use super::picture::{Anchor, Picture, TextLook};
use super::style::{
    BLUE, Color, GREEN, GREY, INK, LABEL, ORANGE, PURPLE, SEQUENCE, SKY, SMALL, TITLE, VERMILION,
};
use crate::control::decisions;
use crate::human;
use crate::requests::{WindowSum, window_sums};
use crate::series::{width, windows};
use crate::services::total;
use crate::summary::RunSummary;
use cusinart_policies::{CapacityPlan, Decision, Duration, Instant};
use cusinart_record::{RequestError, RunRecord};
use cusinart_scenarios::{Metric, Scenario};

/// Left edge of the charts.
pub(super) const LEFT: f64 = 128.0;
/// Right edge of the charts.
pub(super) const RIGHT: f64 = 1388.0;
/// Top of what stands below the title.
pub(super) const TOP: f64 = 82.0;
/// Bottom edge of the lowest chart.
const BOTTOM: f64 = 962.0;
/// Space between two charts, with the heading of the lower one.
const GAP: f64 = 31.0;
/// Height of a row of marks.
const MARK_ROW: f64 = 16.0;

/// Draws the figure.
pub(super) fn draw(scenario: &Scenario, record: &RunRecord, summary: &RunSummary) -> Picture {
    let mut picture = Picture::default();
    title(&mut picture, summary, "Timeline");
    let end = record.simulated.as_secs_f64();
    let time = Axis::linear((0.0, end), (LEFT, RIGHT));
    let bands = bands::layout(summary, &time, RIGHT);
    let marks_top = TOP + bands::rows(&bands).max(1) as f64 * bands::ROW + 8.0;
    let top = marks_top + MARK_ROW * Mark::ALL.len() as f64 + GAP;
    let panels = panels(scenario, record, summary);
    let height = (BOTTOM - top - GAP * (panels.len() - 1) as f64) / panels.len() as f64;
    let ticks = time_ticks(record.simulated, 13);
    let whole = Frame { left: LEFT, right: RIGHT, top: marks_top, bottom: BOTTOM };
    let times = edges(record, &time);
    let frames: Vec<Frame> = (0..panels.len())
        .map(|index| {
            let top = top + (height + GAP) * index as f64;
            Frame { top, bottom: top + height, ..whole }
        })
        .collect();
    let marks = Frame { bottom: top - GAP, ..whole };
    let counted_from = time.at(record.header.warmup.as_secs_f64());
    for frame in frames.iter().chain([&marks]) {
        picture.rect((LEFT, frame.top), (counted_from, frame.bottom), GREY.faint(7));
        time_grid(&mut picture, *frame, &time, &ticks);
        bands::shade(&mut picture, &bands, frame.top, frame.bottom);
    }
    bands::lane(&mut picture, &bands, TOP, LEFT);
    draw_marks(&mut picture, record, &time, marks_top);
    for (panel, frame) in panels.iter().zip(&frames) {
        panel.draw(&mut picture, *frame, &times);
    }
    time_axis(&mut picture, whole, &time, &ticks);
    picture
}

/// Name of the run, what the figure shows, and the verdict.
pub(super) fn title(picture: &mut Picture, summary: &RunSummary, what: &str) {
    let run = &summary.run;
    let look = TextLook::new(TITLE, INK).medium();
    picture.fitted(&format!("{} · {what}", run.scenario), (32.0, 32.0), look, 1_180.0);
    // The figure shows this run, whatever its replications say.
    let missed = summary.slas.iter().filter(|sla| !sla.passed).count();
    let (verdict, color) = match (missed, summary.slas.len()) {
        (_, 0) => ("no SLAs".to_string(), GREY),
        (0, _) => ("all SLAs met".to_string(), GREEN),
        (missed, all) => (format!("{missed} of {all} SLAs missed"), VERMILION),
    };
    picture.text(&verdict, (1_568.0, 32.0), TextLook::new(16.0, color).medium().anchored(Anchor::End));
    let time = human::span(run.simulated_ns);
    let warmup = match run.warmup_ns {
        Duration::ZERO => String::new(),
        warmup => format!(" · first {} not counted", human::span(warmup)),
    };
    let facts = format!("seed {} · {time} simulated{warmup} · digest {}", run.seed, run.digest);
    picture.text(&facts, (1_568.0, 56.0), TextLook::new(LABEL, GREY).anchored(Anchor::End));
    picture.fitted(&run.description, (32.0, 56.0), TextLook::new(LABEL, GREY), 980.0);
}

/// Pixels of the edges of all windows.
fn edges(record: &RunRecord, time: &Axis) -> Vec<f64> {
    let edge = |index: usize| time.at((record.header.window * index as u64).as_secs_f64());
    (0..=windows(record)).map(edge).collect()
}

fn panels(scenario: &Scenario, record: &RunRecord, summary: &RunSummary) -> Vec<Panel> {
    let sums = window_sums(&record.clients);
    vec![
        load(record, &sums),
        capacity(record),
        open_requests(record, &sums),
        latency(scenario, summary, &sums),
        errors(record, &sums),
    ]
}

fn line(name: &str, color: Color, values: impl Iterator<Item = Option<f64>>) -> Line {
    Line { name: name.into(), color, width: 1.8, values: values.collect(), step: false }
}

/// A count per second over each window.
fn per_s<'a>(
    record: &'a RunRecord,
    sums: &'a [WindowSum],
    count: impl Fn(&WindowSum) -> u64 + 'a,
) -> impl Iterator<Item = Option<f64>> + 'a {
    sums.iter().enumerate().map(move |(index, window)| {
        let secs = width(record, index).as_secs_f64();
        (secs > 0.0).then(|| count(window) as f64 / secs)
    })
}

fn load(record: &RunRecord, sums: &[WindowSum]) -> Panel {
    Panel {
        heading: "Load (requests per second)".into(),
        form: Form::Amount,
        lines: vec![
            line("offered", BLUE, per_s(record, sums, |window| window.counts.offered)),
            line("good", GREEN, per_s(record, sums, |window| window.counts.ok)),
            line("failed", VERMILION, per_s(record, sums, |window| window.counts.failed_total())),
        ],
        limits: Vec::new(),
    }
}

fn capacity(record: &RunRecord) -> Panel {
    let sum = |field: fn(&cusinart_record::ServiceWindow) -> u32| {
        let count = record.services.iter().map(|service| service.windows.len()).max().unwrap_or(0);
        let at = move |index: usize| {
            let windows = record.services.iter().filter_map(|service| service.windows.get(index));
            Some(total(windows.map(|window| f64::from(field(window)))))
        };
        (0..count).map(at)
    };
    let mut lines = vec![
        line("provisioned", GREY, sum(|window| window.provisioned)),
        line("believed healthy", ORANGE, sum(|window| window.healthy)),
        line("truly up", BLUE, sum(|window| window.up)),
    ];
    lines.iter_mut().for_each(|line| line.step = true);
    // Wide below narrow, so that equal lines show both.
    lines[1].width = 3.6;
    Panel { heading: "Capacity (nodes)".into(), form: Form::Count, lines, limits: Vec::new() }
}

fn open_requests(record: &RunRecord, sums: &[WindowSum]) -> Panel {
    let count = record.services.iter().map(|service| service.windows.len()).max().unwrap_or(0);
    let queued = (0..count).map(|index| {
        let windows = record.services.iter().filter_map(|service| service.windows.get(index));
        Some(total(windows.map(|window| f64::from(window.queued))))
    });
    Panel {
        heading: "Open requests".into(),
        form: Form::Count,
        lines: vec![
            line("in flight at clients", BLUE, sums.iter().map(|window| Some(window.in_flight as f64))),
            line("waiting at nodes", ORANGE, queued),
        ],
        limits: Vec::new(),
    }
}

fn latency(scenario: &Scenario, summary: &RunSummary, sums: &[WindowSum]) -> Panel {
    let of = |field: fn(&WindowSum) -> u64| {
        sums.iter().map(move |window| (field(window) > 0).then(|| field(window) as f64 / 1e9))
    };
    let limits =
        scenario.slas.iter().zip(&summary.slas).filter_map(|(sla, result)| match sla.objective.metric {
            Metric::Latency(statistic) if sla.objective.during.is_none() => {
                Some(Limit { name: format!("SLA {statistic} {}", result.limit_text()), value: sla.limit })
            }
            Metric::Latency(_)
            | Metric::Availability
            | Metric::ErrorRatio
            | Metric::Goodput
            | Metric::TimeToDetect(_)
            | Metric::TimeToRecover(_)
            | Metric::FalseAlarms
            | Metric::HealthyRestarted
            | Metric::Cost
            | Metric::NodesMax
            | Metric::NodesMin
            | Metric::RetryRatio
            | Metric::ShardsLost
            | Metric::ReplicasLost
            | Metric::PlansGivenUp
            | Metric::Unrouted
            | Metric::Throughput
            | Metric::QueueMax
            | Metric::ErrorBudget { .. }
            | Metric::BurnRate { .. }
            | Metric::TimeToConverge => None,
        });
    let worst = if summary.clients.len() > 1 { ", worst client" } else { "" };
    Panel {
        heading: format!("Latency of good requests{worst} (log scale)"),
        form: Form::Latency,
        lines: vec![
            line("p50", SKY, of(|window| window.p50_ns)),
            line("p95", BLUE, of(|window| window.p95_ns)),
            line("p99", PURPLE, of(|window| window.p99_ns)),
        ],
        limits: limits.take(2).collect(),
    }
}

fn errors(record: &RunRecord, sums: &[WindowSum]) -> Panel {
    let kinds = RequestError::ALL
        .iter()
        .enumerate()
        .filter(|(index, _)| sums.iter().any(|w| w.counts.failed[*index] > 0));
    // Vermilion first: most runs fail in one or two ways.
    let colors: [_; RequestError::ALL.len()] =
        [VERMILION, BLUE, ORANGE, PURPLE, GREEN, GREY, SKY, SEQUENCE[5]];
    let lines = kinds.map(|(index, error)| {
        line(error.word(), colors[index], per_s(record, sums, move |window| window.counts.failed[index]))
    });
    let mut lines: Vec<Line> = lines.collect();
    if lines.is_empty() {
        lines.push(line("none", SEQUENCE[6], sums.iter().map(|_| Some(0.0))));
    }
    Panel {
        heading: "Failed requests by error (per second)".into(),
        form: Form::Amount,
        lines,
        limits: Vec::new(),
    }
}

/// A decision worth a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Declared,
    Degraded,
    Ejected,
    Planned,
    GivenUp,
    Up,
    Down,
    Recovered,
}

impl Mark {
    const ALL: [Self; 8] = [
        Self::Declared,
        Self::Degraded,
        Self::Ejected,
        Self::Planned,
        Self::GivenUp,
        Self::Up,
        Self::Down,
        Self::Recovered,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Declared => "failure declared",
            Self::Degraded => "service degraded",
            Self::Ejected => "node ejected",
            Self::Planned => "plan made",
            Self::GivenUp => "plan given up",
            Self::Up => "scale up",
            Self::Down => "scale down",
            Self::Recovered => "node recovered",
        }
    }

    fn of(decision: &Decision) -> Option<Self> {
        match decision {
            Decision::NodeFailure { .. } => Some(Self::Declared),
            Decision::ServiceDegraded { .. } => Some(Self::Degraded),
            Decision::NodeEjected { .. } => Some(Self::Ejected),
            Decision::PlanCreated { .. } => Some(Self::Planned),
            Decision::PlanGivenUp { .. } => Some(Self::GivenUp),
            Decision::NodeRecovered { .. } => Some(Self::Recovered),
            Decision::Scaling { plan: CapacityPlan::ScaleUp(_), .. } => Some(Self::Up),
            Decision::Scaling { plan: CapacityPlan::ScaleDown(_), .. } => Some(Self::Down),
            Decision::Scaling { plan: CapacityPlan::Maintain, .. }
            | Decision::NodeSuspected { .. }
            | Decision::ServiceRestored { .. }
            | Decision::StepStarted { .. }
            | Decision::StepFinished { .. }
            | Decision::PlanCompleted { .. }
            | Decision::TrafficRedirected { .. }
            | Decision::TrafficRestored { .. }
            | Decision::NodeReturned { .. }
            | Decision::NodeAdding { .. }
            | Decision::NodeAdded { .. }
            | Decision::NodeAddFailed { .. }
            | Decision::NodeRemoving { .. }
            | Decision::RemovalCancelled { .. }
            | Decision::ReplacementHeld { .. }
            | Decision::Rollout { .. }
            | Decision::NodeRemoved { .. }
            | Decision::ReplicationStarted { .. }
            | Decision::ReplicationFinished { .. } => None,
        }
    }

    fn draw(self, picture: &mut Picture, (x, y): (f64, f64)) {
        match self {
            Self::Declared => picture.disc((x, y), 4.0, VERMILION),
            Self::Degraded => {
                picture.polygon(
                    &[(x - 4.0, y - 4.0), (x + 4.0, y - 4.0), (x + 4.0, y + 4.0), (x - 4.0, y + 4.0)],
                    ORANGE,
                );
            }
            Self::Ejected => {
                picture.disc((x, y), 4.0, PURPLE);
                picture.disc((x, y), 2.0, super::style::WHITE);
            }
            Self::Planned => {
                picture.polygon(&[(x - 5.0, y), (x, y - 5.0), (x + 5.0, y), (x, y + 5.0)], PURPLE);
            }
            Self::GivenUp => {
                picture.line(&[(x - 4.0, y - 4.0), (x + 4.0, y + 4.0)], 2.0, INK);
                picture.line(&[(x - 4.0, y + 4.0), (x + 4.0, y - 4.0)], 2.0, INK);
            }
            Self::Up => picture.polygon(&[(x - 5.0, y + 4.0), (x + 5.0, y + 4.0), (x, y - 5.0)], BLUE),
            Self::Down => picture.polygon(&[(x - 5.0, y - 4.0), (x + 5.0, y - 4.0), (x, y + 5.0)], ORANGE),
            Self::Recovered => {
                picture.disc((x, y), 4.0, GREEN);
                picture.disc((x, y), 2.0, super::style::WHITE);
            }
        }
    }
}

fn draw_marks(picture: &mut Picture, record: &RunRecord, time: &Axis, top: f64) {
    for (row, mark) in Mark::ALL.into_iter().enumerate() {
        let y = top + (row as f64 + 0.5) * MARK_ROW;
        let look = TextLook::new(SMALL, GREY).anchored(Anchor::End);
        picture.text(mark.name(), (LEFT - 12.0, y), look);
        let moments: Vec<Instant> = decisions(record)
            .filter(|(_, decision)| Mark::of(decision) == Some(mark))
            .map(|(at, _)| at)
            .collect();
        let mut last = f64::MIN;
        for at in &moments {
            let x = time.at(at.as_secs_f64());
            // Marks that would hide each other are drawn once.
            if x - last >= 0.5 {
                mark.draw(picture, (x, y));
                last = x;
            }
        }
        let count = if moments.is_empty() { "–".into() } else { human::count(moments.len() as u64) };
        picture.text(&count, (RIGHT + 16.0, y), TextLook::new(SMALL, GREY));
    }
}
