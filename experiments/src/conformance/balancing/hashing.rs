//! Consistent hashing.

use crate::conformance::reading::read;
use cusinart_policies::balancing::{
    HashHost, HashRing, MaglevTable, Permutation, ProbeOrder, RingSize, choose_bounded, overload, xxh64,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// How many slots the vectors show of a long table.
const FIRST_SLOTS: usize = 32;

fn hosts(keys: Vec<String>, weights: Vec<f64>) -> Vec<HashHost> {
    keys.into_iter().zip(weights).map(|(key, weight)| HashHost { key, weight }).collect()
}

fn hash(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("hash {text:?}, expected a whole number below 2^64"))
}

fn counts(hosts: usize, of: impl Iterator<Item = u32>) -> Vec<u64> {
    let mut counts = vec![0; hosts];
    of.for_each(|host| counts[host as usize] += 1);
    counts
}

pub(super) fn maglev_table(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        host_keys: Vec<String>,
        weights: Vec<f64>,
        table_size: usize,
    }
    let inputs: Inputs = read(inputs)?;
    let hosts = hosts(inputs.host_keys, inputs.weights);
    let mut table = MaglevTable::default();
    table.rebuild(&hosts, inputs.table_size);
    let joined = table.slots().iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let digest = hmac_sha256::Hash::hash(joined.as_bytes());
    Ok(json!({
        "table_counts_per_host": counts(hosts.len(), table.slots().iter().copied()),
        "table": table.slots(),
        "table_first_32": table.slots().iter().take(FIRST_SLOTS).collect::<Vec<_>>(),
        "table_sha256_of_comma_joined_indices":
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    }))
}

pub(super) fn maglev_from_offset_skip(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        offset_skip: Vec<(u64, u64)>,
        table_size: usize,
    }
    let inputs: Inputs = read(inputs)?;
    let permutations: Vec<Permutation> =
        inputs.offset_skip.iter().map(|&(offset, skip)| Permutation { offset, skip }).collect();
    let mut table = MaglevTable::default();
    table.rebuild_from(&permutations, inputs.table_size);
    Ok(json!({ "table": table.slots() }))
}

pub(super) fn maglev_lookup(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        table: Vec<u32>,
        hash_u64: u64,
        attempt: u64,
    }
    let inputs: Inputs = read(inputs)?;
    let table = MaglevTable::from_slots(inputs.table);
    Ok(json!({ "host": table.host(inputs.hash_u64, inputs.attempt) }))
}

pub(super) fn ring(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        host_keys: Vec<String>,
        weights: Vec<f64>,
        minimum_ring_size: u64,
        maximum_ring_size: u64,
        #[serde(default)]
        lookup_hashes_u64: Vec<String>,
    }
    let inputs: Inputs = read(inputs)?;
    let hosts = hosts(inputs.host_keys, inputs.weights);
    let size = RingSize { minimum: inputs.minimum_ring_size, maximum: inputs.maximum_ring_size };
    let mut ring = HashRing::default();
    ring.rebuild(&hosts, size);
    let host = |text: &String| hash(text).map(|hash| ring.host(hash, 0));
    let lookup = inputs.lookup_hashes_u64.iter().map(host).collect::<Result<Vec<_>, _>>()?;
    let points = ring.points();
    let point = |point: &cusinart_policies::balancing::RingPoint| json!({ "position_u64": point.position.to_string(), "host": point.host });
    Ok(json!({
        "ring_size": ring.size(),
        "hashes_per_host": counts(hosts.len(), points.iter().map(|point| point.host)),
        "lookup": lookup,
        "ring": points.iter().map(point).collect::<Vec<_>>(),
    }))
}

pub(super) fn xxhash64(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        utf8: String,
        seed: u64,
    }
    let inputs: Inputs = read(inputs)?;
    Ok(json!({ "hash_u64": xxh64(inputs.utf8.as_bytes(), inputs.seed).to_string() }))
}

pub(super) fn overload_factor(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        cluster_active_requests: u64,
        host_active_requests: u64,
        normalized_weight: f64,
        hash_balance_factor_pct: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let found = overload(
        inputs.cluster_active_requests,
        inputs.host_active_requests,
        inputs.normalized_weight,
        inputs.hash_balance_factor_pct,
    );
    Ok(json!({ "slots": found.slots, "overload_factor": found.factor }))
}

pub(super) fn probe_order(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        hash_u64: String,
        hosts: usize,
    }
    let inputs: Inputs = read(inputs)?;
    let mut scratch = Vec::new();
    let order = ProbeOrder::new(hash(&inputs.hash_u64)?, inputs.hosts, &mut scratch);
    Ok(json!({ "order": order.collect::<Vec<_>>() }))
}

pub(super) fn bounded_choose(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        primary_host: usize,
        hash_u64: String,
        overload_factors: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let factors = &inputs.overload_factors;
    if inputs.primary_host >= factors.len() {
        return Err(format!("primary_host {}, expected one of {}", inputs.primary_host, factors.len()));
    }
    let mut scratch = Vec::new();
    let order = ProbeOrder::new(hash(&inputs.hash_u64)?, factors.len(), &mut scratch);
    Ok(json!({ "host": choose_bounded(inputs.primary_host, order, |host| factors[host]) }))
}
