//! The members of the nodes' gossip: they run beside the processes of the nodes, and their messages use the network.
//!
//! Member 0 is the control plane's own, an agent in its place that never fails; the others run on the nodes, while the
//! process of the node runs and does not hang. Messages to a process that hangs or is gone are lost. Members are not
//! slowed down by what slows the service of requests.

use super::World;
use super::kinds::Kind;
use super::network::{self, Passage};
use super::nodes::{Node, Stage};
use crate::engine::{Seq, Slab};
use crate::random::{self, Purpose};
use cusinart_policies::membership::{Member, Message, Outbox, SwimSettings};
use cusinart_policies::{Input, Instant, MemberId, NodeId};

/// Members that a joining one asks, the control plane's first.
const SEEDS: usize = 3;

/// All members, and their messages under way.
#[derive(Debug)]
pub(super) struct Members {
    settings: SwimSettings,
    /// By [`MemberId`].
    seats: Vec<Seat>,
    messages: Slab<Message>,
    outbox: Outbox,
    draws: Purpose,
}

/// The place of one member.
#[derive(Debug, Default)]
struct Seat {
    /// Without a process, none.
    member: Option<Member>,
    wake: Option<(Instant, Seq)>,
    /// Messages sent so far.
    sent: u32,
    /// Occasions for draws so far.
    turns: u32,
}

impl Members {
    pub(super) fn new(seed: u64, settings: SwimSettings) -> Self {
        Self {
            settings,
            seats: Vec::new(),
            messages: Slab::default(),
            outbox: Outbox::default(),
            draws: Purpose::new(seed, "members"),
        }
    }

    /// The draws of a member's next occasion.
    fn next_draws(&mut self, id: MemberId) -> random::Draws {
        let seat = &mut self.seats[id.index()];
        seat.turns += 1;
        self.draws.draws(id.0.into(), seat.turns)
    }

    /// Lets a member take a message, or do what is due.
    fn handle(&mut self, now: Instant, id: MemberId, message: Option<&Message>) {
        let mut draws = self.next_draws(id);
        if let Some(member) = &mut self.seats[id.index()].member {
            member.handle(now, message, &mut draws, &mut self.outbox);
        }
    }
}

impl World {
    /// Lets the nodes of the start know each other, if they are to judge each other.
    pub(super) fn form_members(&mut self) {
        let Some(members) = &mut self.members else { return };
        let count = self.nodes.len() as u32 + 1;
        members.seats.resize_with(count as usize, Seat::default);
        for id in (0..count).map(MemberId) {
            let mut draws = members.next_draws(id);
            let member = Member::formed(self.now, id, count, members.settings, &mut draws);
            members.seats[id.index()].member = Some(member);
        }
        for id in (0..count).map(MemberId) {
            self.attend_to_member(id);
        }
    }

    /// A node's process runs: its member joins, through the control plane's and others that are up.
    pub(super) fn start_member(&mut self, id: NodeId) {
        let Some(members) = &mut self.members else { return };
        let id = MemberId::of(id);
        if members.seats.len() <= id.index() {
            members.seats.resize_with(id.index() + 1, Seat::default);
        }
        let mut draws = members.next_draws(id);
        let mut seeds = vec![MemberId::CONTROL];
        for _ in 0..SEEDS * self.nodes.len() {
            let other = NodeId(random::below(&mut draws, self.nodes.len() as u32));
            let other_id = MemberId::of(other);
            if self.nodes[other.index()].is_up() && other_id != id && !seeds.contains(&other_id) {
                seeds.push(other_id);
            }
            if seeds.len() == SEEDS {
                break;
            }
        }
        let mut member = Member::new(self.now, id, members.settings, &mut draws);
        member.join(self.now, &seeds, &mut members.outbox);
        members.seats[id.index()].member = Some(member);
        self.attend_to_member(id);
    }

    /// A node's process ended, and its member with it.
    pub(super) fn end_member(&mut self, id: NodeId) {
        let Some(members) = &mut self.members else { return };
        if let Some(seat) = members.seats.get_mut(MemberId::of(id).index()) {
            (seat.member, seat.wake) = (None, None);
        }
    }

    /// A node is to be removed: its member takes its leave, if it can.
    pub(super) fn take_leave(&mut self, id: NodeId) {
        let moves = member_moves(&self.nodes[id.index()]);
        let Some(members) = &mut self.members else { return };
        let id = MemberId::of(id);
        let mut draws = members.next_draws(id);
        if let Some(member) = &mut members.seats[id.index()].member
            && moves
        {
            member.leave(self.now, &mut draws, &mut members.outbox);
            self.attend_to_member(id);
        }
    }

    /// A process that stood still moves again, and with it its member, for which time has passed.
    pub(super) fn resume_member(&mut self, id: NodeId) {
        if self.members.is_some() {
            self.member_due(MemberId::of(id));
        }
    }

    /// The alarm of a member rang.
    pub(super) fn member_wakes(&mut self, slot: u32, seq: Seq) {
        let Some(members) = &mut self.members else { return };
        let seat = &mut members.seats[slot as usize];
        if seat.wake.is_none_or(|(_, current)| current != seq) {
            return;
        }
        seat.wake = None;
        let id = MemberId(slot);
        if self.member_listens(id) {
            self.member_due(id);
        }
    }

    /// A message reached its member.
    pub(super) fn member_message(&mut self, slot: u32) {
        let Some(members) = &mut self.members else { return };
        let item = &mut members.messages[slot];
        let claims = std::mem::take(&mut item.claims);
        let message = Message { claims, ..*item };
        members.messages.free(slot);
        let id = message.to;
        let here = place_of(&self.nodes, self.control.place, message.from);
        let there = place_of(&self.nodes, self.control.place, id);
        let cut = self.network.cut_for(network::Message::Member, here, there);
        if cut.is_some() {
            self.faults.probe_lost(cut);
        }
        let listens = cut.is_none() && self.member_listens(id);
        let members = self.members.as_mut().expect("they were there a moment ago");
        if listens {
            members.handle(self.now, id, Some(&message));
        }
        members.outbox.recycle(message.claims);
        if listens {
            self.attend_to_member(id);
        }
    }

    fn member_due(&mut self, id: MemberId) {
        let Some(members) = &mut self.members else { return };
        members.handle(self.now, id, None);
        self.attend_to_member(id);
    }

    fn member_listens(&self, id: MemberId) -> bool {
        id.node().is_none_or(|node| member_moves(&self.nodes[node.index()]))
    }

    /// Sends what a member has to send, tells the control plane what its own has to report, and sets the alarm.
    fn attend_to_member(&mut self, id: MemberId) {
        let Some(members) = &mut self.members else { return };
        while let Some(change) = members.outbox.poll_change() {
            if let (MemberId::CONTROL, Some(node)) = (id, change.about.node()) {
                self.control.inbox.push_back(Input::MembershipChanged { node, change });
                self.control.attention = true;
            }
        }
        let here = place_of(&self.nodes, self.control.place, id);
        while let Some(message) = members.outbox.poll_message() {
            let seat = &mut members.seats[id.index()];
            seat.sent += 1;
            let there = place_of(&self.nodes, self.control.place, message.to);
            match self.network.passage(here, there, network::Message::Member, id.0.into(), seat.sent) {
                passage @ (Passage::Free | Passage::After(_)) => {
                    let latency = passage.latency();
                    let slot = members.messages.insert(message);
                    self.queue.schedule(self.now + latency, Kind::MemberMessage as u8, slot);
                }
                Passage::Lost(fault) => {
                    self.faults.probe_lost(fault);
                    members.outbox.recycle(message.claims);
                }
            }
        }
        let seat = &mut members.seats[id.index()];
        let Some(member) = &seat.member else { return };
        let wanted = member.next_deadline().max(self.now);
        if seat.wake.is_none_or(|(at, _)| at != wanted) {
            seat.wake = Some((wanted, self.queue.schedule(wanted, Kind::MemberWakes as u8, id.0)));
        }
    }
}

/// Whether the member of a node takes part.
fn member_moves(node: &Node) -> bool {
    match node.stage {
        Stage::Loading | Stage::Running => !node.hung,
        Stage::Booting | Stage::Dead | Stage::Dark | Stage::Stopped => false,
    }
}

fn place_of(nodes: &[Node], control: usize, id: MemberId) -> usize {
    id.node().map_or(control, |node| nodes[node.index()].place())
}
