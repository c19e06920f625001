//! The ring of consistent hashing.

use super::hash::{HashHost, xxh64};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// A ring of hash positions, as Envoy builds it.
///
/// With normalised weights `w` and the smallest `wmin`, `scale = min(ceil(wmin * minimum) / wmin, maximum)`. Each host in
/// the given order adds `scale * w` to a running target and places `xxh64("key_i")`, i = 0, 1, ..., until as many
/// positions as the target are placed in all. A hash belongs to the first position at or above it, past the end to the
/// lowest. Sums are f64, in this order.
///
/// Source: Envoy, `ring_hash_lb.cc`, after Karger et al., Consistent hashing and random trees, 1997 (ketama).
#[derive(Clone, Debug, Default)]
pub struct HashRing {
    /// Ascending.
    points: Vec<RingPoint>,
    size: u64,
}

/// A position of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RingPoint {
    /// The hash.
    pub position: u64,
    /// The host that serves it, by its place in the list.
    pub host: u32,
}

/// How many positions a ring has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingSize {
    /// At least about so many. Envoy's default is 1024.
    pub minimum: u64,
    /// At most so many. Envoy's default is 8388608.
    pub maximum: u64,
}

impl HashRing {
    /// Builds the ring anew. Memory is used again.
    pub fn rebuild(&mut self, hosts: &[HashHost], size: RingSize) {
        self.points.clear();
        self.size = 0;
        let sum: f64 = hosts.iter().map(|host| host.weight).sum();
        let smallest = hosts.iter().map(|host| host.weight / sum).fold(f64::INFINITY, f64::min);
        let scale = (libm::ceil(smallest * size.minimum as f64) / smallest).min(size.maximum as f64);
        // No hosts, or weights that are no shares.
        if !(scale.is_finite() && smallest > 0.0) {
            return;
        }
        self.size = libm::ceil(scale) as u64;
        let (mut count, mut target) = (0.0, 0.0);
        let mut text = String::new();
        for (number, host) in (0..).zip(hosts) {
            target += scale * (host.weight / sum);
            let mut index = 0_u64;
            while count < target {
                text.clear();
                // Writing to a string cannot fail.
                let _ = write!(text, "{}_{index}", host.key);
                self.points.push(RingPoint { position: xxh64(text.as_bytes(), 0), host: number });
                index += 1;
                count += 1.0;
            }
        }
        // Stable: of equal positions the one of the earlier host comes first.
        self.points.sort_by_key(|point| point.position);
    }

    /// The host of a hash. With `attempt` n, the host of the n-th position after it. `None` if the ring is empty.
    pub fn host(&self, hash: u64, attempt: usize) -> Option<usize> {
        let index = self.points.partition_point(|point| point.position < hash);
        let index = index.wrapping_add(attempt).checked_rem(self.points.len())?;
        Some(self.points[index].host as usize)
    }

    /// The size it was built for; rounding may leave it one position short or over.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The positions, ascending.
    pub fn points(&self) -> &[RingPoint] {
        &self.points
    }
}
