//! `ring_hash` and `maglev`: requests of one key to one node.

use super::bounded_load::{ProbeOrder, choose_bounded, overload};
use super::hash::{HashHost, hosts_of, request_hash};
use super::loads::Loads;
use super::maglev_table::MaglevTable;
use super::ring::{HashRing, RingSize};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, ConfigError, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rand_core::Rng;

/// Largest Maglev table of Envoy.
const TABLE_SIZE_MAX: u64 = 5_000_011;
/// Largest ring of Envoy.
const RING_SIZE_MAX: u64 = 8_388_608;
/// Places that are asked for a node other than the one to avoid.
const ATTEMPTS: usize = 4;

pub(crate) const RING_HASH: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "ring_hash",
        summary: "Requests of one key to one node, by a ring of hashes; few keys move when nodes come or go.",
        source: "Karger et al. 1997 (ketama); Envoy, ring hash load balancer; Mirrokni et al. 2018 for bounded loads",
        params: &[
            ParamInfo {
                name: "minimum_ring_size",
                doc: "Positions on the ring, at least about so many. More spreads keys more evenly and costs memory and a \
                      longer rebuild with each change.",
                form: ParamForm::Count { default: 1_024, min: 1, max: RING_SIZE_MAX },
            },
            ParamInfo {
                name: "maximum_ring_size",
                doc: "Positions on the ring, at most so many, however unequal the weights are; it is stronger than the minimum.",
                form: ParamForm::Count { default: RING_SIZE_MAX, min: 1, max: RING_SIZE_MAX },
            },
            BALANCE_FACTOR,
        ],
        example: "ring_hash: { minimum_ring_size: 4096, hash_balance_factor: 125 }",
    },
    build: |params| {
        let (minimum, maximum) = (params.count("minimum_ring_size"), params.count("maximum_ring_size"));
        let size = RingSize { minimum: u64::from(minimum), maximum: u64::from(maximum) };
        let table = Table::Ring { ring: HashRing::default(), size };
        Ok(Box::new(ConsistentHash::new(table, balance_factor(params)?)))
    },
};

pub(crate) const MAGLEV: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "maglev",
        summary: "Requests of one key to one node, by a table that all nodes share evenly; few keys move on changes.",
        source: "Eisenbud et al., Maglev, NSDI 2016; Envoy, Maglev load balancer; Mirrokni et al. 2018 for bounded loads",
        params: &[
            ParamInfo {
                name: "table_size",
                doc: "Slots of the table, a prime, best a hundred times the number of nodes or more. More moves fewer \
                      keys and costs a longer rebuild with each change.",
                form: ParamForm::Count { default: 65_537, min: 2, max: TABLE_SIZE_MAX },
            },
            BALANCE_FACTOR,
        ],
        example: "maglev: { table_size: 65537 }",
    },
    build: |params| {
        let size = params.count("table_size");
        if !is_prime(size) {
            return Err(params.misfit("table_size", size, "a prime, such as 65537"));
        }
        let table = Table::Maglev { table: MaglevTable::default(), size: size as usize };
        Ok(Box::new(ConsistentHash::new(table, balance_factor(params)?)))
    },
};

const BALANCE_FACTOR: ParamInfo = ParamInfo {
    name: "hash_balance_factor",
    doc: "Most requests in flight at a node, in percent of its fair share; above it other nodes help. 0 is no bound, else \
          at least 100. Less balances better and keeps fewer keys at their node.",
    form: ParamForm::Count { default: 0, min: 0, max: 100_000 },
};

fn balance_factor(params: &Params<'_>) -> Result<u32, ConfigError> {
    match params.count(BALANCE_FACTOR.name) {
        factor @ 1..100 => Err(params.misfit(BALANCE_FACTOR.name, factor, "0, or at least 100 percent")),
        factor => Ok(factor),
    }
}

fn is_prime(number: u32) -> bool {
    let divisors = (2_u32..).take_while(|divisor| divisor.saturating_mul(*divisor) <= number);
    number >= 2 && divisors.into_iter().all(|divisor| !number.is_multiple_of(divisor))
}

/// Where hashes are looked up.
#[derive(Clone, Debug)]
pub enum Table {
    /// A ring, and how large it shall be.
    Ring {
        /// The ring.
        ring: HashRing,
        /// Its size.
        size: RingSize,
    },
    /// A Maglev table.
    Maglev {
        /// The table.
        table: MaglevTable,
        /// Number of slots, a prime.
        size: usize,
    },
}

/// Sends requests of one key to one node by consistent hashing, with a bound on the load of each if one is set.
///
/// The hash of a request is XXH64 of its key, those of nodes come from their names (`n7`). When the node is the one to
/// avoid, the next attempts of Envoy are asked: the following ring positions, or other slots. A look-up is
/// logarithmic in the ring and constant in the table. With a bound, a request whose node is full seeds a generator of 624
/// words for the order in which others are asked, which takes about a microsecond.
///
/// The table is built anew at the first choice after a change, so that many changes at one instant cost one rebuild.
/// Memory of the last table is used again. Nodes of weight 0 are left out; if there are no others, all weigh 1.
///
/// In a scenario the key is the number of the request: tries of one request go to one node.
#[derive(Clone, Debug)]
pub struct ConsistentHash {
    table: Table,
    is_stale: bool,
    /// Bound of the load in percent of the fair share; 0 is none.
    balance_factor_pct: u32,
    nodes: Vec<NodeId>,
    /// In step with `nodes`.
    hosts: Vec<HashHost>,
    weight_sum: f64,
    /// Requests in flight of `nodes`; without a bound nobody looks at them, and it has none.
    loads: Loads,
    scratch: Vec<usize>,
}

impl ConsistentHash {
    /// A strategy without nodes.
    pub fn new(table: Table, balance_factor_pct: u32) -> Self {
        Self {
            table,
            is_stale: true,
            balance_factor_pct,
            nodes: Vec::new(),
            hosts: Vec::new(),
            weight_sum: 0.0,
            loads: Loads::default(),
            scratch: Vec::new(),
        }
    }

    fn rebuild(&mut self) {
        self.is_stale = false;
        match &mut self.table {
            Table::Ring { ring, size } => ring.rebuild(&self.hosts, *size),
            Table::Maglev { table, size } => table.rebuild(&self.hosts, *size),
        }
    }

    fn host(&self, hash: u64, attempt: usize) -> usize {
        let host = match &self.table {
            Table::Ring { ring, .. } => ring.host(hash, attempt),
            Table::Maglev { table, .. } => table.host(hash, attempt as u64),
        };
        host.unwrap_or(0)
    }

    fn bounded(&mut self, primary: usize, hash: u64) -> usize {
        let (total, in_flight) = (self.loads.total(), self.loads.in_flight());
        let factor = |host: usize| {
            let weight = self.hosts[host].weight / self.weight_sum;
            overload(total, u64::from(in_flight[host]), weight, self.balance_factor_pct).factor
        };
        if factor(primary) <= 1.0 {
            return primary;
        }
        choose_bounded(primary, ProbeOrder::new(hash, self.nodes.len(), &mut self.scratch), factor)
    }
}

impl BalancingStrategy for ConsistentHash {
    fn name(&self) -> &'static str {
        match self.table {
            Table::Ring { .. } => RING_HASH.entry.name,
            Table::Maglev { .. } => MAGLEV.entry.name,
        }
    }

    fn select_node(
        &mut self,
        _now: Instant,
        request: &RouteRequest,
        _pool: Pool<'_>,
        _rng: &mut dyn Rng,
    ) -> NodeId {
        if self.is_stale {
            self.rebuild();
        }
        let hash = request_hash(request.key);
        let mut host = self.host(hash, 0);
        for attempt in 1..ATTEMPTS {
            if request.avoid != Some(self.nodes[host]) {
                break;
            }
            host = self.host(hash, attempt);
        }
        if self.balance_factor_pct > 0 {
            host = self.bounded(host, hash);
        }
        self.nodes[host]
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        hosts_of(pool, &mut self.nodes, &mut self.hosts);
        self.weight_sum = self.hosts.iter().map(|host| host.weight).sum();
        self.is_stale = true;
        if self.balance_factor_pct > 0 {
            self.loads.rebuild(self.nodes.iter().copied(), pool.stats);
        }
    }

    fn request_sent(&mut self, node: NodeId) {
        self.loads.sent(node);
    }

    fn request_withdrawn(&mut self, node: NodeId) {
        self.loads.finished(node);
    }

    fn request_finished(&mut self, _now: Instant, node: NodeId, _outcome: RequestOutcome) {
        self.loads.finished(node);
    }
}
