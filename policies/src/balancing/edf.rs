//! The earliest deadline first schedule of Envoy.

use alloc::collections::BinaryHeap;
use core::cmp::Ordering;

/// Hosts with deadlines: each comes again `1 / weight` after it was picked, in a time of the schedule's own.
///
/// The earliest deadline is picked, the earlier insertion among equals, and becomes the schedule's time. Reals are f64,
/// and ties depend on their rounding. Logarithmic in the number of hosts; only [`EdfSchedule::insert`] allocates.
///
/// Source: Envoy, `source/common/upstream/edf_scheduler.h`. Known difference: Envoy picks a random number of times
/// after it has built a schedule, so that balancers do not walk in step.
#[derive(Clone, Debug, Default)]
pub struct EdfSchedule {
    now: f64,
    insertions: u64,
    queue: BinaryHeap<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    deadline: f64,
    insertion: u64,
    host: usize,
}

impl EdfSchedule {
    /// Forgets all hosts and begins at time 0. Memory is kept.
    pub fn clear(&mut self) {
        (self.now, self.insertions) = (0.0, 0);
        self.queue.clear();
    }

    /// Adds a host with the weight it has at this moment.
    pub fn insert(&mut self, host: usize, weight: f64) {
        self.queue.push(Entry { deadline: self.now + 1.0 / weight, insertion: self.insertions, host });
        self.insertions += 1;
    }

    /// Picks a host and adds it again, with the weight that it has after the pick. `None` if there are no hosts.
    pub fn pick(&mut self, weight: impl FnOnce(usize) -> f64) -> Option<usize> {
        let mut first = self.queue.peek_mut()?;
        self.now = first.deadline;
        first.deadline = self.now + 1.0 / weight(first.host);
        first.insertion = self.insertions;
        self.insertions += 1;
        Some(first.host)
    }
}

impl Ord for Entry {
    /// The earliest is the greatest, as the heap gives its greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.deadline.total_cmp(&self.deadline).then(other.insertion.cmp(&self.insertion))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}
