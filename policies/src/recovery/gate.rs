//! The remediation gates of all services, and the nodes that wait at them.

use super::{RecoveryManager, StormGate};
use crate::{GateConfig, Instant, NodeId, ServiceId};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The gates of all services. Without a configuration they are open for good.
#[derive(Clone, Debug)]
pub(super) struct Gates {
    config: Option<GateConfig>,
    /// By [`ServiceId`].
    services: Vec<Gate>,
    /// Failed nodes that wait for their service's gate.
    held: BTreeSet<(ServiceId, NodeId)>,
}

/// The gate of one service, with what it saw last.
#[derive(Clone, Copy, Debug)]
struct Gate {
    storm: StormGate,
    healthy: u32,
    total: u32,
    least: u32,
    /// The end of a cooldown that somebody will look at.
    awaited: Option<Instant>,
}

impl Gates {
    pub(super) const fn new(config: Option<GateConfig>) -> Self {
        Self { config, services: Vec::new(), held: BTreeSet::new() }
    }

    /// Takes note of the nodes of a service. Returns whether nodes wait that may go on.
    pub(super) fn observe(&mut self, now: Instant, service: ServiceId, healthy: u32, total: u32) -> bool {
        let Some(config) = self.config else { return false };
        if self.services.len() <= service.index() {
            let storm = StormGate::new(config.storm_cooldown);
            let unseen = Gate { storm, healthy: 0, total: 0, least: 0, awaited: None };
            self.services.resize(service.index() + 1, unseen);
        }
        let gate = &mut self.services[service.index()];
        (gate.healthy, gate.total, gate.least) = (healthy, total, config.healthy_min.of(total));
        let open = gate.storm.observe(now, healthy, gate.least);
        gate.awaited = gate.storm.cooldown_end();
        open && self.held_at(service).next().is_some()
    }

    /// Why nodes of a service must not be remediated, if they must not.
    pub(super) fn refusal(&self, service: ServiceId) -> Option<String> {
        let Gate { storm, healthy, total, least, .. } = self.services.get(service.index())?;
        if storm.is_open() {
            return None;
        }
        Some(match storm.cooldown_end() {
            Some(end) => format!("remediation waits for the end of a storm's cooldown at {end}"),
            None => format!("remediation needs {least} healthy nodes of {total}, and {healthy} are"),
        })
    }

    /// A failed node waits for the gate.
    pub(super) fn hold(&mut self, service: ServiceId, node: NodeId) {
        self.held.insert((service, node));
    }

    /// A node waits no longer: it recovered, or left.
    pub(super) fn forget(&mut self, node: NodeId) {
        self.held.retain(|(_, held)| *held != node);
    }

    /// Takes the nodes that may go on, in order.
    pub(super) fn release(&mut self) -> Vec<NodeId> {
        let open =
            |service: ServiceId| self.services.get(service.index()).is_none_or(|gate| gate.storm.is_open());
        let released: Vec<_> = self.held.iter().copied().filter(|(service, _)| open(*service)).collect();
        for held in &released {
            self.held.remove(held);
        }
        released.into_iter().map(|(_, node)| node).collect()
    }

    /// When the next cooldown is over.
    pub(super) fn next_cooldown_end(&self) -> Option<Instant> {
        self.services.iter().filter_map(|gate| gate.awaited).min()
    }

    /// The next service whose cooldown is over; it is to be observed.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<ServiceId> {
        let due = |gate: &Gate| gate.awaited.is_some_and(|at| at <= now);
        let index = self.services.iter().position(due)?;
        self.services[index].awaited = None;
        Some(ServiceId(u16::try_from(index).expect("services are counted by 16 bits")))
    }

    fn held_at(&self, service: ServiceId) -> impl Iterator<Item = NodeId> {
        let of_service = (service, NodeId(0))..=(service, NodeId(u32::MAX));
        self.held.range(of_service).map(|(_, node)| *node)
    }
}

impl RecoveryManager {
    /// Shows the gate of a service its nodes. Returns whether failed nodes wait that may go on.
    pub(crate) fn observe_gate(
        &mut self,
        now: Instant,
        service: ServiceId,
        healthy: u32,
        total: u32,
    ) -> bool {
        self.gates.observe(now, service, healthy, total)
    }

    /// The next service whose gate is to be shown its nodes, as a cooldown is over.
    pub(crate) fn gate_due(&mut self, now: Instant) -> Option<ServiceId> {
        self.gates.take_due(now)
    }

    /// When the next cooldown of a gate is over.
    pub fn next_gate_cooldown(&self) -> Option<Instant> {
        self.gates.next_cooldown_end()
    }

    /// Takes the failed nodes whose gate has opened.
    pub(crate) fn release_gated(&mut self) -> Vec<NodeId> {
        self.gates.release()
    }

    /// Lets a node wait if its gate is closed, and says whether it is.
    pub(crate) fn hold_at_closed_gate(&mut self, service: ServiceId, node: NodeId) -> bool {
        let closed = self.gates.refusal(service).is_some();
        if closed {
            self.gates.hold(service, node);
        }
        closed
    }
}
