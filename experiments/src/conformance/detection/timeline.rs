//! Events at given times.

use crate::conformance::reading::{at_ms, yes};
use cusinart_policies::Instant;
use serde::Deserialize;

/// An event of a vector.
#[derive(Deserialize)]
pub(super) struct Timed<Op> {
    t_ms: f64,
    /// Whether a query is shown: of those that repeat only the last one is.
    #[serde(default = "yes")]
    pub(super) is_last: bool,
    /// What happens.
    #[serde(flatten)]
    pub(super) op: Op,
}

impl<Op> Timed<Op> {
    /// When it happens.
    pub(super) fn now(&self) -> Instant {
        at_ms(self.t_ms)
    }
}
