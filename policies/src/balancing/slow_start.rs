//! Less weight for a node that has just begun to serve.

use crate::{Duration, Instant};

/// Nanoseconds of a millisecond.
const MILLISECOND_NS: f64 = 1e6;

/// Envoy's slow start: the weight of a node grows from a small share to the whole within a window.
///
/// Source: Envoy, slow start mode (`SlowStartConfig`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowStart {
    /// How long it lasts from the moment the node begins to serve. 0 is off.
    pub window: Duration,
    /// Form of the ramp: 1 is a line, more is steeper at the start. Default 1, above 0.
    pub aggression: f64,
    /// Smallest share of the weight. Default 0.1.
    pub weight_ratio_min: f64,
}

impl SlowStart {
    /// The share of its weight that a node has so long after its start: `(elapsed / window)^(1 / aggression)`, at least
    /// the smallest share, with an elapsed time of at least 1 ms.
    pub fn factor(&self, elapsed: Duration) -> f64 {
        if elapsed >= self.window {
            return 1.0;
        }
        let millis = |time: Duration| time.as_nanos() as f64 / MILLISECOND_NS;
        let share = millis(elapsed).max(1.0) / millis(self.window);
        libm::pow(share, 1.0 / self.aggression).max(self.weight_ratio_min)
    }

    /// Whether a node that serves since `since` has less than its weight.
    pub fn is_underway(&self, now: Instant, since: Instant) -> bool {
        now.since(since) < self.window
    }
}
