//! Who belongs to which service, and how many of them are well.

use crate::{ClusterConfig, NodeId, NodeSpec, ServiceId, ZoneId};
use alloc::vec;
use alloc::vec::Vec;

/// All nodes that ever existed, with running counts per service and zone.
#[derive(Clone, Debug)]
pub(super) struct Roster {
    /// By [`NodeId`].
    nodes: Vec<Member>,
    /// By [`ServiceId`].
    services: Vec<Crew>,
}

/// One node's part in its service.
#[derive(Clone, Copy, Debug)]
struct Member {
    spec: NodeSpec,
    phase: Phase,
    /// Believed failed; counts only while it serves.
    failed: bool,
}

/// Where a node stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Provisioned, booting, or loading its state.
    Starting,
    /// Meant to serve.
    Serving,
    /// To be removed; serves until its replicas are copied away.
    HandingOver,
    /// To be removed; takes no more requests.
    Draining,
    /// Removed, or never came up.
    Gone,
}

/// The nodes of one service.
#[derive(Clone, Debug)]
struct Crew {
    /// Zones its nodes may stand in.
    zones: Vec<ZoneId>,
    /// Nodes meant to serve, ascending.
    serving: Vec<NodeId>,
    leaving: u32,
    /// By [`ZoneId`].
    by_zone: Vec<ZoneCount>,
}

/// Nodes of one service in one zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ZoneCount {
    pub(super) starting: u32,
    pub(super) serving: u32,
    /// Of those serving, believed failed.
    pub(super) failed: u32,
}

impl Roster {
    pub(super) fn new(config: &ClusterConfig) -> Self {
        let crew = |zones: &Vec<ZoneId>| Crew {
            zones: zones.clone(),
            serving: Vec::new(),
            leaving: 0,
            by_zone: vec![ZoneCount::default(); usize::from(config.zones)],
        };
        Self {
            nodes: Vec::new(),
            services: config.services.iter().map(|service| crew(&service.zones)).collect(),
        }
    }

    /// Takes in a node that serves already.
    pub(super) fn adopt(&mut self, spec: NodeSpec) {
        assert!(
            spec.node.index() == self.nodes.len()
                && spec.service.index() < self.services.len()
                && spec.zone.index() < self.services[spec.service.index()].by_zone.len(),
            "nodes are adopted in ascending order from n0, of a service and in a zone of the configuration: {spec:?}"
        );
        self.push(spec, Phase::Serving);
    }

    /// A new node that is to be started.
    pub(super) fn start(&mut self, service: ServiceId, zone: ZoneId) -> NodeSpec {
        let spec = NodeSpec { node: self.next_node(), service, zone };
        self.push(spec, Phase::Starting);
        spec
    }

    /// Whether there is such a service.
    pub(super) fn has(&self, service: ServiceId) -> bool {
        service.index() < self.services.len()
    }

    /// The identity of the next node that is to be started.
    pub(super) fn next_node(&self) -> NodeId {
        NodeId(u32::try_from(self.nodes.len()).expect("a run has fewer than 2^32 nodes"))
    }

    /// What a node is, if it ever existed.
    pub(super) fn spec(&self, node: NodeId) -> Option<NodeSpec> {
        self.nodes.get(node.index()).map(|member| member.spec)
    }

    /// Where a node stands. Nodes that never existed are gone.
    pub(super) fn phase(&self, node: NodeId) -> Phase {
        self.nodes.get(node.index()).map_or(Phase::Gone, |member| member.phase)
    }

    pub(super) fn set_phase(&mut self, node: NodeId, phase: Phase) {
        self.change(node, |member| member.phase = phase);
    }

    pub(super) fn set_failed(&mut self, node: NodeId, failed: bool) {
        self.change(node, |member| member.failed = failed);
    }

    /// Nodes meant to serve, ascending; healthy or not.
    pub(super) fn serving(&self, service: ServiceId) -> &[NodeId] {
        &self.services[service.index()].serving
    }

    /// Nodes meant to serve. None of an unknown service.
    pub(super) fn total(&self, service: ServiceId) -> u32 {
        self.by_zone(service).iter().map(|count| count.serving).sum()
    }

    /// Nodes meant to serve and believed failed. None of an unknown service.
    pub(super) fn failed(&self, service: ServiceId) -> u32 {
        self.by_zone(service).iter().map(|count| count.failed).sum()
    }

    /// Nodes being removed.
    pub(super) fn leaving(&self, service: ServiceId) -> u32 {
        self.services[service.index()].leaving
    }

    /// Nodes of a service in a zone.
    pub(super) fn in_zone(&self, service: ServiceId, zone: ZoneId) -> ZoneCount {
        self.services[service.index()].by_zone[zone.index()]
    }

    /// Nodes of all services, zone by zone.
    pub(super) fn zone_counts(&self) -> impl Iterator<Item = (ZoneId, ZoneCount)> {
        let zones = self.services.first().map_or(0, |crew| crew.by_zone.len());
        (0..zones).map(|zone| {
            let mut sum = ZoneCount::default();
            for crew in &self.services {
                let ZoneCount { starting, serving, failed } = crew.by_zone[zone];
                sum.starting += starting;
                sum.serving += serving;
                sum.failed += failed;
            }
            (ZoneId(u16::try_from(zone).expect("zones are counted by 16 bits")), sum)
        })
    }

    /// Zones a service may use.
    pub(super) fn zones(&self, service: ServiceId) -> &[ZoneId] {
        &self.services[service.index()].zones
    }

    /// Where the next node of a service is placed: not in a zone that has just refused one, rather not where all
    /// nodes are failed, else where fewest are well or starting, the first among equals.
    pub(super) fn choose_zone(&self, service: ServiceId, refused: &[ZoneId]) -> ZoneId {
        let crew = &self.services[service.index()];
        let zones = crew.zones.iter().copied();
        let best = zones.min_by_key(|zone| {
            let ZoneCount { starting, serving, failed } = crew.by_zone[zone.index()];
            (refused.contains(zone), serving > 0 && failed == serving, serving - failed + starting)
        });
        best.expect("validated: a service has a zone")
    }

    fn by_zone(&self, service: ServiceId) -> &[ZoneCount] {
        self.services.get(service.index()).map_or(&[], |crew| &crew.by_zone)
    }

    fn push(&mut self, spec: NodeSpec, phase: Phase) {
        self.nodes.push(Member { spec, phase: Phase::Gone, failed: false });
        self.set_phase(spec.node, phase);
    }

    fn change(&mut self, node: NodeId, change: impl FnOnce(&mut Member)) {
        let Some(member) = self.nodes.get_mut(node.index()) else { return };
        let before = *member;
        change(member);
        let after = *member;
        let crew = &mut self.services[after.spec.service.index()];
        crew.count(before, false);
        crew.count(after, true);
    }
}

impl Crew {
    /// Counts a member in, or out again.
    fn count(&mut self, member: Member, joins: bool) {
        let step = |count: &mut u32| *count = if joins { *count + 1 } else { *count - 1 };
        let zone = &mut self.by_zone[member.spec.zone.index()];
        match member.phase {
            Phase::Starting => step(&mut zone.starting),
            Phase::Serving => {
                step(&mut zone.serving);
                if member.failed {
                    step(&mut zone.failed);
                }
                match self.serving.binary_search(&member.spec.node) {
                    Ok(place) if !joins => drop(self.serving.remove(place)),
                    Err(place) if joins => self.serving.insert(place, member.spec.node),
                    Ok(_) | Err(_) => {}
                }
            }
            Phase::HandingOver | Phase::Draining => step(&mut self.leaving),
            Phase::Gone => {}
        }
    }
}
