//! The network: latency, loss and cuts between places.

use crate::random::{self, Purpose, Sampler};
use cusinart_policies::{Duration, ZoneId};
use cusinart_record::FaultId;
use cusinart_scenarios::{Path, Place, Scenario};
use std::cell::Cell;

/// What travels. Faults may concern some of it only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A request or its answer.
    Request,
    /// A probe or its answer.
    Probe,
    /// A node's sample of its own load.
    Report,
    /// A message of the nodes' gossip, in place of probes.
    Member,
}

const MESSAGES: usize = 4;

impl Message {
    /// Whether a fault on `path` concerns it.
    fn is_on(self, path: Path) -> bool {
        match (path, self) {
            (Path::All, _) | (Path::Data, Self::Request) | (Path::Probe, Self::Probe | Self::Member) => true,
            (Path::Data, Self::Probe | Self::Report | Self::Member)
            | (Path::Probe, Self::Request | Self::Report) => false,
        }
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// It arrives in the same instant.
    Free,
    /// It arrives later.
    After(Duration),
    /// It is lost; to which fault, if to one.
    Lost(Option<FaultId>),
}

impl Passage {
    /// The time until it arrives, if it does.
    pub(super) fn latency(self) -> Duration {
        match self {
            Self::After(latency) => latency,
            Self::Free | Self::Lost(_) => Duration::ZERO,
        }
    }
}

/// All one-way links between places. A place is a zone's number; the last one is the outside.
#[derive(Debug)]
pub(super) struct Network {
    places: usize,
    links: Vec<Link>,
    draws: [Draws; MESSAGES],
    faults: Vec<NetworkFault>,
    /// Whether a way is cut.
    cut: bool,
    /// Requests, probes and their answers that took time.
    delayed: Cell<u64>,
}

#[derive(Debug)]
struct Draws {
    latency: Purpose,
    loss: Purpose,
}

#[derive(Debug)]
struct Link {
    latency: Sampler,
    loss: f64,
    ways: [Way; MESSAGES],
}

/// What active faults do to one kind of message on one link.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// No latency, no loss, no fault.
    free: bool,
    cut_by: Option<FaultId>,
    /// Loss by faults, in addition to the link's own, and the fault that adds most.
    loss: f64,
    lossy_by: Option<FaultId>,
}

/// An active fault of the network. A `ratio` of 1 is a cut.
#[derive(Clone, Debug)]
pub(super) struct NetworkFault {
    pub(super) fault: FaultId,
    pub(super) from: Vec<usize>,
    pub(super) to: Vec<usize>,
    pub(super) one_way: bool,
    pub(super) path: Path,
    pub(super) ratio: f64,
}

impl NetworkFault {
    fn concerns(&self, from: usize, to: usize) -> bool {
        let there = self.from.contains(&from) && self.to.contains(&to);
        let back = self.from.contains(&to) && self.to.contains(&from);
        there || (back && !self.one_way)
    }
}

impl Network {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let draws = ["request", "probe", "report", "member"].map(|message| Draws {
            latency: Purpose::new(scenario.seed, &format!("latency/{message}")),
            loss: Purpose::new(scenario.seed, &format!("loss/{message}")),
        });
        let links = scenario.network.links.iter().map(|link| Link {
            latency: Sampler::new(&link.latency),
            loss: link.loss,
            ways: [Way::default(); MESSAGES],
        });
        let mut network = Self {
            places: scenario.zones.len() + 1,
            links: links.collect(),
            draws,
            faults: Vec::new(),
            cut: false,
            delayed: Cell::new(0),
        };
        network.refresh();
        network
    }

    /// The number of a place.
    pub(super) fn place(&self, place: Place) -> usize {
        match place {
            Place::Zone(zone) => zone.index(),
            Place::Outside => self.places - 1,
        }
    }

    /// The zone with a place's number.
    #[inline]
    pub(super) fn zone_of(&self, place: usize) -> Option<ZoneId> {
        (place + 1 < self.places).then_some(ZoneId(place as u16))
    }

    /// What becomes of a message. `entity` and `round` name it in every run alike.
    #[inline]
    pub(super) fn passage(
        &self,
        from: usize,
        to: usize,
        message: Message,
        entity: u64,
        round: u32,
    ) -> Passage {
        let link = &self.links[from * self.places + to];
        let way = &link.ways[message as usize];
        if way.free { Passage::Free } else { self.hindered(link, *way, message, entity, round) }
    }

    /// How long a message travels that no loss and no fault stops.
    pub(super) fn latency(
        &self,
        from: usize,
        to: usize,
        message: Message,
        entity: u64,
        round: u32,
    ) -> Duration {
        let link = &self.links[from * self.places + to];
        if link.latency.is_zero() {
            return Duration::ZERO;
        }
        link.latency.draw(&mut self.draws[message as usize].latency.draws(entity, round))
    }

    fn hindered(&self, link: &Link, way: Way, message: Message, entity: u64, round: u32) -> Passage {
        if way.cut_by.is_some() {
            return Passage::Lost(way.cut_by);
        }
        let draws = &self.draws[message as usize];
        if link.loss > 0.0 || way.loss > 0.0 {
            let chance = random::uniform(&mut draws.loss.draws(entity, round));
            if chance < link.loss {
                return Passage::Lost(None);
            }
            if chance < link.loss + (1.0 - link.loss) * way.loss {
                return Passage::Lost(way.lossy_by);
            }
        }
        if link.latency.is_zero() {
            return Passage::Free;
        }
        if matches!(message, Message::Request | Message::Probe) {
            self.delayed.set(self.delayed.get() + 1);
        }
        Passage::After(link.latency.draw(&mut draws.latency.draws(entity, round)))
    }

    /// Whether a way is cut for anything.
    #[inline]
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Requests, probes and their answers so far that took time.
    pub(super) fn delayed(&self) -> u64 {
        self.delayed.get()
    }

    /// The fault that cuts the link for requests, if one does.
    pub(super) fn cut(&self, from: usize, to: usize) -> Option<FaultId> {
        self.cut_for(Message::Request, from, to)
    }

    /// The fault that cuts the link for such messages, if one does.
    pub(super) fn cut_for(&self, message: Message, from: usize, to: usize) -> Option<FaultId> {
        self.links[from * self.places + to].ways[message as usize].cut_by
    }

    /// A fault begins.
    pub(super) fn begin(&mut self, fault: NetworkFault) {
        self.faults.push(fault);
        self.refresh();
    }

    /// A fault ends.
    pub(super) fn end(&mut self, fault: FaultId) {
        self.faults.retain(|active| active.fault != fault);
        self.refresh();
    }

    /// Recomputes what the active faults do to every link.
    fn refresh(&mut self) {
        self.cut = self.faults.iter().any(|fault| fault.ratio >= 1.0);
        for (position, link) in self.links.iter_mut().enumerate() {
            let (from, to) = (position / self.places, position % self.places);
            for message in [Message::Request, Message::Probe, Message::Report, Message::Member] {
                let mut way = Way::default();
                let mut worst = 0.0;
                let concerning =
                    self.faults.iter().filter(|fault| message.is_on(fault.path) && fault.concerns(from, to));
                for fault in concerning {
                    if fault.ratio >= 1.0 {
                        way.cut_by = way.cut_by.or(Some(fault.fault));
                    }
                    way.loss = 1.0 - (1.0 - way.loss) * (1.0 - fault.ratio);
                    if fault.ratio > worst {
                        worst = fault.ratio;
                        way.lossy_by = Some(fault.fault);
                    }
                }
                way.free = link.latency.is_zero() && link.loss == 0.0 && way.loss == 0.0;
                link.ways[message as usize] = way;
            }
        }
    }
}
