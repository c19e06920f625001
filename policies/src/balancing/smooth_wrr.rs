//! Smooth weighted round robin with nginx's account of failures.

use crate::{Duration, Instant};
use alloc::vec::Vec;

/// Balances that are looked at together.
const LANES: usize = 8;

/// Peers of nginx among which smooth weighted round robin picks, each known by its position.
///
/// Each pick adds to the balance of every peer that takes part its effective weight; the largest balance wins, the first
/// one of equals, and pays the sum of the effective weights. After a failure a peer's effective weight falls by
/// `weight / max_fails` (whole division, not below 0), and it grows back by 1 with each pick. A peer with `max_fails`
/// failures takes no part until `fail_timeout` has passed since they were last checked; then one request tries it, and
/// a good end of that forgives all failures.
///
/// Source: nginx, `ngx_http_upstream_round_robin.c` (smooth weighted balancing since change 52327e0627f4, 2012) and
/// `ngx_http_upstream_module`, `server`. Known differences: nginx counts whole seconds, and does not count the failures
/// of a peer that is the only one.
#[derive(Clone, Debug, Default)]
pub struct SmoothPeers {
    peers: Vec<Peer>,
    /// What each peer is owed, in requests times weight. Whole numbers, and exact: they stay below 2^53 with two million
    /// peers of the greatest weight. Floats, as processors find the largest of many floats fast.
    balances: Vec<f64>,
    /// Weights after failures, whole numbers too.
    effective: Vec<f64>,
    /// Sum of all weights.
    weight_sum: f64,
    /// Peers that do not simply take part with their whole weight.
    unsettled: usize,
}

/// What is known of one peer beside its balance.
#[derive(Clone, Copy, Debug)]
struct Peer {
    limits: SmoothLimits,
    fails: u32,
    accessed: Instant,
    checked: Instant,
}

/// What is set of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmoothLimits {
    /// Relative share of requests. Default 1.
    pub weight: u32,
    /// Failures after which the peer is left out. Default 1; 0 counts none.
    pub fails_max: u32,
    /// How long it is left out. Default 10 s.
    pub fail_timeout: Duration,
    /// Open connections with which it gets no further one. Default 0, which is no limit.
    pub connections_max: u32,
}

impl Default for SmoothLimits {
    fn default() -> Self {
        Self { weight: 1, fails_max: 1, fail_timeout: Duration::from_secs(10), connections_max: 0 }
    }
}

impl SmoothPeers {
    /// Adds a peer without failures.
    pub fn push(&mut self, limits: SmoothLimits) {
        let peer = Peer { limits, fails: 0, accessed: Instant::ZERO, checked: Instant::ZERO };
        self.add(peer, 0.0, f64::from(limits.weight));
    }

    /// Adds a peer of other peers with all that is known of it, but this weight. A weight that is another one is the
    /// effective one, too.
    pub fn push_from(&mut self, others: &Self, position: usize, weight: u32) {
        let mut peer = others.peers[position];
        let is_same = peer.limits.weight == weight;
        peer.limits.weight = weight;
        let effective = if is_same { others.effective[position] } else { f64::from(weight) };
        self.add(peer, others.balances[position], effective);
    }

    fn add(&mut self, peer: Peer, balance: f64, effective: f64) {
        self.unsettled += usize::from(!peer.is_settled(effective));
        self.weight_sum += f64::from(peer.limits.weight);
        self.peers.push(peer);
        self.balances.push(balance);
        self.effective.push(effective);
    }

    /// The weight of a peer after failures.
    pub fn effective_weight(&self, position: usize) -> i64 {
        self.effective[position] as i64
    }

    /// What a peer is owed, in requests times weight.
    pub fn balance(&self, position: usize) -> i64 {
        self.balances[position] as i64
    }

    /// Failures of a peer that were not forgiven.
    pub fn fails(&self, position: usize) -> u32 {
        self.peers[position].fails
    }

    /// Takes note of the end of a request.
    pub fn finish(&mut self, position: usize, now: Instant, good: bool) {
        let (peer, effective) = (&mut self.peers[position], &mut self.effective[position]);
        let was_settled = peer.is_settled(*effective);
        peer.finish(now, good, effective);
        let is_settled = peer.is_settled(*effective);
        self.unsettled = self.unsettled + usize::from(was_settled) - usize::from(is_settled);
    }

    /// Picks a peer. `connections` are those open at a peer, `tried` are the peers to be left out.
    ///
    /// Linear in the number of peers. `None` if no peer takes part.
    pub fn pick(
        &mut self,
        now: Instant,
        connections: impl Fn(usize) -> u32,
        tried: &[usize],
    ) -> Option<usize> {
        let (chosen, total) = if self.unsettled == 0 && tried.is_empty() {
            (self.largest_of_all()?, self.weight_sum)
        } else {
            self.largest(now, connections, tried)?
        };
        self.balances[chosen] -= total;
        let peer = &mut self.peers[chosen];
        if now.since(peer.checked) > peer.limits.fail_timeout {
            peer.checked = now;
        }
        Some(chosen)
    }

    /// Pays every peer that takes part. Gives the first one with the largest balance, and what was paid in all.
    fn largest(
        &mut self,
        now: Instant,
        connections: impl Fn(usize) -> u32,
        tried: &[usize],
    ) -> Option<(usize, f64)> {
        let (mut chosen, mut largest, mut total) = (None, f64::NEG_INFINITY, 0.0);
        for (position, peer) in self.peers.iter().enumerate() {
            if tried.contains(&position) || !peer.takes_part(now, || connections(position)) {
                continue;
            }
            let (balance, effective) = (&mut self.balances[position], &mut self.effective[position]);
            *balance += *effective;
            total += *effective;
            if *effective < f64::from(peer.limits.weight) {
                *effective += 1.0;
                self.unsettled -= usize::from(peer.is_settled(*effective));
            }
            if *balance > largest {
                (chosen, largest) = (Some(position), *balance);
            }
        }
        Some((chosen?, total))
    }

    /// The same where all peers take part with their whole weight: several at a time.
    fn largest_of_all(&mut self) -> Option<usize> {
        let mut largest = [f64::NEG_INFINITY; LANES];
        let (balances, others) = self.balances.as_chunks_mut::<LANES>();
        let (weights, weights_of_others) = self.effective.as_chunks::<LANES>();
        for (balances, weights) in balances.iter_mut().zip(weights) {
            for lane in 0..LANES {
                balances[lane] += weights[lane];
                largest[lane] = if balances[lane] > largest[lane] { balances[lane] } else { largest[lane] };
            }
        }
        for (balance, weight) in others.iter_mut().zip(weights_of_others) {
            *balance += weight;
            largest[0] = largest[0].max(*balance);
        }
        let largest = largest.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let is_here =
            |chunk: &[f64; LANES]| chunk.iter().fold(false, |found, balance| found | (*balance == largest));
        let chunk = balances.iter().position(is_here).unwrap_or(balances.len());
        let place = self.balances[chunk * LANES..].iter().position(|balance| *balance == largest)?;
        Some(chunk * LANES + place)
    }
}

impl Peer {
    /// Whether it takes part with its whole weight whatever the time and its connections.
    fn is_settled(&self, effective: f64) -> bool {
        let limits = &self.limits;
        let is_trusted = limits.fails_max == 0 || self.fails < limits.fails_max;
        is_trusted && limits.connections_max == 0 && effective == f64::from(limits.weight)
    }

    /// Whether it takes part with so many open connections.
    fn takes_part(&self, now: Instant, connections: impl FnOnce() -> u32) -> bool {
        let limits = &self.limits;
        let failed = limits.fails_max > 0
            && self.fails >= limits.fails_max
            && now.since(self.checked) <= limits.fail_timeout;
        !failed && (limits.connections_max == 0 || connections() < limits.connections_max)
    }

    fn finish(&mut self, now: Instant, good: bool, effective: &mut f64) {
        if good {
            if self.accessed < self.checked {
                self.fails = 0;
            }
            return;
        }
        self.fails = self.fails.saturating_add(1);
        (self.accessed, self.checked) = (now, now);
        let loss = self.limits.weight.checked_div(self.limits.fails_max).unwrap_or(0);
        *effective = (*effective - f64::from(loss)).max(0.0);
    }
}
