//! How a node that cannot reach the API decides whether it must reboot (medik8s Self Node Remediation).

use crate::Duration;

/// Least time peers are given to answer, and margin on top of everything.
const MARGIN: Duration = Duration::from_secs(30);
/// Peers asked at first, and at least in each later batch.
const PEERS_FIRST: u32 = 3;

/// The times that add up until an unhealthy node has certainly rebooted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafeReboot {
    /// Time between two looks at the API (15 s).
    pub api_check_interval: Duration,
    /// Time limit of one look (5 s).
    pub api_server_timeout: Duration,
    /// Errors in a row after which peers are asked (3). Unit: looks.
    pub api_errors_max: u32,
    /// Time limit to reach a peer (5 s).
    pub peer_dial_timeout: Duration,
    /// Time limit of a peer's answer (5 s).
    pub peer_request_timeout: Duration,
    /// Time after which the watchdog reboots a node that does not feed it; zero without one.
    pub watchdog_timeout: Duration,
}

impl SafeReboot {
    /// Batches in which the workers are asked: three first, then a tenth of the rest each time, at least three.
    pub fn peer_batches(worker_nodes: u32) -> u32 {
        let rest = worker_nodes.saturating_sub(PEERS_FIRST);
        1 + rest.div_ceil((rest / 10).max(PEERS_FIRST))
    }

    /// The least time after which a node is taken for rebooted.
    pub fn minimum(&self, worker_nodes: u32) -> Duration {
        let api = (self.api_check_interval + self.api_server_timeout) * u64::from(self.api_errors_max);
        let batches = u64::from(Self::peer_batches(worker_nodes));
        let peers = (self.peer_dial_timeout + self.peer_request_timeout) * batches;
        api + peers.max(MARGIN) + self.watchdog_timeout + MARGIN
    }

    /// The time that is used: what is configured, if it is not less than the minimum.
    pub fn used(&self, worker_nodes: u32, configured: Option<Duration>) -> Duration {
        let minimum = self.minimum(worker_nodes);
        configured.filter(|&time| time >= minimum).unwrap_or(minimum)
    }
}

/// What the peers of one batch answered. Numbers of peers; those that did not answer are in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeerAnswers {
    /// The node is healthy.
    pub healthy: u32,
    /// The node is unhealthy.
    pub unhealthy: u32,
    /// The peer cannot reach the API either.
    pub api_errors: u32,
}

/// What a node thinks of itself, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerVerdict {
    /// Healthy: it has met too few errors to ask.
    BelowErrorThreshold,
    /// Healthy: a peer says so.
    HealthyByPeer,
    /// Unhealthy: a peer says so.
    UnhealthyByPeer,
    /// Healthy: most peers cannot reach the API, so the API is at fault.
    ApiUnreachable,
    /// Nobody could tell. The time since a peer last answered decides.
    Undecided,
}

/// What a node thinks of itself after `errors` looks at the API in a row failed and its peers, asked batch by batch,
/// answered. In a batch a healthy answer wins over an unhealthy one, and both over errors, which add up over batches.
pub fn peer_verdict(errors: u32, errors_max: u32, peers: u32, batches: &[PeerAnswers]) -> PeerVerdict {
    if errors < errors_max {
        return PeerVerdict::BelowErrorThreshold;
    }
    let mut api_errors = 0_u32;
    for batch in batches {
        api_errors = api_errors.saturating_add(batch.api_errors);
        if batch.healthy > 0 {
            return PeerVerdict::HealthyByPeer;
        }
        if batch.unhealthy > 0 {
            return PeerVerdict::UnhealthyByPeer;
        }
        if api_errors > peers / 2 {
            return PeerVerdict::ApiUnreachable;
        }
    }
    PeerVerdict::Undecided
}
