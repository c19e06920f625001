//! The kinds of scheduled events.

use crate::engine::KINDS_MAX;

/// What a scheduled event is. The slot of the event says whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A client's next request starts.
    Arrival,
    /// A try reaches its node.
    TryArrives,
    /// A worker is done.
    ServiceDone,
    /// An answer reaches its sender.
    AnswerArrives,
    /// The pause before the next try is over.
    Retry,
    /// A probe reaches its node.
    ProbeArrives,
    /// The answer to a probe reaches the control plane.
    ProbeAnswered,
    /// The control plane asked to be woken.
    Wake,
    /// A node's process runs.
    Booted,
    /// A transfer of state is complete.
    Transferred,
    /// A fault strikes.
    FaultStrikes,
    /// A fault ends.
    FaultEnds,
    /// A process in a crash loop dies.
    CrashesAgain,
    /// A rolling update begins.
    RolloutBegins,
    /// All nodes measure themselves.
    SampleTaken,
    /// A measurement reaches the control plane.
    SampleArrives,
    /// A member of the nodes' gossip asked to be woken.
    MemberWakes,
    /// A message reaches a member of the nodes' gossip.
    MemberMessage,
    /// A try has gone without an answer for so long that another is sent beside it.
    Hedge,
    /// The deadline of a try's request is here.
    Expired,
    /// The patience of a waiting try is at its end.
    Abandons,
    /// A node whose requests share its workers is done with the first of them.
    SharedDone,
}

impl Kind {
    /// How many there are.
    pub(super) const COUNT: usize = 22;

    const ALL: [Self; Self::COUNT] = [
        Self::Arrival,
        Self::TryArrives,
        Self::ServiceDone,
        Self::AnswerArrives,
        Self::Retry,
        Self::ProbeArrives,
        Self::ProbeAnswered,
        Self::Wake,
        Self::Booted,
        Self::Transferred,
        Self::FaultStrikes,
        Self::FaultEnds,
        Self::CrashesAgain,
        Self::RolloutBegins,
        Self::SampleTaken,
        Self::SampleArrives,
        Self::MemberWakes,
        Self::MemberMessage,
        Self::Hedge,
        Self::Expired,
        Self::Abandons,
        Self::SharedDone,
    ];

    /// Each fits an event's key.
    const FIT: () = assert!(Self::ALL.len() <= KINDS_MAX as usize);

    /// The kind with this number.
    #[inline]
    pub(super) fn from_number(number: u8) -> Self {
        const { Self::FIT };
        Self::ALL[usize::from(number)]
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn numbers_are_positions() {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, Kind::from_number(number as u8)), (number, kind));
        }
    }
}
