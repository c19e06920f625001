//! Smooth weighted round robin with nginx's account of failures.

use crate::{Duration, Instant};

/// What nginx knows of one peer.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmoothPeer {
    limits: SmoothLimits,
    effective: i64,
    balance: i64,
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

impl SmoothPeer {
    /// A peer without failures.
    pub fn new(limits: SmoothLimits) -> Self {
        Self {
            limits,
            effective: i64::from(limits.weight),
            balance: 0,
            fails: 0,
            accessed: Instant::ZERO,
            checked: Instant::ZERO,
        }
    }

    /// Sets another weight, and the effective one with it. The balance stays.
    pub fn set_weight(&mut self, weight: u32) {
        if self.limits.weight != weight {
            self.limits.weight = weight;
            self.effective = i64::from(weight);
        }
    }

    /// The weight after failures.
    pub const fn effective_weight(&self) -> i64 {
        self.effective
    }

    /// What it is owed, in requests times weight.
    pub const fn balance(&self) -> i64 {
        self.balance
    }

    /// Failures that were not forgiven.
    pub const fn fails(&self) -> u32 {
        self.fails
    }

    /// Whether it takes part with so many open connections.
    fn takes_part(&self, now: Instant, connections: impl FnOnce() -> u32) -> bool {
        let limits = &self.limits;
        let failed = limits.fails_max > 0
            && self.fails >= limits.fails_max
            && now.since(self.checked) <= limits.fail_timeout;
        !failed && (limits.connections_max == 0 || connections() < limits.connections_max)
    }

    /// Takes note of the end of a request.
    pub fn finish(&mut self, now: Instant, good: bool) {
        if good {
            if self.accessed < self.checked {
                self.fails = 0;
            }
            return;
        }
        self.fails = self.fails.saturating_add(1);
        (self.accessed, self.checked) = (now, now);
        let loss = self.limits.weight.checked_div(self.limits.fails_max).unwrap_or(0);
        self.effective = (self.effective - i64::from(loss)).max(0);
    }
}

/// Picks a peer, by its position. `connections` are those open at a peer, `tried` says which are to be left out.
///
/// Linear in the number of peers. `None` if no peer takes part.
pub fn pick_smooth(
    peers: &mut [SmoothPeer],
    now: Instant,
    connections: impl Fn(usize) -> u32,
    tried: impl Fn(usize) -> bool,
) -> Option<usize> {
    let (mut chosen, mut largest, mut total) = (None, i64::MIN, 0);
    for (position, peer) in peers.iter_mut().enumerate() {
        if tried(position) || !peer.takes_part(now, || connections(position)) {
            continue;
        }
        peer.balance += peer.effective;
        total += peer.effective;
        if peer.effective < i64::from(peer.limits.weight) {
            peer.effective += 1;
        }
        if chosen.is_none() || peer.balance > largest {
            (chosen, largest) = (Some(position), peer.balance);
        }
    }
    let peer = &mut peers[chosen?];
    peer.balance -= total;
    if now.since(peer.checked) > peer.limits.fail_timeout {
        peer.checked = now;
    }
    chosen
}
