//! Replications of a scenario: the same world with other seeds.

use crate::sample::Sample;
use cusinart_record::hash64;
use serde::{Deserialize, Serialize};

/// Seeds fit into the whole numbers that every reader of JSON knows exactly.
const SEED_BITS: u32 = 53;

/// One replication: its seed and what it says about each objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// Seed of the run.
    pub seed: u64,
    /// Digest of the run, 16 hexadecimal digits.
    pub digest: String,
    /// Events dispatched.
    pub events: u64,
    /// Samples, one for each objective of the study.
    pub samples: Vec<Sample>,
}

/// Replications of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Name of the scenario.
    pub scenario: String,
    /// Hash of the expanded scenario without its seed.
    pub scenario_hash: String,
    /// Version of the simulator.
    pub version: String,
    /// Seed that the seeds of the replications come from.
    pub seed: u64,
    /// What was measured, in normal form.
    pub objectives: Vec<String>,
    /// The replications, in order of their number.
    pub replications: Vec<Replication>,
}

impl Study {
    /// The samples of one objective, one for each replication.
    pub fn samples(&self, objective: usize) -> impl Iterator<Item = &Sample> {
        self.replications.iter().filter_map(move |replication| replication.samples.get(objective))
    }
}

/// The seed of a replication. The first keeps the seed of the scenario; the others come from it by a hash, so that
/// studies of neighbouring seeds share no run.
pub fn replication_seed(base: u64, index: u32) -> u64 {
    if index == 0 {
        return base;
    }
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&base.to_le_bytes());
    bytes[8..].copy_from_slice(&index.to_le_bytes());
    hash64(&bytes) >> (u64::BITS - SEED_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn neighbouring_seeds_share_no_replication() {
        let seeds: Vec<u64> =
            (0..50).flat_map(|base| (0..50).map(move |index| replication_seed(base, index))).collect();
        assert_eq!(seeds.iter().collect::<BTreeSet<_>>().len(), seeds.len());
        assert!(seeds.iter().all(|seed| *seed < 1 << SEED_BITS));
    }

    #[test]
    fn the_first_replication_is_the_run_of_the_scenario() {
        assert_eq!(replication_seed(42, 0), 42);
    }
}
