//! Whom a fault hits.

use super::World;
use super::nodes::Stage;
use crate::random;
use cusinart_policies::NodeId;
use cusinart_scenarios::{FaultSpec, NodeSelector, Pick, Place, Strikes};
use rand_core::Rng;

impl World {
    /// The nodes an occurrence hits, by ascending id.
    pub(super) fn pick_nodes(&self, spec: &FaultSpec, picks: &mut impl Rng) -> Vec<NodeId> {
        let all = (0..self.nodes.len() as u32).map(NodeId);
        match spec {
            FaultSpec::ZoneOutage { zone, .. } => all
                .filter(|id| {
                    let node = &self.nodes[id.index()];
                    node.zone == *zone && node.rest.loaded && node.stage != Stage::Stopped
                })
                .collect(),
            FaultSpec::Partition { from, to, .. } | FaultSpec::Loss { from, to, .. } => {
                let here = self.control.place;
                let sides = (self.side(from), self.side(to));
                // The side without the control plane is the one cut off; with none or both, all are.
                all.filter(|id| {
                    let place = self.nodes[id.index()].place();
                    let (in_from, in_to) = (sides.0.contains(&place), sides.1.contains(&place));
                    match (sides.0.contains(&here), sides.1.contains(&here)) {
                        (true, false) => in_to,
                        (false, true) => in_from,
                        (true, true) | (false, false) => in_from || in_to,
                    }
                })
                .filter(|id| self.nodes[id.index()].stage != Stage::Stopped)
                .collect()
            }
            // Nobody yet.
            FaultSpec::CrashLoop { strikes: Strikes::Starting, .. } => Vec::new(),
            FaultSpec::Crash { nodes, .. }
            | FaultSpec::CrashLoop { nodes, .. }
            | FaultSpec::Hang { nodes }
            | FaultSpec::Slow { nodes, .. } => {
                let candidates = all
                    .filter(|&id| self.nodes[id.index()].stage == Stage::Running && self.matches(nodes, id))
                    .collect();
                pick(candidates, &nodes.pick, picks)
            }
        }
    }

    pub(super) fn runs(&self, id: NodeId) -> bool {
        self.nodes[id.index()].stage == Stage::Running
    }

    fn side(&self, places: &[Place]) -> Vec<usize> {
        places.iter().map(|&place| self.network.place(place)).collect()
    }

    pub(super) fn matches(&self, selector: &NodeSelector, id: NodeId) -> bool {
        let node = &self.nodes[id.index()];
        selector.service.is_none_or(|service| service == node.service)
            && selector.zone.is_none_or(|zone| zone == node.zone)
    }
}

/// Chooses among the candidates, which ascend; so do the chosen.
fn pick(mut candidates: Vec<NodeId>, pick: &Pick, rng: &mut impl Rng) -> Vec<NodeId> {
    let count = match pick {
        Pick::All => return candidates,
        Pick::Index(positions) => {
            let mut chosen: Vec<_> =
                positions.iter().filter_map(|&position| candidates.get(position as usize).copied()).collect();
            chosen.sort_unstable();
            chosen.dedup();
            return chosen;
        }
        Pick::Count(count) => *count as usize,
        // Rounded up; the cast saturates.
        Pick::Share(share) => libm::ceil(candidates.len() as f64 * share) as usize,
    };
    let count = count.min(candidates.len());
    // The first `count` steps of a Fisher-Yates shuffle.
    for position in 0..count {
        let other = position + random::below(rng, (candidates.len() - position) as u32) as usize;
        candidates.swap(position, other);
    }
    candidates.truncate(count);
    candidates.sort_unstable();
    candidates
}
