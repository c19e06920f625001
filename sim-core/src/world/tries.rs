//! A try of a request: what is known of it, and where it is.

use super::clients::CallerId;
use crate::engine::Seq;
use cusinart_policies::{Duration, Instant, NodeId, ServiceId};
use cusinart_record::RequestError;

/// No try, in a list of tries.
pub(super) const NONE: u32 = u32::MAX;

/// One try of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    /// Stable number of the request, the same in every run that has this request at all.
    pub(super) request: u64,
    /// When the request should have started; latency counts from here.
    pub(super) intended: Instant,
    /// When this try was sent.
    pub(super) sent: Instant,
    /// Time a worker of pace 1 needs for it.
    pub(super) demand: Duration,
    /// When the worker is done with it; while the node stands still, the work left at the node's pace.
    pub(super) due: Due,
    /// The pending event that concerns it; any other event for its slot is stale.
    pub(super) event: Seq,
    /// Who waits for it.
    pub(super) sender: Sender,
    /// The node it was sent to.
    pub(super) node: NodeId,
    /// Neighbours in the node's list of waiting or of serving tries.
    pub(super) previous: u32,
    /// See `previous`.
    pub(super) next: u32,
    /// The try that this one waits for, while it calls another service; of several, the brood knows.
    pub(super) child: u32,
    /// Whose rules of patience it follows.
    pub(super) caller: CallerId,
    /// The service it is for.
    pub(super) service: ServiceId,
    /// Which tries of its ancestors led to it, 0 if only first ones: sets its luck apart from its twins'.
    pub(super) lineage: u32,
    /// 0 for the first try of a request.
    pub(super) attempt: u16,
    /// At which step of the calls of its service it is.
    pub(super) step: u16,
    /// 0 for a try that was sent because no other was under way; else which of its hedges it is.
    pub(super) hedge: u8,
    /// Where it is.
    pub(super) phase: Phase,
    /// How it ended, while the answer travels.
    pub(super) answer: Answer,
}

/// When a worker will be done: an instant, or a span while the node stands still.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    At(Instant),
    In(Duration),
}

/// Who waits for a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The client of this number.
    Client(u16),
    /// The try in this slot, whose service made calls, of which this is the one at this place.
    Parent(u32, u16),
    /// Nobody: the caller died. The balancer still counts the try.
    Abandoned,
    /// Nobody: the sender gave up, and the balancer knows.
    Gone,
}

/// Where a try is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// On the way to its node.
    Travelling,
    /// In the node's queue.
    Waiting,
    /// With a worker.
    Serving,
    /// Its worker waits for the answer of another service.
    Calling,
    /// That answer came while the node stands still; `true` for a good one.
    Called(bool),
    /// The answer is on its way back.
    Returning,
    /// Lost: nothing but the sender's timeout will happen.
    Silent,
    /// Between two tries.
    Pausing,
}

/// What the sender hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Ok,
    Failed(RequestError),
}

impl Try {
    /// The round of its draws for the way there (`back` false) and back, and for its luck at the node (the way
    /// there): tries of one request differ, and so do those of its children.
    #[inline]
    pub(super) fn round(&self, back: bool) -> u32 {
        self.lineage.wrapping_add(self.attempt.into()) << 1 | u32::from(back)
    }

    /// The lineage of the tries it calls for.
    pub(super) fn lineage_of_children(&self) -> u32 {
        if self.attempt == 0 {
            return self.lineage;
        }
        (mix(u64::from(self.lineage) << 16 | u64::from(self.attempt)) >> 33) as u32
    }

    /// The lineage of the `number`-th try that is sent beside it.
    pub(super) fn lineage_of_hedge(&self, number: u8) -> u32 {
        (mix(u64::from(self.lineage) << 24 | u64::from(self.attempt) << 8 | u64::from(number)) >> 33) as u32
    }

    /// The stable number of the request that its service makes in the call of this number: the same in each of its tries.
    pub(super) fn child_request(&self, call: u32) -> u64 {
        mix(self.request.wrapping_add(GOLDEN.wrapping_mul(u64::from(call) + 1))) >> 8
    }
}

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of SplitMix64 (Steele, Lea & Flood, 2014).
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::Try;

    #[test]
    fn a_try_takes_a_cache_line_and_a_half() {
        assert_eq!(size_of::<Try>(), 96);
    }
}
