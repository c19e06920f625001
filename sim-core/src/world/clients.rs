//! Clients and the patience of whoever sends requests.

use super::World;
use super::arrivals::{BATCH, Process};
use super::extras::Hedging;
use super::kinds::Kind;
use super::log::ClientLog;
use super::services::Service;
use super::tries::Sender;
use crate::engine::LaneId;
use crate::random::{self, Purpose, Sampler};
use cusinart_policies::catalogue::build_breaker;
use cusinart_policies::overload::{
    Breaker, FinagleBudget, GrpcThrottle, RatioBudget, RetryBudget, RetryDecision, TowerBudget,
};
use cusinart_policies::{Duration, Instant, Labels, ServiceId};
use cusinart_record::{ClientRecord, EarlyEnd};
use cusinart_scenarios::{Jitter, Patience, RequestDeadline, RetryBudget as Limits, WindowBudget};

/// Bits of a request's stable number that count the requests of its client.
const NUMBER_BITS: u32 = 40;
/// Bits above them that tell clients apart: a hash of the name. Together they fit a record of the digest.
const TAG_BITS: u32 = 16;

/// A population of clients.
#[derive(Debug)]
pub(super) struct Client {
    name: String,
    pub(super) caller: CallerId,
    process: Process,
    /// Requests whose start and demand are drawn, from the last to the next.
    upcoming: Vec<Upcoming>,
    /// Stable number of the next request.
    next: u64,
    /// Requests that it may still start, those that are drawn not counted.
    left: u64,
    pub(super) log: ClientLog,
}

/// A request to come.
#[derive(Clone, Copy, Debug)]
struct Upcoming {
    at: Instant,
    demand: Duration,
}

impl Client {
    /// A client; `taken` are the numbers of the clients before it, so that no two share their requests' numbers.
    pub(super) fn new(
        seed: u64,
        client: &cusinart_scenarios::Client,
        caller: CallerId,
        log: ClientLog,
        taken: &mut Vec<u64>,
    ) -> Self {
        let name = &client.name;
        let mut tag = cusinart_record::hash64(name.as_bytes()) >> (64 - TAG_BITS);
        while taken.contains(&tag) {
            tag = (tag + 1) % (1 << TAG_BITS);
        }
        taken.push(tag);
        Self {
            name: name.clone(),
            caller,
            process: Process::new(seed, name, &client.arrivals),
            left: client.requests_max.map_or(u64::MAX, u64::from),
            upcoming: Vec::with_capacity(BATCH),
            next: tag << NUMBER_BITS,
            log,
        }
    }

    /// When the next request of an open loop starts, if ever. `service` is the one it asks.
    pub(super) fn next_arrival(&mut self, service: &mut Service) -> Option<Instant> {
        if self.upcoming.is_empty() {
            self.draw_batch(service);
        }
        self.upcoming.last().map(|next| next.at)
    }

    fn draw_batch(&mut self, service: &mut Service) {
        let wanted = self.left.min(BATCH as u64) as usize;
        let requests = self.next..;
        for (request, at) in requests.zip(self.process.starts().into_iter().map_while(|at| at).take(wanted)) {
            self.upcoming.push(Upcoming { at, demand: service.demand_of(request) });
        }
        self.left -= self.upcoming.len() as u64;
        self.upcoming.reverse();
    }

    /// When a client of the closed loop that is free from `now` on starts its next request; `None` in an open loop, and
    /// when there is none to start.
    fn after_thinking(&mut self, now: Instant) -> Option<Instant> {
        (self.left > 0).then(|| self.process.think().map(|pause| now + pause)).flatten()
    }

    /// The demand of the request that starts now; `None` if there is none to start.
    fn demand(&mut self, service: &mut Service) -> Option<Duration> {
        if let Some(Upcoming { demand, .. }) = self.upcoming.pop() {
            return Some(demand);
        }
        // A closed loop draws no request in advance, and all its clients think until the last request has started.
        self.left = self.left.checked_sub(1)?;
        Some(service.demand_of(self.next))
    }

    /// What the run leaves behind of it.
    pub(super) fn into_record(self, callers: &[Caller]) -> ClientRecord {
        ClientRecord {
            name: self.name,
            service: callers[self.caller.index()].service,
            counts: self.log.counts,
            latency: self.log.latency,
            latency_sum: self.log.latency_sum,
            windows: self.log.windows,
        }
    }
}

impl World {
    /// Schedules what a client starts by itself: the next request of an open loop, the first ones of a closed one.
    pub(super) fn begin_client(&mut self, number: u32) {
        let members = self.clients[number as usize].process.clients();
        match members {
            Some(members) => (0..members).for_each(|_| self.client_is_free(number)),
            None => self.schedule_arrival(number),
        }
    }

    fn schedule_arrival(&mut self, number: u32) {
        let client = &mut self.clients[number as usize];
        let service = self.callers[client.caller.index()].service;
        if let Some(at) = client.next_arrival(&mut self.services[service.index()]) {
            self.queue.schedule(at, Kind::Arrival as u8, number);
        }
    }

    /// A request of a client has ended: in a closed loop its sender thinks about the next one.
    #[inline]
    pub(super) fn client_is_free(&mut self, number: u32) {
        if let Some(at) = self.clients[number as usize].after_thinking(self.now) {
            self.queue.schedule(at, Kind::Arrival as u8, number);
        }
    }

    /// Starts a client's next request and, in an open loop, schedules the one after it.
    pub(super) fn arrival(&mut self, number: u32) {
        if self.tries.is_nearly_full() {
            self.early_end = Some(EarlyEnd::TooManyRequests);
        }
        let client = &mut self.clients[number as usize];
        let (request, caller) = (client.next, client.caller);
        let service = self.callers[caller.index()].service;
        let Some(demand) = client.demand(&mut self.services[service.index()]) else { return };
        client.next += 1;
        client.log.started(self.now);
        if client.process.clients().is_none() {
            self.schedule_arrival(number);
        }
        self.callers[caller.index()].first_try(self.now);
        let slot = self.new_try(request, demand, Sender::Client(number as u16), caller);
        self.send(slot);
    }
}

/// A place in the table of callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallerId(pub(super) u16);

/// The place of callers that are services: calls come from the place of the calling node.
pub(super) const NOWHERE: usize = usize::MAX;

impl CallerId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a client, or a service that calls another one, sends its requests.
#[derive(Debug)]
pub(super) struct Caller {
    /// The service called.
    pub(super) service: ServiceId,
    /// Place the requests come from, if their sender is a client.
    pub(super) place: usize,
    /// Labels a node must carry.
    pub(super) labels: Labels,
    /// Lane of the timeout, if there is one.
    pub(super) timeout: Option<LaneId>,
    /// Tries after the first.
    pub(super) retries_max: u32,
    backoff: Backoff,
    jitter: Purpose,
    /// Shared by all requests.
    budget: Option<RetryBudget>,
    /// Whom facts name: the client, or the calling service.
    pub(super) sender: String,
    /// Shared by all requests.
    pub(super) breaker: Option<Box<Breaker>>,
    pub(super) hedging: Option<Box<Hedging>>,
    pub(super) deadline: Option<RequestDeadline>,
    /// The timeout of a try.
    pub(super) timeout_span: Option<Duration>,
    /// How long a request waits in a queue, by request.
    in_queue: Option<Box<(Sampler, Purpose)>>,
}

#[derive(Debug)]
struct Backoff {
    initial: Duration,
    factor: f64,
    max: Duration,
    jitter: Jitter,
}

impl Caller {
    pub(super) fn new(
        seed: u64,
        name: &str,
        (service, place, labels): (ServiceId, usize, Labels),
        patience: &Patience,
        timeout: Option<LaneId>,
    ) -> Self {
        Self {
            service,
            place,
            labels,
            timeout,
            retries_max: patience.retries_max,
            backoff: Backoff {
                initial: patience.backoff_initial,
                factor: patience.backoff_factor,
                max: patience.backoff_max,
                jitter: patience.jitter,
            },
            jitter: Purpose::new(seed, &format!("jitter/{name}")),
            budget: patience.retry_budget.as_ref().map(retry_budget),
            sender: name.to_owned(),
            breaker: patience
                .breaker
                .as_ref()
                .map(|spec| build_breaker(spec).expect("the reader checked it")),
            hedging: patience.hedging.as_ref().map(|hedging| Box::new(Hedging::new(hedging))),
            deadline: patience.deadline,
            timeout_span: patience.timeout,
            in_queue: patience
                .in_queue
                .as_ref()
                .map(|law| Box::new((Sampler::new(law), Purpose::new(seed, &format!("patience/{name}"))))),
        }
    }

    /// How long a request waits in a queue, if not for ever; `round` tells its tries apart.
    #[inline]
    pub(super) fn in_queue(&self, request: u64, round: u32) -> Option<Duration> {
        self.in_queue.as_ref().map(|patience| patience.0.draw(&mut patience.1.draws(request, round)))
    }

    /// Notes a first try, which may earn a part of a retry.
    #[inline]
    pub(super) fn first_try(&mut self, now: Instant) {
        if let Some(budget) = &mut self.budget {
            budget.first_try(now);
        }
        if let Some(budget) = self.hedging.as_mut().and_then(|hedging| hedging.budget.as_mut()) {
            budget.first_try(now);
        }
    }

    /// Notes a request that succeeded.
    #[inline]
    pub(super) fn succeeded(&mut self) {
        if let Some(budget) = &mut self.budget {
            budget.succeeded();
        }
        if let Some(budget) = self.hedging.as_mut().and_then(|hedging| hedging.budget.as_mut()) {
            budget.succeeded();
        }
    }

    /// What comes after a failed try, the `attempt`-th (0 = the first); a retry is paid for.
    pub(super) fn failed(&mut self, now: Instant, attempt: u32) -> RetryDecision {
        match &mut self.budget {
            Some(budget) => budget.failed(now, attempt + 1, self.retries_max.saturating_add(1)),
            None if attempt < self.retries_max => RetryDecision::Retry,
            None => RetryDecision::AttemptsExhausted,
        }
    }

    /// The pause after try `attempt` (0 = the first) of a request; `round` tells the draws of its tries apart.
    pub(super) fn pause(&self, request: u64, attempt: u32, round: u32) -> Duration {
        let Backoff { initial, factor, max, jitter } = self.backoff;
        // Repeated multiplication: the same bits everywhere, and at most a few dozen steps matter.
        let grown = (0..attempt.min(64)).fold(initial.as_nanos() as f64, |pause, _| pause * factor);
        let pause = Duration::from_nanos(grown as u64).min(max);
        let share = || random::uniform(&mut self.jitter.draws(request, round));
        match jitter {
            Jitter::None => pause,
            Jitter::Full => pause.mul_f64(share()),
            Jitter::Equal => pause.mul_f64(0.5 + 0.5 * share()),
        }
    }
}

/// A budget at the start of the run.
pub(super) fn retry_budget(limits: &Limits) -> RetryBudget {
    let start = Instant::ZERO;
    match *limits {
        Limits::Ratio { ratio, burst } => RetryBudget::Ratio(RatioBudget::new(ratio, burst)),
        Limits::Finagle(WindowBudget { ttl, min_per_second, share }) => {
            RetryBudget::Finagle(FinagleBudget::new(start, ttl, min_per_second, share))
        }
        Limits::Tower(WindowBudget { ttl, min_per_second, share }) => {
            RetryBudget::Tower(TowerBudget::new(start, ttl, min_per_second, share))
        }
        Limits::Grpc { max_tokens, token_ratio } => {
            RetryBudget::Grpc(GrpcThrottle::new(max_tokens, token_ratio))
        }
    }
}
