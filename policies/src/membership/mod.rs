//! Group membership by gossip: every member probes others, and what one finds out spreads from member to member.
//!
//! A [`Member`] is a pure state machine: it is told messages and the time, and says what to send and when it wants to be
//! woken. The formulas are the blocks of [`detection::swim`](crate::detection::swim), which pass the conformance vectors.
//!
//! Sources: Das et al., SWIM, DSN 2002; Dadgar et al., Lifeguard, 2018; hashicorp/memberlist (`state.go`, `net.go`,
//! `queue.go`, `util.go`); hashicorp/serf for reconnecting to failed members.

mod broadcasts;
mod claims;
pub(crate) mod detector;
mod member;
mod message;
mod probing;
mod settings;
mod spreading;
#[cfg(test)]
mod tests;

pub use detector::Swim;
pub use member::Member;
pub use message::{Accusation, Body, Change, Claim, MemberState, Message, Outbox, Word};
pub use settings::SwimSettings;
