//! Hashing for consistent balancing.

use crate::{NodeId, Pool};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::weights::weighing;

/// XXH64, as specified by the xxHash project.
pub fn xxh64(bytes: &[u8], seed: u64) -> u64 {
    xxhash_rust::xxh64::xxh64(bytes, seed)
}

/// A host that hashes are spread over.
#[derive(Clone, Debug, PartialEq)]
pub struct HashHost {
    /// What tells it from the others, such as `10.0.0.1:8080`.
    pub key: String,
    /// Its relative share.
    pub weight: f64,
}

/// The hash of a request.
pub(super) fn request_hash(key: u64) -> u64 {
    xxh64(&key.to_le_bytes(), 0)
}

/// The weighing nodes of a pool as hosts, whose keys are their names (`n7`).
pub(super) fn hosts_of(pool: Pool<'_>, nodes: &mut Vec<NodeId>, hosts: &mut Vec<HashHost>) {
    nodes.clear();
    hosts.clear();
    for (node, weight) in weighing(pool) {
        nodes.push(node);
        hosts.push(HashHost { key: node.to_string(), weight: f64::from(weight) });
    }
}
