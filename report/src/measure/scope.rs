//! The part of a record that an objective is about.

use crate::recovery_times::{Recovery, RecoveryOutcome};
use crate::requests::{WindowSum, window_sums};
use crate::sla::Ground;
use cusinart_policies::{Instant, NodeId, ServiceId, ZoneId};
use cusinart_record::{ClientRecord, Fact, FaultRecord, NodeRecord, RequestCounts, RunRecord};
use cusinart_scenarios::{Objective, Scenario, Subject};
use std::collections::BTreeSet;

/// The part of a cluster that an objective is about, with what all parts of the run have in common.
pub(crate) struct Basis<'a> {
    record: &'a RunRecord,
    recoveries: &'a [Recovery],
    clients: Vec<&'a ClientRecord>,
    services: BTreeSet<ServiceId>,
    zone: Option<ZoneId>,
    /// Label of the only fault that counts.
    fault: Option<&'a str>,
    /// Windows of the clients together.
    sums: Vec<WindowSum>,
}

impl<'a> Basis<'a> {
    /// The part of the cluster that a subject names.
    pub(crate) fn of(ground: &Ground<'a>, subject: Subject) -> Self {
        let record = ground.record;
        let clients = subject_clients(record, subject);
        Self {
            record,
            recoveries: ground.recoveries,
            services: subject_services(record, subject),
            zone: subject.zone.map(|zone| ZoneId(zone as u16)),
            fault: subject.fault.map(|fault| label(ground.scenario, fault)),
            sums: window_sums(clients.iter().copied()),
            clients,
        }
    }

    fn has_node(&self, node: NodeId) -> bool {
        self.record.nodes.get(node.index()).is_some_and(|node| self.is_about(node))
    }

    fn is_about(&self, node: &NodeRecord) -> bool {
        self.services.contains(&node.service) && self.zone.is_none_or(|zone| zone == node.zone)
    }
}

/// The label by which records know a fault of the scenario.
pub(super) fn label(scenario: &Scenario, fault: usize) -> &str {
    scenario.faults.get(fault).map_or("", |fault| &fault.label)
}

/// The part of a record that an objective is about.
pub(crate) struct Scope<'a, 'b> {
    basis: &'b Basis<'a>,
    /// Its start.
    pub(super) from: Instant,
    /// Its end, which does not belong to it.
    pub(super) to: Instant,
    /// Whether it is a part of the run only.
    pub(super) during: bool,
}

impl<'a, 'b> Scope<'a, 'b> {
    /// The whole run, or the part between two moments.
    pub(crate) fn of(basis: &'b Basis<'a>, span: Option<(Instant, Instant)>) -> Self {
        let (from, to) = span.unwrap_or((Instant::ZERO, Instant::FAR_FUTURE));
        Self { basis, from, to, during: span.is_some() }
    }

    /// The record.
    pub(super) fn record(&self) -> &'a RunRecord {
        self.basis.record
    }

    /// The clients.
    pub(super) fn clients(&self) -> impl Iterator<Item = &'a ClientRecord> {
        self.basis.clients.iter().copied()
    }

    /// Counts of the clients: after the warm-up, or of the windows that begin within the interval.
    pub(super) fn counts(&self) -> RequestCounts {
        let mut sum = RequestCounts::default();
        if self.during {
            self.windows().iter().for_each(|window| sum.add(&window.counts));
        } else {
            self.clients().for_each(|client| sum.add(&client.counts));
        }
        sum
    }

    /// Windows of the clients that begin within the interval.
    pub(super) fn windows(&self) -> &'b [WindowSum] {
        let (first, end) = self.window_range(self.basis.sums.len());
        &self.basis.sums[first..end]
    }

    /// Position of the first of `count` windows that begins within the interval, and of the first behind them.
    pub(super) fn window_range(&self, count: usize) -> (usize, usize) {
        let width = self.record().header.window.as_nanos().max(1);
        let position =
            |at: Instant| usize::try_from(at.as_nanos().div_ceil(width)).unwrap_or(count).min(count);
        let (first, end) = (position(self.from), position(self.to));
        (first, end.max(first))
    }

    /// Positions of the services.
    pub(super) fn services(&self) -> impl Iterator<Item = usize> {
        self.basis.services.iter().map(|service| service.index())
    }

    /// Facts within the interval.
    pub(super) fn facts(&self) -> &'a [Fact] {
        let facts = &self.record().facts;
        let first = facts.partition_point(|fact| fact.at < self.from);
        let end = facts.partition_point(|fact| fact.at < self.to);
        &facts[first..end.max(first)]
    }

    /// Whether something that happened to a node at some time is in it.
    pub(crate) fn has(&self, at: Instant, node: NodeId) -> bool {
        at >= self.from && at < self.to && self.basis.has_node(node)
    }

    /// Whether it is about a node.
    pub(crate) fn has_node(&self, node: NodeId) -> bool {
        self.basis.has_node(node)
    }

    /// The nodes.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &'a NodeRecord> {
        self.record().nodes.iter().filter(|node| self.basis.is_about(node))
    }

    /// Pairs of a fault that struck within the interval and a node it touched.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = &'a Recovery> {
        let pairs = self.basis.recoveries;
        let first = pairs.partition_point(|pair| pair.began_ns < self.from);
        let end = pairs.partition_point(|pair| pair.began_ns < self.to);
        pairs[first..end.max(first)].iter().filter(|pair| {
            self.basis.has_node(pair.node) && self.is_of_fault(self.record().faults.get(pair.fault.index()))
        })
    }

    /// Faults that struck within the interval, if only some fault counts.
    pub(super) fn named_faults(&self) -> Option<impl Iterator<Item = &'a FaultRecord>> {
        self.basis.fault?;
        let faults = self.record().faults.iter();
        Some(faults.filter(|fault| {
            fault.began >= self.from && fault.began < self.to && self.is_of_fault(Some(fault))
        }))
    }

    /// Whether something that happened to a node is owed to the fault, if only some fault counts: from when it
    /// struck the node until the node or its replacement served again.
    pub(crate) fn is_owed(&self, at: Instant, node: NodeId) -> bool {
        self.basis.fault.is_none()
            || self.basis.recoveries.iter().any(|pair| {
                let until = match pair.outcome {
                    RecoveryOutcome::Back { after_ns } | RecoveryOutcome::Replaced { after_ns, .. } => {
                        pair.began_ns + after_ns
                    }
                    RecoveryOutcome::Never { .. } | RecoveryOutcome::Removed | RecoveryOutcome::NotOut => {
                        Instant::FAR_FUTURE
                    }
                };
                pair.node == node
                    && at >= pair.began_ns
                    && at <= until
                    && self.is_of_fault(self.record().faults.get(pair.fault.index()))
            })
    }

    fn is_of_fault(&self, fault: Option<&FaultRecord>) -> bool {
        self.basis.fault.is_none_or(|label| fault.is_some_and(|fault| fault.label == label))
    }
}

/// The clients an agreement is about: the one named, those of the service named, or all.
pub(crate) fn subject_clients(record: &RunRecord, subject: Subject) -> Vec<&ClientRecord> {
    let numbered = record.clients.iter().enumerate();
    let chosen = numbered.filter(|(index, client)| {
        subject.client.is_none_or(|wanted| wanted == *index)
            && subject.service.is_none_or(|wanted| wanted == client.service.index())
    });
    chosen.map(|(_, client)| client).collect()
}

/// The services an agreement is about: the one named, that of the client named, or all.
pub(crate) fn subject_services(record: &RunRecord, subject: Subject) -> BTreeSet<ServiceId> {
    match (subject.client, subject.service) {
        (_, Some(service)) => BTreeSet::from([ServiceId(service as u16)]),
        (Some(client), None) => record.clients.get(client).map(|client| client.service).into_iter().collect(),
        (None, None) => (0..record.services.len()).map(|index| ServiceId(index as u16)).collect(),
    }
}

/// One of the faults of the scenario, by how Objective names it.
pub(super) fn is_chosen(objective: &Objective, scenario: &Scenario, fault: &FaultRecord) -> bool {
    match objective.during.and_then(cusinart_scenarios::During::faults) {
        Some(cusinart_scenarios::FaultChoice::One(position)) => fault.label == label(scenario, position),
        Some(cusinart_scenarios::FaultChoice::Any) | None => true,
    }
}
