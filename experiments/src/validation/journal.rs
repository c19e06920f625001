//! The requests of a run, one by one, and the numbers that queueing theory speaks of.
//!
//! Conventions of the cases: a replication has a given number of requests; those that come first, a tenth of them, are
//! its warm-up and count for no mean over requests; time averages run from the first arrival after the warm-up to the
//! last arrival; the run goes on until all requests have left.

use cusinart_record::FaultRecord;
use cusinart_scenarios::Scenario;
use cusinart_sim_core::{Simulation, TryTrace};
use std::cell::RefCell;
use std::rc::Rc;

/// Nanoseconds in a second.
const NANOS: f64 = 1e9;
/// Events between two looks at whether all requests have ended.
const EVENTS_PER_LOOK: u64 = 4_096;
/// A share of this many is warm-up.
const WARMUP_SHARE: usize = 10;

/// One request: when it came, when a worker took it up, when it left, all in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Visit {
    pub(super) arrived: u64,
    pub(super) began: u64,
    pub(super) left: u64,
    pub(super) node: u32,
    /// Whether it was served.
    pub(super) ok: bool,
}

impl Visit {
    /// A try that ended, of a request of one try.
    fn of(item: &TryTrace) -> Self {
        let (arrived, left) = (item.intended.as_nanos(), item.ended.as_nanos());
        let ok = item.error.is_none();
        let began = if ok { left.saturating_sub(item.demand.as_nanos()).max(arrived) } else { left };
        Self { arrived, began, left, node: item.node.map_or(0, |node| node.0), ok }
    }

    pub(super) fn wait_s(&self) -> f64 {
        (self.began - self.arrived) as f64 / NANOS
    }

    pub(super) fn sojourn_s(&self) -> f64 {
        (self.left - self.arrived) as f64 / NANOS
    }
}

/// All requests of a run in the order in which they came.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) visits: Vec<Visit>,
    /// What went wrong meanwhile.
    pub(super) faults: Vec<FaultRecord>,
    /// Where the warm-up ends.
    first: usize,
}

impl Journal {
    /// Runs a scenario whose clients send requests of one try each to nodes of speed 1, until `requests` have
    /// ended.
    pub(super) fn of(scenario: &Scenario, requests: usize) -> Result<Self, String> {
        let mut journal = Self::until(scenario, |visits| visits.len() >= requests);
        let ended = journal.visits.len();
        if ended < requests {
            return Err(format!("{ended} of {requests} requests ended within the time of the scenario"));
        }
        journal.visits.truncate(requests);
        journal.first = requests / WARMUP_SHARE;
        Ok(journal)
    }

    /// Runs a scenario of any clients to its end, without a warm-up. Requests that are there then are left out.
    pub(super) fn within(scenario: &Scenario) -> Self {
        Self::until(scenario, |_| false)
    }

    fn until(scenario: &Scenario, is_over: impl Fn(&[Visit]) -> bool) -> Self {
        let visits = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&visits);
        let mut simulation = Simulation::new(scenario);
        simulation.trace(Box::new(move |item| sink.borrow_mut().push(Visit::of(item))));
        while !is_over(&visits.borrow()) && simulation.run_events(EVENTS_PER_LOOK) {}
        let faults = simulation.finish().faults;
        let mut visits: Vec<Visit> = Rc::into_inner(visits).expect("the simulation is gone").into_inner();
        visits.sort_by_key(|visit| visit.arrived);
        Self { first: 0, visits, faults }
    }

    /// The requests after the warm-up.
    pub(super) fn kept(&self) -> &[Visit] {
        &self.visits[self.first..]
    }

    /// The requests after the warm-up that were served.
    fn served(&self) -> impl Iterator<Item = &Visit> {
        self.kept().iter().filter(|visit| visit.ok)
    }

    /// Beginning and end of the time averages, in nanoseconds.
    pub(super) fn span(&self) -> (u64, u64) {
        let at = |position: usize| self.visits.get(position).map_or(0, |visit| visit.arrived);
        (at(self.first), at(self.visits.len().saturating_sub(1)))
    }

    /// Length of the time averages in seconds.
    fn span_s(&self) -> f64 {
        let (from, until) = self.span();
        (until - from) as f64 / NANOS
    }

    /// The time average of how many requests are between two of their moments.
    fn mean_number(&self, from: impl Fn(&Visit) -> u64, until: impl Fn(&Visit) -> u64) -> f64 {
        let (begin, end) = self.span();
        let overlap = |visit: &Visit| until(visit).min(end).saturating_sub(from(visit).max(begin));
        self.visits.iter().map(|visit| overlap(visit) as f64).sum::<f64>() / (end - begin) as f64
    }

    /// The number named `metric` of a station with so many servers in all; `None` if it is not known.
    pub(super) fn number(&self, metric: &str, servers: f64) -> Option<f64> {
        let share = |counts: &dyn Fn(&Visit) -> bool| {
            self.kept().iter().filter(|visit| counts(visit)).count() as f64 / self.kept().len() as f64
        };
        let mean = |values: &dyn Fn(&Visit) -> f64| {
            let (sum, count) = self.served().fold((0.0, 0), |(sum, n), visit| (sum + values(visit), n + 1));
            sum / f64::from(count)
        };
        Some(match metric {
            "utilization" => self.mean_number(|visit| visit.began, |visit| visit.left) / servers,
            "mean_in_system" => self.mean_number(|visit| visit.arrived, |visit| visit.left),
            "mean_in_system_per_server" | "mean_queue_per_server" => {
                self.mean_number(|visit| visit.arrived, |visit| visit.left) / servers
            }
            "mean_queue_len" => self.mean_number(|visit| visit.arrived, |visit| visit.began),
            "mean_queue_len_per_server" => {
                self.mean_number(|visit| visit.arrived, |visit| visit.began) / servers
            }
            "mean_wait_s" => mean(&Visit::wait_s),
            "mean_sojourn_s" => mean(&Visit::sojourn_s),
            "std_sojourn_s" => {
                let (first, second) =
                    (mean(&Visit::sojourn_s), mean(&|visit| visit.sojourn_s() * visit.sojourn_s()));
                (second - first * first).max(0.0).sqrt()
            }
            "prob_wait" => share(&|visit| visit.began > visit.arrived),
            "prob_block" | "prob_abandon" => share(&|visit| !visit.ok),
            "mean_time_in_queue_s" => {
                self.kept().iter().map(Visit::wait_s).sum::<f64>() / self.kept().len() as f64
            }
            "max_utilization" => self.busiest(),
            "mean_arrival_rate_per_s" => self.kept().len() as f64 / self.span_s(),
            "throughput_per_s" => {
                let (from, until) = self.span();
                let done = |visit: &&Visit| visit.ok && visit.left >= from && visit.left <= until;
                self.visits.iter().filter(done).count() as f64 / self.span_s()
            }
            "prob_empty" | "prob_server_idle" => self.share_empty(),
            _ => return self.quantile(metric).or_else(|| self.share_of_queues(metric, servers)),
        })
    }

    /// The mean sojourn in relation to the mean work of a request.
    pub(super) fn slowdown(&self) -> f64 {
        let sum = |values: fn(&Visit) -> u64| self.served().map(|visit| values(visit) as f64).sum::<f64>();
        sum(|visit| visit.left - visit.arrived) / sum(|visit| visit.left - visit.began)
    }

    /// The share of time in which the busiest node, of one worker, is busy.
    fn busiest(&self) -> f64 {
        let (begin, end) = self.span();
        let mut busy: Vec<u64> = Vec::new();
        for visit in &self.visits {
            let node = visit.node as usize;
            if busy.len() <= node {
                busy.resize(node + 1, 0);
            }
            busy[node] += visit.left.min(end).saturating_sub(visit.began.max(begin));
        }
        busy.into_iter().max().unwrap_or(0) as f64 / (end - begin) as f64
    }

    /// The share of time without any request.
    fn share_empty(&self) -> f64 {
        let (begin, end) = self.span();
        let (mut empty, mut busy_until) = (0, begin);
        for visit in &self.visits {
            empty += visit.arrived.min(end).saturating_sub(busy_until);
            busy_until = busy_until.max(visit.left);
        }
        empty as f64 / (end - begin) as f64
    }

    /// When no request is there for the first time, in seconds; `None` if that is not before the last arrival.
    pub(super) fn first_empty_s(&self) -> Option<f64> {
        let mut busy_until = 0;
        for visit in &self.visits {
            if busy_until > 0 && visit.arrived > busy_until {
                return Some(busy_until as f64 / NANOS);
            }
            busy_until = busy_until.max(visit.left);
        }
        None
    }

    /// How many requests are there at an instant.
    pub(super) fn number_at(&self, at_s: f64) -> f64 {
        let at = (at_s * NANOS) as u64;
        self.visits.iter().filter(|visit| visit.arrived <= at && at < visit.left).count() as f64
    }

    /// `p99_wait_s` or `p999_sojourn_s`, by nearest rank.
    fn quantile(&self, metric: &str) -> Option<f64> {
        let (digits, what) = metric.strip_prefix('p')?.split_once('_')?;
        let rank: f64 = format!("0.{digits}").parse().ok()?;
        let mut values: Vec<f64> = match what {
            "wait_s" => self.served().map(Visit::wait_s).collect(),
            "sojourn_s" => self.served().map(Visit::sojourn_s).collect(),
            _ => return None,
        };
        Some(nearest_rank(&mut values, rank))
    }

    /// `frac_queue_ge_2`: the time average of the share of servers with so many requests or more.
    fn share_of_queues(&self, metric: &str, servers: f64) -> Option<f64> {
        let least: usize = metric.strip_prefix("frac_queue_ge_")?.parse().ok()?;
        let nodes = self.visits.iter().map(|visit| visit.node as usize + 1).max()?;
        let mut moments: Vec<(u64, bool, u32)> = Vec::with_capacity(2 * self.visits.len());
        for visit in &self.visits {
            // Those who leave go first.
            moments.extend([(visit.arrived, true, visit.node), (visit.left, false, visit.node)]);
        }
        moments.sort_unstable();
        let (begin, end) = self.span();
        let (mut there, mut long, mut area, mut last) = (vec![0_usize; nodes], 0_u64, 0.0, begin);
        for (at, arrives, node) in moments {
            let now = at.clamp(begin, end);
            area += (now - last) as f64 * long as f64;
            last = now;
            let number = &mut there[node as usize];
            if arrives {
                *number += 1;
                long += u64::from(*number == least);
            } else {
                long -= u64::from(*number == least);
                *number -= 1;
            }
        }
        Some(area / (end - begin) as f64 / servers)
    }
}

/// The quantile of the nearest rank: the value number `ceil(rank * n)`.
pub(super) fn nearest_rank(values: &mut [f64], rank: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    // A product such as 0.99 * 100 may lie a rounding above the whole number that is meant.
    let position = ((rank * values.len() as f64 - 1e-9).ceil().max(1.0) as usize).min(values.len()) - 1;
    *values.select_nth_unstable_by(position, f64::total_cmp).1
}
