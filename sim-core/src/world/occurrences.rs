//! When faults strike, and how many are repaired at once.

use super::World;
use super::faults::{Faults, Spec, selector};
use super::kinds::Kind;
use crate::engine::{EventQueue, SLOTS_MAX};
use cusinart_policies::{Duration, Instant, NodeId};
use cusinart_record::{EarlyEnd, FaultId};
use cusinart_scenarios::Schedule;
use std::collections::VecDeque;

/// One sequence of occurrences of a fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    pub(super) spec: u32,
    pub(super) node: Option<NodeId>,
    /// Occurrences so far.
    pub(super) struck: u32,
    /// Whether the due occurrence has let the other events of its instant pass.
    deferred: bool,
}

/// Those who repair the occurrences of one fault.
#[derive(Debug)]
pub(super) struct Crews {
    /// Crews without work; `None` has always one.
    free: Option<u32>,
    /// Occurrences that wait for a crew, with the time that each takes.
    waiting: VecDeque<(FaultId, Duration)>,
}

impl Crews {
    pub(super) fn new(crews: Option<u32>) -> Self {
        Self { free: crews, waiting: VecDeque::new() }
    }

    /// An occurrence has begun, whose repair takes so long once a crew is there.
    pub(super) fn begin(&mut self, now: Instant, fault: FaultId, span: Duration, queue: &mut EventQueue) {
        match &mut self.free {
            Some(0) => self.waiting.push_back((fault, span)),
            Some(free) => {
                *free -= 1;
                queue.schedule(now + span, Kind::FaultEnds as u8, fault.0);
            }
            None => {
                queue.schedule(now + span, Kind::FaultEnds as u8, fault.0);
            }
        }
    }

    /// A crew is done, and goes on with the next occurrence.
    pub(super) fn go_on(&mut self, now: Instant, queue: &mut EventQueue) {
        let Some(free) = &mut self.free else { return };
        match self.waiting.pop_front() {
            Some((fault, span)) => {
                queue.schedule(now + span, Kind::FaultEnds as u8, fault.0);
            }
            None => *free += 1,
        }
    }
}

impl Faults {
    /// Schedules the next occurrence of a process, the gap counted from `last`.
    pub(super) fn schedule_strike(&mut self, last: Instant, process: u32, queue: &mut EventQueue) {
        let Process { spec, node, struck, .. } = self.processes[process as usize];
        let spec = &self.specs[spec as usize];
        let at = match (&spec.schedule, &spec.gap) {
            (Schedule::Every { until, times, .. }, Some(gap)) => {
                let entity = node.map_or(u64::MAX, |node| node.0.into());
                let at = last + gap.draw(&mut spec.gaps.draws(entity, struck));
                (struck < *times && at < *until).then_some(at)
            }
            (Schedule::At(at), _) => (struck == 0).then_some(*at),
            (Schedule::Every { .. }, None) => None,
        };
        if let Some(at) = at {
            queue.schedule(at, Kind::FaultStrikes as u8, process);
        }
    }

    /// Whether the next occurrence of a process is counted from the end of its last one.
    pub(super) fn counts_from_end(&self, process: u32) -> bool {
        let spec = self.processes[process as usize].spec;
        matches!(self.specs[spec as usize].schedule, Schedule::Every { from_end: true, .. })
    }
}

impl World {
    /// Starts every fault's sequence of occurrences.
    pub(super) fn start_faults(&mut self) {
        for spec in 0..self.faults.specs.len() as u32 {
            let per_node = match self.faults.specs[spec as usize].schedule {
                Schedule::At(_) => false,
                Schedule::Every { per_node, .. } => per_node,
            };
            if !per_node {
                self.start_process(spec, None);
            }
        }
        for node in 0..self.nodes.len() as u32 {
            self.start_node_faults(NodeId(node));
        }
    }

    /// Starts the sequences that belong to one node.
    pub(super) fn start_node_faults(&mut self, node: NodeId) {
        for spec in 0..self.faults.specs.len() as u32 {
            let Spec { schedule: Schedule::Every { per_node: true, .. }, spec: kind, .. } =
                &self.faults.specs[spec as usize]
            else {
                continue;
            };
            if selector(kind).is_some_and(|selector| self.matches(selector, node)) {
                self.start_process(spec, Some(node));
            }
        }
    }

    fn start_process(&mut self, spec: u32, node: Option<NodeId>) {
        if self.faults.processes.len() == SLOTS_MAX {
            self.early_end = Some(EarlyEnd::TooManyFaults);
            return;
        }
        self.faults.processes.push(Process { spec, node, struck: 0, deferred: false });
        let from = match self.faults.specs[spec as usize].schedule {
            Schedule::At(at) => at,
            Schedule::Every { from, .. } => from.max(self.now),
        };
        let process = self.faults.processes.len() as u32 - 1;
        self.faults.schedule_strike(from, process, &mut self.queue);
    }

    /// An occurrence is due. It lets the events scheduled for its instant pass, so that a fault that ends then has
    /// ended.
    pub(super) fn fault_due(&mut self, process: u32) {
        let deferred = &mut self.faults.processes[process as usize].deferred;
        *deferred = !*deferred;
        if *deferred {
            self.queue.schedule(self.now, Kind::FaultStrikes as u8, process);
        } else {
            self.fault_strikes(process);
        }
    }
}
