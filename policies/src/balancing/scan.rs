//! Choosing the least busy of several hosts: all of them, or a few that were drawn.

use super::least_tree::LeastTree;

/// Among all hosts the one with the fewest active requests, by its position; among equals each with the same chance.
///
/// The first host leads; fewer requests lead instead. With each tie, the k-th host of a number of equals leads instead
/// if the next draw is divisible by k. Draws are taken for ties only. `None` if there are no hosts.
///
/// Source: Envoy, least request load balancer, `selection_method: FULL_SCAN`.
pub fn full_scan(active: impl IntoIterator<Item = u32>, mut draw: impl FnMut() -> u64) -> Option<usize> {
    let mut active = active.into_iter().enumerate();
    let (mut chosen, mut least) = active.next()?;
    let mut equals = 1;
    for (position, active) in active {
        if active < least {
            (chosen, least, equals) = (position, active, 1);
        } else if active == least {
            equals += 1;
            if draw().is_multiple_of(equals) {
                chosen = position;
            }
        }
    }
    Some(chosen)
}

/// Of so many draws with replacement among `count` hosts, the first one with the fewest active requests.
///
/// Each draw is taken modulo `count`. `None` if there are no hosts or no choices.
///
/// Source: Envoy, least request load balancer, `selection_method: N_CHOICES`.
pub fn n_choices(
    count: usize,
    choices: u32,
    active: impl Fn(usize) -> u32,
    mut draw: impl FnMut() -> u64,
) -> Option<usize> {
    let hosts = u64::try_from(count).ok().filter(|hosts| *hosts > 0)?;
    let mut best: Option<(usize, u32)> = None;
    for _ in 0..choices {
        let position = (draw() % hosts) as usize;
        let active = active(position);
        if best.is_none_or(|(_, least)| active < least) {
            best = Some((position, active));
        }
    }
    best.map(|(position, _)| position)
}

/// Queues of which the first of the shortest is asked for, again and again.
#[derive(Clone, Debug, Default)]
pub struct ShortestQueue {
    lengths: LeastTree<u64>,
}

impl ShortestQueue {
    /// Takes queues of these lengths. Memory is used again.
    pub fn rebuild(&mut self, lengths: &[u32]) {
        self.lengths.rebuild(lengths.iter().map(|length| u64::from(*length)), u64::MAX);
    }

    /// Changes the length of the queue at a position.
    pub fn set(&mut self, position: usize, length: u32) {
        self.lengths.set(position, u64::from(length));
    }

    /// The first of the shortest queues, by its position. `None` if there are none.
    pub fn first(&self) -> Option<usize> {
        self.lengths.first()
    }
}
