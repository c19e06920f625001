//! A run made by hand: two zones, six nodes, a load that doubles, and one of everything that can go wrong.

mod scenario;
mod story;

use cusinart_policies::{Duration, Instant, NodeId, ServiceId, ZoneId};
use cusinart_record::{
    ByError, ClientRecord, ClientWindow, FactKind, FaultRecord, Header, NodeRecord, NodeState, RequestCounts,
    RunRecord, ServiceRecord, ServiceWindow, Shed,
};
use hdrhistogram::Histogram;

pub(crate) use scenario::{about, scenario, sla, within};

/// Length of the run in seconds.
const RUN_S: u64 = 600;
/// Width of a window in seconds.
const WINDOW_S: u64 = 5;
/// The two services.
const FRONTEND: ServiceId = ServiceId(0);
/// The service with state.
const STORE: ServiceId = ServiceId(1);

/// Seconds as a moment of the run.
pub(crate) fn at(secs: f64) -> Instant {
    Instant::ZERO + Duration::from_secs_f64(secs)
}

/// The run.
pub(crate) fn record() -> RunRecord {
    let facts = story::facts();
    let nodes = nodes();
    let mut windows = Windows::new(&facts, &nodes);
    let shoppers = windows.client("shoppers", FRONTEND, 1);
    let batch = windows.client("batch", STORE, 2);
    RunRecord {
        header: Header {
            scenario: "small-flash-crowd".into(),
            scenario_hash: "00112233445566aa".into(),
            seed: 42,
            version: "0.1.0".into(),
            duration: Duration::from_secs(RUN_S),
            warmup: Duration::ZERO,
            window: Duration::from_secs(WINDOW_S),
            zones: vec!["a".into(), "b".into()],
        },
        services: vec![windows.service("frontend", FRONTEND), windows.service("store", STORE)],
        clients: vec![shoppers, batch],
        facts,
        nodes,
        faults: story::faults(),
        simulated: Duration::from_secs(RUN_S),
        events: 4_871_233,
        digest: 0x0123_4567_89ab_cdef,
        checkpoints: Vec::new(),
        early_end: None,
        violation: None,
    }
}

fn nodes() -> Vec<NodeRecord> {
    let rows: [(ServiceId, u16, f64, Option<f64>); 9] = [
        (FRONTEND, 0, 0.0, None),
        (FRONTEND, 1, 0.0, None),
        (FRONTEND, 0, 0.0, None),
        (FRONTEND, 1, 0.0, Some(345.2)),
        (STORE, 0, 0.0, None),
        (STORE, 1, 0.0, None),
        (FRONTEND, 0, 240.0, None),
        (FRONTEND, 1, 240.0, None),
        (FRONTEND, 0, 345.2, None),
    ];
    let nodes = rows.iter().enumerate().map(|(index, (service, zone, from, to))| {
        let (name, price) = if *service == FRONTEND { ("frontend", 1.2) } else { ("store", 3.6) };
        NodeRecord {
            node: NodeId(index as u32),
            name: format!("{name}-{}-{index}", ["a", "b"][usize::from(*zone)]),
            service: *service,
            zone: ZoneId(*zone),
            provisioned: at(*from),
            stopped: to.map(at),
            cost: (to.unwrap_or(RUN_S as f64) - from) / 3_600.0 * price,
        }
    });
    nodes.collect()
}

/// Makes windows that fit the facts.
struct Windows {
    /// Per window and service: (provisioned, up).
    counts: Vec<[(u32, u32); 2]>,
}

impl Windows {
    fn new(facts: &[cusinart_record::Fact], nodes: &[NodeRecord]) -> Self {
        let counts = (0..RUN_S / WINDOW_S).map(|index| {
            let now = at(((index + 1) * WINDOW_S) as f64);
            let mut counts = [(0, 0); 2];
            for node in nodes {
                let exists = node.provisioned < now && node.stopped.is_none_or(|stopped| stopped >= now);
                let mut state =
                    if node.provisioned == Instant::ZERO { NodeState::Up } else { NodeState::Booting };
                for fact in facts.iter().filter(|fact| fact.at < now) {
                    if let FactKind::NodeState { node: of, state: changed } = &fact.kind
                        && *of == node.node
                    {
                        state = *changed;
                    }
                }
                let slot = &mut counts[node.service.index()];
                slot.0 += u32::from(exists);
                slot.1 += u32::from(exists && matches!(state, NodeState::Up | NodeState::Slow));
            }
            counts
        });
        Self { counts: counts.collect() }
    }

    fn client(&mut self, name: &str, service: ServiceId, salt: u64) -> ClientRecord {
        let mut latency = Histogram::new_with_bounds(1_000, 3_600_000_000_000, 3).expect("bounds are valid");
        let mut noise = Noise(salt);
        let (mut total, mut latency_sum) = (RequestCounts::default(), 0);
        let mut windows = Vec::new();
        for index in 0..self.counts.len() {
            let window = self.client_window(service, index, &mut noise);
            total.add(&window.counts);
            latency_sum += window.latency_sum;
            for (share, value) in [
                (50, window.latency_p50 / 2),
                (40, window.latency_p50),
                (4, window.latency_p95),
                (1, window.latency_p99),
            ] {
                let scatter = 700 + noise.next() % 600;
                let count = window.counts.ok * share / 95;
                latency.record_n(value * scatter / 1_000, count).expect("within bounds");
            }
            latency.record_n(window.latency_max, window.counts.ok.min(1)).expect("within bounds");
            windows.push(window);
        }
        // Requests that were in flight at the end.
        total.offered += 7;
        ClientRecord {
            name: name.into(),
            service,
            counts: total,
            latency,
            latency_sum: latency_sum.into(),
            windows,
        }
    }

    fn client_window(&self, service: ServiceId, index: usize, noise: &mut Noise) -> ClientWindow {
        let (_, up) = self.counts[index][service.index()];
        let per_s = rate(service, index as u64 * WINDOW_S);
        let offered = (per_s * WINDOW_S) * (970 + noise.next() % 60) / 1_000;
        let capacity = u64::from(up) * if service == FRONTEND { 300 } else { 60 } * WINDOW_S;
        let ok = offered.min(capacity);
        let mut failed = ByError::default();
        let struck = service == FRONTEND && (300..315).contains(&(index as u64 * WINDOW_S));
        let lost = if struck { ok / 4 } else { 0 };
        failed[0] = (offered - ok) * 3 / 4 + lost;
        failed[2] = (offered - ok) - (offered - ok) * 3 / 4;
        let load = offered as f64 / capacity.max(1) as f64;
        let base = 18_000_000.0 * if load < 0.95 { 1.0 / (1.0 - load) } else { 40.0 };
        let base = (base * (0.95 + (noise.next() % 100) as f64 / 1_000.0)) as u64;
        let good = ok - lost;
        ClientWindow {
            counts: RequestCounts {
                offered,
                ok: good,
                failed,
                retries: (offered - good) / 2,
                retries_denied: 0,
                hedges: 0,
            },
            in_flight: base * per_s / 1_000_000_000,
            latency_p50: base,
            latency_p95: base * 5 / 2,
            latency_p99: (base * 4).min(2_000_000_000),
            latency_max: (base * 6).min(2_300_000_000),
            latency_sum: base * 11 / 10 * good,
        }
    }

    fn service(&self, name: &str, service: ServiceId) -> ServiceRecord {
        let stateful = service == STORE;
        let windows = self.counts.iter().enumerate().map(|(index, counts)| {
            let (provisioned, up) = counts[service.index()];
            let load = rate(service, index as u64 * WINDOW_S) as f64
                / (f64::from(up.max(1)) * if stateful { 60.0 } else { 300.0 });
            let second = index as u64 * WINDOW_S;
            let blind = (300..315).contains(&second);
            ServiceWindow {
                provisioned,
                up,
                healthy: if blind { provisioned } else { up },
                eligible: if blind { provisioned } else { up },
                serving: up * 8,
                queued: if load > 1.0 { (load * 200.0) as u32 } else { 0 },
                utilization: load.min(1.0),
                replicas_missing: if stateful && (300..430).contains(&second) { 8 } else { 0 },
                limit: 0,
            }
        });
        ServiceRecord {
            name: name.into(),
            arrived: 612_345,
            served: 598_765,
            wasted: 1_234,
            rejected: 4_321,
            shed: Shed::default(),
            busy: Duration::from_secs(9_876),
            shards: if stateful { 8 } else { 0 },
            shards_lost: 0,
            replicas_lost: if stateful { 8 } else { 0 },
            replicas_copied: if stateful { 8 } else { 0 },
            windows: windows.collect(),
        }
    }
}

/// Requests per second of the client of a service.
fn rate(service: ServiceId, second: u64) -> u64 {
    match (service == FRONTEND, second) {
        (false, _) => 40,
        (true, ..180) => 600,
        (true, 180..210) => 600 + (second - 180) * 30,
        (true, 210..420) => 1_500,
        (true, _) => 700,
    }
}

/// A small generator, so that lines look alive and stay the same.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// The next number, below 2^24.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 40
    }
}

/// A fault of the run.
fn fault(label: &str, kind: cusinart_record::FaultKind, from: f64, to: f64, nodes: &[u32]) -> FaultRecord {
    FaultRecord {
        label: label.into(),
        kind,
        began: at(from),
        ended: Some(at(to)),
        nodes: nodes.iter().map(|node| NodeId(*node)).collect(),
        requests: 0,
        probes: 0,
        replicas: 0,
    }
}
