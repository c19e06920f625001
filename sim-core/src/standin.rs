//! Stand-in until the engine lands.
use cusinart_policies::{Duration, Instant, NodeId, ServiceId};
use cusinart_record::{Digest, DigestRecord, Header, RequestError, RunRecord};
use cusinart_scenarios::Scenario;

/// One ended try of a request.
#[derive(Clone, Copy, Debug)]
pub struct TryTrace {
    /// Number of the request, in order of creation.
    pub request: u64,
    /// Which try, from 1.
    pub attempt: u32,
    /// Service asked.
    pub service: ServiceId,
    /// Node chosen.
    pub node: Option<NodeId>,
    /// Start of the try.
    pub started: Instant,
    /// Its end for the sender.
    pub ended: Instant,
    /// How it ended.
    pub outcome: Result<(), RequestError>,
}

/// A run.
pub struct Simulation {
    header: Header,
    seed: u64,
    done: u64,
    total: u64,
    digest: Digest,
    trace: Option<Box<dyn FnMut(&TryTrace)>>,
}

impl Simulation {
    /// A run.
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            header: Header {
                scenario: scenario.name.clone(),
                scenario_hash: cusinart_scenarios::scenario_hash(scenario),
                seed: scenario.seed,
                version: "0.1.0".into(),
                duration: scenario.duration,
                warmup: scenario.warmup,
                window: scenario.window,
                zones: scenario.zones.clone(),
            },
            seed: scenario.seed,
            done: 0,
            total: (scenario.duration.as_secs_f64() * 1_000.0) as u64,
            digest: Digest::default(),
            trace: None,
        }
    }
    /// Keeps records.
    pub fn keep_records(&mut self, from: u64, until: u64) {
        self.digest = Digest::keeping(from, until);
    }
    /// Traces.
    pub fn trace(&mut self, trace: Box<dyn FnMut(&TryTrace)>) {
        self.trace = Some(trace);
    }
    /// Runs.
    pub fn run_events(&mut self, max: u64) -> bool {
        for _ in 0..max {
            if self.done == self.total {
                return false;
            }
            self.done += 1;
            let odd = if self.done.is_multiple_of(700) { self.seed } else { 0 };
            self.digest.add(DigestRecord {
                at: self.now().as_nanos(),
                subject: 3 << 56 | self.done,
                payload: odd,
            });
            let now = self.now();
            if let Some(trace) = &mut self.trace {
                trace(&TryTrace {
                    request: self.done,
                    attempt: 1,
                    service: ServiceId(0),
                    node: None,
                    started: now,
                    ended: now,
                    outcome: Err(RequestError::Timeout),
                });
            }
        }
        self.done < self.total
    }
    /// Now.
    pub fn now(&self) -> Instant {
        Instant::ZERO + Duration::from_millis(self.done)
    }
    /// Events.
    pub fn events(&self) -> u64 {
        self.done
    }
    /// Ends.
    pub fn finish(self) -> RunRecord {
        self.finish_with_records().0
    }
    /// Ends.
    pub fn finish_with_records(self) -> (RunRecord, Vec<DigestRecord>) {
        let simulated = self.now().since(Instant::ZERO);
        let (digest, checkpoints, kept) = self.digest.finish();
        let record = RunRecord {
            header: self.header,
            nodes: Vec::new(),
            facts: Vec::new(),
            faults: Vec::new(),
            clients: Vec::new(),
            services: Vec::new(),
            simulated,
            events: self.done,
            digest,
            checkpoints,
        };
        (record, kept)
    }
}
