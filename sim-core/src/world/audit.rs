//! Rules that hold in every run, kept watch on in every run.
//!
//! Each is checked by numbers that were counted on two ways. What can be seen in the moment is checked in the moment; sums
//! are compared at the end of each window of the time series and at the end of the run, which costs no event anything but
//! the counting.

use super::World;
use super::kinds::Kind;
use super::nodes::Stage;
use super::tries::{Phase, Sender};
use cusinart_policies::{Instant, NodeId};
use cusinart_record::{EarlyEnd, Invariant, Violation};

/// Kinds of events that are messages on their way.
const MESSAGES: [Kind; 4] = [Kind::TryArrives, Kind::AnswerArrives, Kind::ProbeArrives, Kind::ProbeAnswered];

/// What is counted for the rules that concern everything.
#[derive(Debug, Default)]
pub(super) struct Audit {
    /// The kind of the event that is happening.
    pub(super) kind: u8,
    /// Events that happened, by kind.
    pub(super) happened: [u64; Kind::COUNT],
    /// Tries that were given to a node by the queue of its service.
    pub(super) delivered: u64,
    /// Nodes that are paid for, and the sum of their times up to `since`, in nanoseconds.
    billed: u64,
    billed_total: u128,
    since: Instant,
    pub(super) violation: Option<Violation>,
}

/// What is counted of the requests of a client.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    started: u64,
    ended: u64,
    ok: u64,
    /// Tries that were not the first of their request, hedges left out.
    pub(super) repeated: u64,
    /// Tries that were sent, hedges left out.
    pub(super) sent: u64,
    /// Requests in flight, summed over time up to `since`, in nanoseconds.
    area: u128,
    since: u64,
    /// Times in flight of requests that have ended, and starts of those that have not, in nanoseconds.
    spans: u128,
    starts: u128,
}

impl Tally {
    #[inline]
    fn advance(&mut self, now: u64) {
        self.area += u128::from(now - self.since) * u128::from(self.started - self.ended);
        self.since = now;
    }

    /// A request starts.
    #[inline]
    pub(super) fn starts(&mut self, now: Instant) {
        let now = now.as_nanos();
        self.advance(now);
        self.started += 1;
        self.starts += u128::from(now);
    }

    /// A request ends that started at `intended`.
    #[inline]
    pub(super) fn ends(&mut self, now: Instant, intended: Instant, ok: bool) {
        let (now, intended) = (now.as_nanos(), intended.as_nanos());
        self.advance(now);
        self.ended += 1;
        self.ok += u64::from(ok);
        self.spans += u128::from(now - intended);
        self.starts -= u128::from(intended);
    }

    /// Requests in flight.
    pub(super) const fn in_flight(&self) -> u64 {
        self.started - self.ended
    }
}

impl Audit {
    /// One more node is paid for, or one less.
    pub(super) fn bill(&mut self, now: Instant, more: bool) {
        self.billed_total += u128::from(now.since(self.since).as_nanos()) * u128::from(self.billed);
        self.since = now;
        self.billed = if more { self.billed + 1 } else { self.billed.saturating_sub(1) };
    }
}

impl World {
    /// A rule was broken: the run ends here.
    #[cold]
    pub(super) fn violated(&mut self, rule: Invariant, state: String) {
        if self.audit.violation.is_none() {
            let event = format!("{:?}", Kind::from_number(self.audit.kind));
            self.audit.violation = Some(Violation { rule, at: self.now, events: self.events, event, state });
        }
        self.early_end = Some(EarlyEnd::InvariantViolated);
    }

    /// Checks what a node does after an event that concerned its queue.
    #[inline]
    pub(super) fn check_node(&mut self, id: NodeId) {
        let node = &self.nodes[id.index()];
        let service = &self.services[node.service.index()];
        let idle =
            node.waiting.len > 0 && node.stage == Stage::Running && node.has_free_worker(service.places);
        if idle || node.serving.len > service.places {
            self.bad_node(id, idle);
        }
    }

    #[cold]
    fn bad_node(&mut self, id: NodeId, idle: bool) {
        let node = &self.nodes[id.index()];
        let places = self.services[node.service.index()].places;
        let (serving, waiting) = (node.serving.len, node.waiting.len);
        let state = format!("{id} serves {serving} requests at {places} places, and {waiting} wait");
        self.violated(if idle { Invariant::WorkConservation } else { Invariant::CapacityBound }, state);
    }

    /// A node has just served something.
    #[inline]
    pub(super) fn check_server(&mut self, id: NodeId) {
        let node = &self.nodes[id.index()];
        if node.stage != Stage::Running || node.hung {
            let state = format!("{id} served a request while it was {:?}, hung: {}", node.stage, node.hung);
            self.violated(Invariant::DeadNodesServeNothing, state);
        }
    }

    /// A try has just passed the network to its node, or its answer back to its sender.
    #[inline]
    pub(super) fn check_passage(&mut self, slot: u32, back: bool) {
        if self.network.is_cut() {
            self.check_way(slot, back);
        }
    }

    #[cold]
    fn check_way(&mut self, slot: u32, back: bool) {
        let item = self.tries[slot];
        // Nodes that take from a queue are handed what is in it; an abandoned try tells its balancer, which is everywhere.
        let exempt = item.sender == Sender::Abandoned || self.services[item.service.index()].shared.is_some();
        if !exempt && let Some(fault) = self.cut_between(slot, back) {
            let what = if back { "an answer" } else { "a request" };
            let state =
                format!("{what} passed between its sender and {} although {fault:?} cuts the way", item.node);
            self.violated(Invariant::PartitionRespected, state);
        }
    }

    /// Compares all sums.
    pub(super) fn check_sums(&mut self) {
        let broken = self.broken_client().or_else(|| self.broken_service()).or_else(|| self.broken_node());
        if let Some((rule, state)) = broken.or_else(|| self.broken_total()) {
            self.violated(rule, state);
        }
    }

    fn broken_client(&mut self) -> Option<(Invariant, String)> {
        let now = self.now.as_nanos();
        for client in &mut self.clients {
            let log = &mut client.log;
            log.tally.advance(now);
            let Tally { area, spans, starts, started, ended, .. } = log.tally;
            let in_flight = log.tally.in_flight();
            let state = || format!("client {}: {:?}", client.caller.index(), log.tally);
            if started != ended + log.in_flight || in_flight != log.in_flight {
                return Some((Invariant::FlowConservation, state()));
            }
            if area != spans + u128::from(in_flight) * u128::from(now) - starts {
                return Some((Invariant::LittlesLaw, state()));
            }
            if log.latency.len() != log.counts.ok || log.counts.ok > log.tally.ok {
                return Some((Invariant::HistogramCount, state()));
            }
        }
        None
    }

    fn broken_service(&mut self) -> Option<(Invariant, String)> {
        let now = i128::from(self.now.as_nanos());
        let mut busy = vec![0_i128; self.services.len()];
        let mut moving = vec![0_i128; self.services.len()];
        for node in &mut self.nodes {
            let total = node.note_busy(self.now);
            busy[node.service.index()] += i128::from(total.as_nanos());
            moving[node.service.index()] += if node.hung { 0 } else { i128::from(node.serving.len) };
        }
        for (position, service) in self.services.iter().enumerate() {
            let received = service.received + moving[position] * now;
            if !service.node_type.processor_sharing && busy[position] != received {
                let state =
                    format!("{}: busy for {} ns, served for {received} ns", service.name, busy[position]);
                return Some((Invariant::UtilizationLaw, state));
            }
            let waits = service.shared.as_ref().filter(|shared| shared.waiting.len > 0);
            let idle = waits.and_then(|_| {
                let of_service = |id: &NodeId| self.nodes[id.index()].service.index() == position;
                (0..self.nodes.len() as u32).map(NodeId).find(|id| of_service(id) && self.can_take(*id))
            });
            if let Some(id) = idle {
                let state = format!("requests wait in the queue of {}, and {id} is free", service.name);
                return Some((Invariant::WorkConservation, state));
            }
        }
        None
    }

    fn broken_node(&mut self) -> Option<(Invariant, String)> {
        let mut up = 0;
        for (number, node) in self.nodes.iter_mut().enumerate() {
            up += u64::from(node.is_up());
            let (up, down) = (node.note_up(self.now), node.rest.down_total);
            let lifetime = node.rest.stopped.unwrap_or(self.now).since(node.rest.provisioned);
            if up + down != lifetime {
                let state = format!("node {number}: up for {up}, down for {down}, there for {lifetime}");
                return Some((Invariant::AvailabilityAccounting, state));
            }
            let service = &self.services[node.service.index()];
            if node.waiting.len > 0 && node.stage == Stage::Running && node.has_free_worker(service.places) {
                return Some((
                    Invariant::WorkConservation,
                    format!("requests wait at node {number}, which is free"),
                ));
            }
        }
        let billed = self.audit.billed;
        (up > billed).then(|| (Invariant::CapacityBound, format!("{up} nodes are up, and {billed} exist")))
    }

    fn broken_total(&mut self) -> Option<(Invariant, String)> {
        self.audit.billed_total +=
            u128::from(self.now.since(self.audit.since).as_nanos()) * u128::from(self.audit.billed);
        self.audit.since = self.now;
        let lifetimes = self.nodes.iter().map(|node| {
            let until = node.rest.stopped.unwrap_or(self.now);
            u128::from(until.since(node.rest.provisioned).as_nanos())
        });
        let (lifetimes, billed) = (lifetimes.sum::<u128>(), self.audit.billed_total);
        (lifetimes != billed).then(|| {
            (Invariant::CostIntegral, format!("nodes lived for {lifetimes} ns, and {billed} ns are billed"))
        })
    }

    /// Compares what only a look at everything that is under way can tell.
    pub(super) fn check_at_end(&mut self) {
        self.check_sums();
        let pending = self.queue.pending::<{ Kind::COUNT }>();
        for kind in MESSAGES {
            let number = kind as usize;
            let (sent, happened) = (self.queue.scheduled(kind as u8), self.audit.happened[number]);
            if sent != happened + pending[number] {
                let state = format!(
                    "{kind:?}: {sent} were sent, {happened} have arrived, {} are under way",
                    pending[number]
                );
                self.violated(Invariant::MessageConservation, state);
            }
        }
        let sent: u64 = MESSAGES.into_iter().map(|kind| self.queue.scheduled(kind as u8)).sum();
        let delayed = self.network.delayed() + self.audit.delivered;
        if sent != delayed {
            let state = format!("{delayed} messages took time, {sent} were under way");
            self.violated(Invariant::MessageConservation, state);
        }
        self.check_flow_of_tries();
    }

    /// Compares the requests in flight with the tries there are.
    fn check_flow_of_tries(&mut self) {
        let mut alive: Vec<Vec<u64>> = vec![Vec::new(); self.clients.len()];
        let mut pausing = vec![0_u64; self.clients.len()];
        for item in self.tries.taken() {
            if let Sender::Client(client) = item.sender {
                alive[usize::from(client)].push(item.request);
                pausing[usize::from(client)] += u64::from(item.phase == Phase::Pausing);
            }
        }
        for (number, mut requests) in alive.into_iter().enumerate() {
            requests.sort_unstable();
            requests.dedup();
            let tally = self.clients[number].log.tally;
            let tries = tally.started + tally.repeated - pausing[number];
            if requests.len() as u64 != tally.in_flight() || tries != tally.sent {
                let state = format!("client {number}: {} requests live, {tally:?}", requests.len());
                self.violated(Invariant::FlowConservation, state);
            }
        }
    }
}

/// Nanoseconds since the beginning, with a sign.
#[inline]
pub(super) fn signed(now: Instant) -> i128 {
    i128::from(now.since(Instant::ZERO).as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::network::NetworkFault;
    use cusinart_policies::Duration;
    use cusinart_record::FaultId;
    use cusinart_scenarios::{Overlay, parse};
    use std::path::Path;

    /// A world in the middle of its run.
    fn world() -> World {
        let text = "version: 1\nname: audited\nduration: 10m\nzones: [a, b]\nnetwork: { outside: { latency: 5ms } }\n\
             node_types: { web: { workers: 2 } }\nservices: { api: { node_type: web, nodes: 4, service_time: 50ms } }\n\
             clients: { users: { service: api, arrivals: { poisson: { rate: 60/s } } } }\n";
        let scenario = parse("audited", text, Path::new("."), &Overlay::default()).expect("it is a scenario");
        let mut world = World::new(&scenario);
        world.begin();
        for _ in 0..20_000 {
            assert!(world.step(), "the run is longer");
        }
        world
    }

    /// The rule that the books break after `forge`; before, they must balance.
    fn broken_by(forge: impl FnOnce(&mut World)) -> Option<Invariant> {
        let mut world = world();
        world.check_at_end();
        assert_eq!(world.audit.violation, None);
        forge(&mut world);
        world.check_at_end();
        world.audit.violation.map(|violation| violation.rule)
    }

    type Forgery = fn(&mut World);

    #[test]
    fn books_that_do_not_balance_are_noticed() {
        assert_eq!(broken_by(|_| ()), None);
        let forged: [(Invariant, Forgery); 9] = [
            (Invariant::FlowConservation, |world| world.clients[0].log.in_flight += 1),
            (Invariant::FlowConservation, |world| world.clients[0].log.tally.sent += 1),
            (Invariant::LittlesLaw, |world| world.clients[0].log.tally.area += 1),
            (Invariant::HistogramCount, |world| world.clients[0].log.counts.ok += 1),
            (Invariant::UtilizationLaw, |world| world.services[0].received += 1),
            (Invariant::AvailabilityAccounting, |world| {
                world.nodes[0].rest.down_total += Duration::from_nanos(1);
            }),
            (Invariant::CapacityBound, |world| world.audit.billed = 3),
            (Invariant::CostIntegral, |world| world.audit.billed_total += 1),
            (Invariant::MessageConservation, |world| {
                world.audit.happened[Kind::TryArrives as usize] += 1;
            }),
        ];
        for (rule, forge) in forged {
            assert_eq!(broken_by(forge), Some(rule));
        }
    }

    #[test]
    fn what_passes_a_partition_is_noticed() {
        let seen = |back: bool| {
            let mut world = world();
            let slot = (0..).find(|&slot| world.tries[slot].phase == Phase::Serving).expect("one is served");
            world.check_passage(slot, back);
            assert_eq!(world.audit.violation, None, "nothing is cut yet");
            // From outside, the place after the two zones.
            let (from, to, path) = (vec![2], vec![0, 1], cusinart_scenarios::Path::All);
            let fault = NetworkFault { fault: FaultId(0), from, to, one_way: true, path, ratio: 1.0 };
            world.network.begin(fault);
            world.check_passage(slot, back);
            world.audit.violation.map(|violation| violation.rule)
        };
        assert_eq!((seen(false), seen(true)), (Some(Invariant::PartitionRespected), None));
    }

    #[test]
    fn what_a_node_may_not_do_is_noticed_at_once_and_ends_the_run() {
        let seen = |forge: Forgery| {
            let mut world = world();
            forge(&mut world);
            let rule = world.audit.violation.as_ref().map(|violation| violation.rule);
            assert_eq!(rule.is_some(), !world.step(), "a broken rule ends the run");
            rule
        };
        let overfull: Forgery = |world| {
            world.nodes[0].serving.len += 3;
            world.check_node(NodeId(0));
        };
        assert_eq!(seen(overfull), Some(Invariant::CapacityBound));
        let idle: Forgery = |world| {
            world.nodes[0].serving.len = 0;
            world.nodes[0].waiting.len = 1;
            world.check_node(NodeId(0));
        };
        assert_eq!(seen(idle), Some(Invariant::WorkConservation));
        let dead: Forgery = |world| {
            world.nodes[0].stage = Stage::Dead;
            world.check_server(NodeId(0));
        };
        assert_eq!(seen(dead), Some(Invariant::DeadNodesServeNothing));
        assert_eq!(seen(|world| world.check_server(NodeId(0))), None);
    }
}
