//! Processes that die again some time after each restart.

use super::World;
use super::kinds::Kind;
use super::nodes::Stage;
use crate::engine::Seq;
use cusinart_policies::NodeId;
use cusinart_record::FaultId;

impl World {
    /// Schedules the next death of a process that has just come up in a crash loop; the first of several counts.
    pub(super) fn schedule_next_crash(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let life = node.rest.life;
        let loops = node.rest.crash_loops.iter();
        let deaths = loops.map(|&fault| (self.faults.life_in_crash_loop(fault, id, life).0, fault));
        node.rest.dies = deaths.min().map(|(span, fault)| {
            (self.queue.schedule(self.now + span, Kind::CrashesAgain as u8, id.0), fault)
        });
    }

    /// A process begins to serve: it is in the loops of whatever starts meanwhile.
    pub(super) fn join_loops_of_starts(&mut self, id: NodeId) {
        for position in 0..self.faults.of_starts.len() {
            let fault = self.faults.of_starts[position];
            let meant = self.faults.selector_of(fault).is_some_and(|nodes| self.matches(nodes, id));
            let loops = &mut self.nodes[id.index()].rest.crash_loops;
            if meant && !loops.contains(&fault) {
                loops.push(fault);
                self.faults.touches_late(fault, id);
            }
        }
    }

    /// Whatever starts is well again.
    pub(super) fn end_loop_of_starts(&mut self, fault: FaultId) {
        self.faults.of_starts.retain(|&other| other != fault);
        for number in 0..self.nodes.len() as u32 {
            self.end_crash_loop(NodeId(number), fault);
        }
    }

    /// A process in a crash loop dies, unless that life of it is over.
    pub(super) fn crashes_again(&mut self, id: NodeId, seq: Seq) {
        let node = &self.nodes[id.index()];
        if let Some((pending, fault)) = node.rest.dies
            && pending == seq
        {
            let (_, in_flight) = self.faults.life_in_crash_loop(fault, id, node.rest.life);
            self.strike_down(fault, id, Stage::Dead, in_flight);
        }
    }

    /// The cause of a crash loop is gone: a process that runs stays, unless it is in another loop.
    pub(super) fn end_crash_loop(&mut self, id: NodeId, fault: FaultId) {
        let node = &mut self.nodes[id.index()];
        node.rest.crash_loops.retain(|&other| other != fault);
        if node.rest.dies.is_some_and(|(_, of)| of == fault) {
            self.schedule_next_crash(id);
        }
    }
}
