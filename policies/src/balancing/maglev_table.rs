//! The lookup table of Maglev.

use super::hash::{HashHost, xxh64};
use alloc::vec::Vec;

/// A slot that nobody took.
const FREE: u32 = u32::MAX;

/// Where a host begins in the table and how far it steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutation {
    /// First slot it would like.
    pub offset: u64,
    /// Slots to the next one it would like; it should have no divisor in common with the size.
    pub skip: u64,
}

/// A host in the filling of a table.
#[derive(Clone, Copy, Debug)]
struct Filler {
    host: u32,
    /// The slot it would like next.
    slot: usize,
    /// At most the size.
    skip: usize,
    weight: f64,
    /// Steps along its permutation.
    steps: usize,
    target: f64,
}

/// A table from hashes to hosts, as Envoy fills it.
///
/// Hosts are sorted by key. In rounds 1, 2, ... each takes the next free slot of its own permutation, `offset + skip *
/// j` modulo the size, unless round * weight is below its target; with each slot the target grows by the largest weight.
///
/// Source: Eisenbud et al., Maglev: A Fast and Reliable Software Network Load Balancer, NSDI 2016, section 3.4; Envoy,
/// `maglev_lb.cc` (weights, hashes). The size should be a prime, as else a permutation may miss slots; a host that has no free slot left
/// in its permutation takes the lowest free one.
#[derive(Clone, Debug, Default)]
pub struct MaglevTable {
    slots: Vec<u32>,
    fillers: Vec<Filler>,
}

impl MaglevTable {
    /// Fills the table for these hosts: offset `xxh64(key, 0) mod size`, skip `xxh64(key, 1) mod (size - 1) + 1`.
    /// Memory is used again.
    pub fn rebuild(&mut self, hosts: &[HashHost], size: usize) {
        let size_u64 = size as u64;
        let permutation = |key: &str| Permutation {
            offset: xxh64(key.as_bytes(), 0).checked_rem(size_u64).unwrap_or(0),
            skip: xxh64(key.as_bytes(), 1).checked_rem(size_u64.saturating_sub(1)).unwrap_or(0) + 1,
        };
        self.fillers.clear();
        let filler =
            |(number, host): (u32, &HashHost)| Filler::new(number, permutation(&host.key), host.weight, size);
        self.fillers.extend((0..).zip(hosts).map(filler));
        self.fillers.sort_by(|one, other| hosts[one.host as usize].key.cmp(&hosts[other.host as usize].key));
        self.fill(size);
    }

    /// Fills the table for hosts of equal weight with these permutations, in the order given.
    pub fn rebuild_from(&mut self, permutations: &[Permutation], size: usize) {
        self.fillers.clear();
        let filler = |(host, permutation): (u32, &Permutation)| Filler::new(host, *permutation, 1.0, size);
        self.fillers.extend((0..).zip(permutations).map(filler));
        self.fill(size);
    }

    /// A table that was filled elsewhere: the host of each slot.
    pub fn from_slots(slots: Vec<u32>) -> Self {
        Self { slots, fillers: Vec::new() }
    }

    /// The host of a hash. Further attempts look at the hash XOR (2^64 - attempt). `None` if the table is empty.
    pub fn host(&self, hash: u64, attempt: u64) -> Option<usize> {
        let hash = hash ^ 0_u64.wrapping_sub(attempt);
        let slot = hash.checked_rem(self.slots.len() as u64)?;
        Some(self.slots[slot as usize] as usize)
    }

    /// The host of each slot.
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    fn fill(&mut self, size: usize) {
        self.slots.clear();
        if self.fillers.is_empty() {
            return;
        }
        self.slots.resize(size, FREE);
        let largest = self.fillers.iter().map(|filler| filler.weight).fold(0.0, f64::max);
        let (mut left, mut round) = (size, 0.0);
        while left > 0 {
            round += 1.0;
            for filler in &mut self.fillers {
                if left == 0 {
                    break;
                }
                // The heaviest is never below its target, so that each round takes a slot.
                if round * filler.weight >= filler.target {
                    let slot = filler.next_free(&self.slots);
                    self.slots[slot] = filler.host;
                    filler.target += largest;
                    left -= 1;
                }
            }
        }
    }
}

impl Filler {
    fn new(host: u32, permutation: Permutation, weight: f64, size: usize) -> Self {
        let within = |value: u64| value.checked_rem(size as u64).unwrap_or(0) as usize;
        Self {
            host,
            slot: within(permutation.offset),
            skip: within(permutation.skip),
            weight: weight.max(0.0),
            steps: 0,
            target: 0.0,
        }
    }

    /// The next free slot. There is one.
    fn next_free(&mut self, slots: &[u32]) -> usize {
        while self.steps < slots.len() {
            let slot = self.slot;
            self.slot += self.skip;
            if self.slot >= slots.len() {
                self.slot -= slots.len();
            }
            self.steps += 1;
            if slots[slot] == FREE {
                return slot;
            }
        }
        slots.iter().position(|slot| *slot == FREE).expect("the table is not full")
    }
}
