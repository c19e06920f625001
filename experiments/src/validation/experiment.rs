//! What a family makes of a case: a scenario, and how one replication of it is measured.

use super::case::Case;
use serde_json::Value;

/// A number or another answer of one replication, by the name of its metric.
pub(super) type Readings = Vec<(String, Value)>;

/// A case made ready to run.
pub(super) struct Experiment {
    /// The scenario, as text, where the model is one.
    pub(super) scenario: Option<String>,
    /// Whether the case is a single replication, whatever its file says, as its units are not independent numbers.
    pub(super) once: bool,
    /// Runs the replication with this seed.
    pub(super) replicate: Box<dyn Fn(u64) -> Result<Readings, String> + Send + Sync>,
}

/// Makes a case ready to run, with so many units in each replication. An error says why that cannot be done.
pub(super) type Family = fn(&Case, u64) -> Result<Experiment, String>;

impl Experiment {
    /// An experiment without a scenario: a part of the product that is asked directly.
    pub(super) fn direct(
        replicate: impl Fn(u64) -> Result<Readings, String> + Send + Sync + 'static,
    ) -> Self {
        Self { scenario: None, once: false, replicate: Box::new(replicate) }
    }
}
