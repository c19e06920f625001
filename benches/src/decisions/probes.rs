//! Health: what the answer of a probe means.

use super::{Case, Mixed};
use cusinart_policies::{
    Duration, HealthConfig, HealthMonitor, Instant, NodeId, ProbeAnswer, ProbeId, catalogue,
};

/// One answer in so many is bad.
const BAD_EVERY: usize = 50;

/// A monitor whose nodes answer well, but for a few answers.
#[derive(Debug)]
pub struct Probing {
    monitor: HealthMonitor,
    mixed: Mixed,
    now: Instant,
    sent: Vec<(NodeId, ProbeId, ProbeAnswer)>,
}

impl Probing {
    /// So many nodes, each with a history. `None` for a detector that wants no probes, as the nodes judge each other.
    ///
    /// # Panics
    /// When the catalogue cannot build the detector.
    pub fn new(case: &Case, nodes: u32) -> Option<Self> {
        let config = HealthConfig { detector: case.spec.clone(), spread: false, ..HealthConfig::default() };
        let detector = catalogue::build_detector(&case.spec).expect("the catalogue builds the detector");
        let mut monitor = HealthMonitor::new(&config, 1, detector);
        (0..nodes).for_each(|number| monitor.join(Instant::ZERO, NodeId(number)));
        monitor.next_deadline()?;
        let sent = Vec::with_capacity(nodes as usize);
        let mut probing = Self { monitor, mixed: Mixed(1), now: Instant::ZERO, sent };
        for _ in 0..1_100 {
            probing.send();
            while probing.answer() {}
        }
        Some(probing)
    }

    /// Goes to the time of the next probes, and sends them.
    pub fn send(&mut self) {
        self.now = self.monitor.next_deadline().expect("nodes are probed for ever").at;
        while let Some((node, probe)) = self.monitor.due_probe(self.now) {
            let is_bad = self.mixed.below(BAD_EVERY) == 0;
            let answer = if is_bad { ProbeAnswer::Unhealthy } else { ProbeAnswer::Healthy };
            self.sent.push((node, probe, answer));
        }
    }

    /// Answers the next probe; false if all are answered.
    pub fn answer(&mut self) -> bool {
        let Some((node, probe, answer)) = self.sent.pop() else { return false };
        self.now += Duration::from_micros(10);
        let judged = self.monitor.answered(self.now, node, probe, answer);
        std::hint::black_box(judged);
        true
    }
}
