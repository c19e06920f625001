//! What the nodes of one service reported lately.

use crate::{Duration, Instant, NodeId, NodeSample, ServiceMetrics};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

/// Most samples kept per node. Of a denser stream the newest are kept, so that memory is bounded.
const SAMPLES_MAX: usize = 256;

/// Keeps the samples of a service's nodes over a window of time, and their means.
///
/// Samples may come late and in any order: they are sorted by the time they were taken, a second sample of
/// one node and time replaces the first, and one that is older than the window is ignored. At most 256
/// samples of a node are kept.
#[derive(Clone, Debug)]
pub struct MetricsCollector {
    window: Duration,
    /// Samples of each node, by ascending time.
    nodes: BTreeMap<NodeId, VecDeque<NodeSample>>,
}

/// Sums over the samples of one node.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    samples: f64,
    utilization: f64,
    in_flight: f64,
    queued: f64,
    arrived: f64,
    failed: f64,
    measured_s: f64,
    newest: Instant,
}

impl MetricsCollector {
    /// A collector without samples. A sample counts while it is younger than `window`.
    pub const fn new(window: Duration) -> Self {
        Self { window, nodes: BTreeMap::new() }
    }

    /// Takes in a sample. Utilization is brought into 0..=1; NaN counts as 0.
    pub fn record(&mut self, now: Instant, node: NodeId, sample: NodeSample) {
        let oldest = self.oldest(now);
        if !oldest.admits(&sample) {
            return;
        }
        let utilization = if sample.utilization.is_nan() { 0.0 } else { sample.utilization.clamp(0.0, 1.0) };
        let sample = NodeSample { utilization, ..sample };
        let samples = self.nodes.entry(node).or_default();
        while samples.front().is_some_and(|first| !oldest.admits(first)) {
            samples.pop_front();
        }
        let position = samples.partition_point(|earlier| earlier.taken_at < sample.taken_at);
        match samples.get_mut(position) {
            Some(same) if same.taken_at == sample.taken_at => *same = sample,
            Some(_) | None => samples.insert(position, sample),
        }
        if samples.len() > SAMPLES_MAX {
            samples.pop_front();
        }
    }

    /// Forgets a node.
    pub fn forget(&mut self, node: NodeId) {
        self.nodes.remove(&node);
    }

    /// Means over the given nodes and the window: first over the samples of each node, then over the nodes.
    /// All zero when none of them reported.
    pub fn metrics(&self, now: Instant, nodes: &[NodeId]) -> ServiceMetrics {
        let mut metrics = ServiceMetrics::default();
        let (mut arrived, mut failed, mut newest) = (0.0, 0.0, Instant::ZERO);
        for sums in nodes.iter().filter_map(|node| self.sums(now, *node)) {
            metrics.nodes_reporting += 1;
            metrics.utilization += sums.utilization / sums.samples;
            metrics.in_flight_per_node += sums.in_flight / sums.samples;
            metrics.queued_per_node += sums.queued / sums.samples;
            if sums.measured_s > 0.0 {
                metrics.arrivals_per_s += sums.arrived / sums.measured_s;
            }
            arrived += sums.arrived;
            failed += sums.failed;
            newest = newest.max(sums.newest);
        }
        if metrics.nodes_reporting > 0 {
            let reporting = f64::from(metrics.nodes_reporting);
            metrics.utilization /= reporting;
            metrics.in_flight_per_node /= reporting;
            metrics.queued_per_node /= reporting;
            metrics.error_ratio = share(failed, arrived);
            metrics.age = now.since(newest);
        }
        metrics
    }

    /// The newest sample within the window of each given node that has one, in the order of the nodes.
    pub fn newest(&self, now: Instant, nodes: &[NodeId]) -> Vec<(NodeId, NodeSample)> {
        let oldest = self.oldest(now);
        let newest = |node: &NodeId| self.nodes.get(node)?.back().filter(|sample| oldest.admits(sample));
        nodes.iter().filter_map(|node| Some((*node, *newest(node)?))).collect()
    }

    /// Share of arrived requests that the nodes refused or failed within the window, over all nodes that
    /// reported. `None` when none did.
    pub fn error_ratio(&self, now: Instant) -> Option<f64> {
        let mut totals: Option<(f64, f64)> = None;
        for sums in self.nodes.keys().filter_map(|node| self.sums(now, *node)) {
            let (failed, arrived) = totals.unwrap_or_default();
            totals = Some((failed + sums.failed, arrived + sums.arrived));
        }
        totals.map(|(failed, arrived)| share(failed, arrived))
    }

    fn sums(&self, now: Instant, node: NodeId) -> Option<Sums> {
        let oldest = self.oldest(now);
        let samples = self.nodes.get(&node)?;
        let mut sums = Sums::default();
        for sample in samples.iter().filter(|sample| oldest.admits(sample)) {
            sums.samples += 1.0;
            sums.utilization += sample.utilization;
            sums.in_flight += f64::from(sample.in_flight);
            sums.queued += f64::from(sample.queued);
            sums.arrived += f64::from(sample.arrived);
            sums.failed += f64::from(sample.failed);
            sums.measured_s += sample.window.as_secs_f64();
            sums.newest = sample.taken_at;
        }
        (sums.samples > 0.0).then_some(sums)
    }

    fn oldest(&self, now: Instant) -> Oldest {
        Oldest { now, window: self.window }
    }
}

/// The limit of age of samples that count.
#[derive(Clone, Copy)]
struct Oldest {
    now: Instant,
    window: Duration,
}

impl Oldest {
    /// Whether the sample is younger than the window.
    fn admits(self, sample: &NodeSample) -> bool {
        self.now.since(sample.taken_at) < self.window
    }
}

/// Failed of arrived requests, 0..=1. A window may hold more failures than arrivals, of requests that came
/// before it.
fn share(failed: f64, arrived: f64) -> f64 {
    if failed == 0.0 { 0.0 } else { failed / arrived.max(failed) }
}
