//! What can be set about the protocol.

use crate::Duration;

/// The settings of every member of a cluster. Defaults are those of memberlist for a local network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwimSettings {
    /// Time from one probe of a member to its next. Default 1 s. Shorter finds failures sooner and costs messages.
    pub probe_interval: Duration,
    /// Whether each probe goes to any member at random, as in the first protocol of the paper. Default false: members are
    /// probed in turn, in an order that each round shuffles anew, so that none waits for longer than two rounds.
    pub random_probes: bool,
    /// Time for which a member waits for a direct answer before it asks others to probe in turn. Default 500 ms, less than
    /// `probe_interval`.
    pub probe_timeout: Duration,
    /// Members that are asked to probe in turn. Default 3. With none, a member judges by its own link alone.
    pub indirect_checks: u32,
    /// The least time that a suspicion lasts, in probe intervals times `max(1, log10(members))`; also two more than the
    /// confirmations that bring it down to that. Default 4. Less declares members dead sooner, and healthy ones too.
    pub suspicion_mult: u32,
    /// The time of a suspicion that nobody confirms, in least times. Default 6; 1 is SWIM without Lifeguard.
    pub suspicion_max_timeout_mult: u32,
    /// How many times slower a member probes at most when its own probes go wrong. Default 8; 1 turns awareness off.
    pub awareness_max_multiplier: u32,
    /// Time from gossip to gossip while there is something to tell. Default 200 ms.
    pub gossip_interval: Duration,
    /// Members that each gossip goes to. Default 3.
    pub gossip_nodes: u32,
    /// How often a claim is sent on, times `ceil(log10(members + 1))`. Default 4.
    pub retransmit_mult: u32,
    /// For how long gossip still goes to a dead member, which may be alive and refute. Default 30 s.
    pub gossip_to_the_dead_time: Duration,
    /// Time between two full exchanges of a member with another one, which also looks for members thought dead; longer
    /// in large clusters. Default 30 s.
    pub push_pull_interval: Duration,
}

impl Default for SwimSettings {
    fn default() -> Self {
        Self {
            probe_interval: Duration::from_secs(1),
            random_probes: false,
            probe_timeout: Duration::from_millis(500),
            indirect_checks: 3,
            suspicion_mult: 4,
            suspicion_max_timeout_mult: 6,
            awareness_max_multiplier: 8,
            gossip_interval: Duration::from_millis(200),
            gossip_nodes: 3,
            retransmit_mult: 4,
            gossip_to_the_dead_time: Duration::from_secs(30),
            push_pull_interval: Duration::from_secs(30),
        }
    }
}
