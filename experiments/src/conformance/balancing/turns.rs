//! Taking turns.

use crate::conformance::reading::{at_s, read, seconds};
use cusinart_policies::balancing::{EdfSchedule, RoundRobin, SmoothLimits, SmoothPeers};
use cusinart_policies::{
    BalancingStrategy, Instant, Labels, NodeId, NodeStats, Pool, RouteRequest, ServiceId,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn smooth_sequence(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        weights: BTreeMap<String, u32>,
        picks: usize,
    }
    let inputs: Inputs = read(inputs)?;
    let names: Vec<&String> = inputs.weights.keys().collect();
    let limits = |weight: &u32| SmoothLimits { weight: *weight, fails_max: 0, ..SmoothLimits::default() };
    let mut peers = SmoothPeers::default();
    inputs.weights.values().for_each(|weight| peers.push(limits(weight)));
    let (mut sequence, mut balances) = (Vec::new(), Vec::new());
    for _ in 0..inputs.picks {
        let picked = peers.pick(Instant::ZERO, |_| 0, &[]);
        sequence.push(picked.map(|peer| names[peer].clone()));
        balances.push((0..names.len()).map(|peer| peers.balance(peer)).collect::<Vec<_>>());
    }
    Ok(json!({ "sequence": sequence, "current_weights_after_each": balances }))
}

#[derive(Deserialize)]
struct Peer {
    name: String,
    #[serde(default = "one")]
    weight: u32,
    #[serde(default = "one")]
    max_fails: u32,
    #[serde(default = "ten")]
    fail_timeout_s: f64,
    max_conns: Option<u32>,
}

fn one() -> u32 {
    1
}

fn ten() -> f64 {
    10.0
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum PeerOp {
    Pick {
        t_s: f64,
        #[serde(default)]
        fails: bool,
        #[serde(default)]
        hold: bool,
        #[serde(default)]
        tried: Vec<String>,
    },
    Release {
        t_s: f64,
        #[serde(alias = "name", alias = "picked")]
        peer: String,
    },
}

pub(super) fn smooth_with_failures(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        peers: Vec<Peer>,
        ops: Vec<PeerOp>,
    }
    let inputs: Inputs = read(inputs)?;
    let limits = |peer: &Peer| SmoothLimits {
        weight: peer.weight,
        fails_max: peer.max_fails,
        fail_timeout: seconds(peer.fail_timeout_s),
        connections_max: peer.max_conns.unwrap_or(0),
    };
    let mut peers = SmoothPeers::default();
    inputs.peers.iter().for_each(|peer| peers.push(limits(peer)));
    let names: Vec<&String> = inputs.peers.iter().map(|peer| &peer.name).collect();
    let mut open = vec![0_u32; names.len()];
    let mut after_each = Vec::new();
    for op in &inputs.ops {
        let mut picked = None;
        match op {
            PeerOp::Pick { t_s, fails, hold, tried } => {
                let now = at_s(*t_s);
                let tried: Vec<usize> =
                    (0..names.len()).filter(|peer| tried.contains(names[*peer])).collect();
                picked = peers.pick(now, |peer| open[peer], &tried);
                match picked {
                    Some(peer) if *hold => open[peer] += 1,
                    Some(peer) => peers.finish(peer, now, !fails),
                    None => {}
                }
            }
            PeerOp::Release { t_s, peer } => {
                let peer = names
                    .iter()
                    .position(|name| *name == peer)
                    .ok_or_else(|| format!("peer {peer:?}, expected one of {names:?}"))?;
                open[peer] =
                    open[peer].checked_sub(1).ok_or("a release, expected a connection that is open")?;
                peers.finish(peer, at_s(*t_s), true);
            }
        }
        after_each.push(json!({
            "picked": picked.map(|peer| names[peer]),
            "effective_weights": (0..names.len()).map(|peer| peers.effective_weight(peer)).collect::<Vec<_>>(),
            "fails": (0..names.len()).map(|peer| peers.fails(peer)).collect::<Vec<_>>(),
        }));
    }
    Ok(json!({ "after_each": after_each }))
}

pub(super) fn round_robin(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        hosts: u32,
        start_index: usize,
        picks: usize,
    }
    let inputs: Inputs = read(inputs)?;
    if inputs.hosts == 0 {
        return Ok(json!({ "sequence": vec![Value::Null; inputs.picks] }));
    }
    let eligible: Vec<NodeId> = (0..inputs.hosts).map(NodeId).collect();
    let stats = vec![NodeStats { weight: 1, ..NodeStats::default() }; eligible.len()];
    let pool = Pool { eligible: &eligible, stats: &stats };
    let request =
        RouteRequest { service: ServiceId(0), key: 0, labels: Labels::NONE, avoid: None, zone: None };
    // Required by the trait; round robin draws nothing.
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut strategy = RoundRobin::starting_at(inputs.start_index);
    let picks = (0..inputs.picks).map(|_| strategy.select_node(Instant::ZERO, &request, pool, &mut rng).0);
    Ok(json!({ "sequence": picks.collect::<Vec<_>>() }))
}

pub(super) fn edf_sequence(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        weights: Vec<f64>,
        picks: usize,
    }
    let inputs: Inputs = read(inputs)?;
    let mut schedule = EdfSchedule::default();
    for (host, weight) in inputs.weights.iter().enumerate() {
        schedule.insert(host, *weight);
    }
    let picks = (0..inputs.picks).map(|_| schedule.pick(|host| inputs.weights[host]));
    Ok(json!({ "sequence": picks.collect::<Vec<_>>() }))
}
