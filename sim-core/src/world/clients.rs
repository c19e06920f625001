//! Clients, their arrivals, and the patience of whoever sends requests.

use super::World;
use super::extras::Hedging;
use super::kinds::Kind;
use super::log::ClientLog;
use super::services::Service;
use super::tries::Sender;
use crate::engine::LaneId;
use crate::random::{self, Purpose, Stream};
use cusinart_policies::catalogue::build_breaker;
use cusinart_policies::overload::{
    Breaker, FinagleBudget, GrpcThrottle, RatioBudget, RetryBudget, RetryDecision, TowerBudget,
};
use cusinart_policies::{Duration, Instant, Labels, ServiceId};
use cusinart_record::{ClientRecord, EarlyEnd};
use cusinart_scenarios::{
    Arrivals, Jitter, Patience, RateCurve, RequestDeadline, RetryBudget as Limits, WindowBudget,
};

/// Bits of a request's stable number that count the requests of its client.
const NUMBER_BITS: u32 = 40;
/// Bits above them that tell clients apart: a hash of the name. Together they fit a record of the digest.
const TAG_BITS: u32 = 16;

/// A population of clients.
#[derive(Debug)]
pub(super) struct Client {
    name: String,
    pub(super) caller: CallerId,
    curve: CurveWalk,
    arrivals: Stream,
    /// Requests whose start and demand are drawn, from the last to the next.
    upcoming: Vec<Upcoming>,
    /// Stable number of the next request.
    next: u64,
    pub(super) log: ClientLog,
}

/// A request to come.
#[derive(Clone, Copy, Debug)]
struct Upcoming {
    at: Instant,
    demand: Duration,
}

/// Requests drawn at once: enough for the processor to work on several logarithms at a time.
const BATCH: usize = 32;

impl Client {
    /// A client; `taken` are the numbers of the clients before it, so that no two share their requests' numbers.
    pub(super) fn new(
        seed: u64,
        name: &str,
        caller: CallerId,
        arrivals: &Arrivals,
        log: ClientLog,
        taken: &mut Vec<u64>,
    ) -> Self {
        let mut tag = cusinart_record::hash64(name.as_bytes()) >> (64 - TAG_BITS);
        while taken.contains(&tag) {
            tag = (tag + 1) % (1 << TAG_BITS);
        }
        taken.push(tag);
        let Arrivals::Poisson(curve) = arrivals;
        Self {
            name: name.to_owned(),
            caller,
            curve: CurveWalk::new(curve),
            arrivals: random::stream(seed, &format!("arrivals/{name}")),
            upcoming: Vec::with_capacity(BATCH),
            next: tag << NUMBER_BITS,
            log,
        }
    }

    /// When the next request starts, if ever. `service` is the one it asks.
    pub(super) fn next_arrival(&mut self, service: &mut Service) -> Option<Instant> {
        if self.upcoming.is_empty() {
            self.draw_batch(service);
        }
        self.upcoming.last().map(|next| next.at)
    }

    fn draw_batch(&mut self, service: &mut Service) {
        let mut gaps = [0.0; BATCH];
        for gap in &mut gaps {
            *gap = random::exponential(&mut self.arrivals);
        }
        for (request, gap) in (self.next..).zip(gaps) {
            let Some(at) = self.curve.advance(gap) else { break };
            self.upcoming.push(Upcoming { at, demand: service.demand_of(request) });
        }
        self.upcoming.reverse();
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
    /// Schedules the start of a client's next request, if there is one.
    pub(super) fn schedule_arrival(&mut self, number: u32) {
        let client = &mut self.clients[number as usize];
        let service = self.callers[client.caller.index()].service;
        if let Some(at) = client.next_arrival(&mut self.services[service.index()]) {
            self.queue.schedule(at, Kind::Arrival as u8, number);
        }
    }

    /// Starts a client's next request and schedules the one after it.
    pub(super) fn arrival(&mut self, number: u32) {
        if self.tries.is_nearly_full() {
            self.early_end = Some(EarlyEnd::TooManyRequests);
        }
        let client = &mut self.clients[number as usize];
        let Some(Upcoming { demand, .. }) = client.upcoming.pop() else { return };
        let request = client.next;
        client.next += 1;
        client.log.started(self.now);
        let caller = client.caller;
        self.schedule_arrival(number);
        self.callers[caller.index()].first_try(self.now);
        let slot = self.new_try(request, demand, Sender::Client(number as u16), caller);
        self.send(slot);
    }
}

/// A place in the table of callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallerId(pub(super) u16);

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
        }
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

/// A walk along a rate curve that turns unit exponentials into arrival times: the inverse of the cumulative
/// rate, exact on each linear piece.
///
/// Source: inversion for nonhomogeneous Poisson processes, Çinlar, "Introduction to Stochastic Processes" (1975),
/// section 4.7.
#[derive(Debug)]
struct CurveWalk {
    points: Vec<(Instant, f64)>,
    /// The piece the walk is in: from this point to the next.
    piece: usize,
    /// Seconds since the start of the piece.
    at_s: f64,
}

impl CurveWalk {
    fn new(curve: &RateCurve) -> Self {
        Self { points: curve.points.clone(), piece: 0, at_s: 0.0 }
    }

    /// Moves on until the integral of the rate has grown by `area`; `None` if it never does.
    fn advance(&mut self, mut area: f64) -> Option<Instant> {
        loop {
            let (start, rate) = self.points[self.piece];
            let Some(&(end, end_rate)) = self.points.get(self.piece + 1) else {
                if rate <= 0.0 {
                    return None;
                }
                self.at_s += area / rate;
                return Some(start + Duration::from_secs_f64(self.at_s));
            };
            let length_s = end.since(start).as_secs_f64();
            let rest_s = length_s - self.at_s;
            if rest_s > 0.0 {
                let slope = (end_rate - rate) / length_s;
                let rate_here = rate + slope * self.at_s;
                let rest_area = 0.5 * (rate_here + end_rate) * rest_s;
                if area < rest_area {
                    // The root of slope/2 d^2 + rate d = area, in the form that loses no digits.
                    let root = libm::sqrt((rate_here * rate_here + 2.0 * slope * area).max(0.0));
                    self.at_s += 2.0 * area / (rate_here + root);
                    return Some((start + Duration::from_secs_f64(self.at_s)).min(end));
                }
                area -= rest_area;
            }
            self.piece += 1;
            self.at_s = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(u64, f64)]) -> CurveWalk {
        let points = points.iter().map(|&(at, rate)| (Instant::ZERO + Duration::from_secs(at), rate));
        CurveWalk::new(&RateCurve { points: points.collect() })
    }

    #[test]
    fn arrivals_follow_the_integral_of_the_rate() {
        // 10/s for 10 s, a ramp to 30/s over 10 s, a jump to 0 at 20 s, and 5/s from 30 s on.
        let points = [(0, 10.0), (10, 10.0), (20, 30.0), (20, 0.0), (30, 0.0), (30, 5.0)];
        let at = |area: f64| curve(&points).advance(area).map(|at| at.as_secs_f64());
        assert_eq!(at(50.0), Some(5.0));
        // On the ramp, t seconds after 10 s the integral is 100 + 10 t + t^2.
        assert_eq!(at(100.0 + 50.0 + 25.0), Some(15.0));
        assert_eq!(at(300.0 + 10.0), Some(32.0));
        let mut steps = curve(&points);
        let times: Vec<_> = (0..310).filter_map(|_| steps.advance(1.0)).collect();
        assert!(times.is_sorted());
        assert!((times.last().expect("310 arrivals").as_secs_f64() - 32.0).abs() < 1e-6);
    }

    #[test]
    fn a_curve_that_ends_at_zero_has_no_more_arrivals() {
        assert_eq!(curve(&[(0, 4.0), (1, 0.0)]).advance(2.5), None);
        assert_eq!(curve(&[(0, 0.0)]).advance(0.1), None);
    }
}
