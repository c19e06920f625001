//! Events at given times, which may repeat.

use crate::conformance::reading::{at_ms, millis};
use cusinart_policies::Instant;
use serde::Deserialize;

/// An event of a vector: `repeat` events, `every_ms` apart, from `t_ms` on.
#[derive(Deserialize)]
pub(super) struct Timed<Op> {
    t_ms: f64,
    repeat: Option<u64>,
    every_ms: Option<f64>,
    #[serde(flatten)]
    op: Op,
}

/// One of the events that an entry stands for.
pub(super) struct At<'a, Op> {
    /// Its time.
    pub(super) now: Instant,
    /// What happens.
    pub(super) op: &'a Op,
    /// Whether it is the last one of its entry: of queries that repeat only that one is shown.
    pub(super) last: bool,
}

impl<Op> Timed<Op> {
    /// The events, in the order they happen.
    pub(super) fn each(&self) -> impl Iterator<Item = At<'_, Op>> {
        let (repeat, every) = (self.repeat.unwrap_or(1), millis(self.every_ms.unwrap_or(0.0)));
        (0..repeat).map(move |index| At {
            now: at_ms(self.t_ms) + every * index,
            op: &self.op,
            last: index + 1 == repeat,
        })
    }
}
