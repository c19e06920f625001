//! What a run leaves behind, as it happens: facts, digest, counts, histograms, windows.

use super::audit::Tally;
use cusinart_policies::Instant;
use cusinart_record::{
    ClientWindow, Digest, DigestRecord, Fact, FactKind, LatencyHistogram, RequestCounts, RequestError,
    RunRecord, content_hash, latency_histogram,
};

/// What a record of the digest is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum DigestKind {
    /// A try was sent: request, node.
    Sent = 1,
    /// A request ended: request, 0 or its error.
    Ended = 2,
    /// A fact: its number, a hash of its content.
    Fact = 3,
    /// What a fault touched in the end: its number, a hash of its record.
    Touched = 4,
    /// What a client counted in the end: its number, a hash of its counts.
    Counted = 5,
}

impl DigestKind {
    const ALL: [Self; 5] = [Self::Sent, Self::Ended, Self::Fact, Self::Touched, Self::Counted];
}

/// Says in words what a record of a run's digest is about, e.g. `request 17 was sent to node 3`.
pub fn describe_record(record: &DigestRecord, run: &RunRecord) -> String {
    let (entity, payload) = (record.entity(), record.payload);
    let kind = DigestKind::ALL.into_iter().find(|kind| *kind as u8 == record.kind());
    match kind {
        Some(DigestKind::Sent) => format!("request {entity} was sent to node {payload}"),
        Some(DigestKind::Ended) if payload == 0 => format!("request {entity} ended well"),
        Some(DigestKind::Ended) => {
            let error =
                RequestError::ALL.get(payload as usize - 1).map_or("an unknown error", |error| error.word());
            format!("request {entity} ended by {error}")
        }
        Some(DigestKind::Fact) => match run.facts.get(entity as usize) {
            Some(fact) => format!("fact {entity}: {:?}", fact.kind),
            None => format!("fact {entity}, hash {payload:016x}"),
        },
        Some(DigestKind::Touched) => format!("what fault {entity} touched, hash {payload:016x}"),
        Some(DigestKind::Counted) => format!("what client {entity} counted, hash {payload:016x}"),
        None => format!("kind {}, entity {entity}, payload {payload:#x}", record.kind()),
    }
}

/// Facts and digest.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) facts: Vec<Fact>,
    pub(super) digest: Digest,
}

impl Log {
    /// Logs a fact.
    pub(super) fn fact(&mut self, at: Instant, kind: FactKind) {
        self.digest(at, DigestKind::Fact, self.facts.len() as u64, content_hash(&kind));
        self.facts.push(Fact { at, kind });
    }

    /// Adds a record to the digest.
    #[inline]
    pub(super) fn digest(&mut self, at: Instant, kind: DigestKind, entity: u64, payload: u64) {
        let subject = (kind as u64) << 56 | (entity & (u64::MAX >> 8));
        self.digest.add(DigestRecord { at: at.as_nanos(), subject, payload });
    }
}

/// What one client sees.
#[derive(Debug)]
pub(super) struct ClientLog {
    warmup: Instant,
    pub(super) counts: RequestCounts,
    pub(super) latency: LatencyHistogram,
    pub(super) latency_sum: u128,
    pub(super) in_flight: u64,
    /// For the rules that hold in every run.
    pub(super) tally: Tally,
    window: RequestCounts,
    window_latency: LatencyHistogram,
    window_sum: u64,
    pub(super) windows: Vec<ClientWindow>,
}

impl ClientLog {
    /// A log that counts requests that start at `warmup` or later.
    pub(super) fn new(warmup: Instant) -> Self {
        Self {
            warmup,
            counts: RequestCounts::default(),
            latency: latency_histogram(),
            latency_sum: 0,
            in_flight: 0,
            tally: Tally::default(),
            window: RequestCounts::default(),
            window_latency: latency_histogram(),
            window_sum: 0,
            windows: Vec::new(),
        }
    }

    /// Counts something of a request that started at `intended`.
    pub(super) fn count(&mut self, intended: Instant, change: impl Fn(&mut RequestCounts)) {
        change(&mut self.window);
        if intended >= self.warmup {
            change(&mut self.counts);
        }
    }

    /// Notes the start of a request.
    #[inline]
    pub(super) fn started(&mut self, now: Instant) {
        self.in_flight += 1;
        self.tally.starts(now);
        self.window.offered += 1;
        if now >= self.warmup {
            self.counts.offered += 1;
        }
    }

    /// Notes the end of a request.
    #[inline]
    pub(super) fn ended(&mut self, now: Instant, intended: Instant, error: Option<RequestError>) {
        self.in_flight -= 1;
        self.tally.ends(now, intended, error.is_none());
        let Some(error) = error else {
            let latency = now.since(intended).as_nanos();
            self.window.ok += 1;
            self.window_sum += latency;
            record(&mut self.window_latency, latency);
            if intended >= self.warmup {
                self.counts.ok += 1;
                self.latency_sum += u128::from(latency);
                record(&mut self.latency, latency);
            }
            return;
        };
        self.count(intended, |counts| counts.failed[error as usize] += 1);
    }

    /// Ends a window.
    pub(super) fn window_ends(&mut self) {
        let latency = &self.window_latency;
        let any = !latency.is_empty();
        let quantile = |q| if any { latency.value_at_quantile(q) } else { 0 };
        self.windows.push(ClientWindow {
            counts: self.window,
            in_flight: self.in_flight,
            latency_p50: quantile(0.50),
            latency_p95: quantile(0.95),
            latency_p99: quantile(0.99),
            latency_max: if any { latency.max() } else { 0 },
            latency_sum: self.window_sum,
        });
        self.window = RequestCounts::default();
        self.window_sum = 0;
        if any {
            self.window_latency.reset();
        }
    }
}

/// Adds a latency.
#[inline]
fn record(histogram: &mut LatencyHistogram, latency: u64) {
    histogram.record(latency).expect("a histogram that grows takes every value");
}
