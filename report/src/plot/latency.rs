//! Latency: the distribution of each client with its tail stretched, so that p99 and p99.9 can be read.
//!
//! Across runs the latency by its logarithm; upwards the share of requests answered within it, stretched by nines:
//! 90 %, 99 % and 99.9 % are equally far apart. A curve that bends to the right has a heavy tail.

use super::axis::{self, Axis};
use super::picture::{Anchor, Picture, TextLook};
use super::style::{AXIS, Color, GREEN, GREY, GRID, HEADING, INK, LABEL, SEQUENCE, VERMILION, WHITE};
use super::timeline::title;
use crate::human;
use crate::requests::{ClientSummary, LatencySummary};
use crate::summary::RunSummary;
use cusinart_policies::Duration;
use cusinart_scenarios::{Metric, Scenario, Statistic};

const LEFT: f64 = 104.0;
const RIGHT: f64 = 1232.0;
const TOP: f64 = 118.0;
const BOTTOM: f64 = 918.0;
/// Left edge of the column beside the chart.
const SIDE: f64 = 1264.0;
/// Clients with a curve; more would not be told apart.
const CLIENTS_MAX: usize = SEQUENCE.len();
/// Ticks upwards: share and label.
const SHARES: [(f64, &str); 9] = [
    (0.0, "0 %"),
    (0.5, "50 %"),
    (0.75, "75 %"),
    (0.9, "90 %"),
    (0.99, "99 %"),
    (0.999, "99.9 %"),
    (0.9999, "99.99 %"),
    (0.99999, "99.999 %"),
    (0.999999, "99.9999 %"),
];

/// Draws the figure.
pub(super) fn draw(scenario: &Scenario, summary: &RunSummary) -> Picture {
    let mut picture = Picture::default();
    title(&mut picture, summary, "Latency");
    let clients: Vec<&ClientSummary> =
        summary.clients.iter().filter(|client| client.latency.count > 0).take(CLIENTS_MAX).collect();
    let targets = targets(scenario, summary);
    let (time, share, time_ticks) = axes(&clients, &targets);
    grid(&mut picture, &time, &share, &time_ticks, most(&clients));
    if clients.is_empty() {
        let look = TextLook::new(HEADING, GREY).anchored(Anchor::Middle);
        picture.text("no request was answered well", ((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0), look);
    }
    for (client, color) in clients.iter().zip(SEQUENCE) {
        curve(&mut picture, &client.latency, color, &time, &share);
    }
    for target in &targets {
        target.draw(&mut picture, &time, &share);
    }
    side(&mut picture, summary, &clients, &targets);
    picture
}

/// An agreement on latency as a point to stay to the left of.
struct Target {
    share: f64,
    seconds: f64,
    text: String,
    passed: bool,
}

impl Target {
    fn draw(&self, picture: &mut Picture, time: &Axis, share: &Axis) {
        let (x, y) = (time.at(self.seconds), share.at(stretch(self.share)));
        picture.dashed((x, y), (x, BOTTOM), 1.2, INK);
        picture.dashed((LEFT, y), (x, y), 1.2, INK);
        diamond(picture, (x, y), INK);
    }

    fn color(&self) -> Color {
        if self.passed { GREEN } else { VERMILION }
    }
}

fn diamond(picture: &mut Picture, (x, y): (f64, f64), color: Color) {
    for (radius, color) in [(7.0, color), (3.5, WHITE)] {
        picture.polygon(&[(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], color);
    }
}

/// Agreements on quantiles over the whole run.
fn targets(scenario: &Scenario, summary: &RunSummary) -> Vec<Target> {
    let pairs = scenario.slas.iter().zip(&summary.slas).filter(|(sla, _)| sla.objective.during.is_none());
    let targets = pairs.filter_map(|(sla, result)| {
        let Metric::Latency(Statistic::Quantile(share)) = sla.objective.metric else { return None };
        let text = format!("{} {}", result.objective, result.limit_text());
        Some(Target { share, seconds: sla.limit, text, passed: result.passed })
    });
    targets.collect()
}

/// How far up a share stands: the number of nines.
fn stretch(share: f64) -> f64 {
    -libm::log10((1.0 - share).max(1e-9))
}

/// Good requests of the busiest client.
fn most(clients: &[&ClientSummary]) -> u64 {
    clients.iter().map(|client| client.latency.count).max().unwrap_or(100)
}

fn axes(clients: &[&ClientSummary], targets: &[Target]) -> (Axis, Axis, Vec<(f64, bool)>) {
    let ends = clients.iter().flat_map(|client| {
        let pairs = &client.latency.histogram;
        [pairs.first(), pairs.last()].into_iter().flatten().map(|(nanos, _)| *nanos as f64 / 1e9)
    });
    let values: Vec<f64> =
        ends.chain(targets.iter().map(|target| target.seconds)).filter(|value| *value > 0.0).collect();
    let low = values.iter().copied().reduce(f64::min).unwrap_or(0.001);
    let high = values.iter().copied().reduce(f64::max).unwrap_or(1.0);
    // A single value stands in the middle.
    let (low, high) = if high > low { (low, high) } else { (low / 2.0, high * 2.0) };
    let (low, high, ticks) = axis::log_ticks(low, high, 14);
    let nines = (libm::log10(most(clients).max(10) as f64) + 0.15).clamp(2.0, 6.3);
    let time = Axis::logarithmic((low, high), (LEFT, RIGHT));
    (time, Axis::linear((0.0, nines), (BOTTOM, TOP)), ticks)
}

fn grid(picture: &mut Picture, time: &Axis, share: &Axis, time_ticks: &[(f64, bool)], requests: u64) {
    let heading = TextLook::new(HEADING, INK).medium();
    picture.text("Share of good requests answered within …", (LEFT, TOP - 16.0), heading);
    for (tick, label) in time_ticks {
        let x = time.at(*tick);
        picture.vertical(x, TOP, BOTTOM, GRID);
        if *label {
            let look = TextLook::new(LABEL, INK).anchored(Anchor::Middle);
            picture.text(&axis::latency(*tick), (x, BOTTOM + 18.0), look);
        }
    }
    // A share that fewer than one request could exceed says nothing.
    for (value, label) in SHARES.iter().filter(|(value, _)| (1.0 - value) * requests as f64 > 0.7) {
        let y = share.at(stretch(*value));
        picture.horizontal(LEFT, RIGHT, y, GRID);
        picture.text(label, (LEFT - 10.0, y + 0.5), TextLook::new(LABEL, INK).anchored(Anchor::End));
    }
    picture.horizontal(LEFT, RIGHT, BOTTOM, AXIS);
    picture.vertical(LEFT, TOP, BOTTOM, AXIS);
    let look = heading.anchored(Anchor::Middle);
    picture.text("latency from the intended start (log scale)", ((LEFT + RIGHT) / 2.0, BOTTOM + 46.0), look);
}

fn curve(picture: &mut Picture, latency: &LatencySummary, color: Color, time: &Axis, share: &Axis) {
    let total = latency.count as f64;
    let mut seen = 0;
    let points = latency.histogram.iter().map(|(nanos, count)| {
        seen += count;
        // The last request exceeds all others; it stands where half a request would.
        let within = (seen as f64 / total).min(1.0 - 0.5 / total);
        (time.at(*nanos as f64 / 1e9), share.at(stretch(within)))
    });
    let points: Vec<(f64, f64)> = points.collect();
    picture.line(&points, 2.2, color);
    for (quantile, nanos) in [(0.5, latency.p50_ns), (0.99, latency.p99_ns)] {
        if let Some(nanos) = nanos {
            let at = (time.at(nanos as f64 / 1e9), share.at(stretch(quantile)));
            picture.disc(at, 5.0, color);
            picture.disc(at, 2.5, WHITE);
        }
    }
}

/// Names, numbers and agreements beside the chart.
fn side(picture: &mut Picture, summary: &RunSummary, clients: &[&ClientSummary], targets: &[Target]) {
    let mut y = TOP + 6.0;
    for (client, color) in clients.iter().zip(SEQUENCE) {
        picture.rect((SIDE, y - 2.0), (SIDE + 22.0, y + 1.0), color);
        picture.fitted(&client.name, (SIDE + 32.0, y), TextLook::new(HEADING, INK).medium(), 264.0);
        y += 22.0;
        let latency = &client.latency;
        let rows = [
            ("good requests", human::count(latency.count)),
            ("mean", time_text(latency.mean_ns)),
            ("p50", time_text(latency.p50_ns)),
            ("p90", time_text(latency.p90_ns)),
            ("p95", time_text(latency.p95_ns)),
            ("p99", time_text(latency.p99_ns)),
            ("p99.9", time_text(latency.p99_9_ns)),
            ("max", time_text(latency.max_ns)),
        ];
        for (name, value) in rows.iter().take(if clients.len() > 3 { 0 } else { rows.len() }) {
            picture.text(name, (SIDE + 32.0, y), TextLook::new(LABEL, GREY));
            picture.text(value, (SIDE + 220.0, y), TextLook::new(LABEL, INK).anchored(Anchor::End));
            y += 19.0;
        }
        y += 14.0;
    }
    for target in targets {
        diamond(picture, (SIDE + 11.0, y), INK);
        picture.fitted(&target.text, (SIDE + 32.0, y), TextLook::new(LABEL, INK), 272.0);
        let verdict = if target.passed { "met" } else { "missed" };
        picture.text(verdict, (SIDE + 32.0, y + 17.0), TextLook::new(LABEL, target.color()).medium());
        y += 44.0;
    }
    let left_out = summary.clients.len() - clients.len();
    if left_out > 0 {
        let text = format!("{} without a curve", human::counted(left_out as u64, "client"));
        picture.text(&text, (SIDE, y), TextLook::new(LABEL, GREY));
    }
}

fn time_text(nanos: Option<u64>) -> String {
    nanos.map_or("–".into(), |nanos| human::span(Duration::from_nanos(nanos)))
}
