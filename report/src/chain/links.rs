//! Links of a chain and what is said about them.

use crate::human;
use cusinart_policies::{Duration, Instant};
use serde::Serialize;

/// Widest bar of a link in characters.
const BAR_MAX: f64 = 12.0;
/// Links told on a page; of more, the longest.
const TOLD_MAX: usize = 9;

/// What led from a cause to its effect on an agreement, and how long each part of it took.
///
/// The links follow each other without a gap; their times add up to `total`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// The agreement, as written in the scenario.
    pub sla: String,
    /// Label of the fault it begins with; `None` if no fault is to blame.
    pub fault: Option<String>,
    /// Name of the node that is followed; `None` if it is about a service as a whole.
    pub node: Option<String>,
    /// When it begins, in nanoseconds.
    pub from_ns: Instant,
    /// Its links in the order of time, each longer than nothing.
    pub links: Vec<Link>,
    /// Position of the longest link, the first of equals; `None` without links.
    pub largest: Option<usize>,
    /// Time from its begin to its end, in nanoseconds.
    pub total: Duration,
}

/// One part of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What kind of part it is.
    pub name: LinkName,
    /// Its begin, in nanoseconds.
    pub from_ns: Instant,
    /// Its end, in nanoseconds.
    pub to_ns: Instant,
    /// What happened or was waited for, for people.
    pub what: String,
    /// Path of the setting of the scenario that governs how long it takes, if there is one.
    pub setting: Option<String>,
}

/// The kinds of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkName {
    /// Until requests were first affected.
    Effect,
    /// Until the first probe was missed.
    FirstMiss,
    /// Until enough probes were missed to declare the node failed.
    Detection,
    /// Until the balancer took the node out because its requests failed.
    Ejection,
    /// Until a plan, or a step of it, had its turn.
    Turn,
    /// The pause before another try.
    Backoff,
    /// A try that failed.
    FailedTry,
    /// A restart: the process boots.
    Restart,
    /// Shards being copied.
    Replication,
    /// Until a replacement was asked for.
    Replacement,
    /// A machine boots.
    Boot,
    /// A node loads its initial state.
    Load,
    /// Until enough good probes in a row said that the node is back.
    Readiness,
    /// Until the fault was over.
    Fault,
    /// Until requests were served well again, after all that was done.
    Aftermath,
    /// Load rises, and the auto-scaler does not see it yet as too much.
    Rise,
    /// Until the scaling cycle ran.
    Cycle,
    /// A limit held the auto-scaler back.
    Held,
    /// Further rounds of scaling until it was enough.
    Rounds,
    /// Nobody did anything.
    Nothing,
}

impl LinkName {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Effect => "first effect",
            Self::FirstMiss => "first missed probe",
            Self::Detection => "detection",
            Self::Ejection => "ejection",
            Self::Turn => "wait for its turn",
            Self::Backoff => "pause before a try",
            Self::FailedTry => "try that failed",
            Self::Restart => "restart",
            Self::Replication => "copying of shards",
            Self::Replacement => "replacement asked for",
            Self::Boot => "boot",
            Self::Load => "load of state",
            Self::Readiness => "good probes",
            Self::Fault => "fault",
            Self::Aftermath => "aftermath",
            Self::Rise => "rise of load",
            Self::Cycle => "scaling cycle",
            Self::Held => "scaling held back",
            Self::Rounds => "further scale-ups",
            Self::Nothing => "no reaction",
        }
    }
}

impl Link {
    /// How long it took.
    pub fn took(&self) -> Duration {
        self.to_ns.since(self.from_ns)
    }
}

/// What a chain is about and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) sla: String,
    pub(super) fault: Option<String>,
    pub(super) node: Option<String>,
}

/// A chain while its links are added.
#[derive(Clone, Debug)]
pub(super) struct Builder {
    from: Instant,
    cursor: Instant,
    links: Vec<Link>,
}

impl Builder {
    /// A chain that begins at a moment.
    pub(super) fn new(from: Instant) -> Self {
        Self { from, cursor: from, links: Vec::new() }
    }

    /// The end of the last link.
    pub(super) fn cursor(&self) -> Instant {
        self.cursor
    }

    /// Adds what lies between the last link and a moment; nothing, if it takes no time.
    pub(super) fn until(
        &mut self,
        to: Instant,
        name: LinkName,
        what: impl Into<String>,
        setting: Option<String>,
    ) {
        if to > self.cursor {
            let (from_ns, to_ns) = (self.cursor, to);
            self.links.push(Link { name, from_ns, to_ns, what: what.into(), setting });
            self.cursor = to;
        }
    }

    /// Ends the chain at a moment, within a link if need be.
    pub(super) fn cut(&mut self, at: Instant, why: &str) {
        self.links.retain(|link| link.from_ns < at);
        if let Some(link) = self.links.last_mut().filter(|link| link.to_ns > at) {
            link.to_ns = at;
            link.what.push_str(why);
        }
        self.cursor = self.cursor.min(at);
    }

    /// The whole chain; `None` if it has no link.
    pub(super) fn finish(self, head: Head) -> Option<Chain> {
        let longest = self.links.iter().map(Link::took).max()?;
        Some(Chain {
            sla: head.sla,
            fault: head.fault,
            node: head.node,
            from_ns: self.from,
            largest: self.links.iter().position(|link| link.took() == longest),
            total: self.cursor.since(self.from),
            links: self.links,
        })
    }
}

impl Chain {
    /// What it is about: `Chain of bad rollout on api-a-5 from 5m40s, 44.7 s in all`.
    pub(crate) fn heading(&self) -> String {
        let about = match (&self.fault, &self.node) {
            (Some(fault), Some(node)) => format!("{fault} on {node}"),
            (Some(fault), None) => fault.clone(),
            (None, Some(node)) => node.clone(),
            (None, None) => "load".into(),
        };
        format!("Chain: {about}, from {}, {} in all", human::clock(self.from_ns), human::span(self.total))
    }

    /// Names the longest link and the setting that governs it.
    pub(crate) fn verdict(&self) -> Option<String> {
        let link = self.links.get(self.largest?)?;
        let part = if self.links.len() == 1 {
            format!("All of it, {},", human::span(link.took()))
        } else {
            format!("The largest part, {} of {},", human::span(link.took()), human::span(self.total))
        };
        let setting = match &link.setting {
            Some(setting) => format!(" (`{setting}`)"),
            None => String::new(),
        };
        Some(format!("{part} was {}: {}{setting}.", link.name.word(), link.what))
    }

    /// One line per link: the time it took, a bar, and what it was; the last may stand for those left out.
    pub(crate) fn rows(&self) -> Vec<(String, String)> {
        let mut by_length: Vec<usize> = (0..self.links.len()).collect();
        by_length.sort_by_key(|at| std::cmp::Reverse(self.links[*at].took()));
        let left_out: Vec<usize> = by_length.iter().copied().skip(TOLD_MAX).collect();
        let longest = by_length.first().map_or(Duration::ZERO, |at| self.links[*at].took());
        let told = self.links.iter().enumerate().filter(|(at, _)| !left_out.contains(at));
        let mut rows: Vec<(String, String)> = told.map(|(_, link)| row(link, longest)).collect();
        if !left_out.is_empty() {
            let rest: u64 = left_out.iter().map(|at| self.links[*at].took().as_nanos()).sum();
            let head = format!("{:>8} {:12} ", human::span(Duration::from_nanos(rest)), "");
            let count = human::counted(left_out.len() as u64, "shorter link");
            rows.push((head, format!("in {count}, in run.json")));
        }
        rows
    }
}

fn row(link: &Link, longest: Duration) -> (String, String) {
    let share = if longest.is_zero() { 0.0 } else { link.took().as_secs_f64() / longest.as_secs_f64() };
    let bar = "█".repeat(((share * BAR_MAX + 0.5) as usize).max(1));
    let setting = link.setting.as_ref().map(|setting| format!(" [{setting}]")).unwrap_or_default();
    let head = format!("{:>8} {bar:<12} ", human::span(link.took()));
    (head, format!("{}: {}{setting}", link.name.word(), link.what))
}
