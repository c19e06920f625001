//! CoDel: drops from the head of a queue whose shortest delay stays too long.

use crate::{Duration, Instant};

/// Count is continued from the last time of dropping if that ended less than so many intervals ago.
const RESUME_INTERVALS: f64 = 16.0;

/// When a queue is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodelSettings {
    /// Time in the queue that is fine for good. Default 5 ms for packets; requests want more (20 ms). Less drops
    /// sooner and keeps the queue shorter.
    pub target: Duration,
    /// Time for which every item must wait longer than `target` before the first is dropped. Default 100 ms, about the
    /// time a sender needs to notice a drop. Less reacts to bursts that would end by themselves.
    pub interval: Duration,
}

impl Default for CodelSettings {
    fn default() -> Self {
        Self { target: Duration::from_millis(5), interval: Duration::from_millis(100) }
    }
}

/// When the next item is dropped after one at `at`, the `count`-th in a row: `at + interval / sqrt(count)`.
///
/// Times are real numbers of one unit, as the sum of many such steps must not be rounded at each.
pub fn codel_control_law(at: f64, interval: f64, count: u32) -> f64 {
    at + interval / libm::sqrt(f64::from(count))
}

/// The item at the head of a queue, taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<T> {
    /// The item.
    pub item: T,
    /// When it came into the queue.
    pub arrived: Instant,
    /// Whether the queue is empty without it.
    pub last: bool,
}

/// The state of CoDel for one queue (RFC 8289, section 5).
///
/// While items wait at least `target` for a whole `interval`, one is dropped at the head, then the next ones at times
/// that come closer by the square root of their number, until the delay is short again or the queue empty.
///
/// Known differences: the RFC also stops while fewer bytes than one packet (an MTU) wait; requests have no size here,
/// so it stops when the queue is empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Codel {
    settings: CodelSettings,
    /// When the delay will have been too long for an interval; `None` while it is not.
    first_above: Option<Instant>,
    drop_next_ns: f64,
    count: u32,
    last_count: u32,
    dropping: bool,
}

/// An item taken from the queue, if there was one.
enum Taken<T> {
    /// It is to be served.
    Keep(Option<T>),
    /// The delay has been too long for an interval.
    Droppable(T),
}

impl Codel {
    /// The state for an empty queue.
    pub const fn new(settings: CodelSettings) -> Self {
        Self { settings, first_above: None, drop_next_ns: 0.0, count: 0, last_count: 0, dropping: false }
    }

    /// Takes the next item to serve. `take` takes the head out of the queue; items that are dropped go to `dropped`.
    pub fn dequeue<T>(
        &mut self,
        now: Instant,
        mut take: impl FnMut() -> Option<Head<T>>,
        mut dropped: impl FnMut(T),
    ) -> Option<T> {
        let now_ns = now.as_nanos() as f64;
        let mut taken = self.judge(now, take());
        if !self.dropping {
            let Taken::Droppable(item) = taken else { return taken.into_item() };
            dropped(item);
            taken = self.judge(now, take());
            self.begin_dropping(now_ns);
            return taken.into_item();
        }
        loop {
            match taken {
                Taken::Keep(item) => {
                    self.dropping = false;
                    return item;
                }
                Taken::Droppable(item) if now_ns < self.drop_next_ns => return Some(item),
                Taken::Droppable(item) => dropped(item),
            }
            self.count = self.count.saturating_add(1);
            taken = self.judge(now, take());
            if matches!(taken, Taken::Droppable(_)) {
                self.drop_next_ns = codel_control_law(self.drop_next_ns, self.interval_ns(), self.count);
            }
        }
    }

    fn judge<T>(&mut self, now: Instant, head: Option<Head<T>>) -> Taken<T> {
        let Some(Head { item, arrived, last }) = head else {
            self.first_above = None;
            return Taken::Keep(None);
        };
        if now.since(arrived) < self.settings.target || last {
            self.first_above = None;
            return Taken::Keep(Some(item));
        }
        match self.first_above {
            None => {
                self.first_above = Some(now + self.settings.interval);
                Taken::Keep(Some(item))
            }
            Some(above) if now >= above => Taken::Droppable(item),
            Some(_) => Taken::Keep(Some(item)),
        }
    }

    fn begin_dropping(&mut self, now_ns: f64) {
        self.dropping = true;
        let more = self.count.saturating_sub(self.last_count);
        let lately = now_ns - self.drop_next_ns < RESUME_INTERVALS * self.interval_ns();
        self.count = if more > 1 && lately { more } else { 1 };
        self.drop_next_ns = codel_control_law(now_ns, self.interval_ns(), self.count);
        self.last_count = self.count;
    }

    fn interval_ns(&self) -> f64 {
        self.settings.interval.as_nanos() as f64
    }
}

impl<T> Taken<T> {
    fn into_item(self) -> Option<T> {
        match self {
            Self::Keep(item) => item,
            Self::Droppable(item) => Some(item),
        }
    }
}
