//! What the nodes of one service reported lately.

use crate::{Duration, Instant, NodeId, NodeSample, ServiceMetrics};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// Samples of each node, by ascending time. No queue is empty.
    nodes: BTreeMap<NodeId, VecDeque<NodeSample>>,
    /// The same samples, by time.
    by_time: BTreeSet<(Instant, NodeId)>,
    /// Requests of all these samples, so that the share of errors is known without a search.
    totals: Requests,
}

/// Requests counted in samples.
#[derive(Clone, Copy, Debug, Default)]
struct Requests {
    arrived: u64,
    failed: u64,
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
        let totals = Requests { arrived: 0, failed: 0 };
        Self { window, nodes: BTreeMap::new(), by_time: BTreeSet::new(), totals }
    }

    /// Takes in a sample. Utilization is brought into 0..=1; NaN counts as 0.
    pub fn record(&mut self, now: Instant, node: NodeId, sample: NodeSample) {
        while let Some(&(at, old)) = self.by_time.first()
            && !self.counts(now, at)
        {
            self.drop_oldest(old);
        }
        if !self.counts(now, sample.taken_at) {
            return;
        }
        let utilization = if sample.utilization.is_nan() { 0.0 } else { sample.utilization.clamp(0.0, 1.0) };
        let sample = NodeSample { utilization, ..sample };
        let samples = self.nodes.entry(node).or_default();
        let position = samples.partition_point(|earlier| earlier.taken_at < sample.taken_at);
        match samples.get_mut(position) {
            Some(same) if same.taken_at == sample.taken_at => {
                self.totals.subtract(same);
                *same = sample;
            }
            Some(_) | None => samples.insert(position, sample),
        }
        self.totals.add(&sample);
        let surplus = samples.len() > SAMPLES_MAX;
        self.by_time.insert((sample.taken_at, node));
        if surplus {
            self.drop_oldest(node);
        }
    }

    /// Forgets a node.
    pub fn forget(&mut self, node: NodeId) {
        while self.nodes.contains_key(&node) {
            self.drop_oldest(node);
        }
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

    /// The newest sample of a node within the window, if it has one.
    pub fn newest(&self, now: Instant, node: NodeId) -> Option<NodeSample> {
        let sample = self.nodes.get(&node)?.back()?;
        self.counts(now, sample.taken_at).then_some(*sample)
    }

    /// Share of arrived requests that the nodes refused or failed within the window, over all nodes that
    /// reported. `None` when none did.
    pub fn error_ratio(&self, now: Instant) -> Option<f64> {
        let (mut totals, mut counted) = (self.totals, self.by_time.len());
        // Few have become too old since the last sample came.
        for (at, node) in self.by_time.iter().take_while(|(at, _)| !self.counts(now, *at)) {
            let samples = self.nodes.get(node).expect("every sample has a node");
            let position = samples.partition_point(|earlier| earlier.taken_at < *at);
            totals.subtract(&samples[position]);
            counted -= 1;
        }
        (counted > 0).then(|| share(totals.failed as f64, totals.arrived as f64))
    }

    /// Whether a sample taken then is younger than the window.
    fn counts(&self, now: Instant, taken_at: Instant) -> bool {
        now.since(taken_at) < self.window
    }

    /// Drops the oldest sample of a node that has one.
    fn drop_oldest(&mut self, node: NodeId) {
        let samples = self.nodes.get_mut(&node).expect("the node has samples");
        let sample = samples.pop_front().expect("no queue is empty");
        if samples.is_empty() {
            self.nodes.remove(&node);
        }
        self.by_time.remove(&(sample.taken_at, node));
        self.totals.subtract(&sample);
    }

    fn sums(&self, now: Instant, node: NodeId) -> Option<Sums> {
        let mut sums = Sums::default();
        for sample in self.nodes.get(&node)?.iter().filter(|sample| self.counts(now, sample.taken_at)) {
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
}

impl Requests {
    fn add(&mut self, sample: &NodeSample) {
        self.arrived += u64::from(sample.arrived);
        self.failed += u64::from(sample.failed);
    }

    fn subtract(&mut self, sample: &NodeSample) {
        self.arrived -= u64::from(sample.arrived);
        self.failed -= u64::from(sample.failed);
    }
}

/// Failed of arrived requests, 0..=1. A window may hold more failures than arrivals, of requests that came
/// before it.
fn share(failed: f64, arrived: f64) -> f64 {
    if failed == 0.0 { 0.0 } else { failed / arrived.max(failed) }
}
