//! Claims that wait to be sent on, each a limited number of times (memberlist's `TransmitLimitedQueue`).

use super::Claim;
use crate::MemberId;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Claims that a message carries at most: about what a datagram of 1400 bytes holds.
pub(super) const CLAIMS_MAX: usize = 16;

/// The claims of one member that are still to be spread, at most one about each member.
#[derive(Clone, Debug, Default)]
pub(super) struct Broadcasts {
    queue: Vec<Broadcast>,
    queued: u64,
}

#[derive(Clone, Copy, Debug)]
struct Broadcast {
    claim: Claim,
    transmits: u32,
    number: u64,
}

impl Broadcasts {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Spreads a claim in place of what was to be spread about the same member.
    pub(super) fn queue(&mut self, claim: Claim) {
        self.forget(claim.about);
        self.queue.push(Broadcast { claim, transmits: 0, number: self.queued });
        self.queued += 1;
    }

    /// Spreads nothing more about a member.
    pub(super) fn forget(&mut self, about: MemberId) {
        self.queue.retain(|broadcast| broadcast.claim.about != about);
    }

    /// Adds claims to a message: those sent least often, newest first. One that was sent `limit` times is done.
    pub(super) fn take(&mut self, limit: u32, into: &mut Vec<Claim>) {
        if self.queue.is_empty() {
            return;
        }
        self.queue.sort_unstable_by_key(|broadcast| (broadcast.transmits, Reverse(broadcast.number)));
        for broadcast in self.queue.iter_mut().take(CLAIMS_MAX) {
            into.push(broadcast.claim);
            broadcast.transmits += 1;
        }
        self.queue.retain(|broadcast| broadcast.transmits < limit);
    }
}
