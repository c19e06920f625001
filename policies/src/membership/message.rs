//! What members send to each other, and what a member reports.

use crate::{Duration, MemberId, NodeId};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// What a claim says of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It lives.
    Alive,
    /// It did not answer a probe.
    Suspect,
    /// Its suspicion has run out; or, if it says so itself, it leaves.
    Dead,
}

/// A piece of news about a member, sent on from member to member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whom it is about.
    pub about: MemberId,
    /// What it says.
    pub word: Word,
    /// The incarnation it speaks of: only the member itself raises it, to refute.
    pub incarnation: u32,
    /// Who says so.
    pub by: MemberId,
}

/// What a message is for, beside the claims it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Asks for an acknowledgement.
    Ping {
        /// The sender's number for it.
        probe: u32,
    },
    /// Answers a ping, or an indirect one for somebody else.
    Ack {
        /// The number of the ping.
        probe: u32,
    },
    /// Asks to ping another member and to pass its answer on.
    PingRequest {
        /// The sender's number for it.
        probe: u32,
        /// Whom to ping.
        target: MemberId,
    },
    /// Says that an indirect ping was not answered: the asker at least is heard.
    Nack {
        /// The number of the request.
        probe: u32,
    },
    /// Carries claims only.
    Gossip,
    /// Carries all that the sender believes.
    Sync {
        /// Whether the receiver is to send the same back.
        wants_answer: bool,
    },
}

/// A message from member to member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Sender.
    pub from: MemberId,
    /// Receiver.
    pub to: MemberId,
    /// What it is for.
    pub body: Body,
    /// News that it carries.
    pub claims: Vec<Claim>,
}

/// What a member believes of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberState {
    /// Never heard of.
    #[default]
    Unknown,
    /// Alive.
    Alive,
    /// Somebody's probe failed.
    Suspect,
    /// Declared dead.
    Dead,
    /// Left by itself.
    Left,
}

/// How a suspicion went until it was over, as seen by one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Accusation {
    /// The node that suspected the member first; `None` is the control plane's own member.
    pub suspected_by: Option<NodeId>,
    /// The node that said what this report is about; `None` is the control plane's own member.
    pub declared_by: Option<NodeId>,
    /// Other members that suspected it too and counted.
    pub confirmations: u32,
    /// How long the suspicion was to last with so many confirmations.
    pub timeout: Duration,
    /// How long it lasted.
    pub lasted: Duration,
}

/// A member changed its mind about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whom it is about.
    pub about: MemberId,
    /// What is believed now. `Alive` again and again, whenever the member proves it anew.
    pub state: MemberState,
    /// The suspicion behind it, if there was one.
    pub accusation: Option<Accusation>,
}

/// Where a member puts what it sends and what it has to report. One serves many members in turn.
///
/// Lists of claims are used again, so that in steady state nothing is allocated: give messages that were delivered or
/// lost to [`recycle`](Self::recycle).
#[derive(Debug, Default)]
pub struct Outbox {
    messages: VecDeque<Message>,
    changes: VecDeque<Change>,
    spare: Vec<Vec<Claim>>,
}

impl Outbox {
    /// The next message to send.
    pub fn poll_message(&mut self) -> Option<Message> {
        self.messages.pop_front()
    }

    /// The next change of mind.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// Takes the memory of a list of claims back.
    pub fn recycle(&mut self, mut claims: Vec<Claim>) {
        claims.clear();
        self.spare.push(claims);
    }

    /// An empty list of claims.
    pub(super) fn list(&mut self) -> Vec<Claim> {
        self.spare.pop().unwrap_or_default()
    }

    pub(super) fn send(&mut self, message: Message) {
        self.messages.push_back(message);
    }

    pub(super) fn report(&mut self, change: Change) {
        self.changes.push_back(change);
    }
}
