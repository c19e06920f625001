//! What a node answers to a probe about its latency: that of late requests that met about as many others.

use crate::{Duration, Instant};
use alloc::collections::VecDeque;

/// Bands of requests in flight: one for each of 0 to 7, then two for each doubling, the last for all from 1,536 on.
const BANDS: usize = 24;
/// Latencies of a band that the median is of.
const KEPT: usize = 7;
/// Age above which a band tells nothing.
const AGE_MAX: Duration = Duration::from_secs(5);
/// Fewest dispatched requests that are remembered.
const DISPATCHED_MIN: usize = 64;

/// The band of a number of requests in flight.
fn band(in_flight: u32) -> usize {
    if in_flight < 8 {
        return in_flight as usize;
    }
    let doubling = in_flight.ilog2();
    let upper_half = (in_flight >> (doubling - 1)) & 1;
    (8 + 2 * (doubling as usize - 3) + upper_half as usize).min(BANDS - 1)
}

/// What a band tells.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    median: Duration,
    /// When the last latency was noted.
    last: Instant,
}

impl Told {
    fn is_late(self, now: Instant) -> bool {
        now.since(self.last) <= AGE_MAX
    }
}

/// The last latencies of one band.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    latencies: [Duration; KEPT],
    /// Latencies noted since the band was last silent for long.
    noted: usize,
}

impl Window {
    /// Takes a latency in and gives the median.
    fn note(&mut self, latency: Duration) -> Duration {
        self.latencies[self.noted % KEPT] = latency;
        self.noted += 1;
        let mut sorted = self.latencies;
        let kept = &mut sorted[..self.noted.min(KEPT)];
        kept.sort_unstable();
        kept[kept.len() / 2]
    }
}

/// The position of the bit that is set nearest to `middle`, the higher one on a tie.
fn nearest(bits: u32, middle: usize) -> Option<usize> {
    let above = bits >> middle;
    let below = bits & ((1 << middle) - 1);
    let up = (above != 0).then(|| above.trailing_zeros() as usize);
    let down = (below != 0).then(|| middle - below.ilog2() as usize);
    match (up, down) {
        (Some(up), Some(down)) if down < up => Some(middle - down),
        (Some(up), _) => Some(middle + up),
        (None, down) => Some(middle - down?),
    }
}

/// The latencies of one node by the requests in flight that each request met there.
///
/// The estimate for a number of requests in flight is the median of the last latencies of requests that met about so
/// many, at most seven and none older than five seconds; where there are none, that of the nearest number with some, the
/// higher one on a tie; zero if there are none at all. It rises as soon as the node has more requests, not only when
/// they end: that keeps a fast node from being flooded.
///
/// Source: Wydrowski et al., NSDI 2024, section 4 (the median of recent latencies at or near the current requests in
/// flight). The paper leaves open how many and how near.
#[derive(Clone, Debug)]
pub struct LatencyByLoad {
    /// When each of the last requests was dispatched, and how many it met; oldest first.
    dispatched: VecDeque<(Instant, u32)>,
    /// By band; beside their windows, so that a probe reads little memory.
    told: [Told; BANDS],
    /// The bands that have noted a latency, a bit for each.
    known: u32,
    windows: [Window; BANDS],
    /// When the last of them noted a latency.
    heard: Instant,
}

impl LatencyByLoad {
    /// A node of which nothing is known.
    pub fn new() -> Self {
        Self {
            dispatched: VecDeque::with_capacity(2 * DISPATCHED_MIN),
            told: [Told::default(); BANDS],
            known: 0,
            windows: [Window::default(); BANDS],
            heard: Instant::ZERO,
        }
    }

    /// Takes note that a request goes to the node, which has `in_flight` others.
    pub fn dispatched(&mut self, now: Instant, in_flight: u32) {
        // Twice those in flight, so that some of the ended may stand between them.
        let remembered = DISPATCHED_MIN.max(2 * in_flight as usize);
        while self.dispatched.len() >= remembered {
            self.dispatched.pop_front();
        }
        self.dispatched.push_back((now, in_flight));
    }

    /// Takes note that a request ended well that was dispatched `latency` ago.
    pub fn finished(&mut self, now: Instant, latency: Duration) {
        let sought = now.as_nanos().saturating_sub(latency.as_nanos());
        let position = self.dispatched.partition_point(|(at, _)| at.as_nanos() < sought);
        if let Some(&(at, met)) = self.dispatched.get(position)
            && at.as_nanos() == sought
        {
            let band = band(met);
            if !self.told[band].is_late(now) {
                self.windows[band].noted = 0;
            }
            self.told[band] = Told { median: self.windows[band].note(latency), last: now };
            self.known |= 1 << band;
            self.heard = now;
        }
    }

    /// The latency to expect with so many requests in flight.
    pub fn estimate(&self, now: Instant, in_flight: u32) -> Duration {
        if now.since(self.heard) > AGE_MAX {
            return Duration::ZERO;
        }
        let middle = band(in_flight);
        let mut known = self.known;
        while let Some(band) = nearest(known, middle) {
            if self.told[band].is_late(now) {
                return self.told[band].median;
            }
            known &= !(1 << band);
        }
        Duration::ZERO
    }
}

impl Default for LatencyByLoad {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{BANDS, LatencyByLoad, band};
    use crate::{Duration, Instant};

    fn at(millis: u64) -> Instant {
        Instant::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn bands_grow_with_the_load_and_cover_all() {
        let bands = [0, 7, 8, 11, 12, 15, 16, 23, 24, 1_535, 1_536, u32::MAX].map(band);
        assert_eq!(bands, [0, 7, 8, 8, 9, 9, 10, 10, 11, 22, 23, BANDS - 1]);
    }

    #[test]
    fn the_estimate_is_the_median_at_the_present_load() {
        let mut node = LatencyByLoad::new();
        assert_eq!(node.estimate(at(0), 3), Duration::ZERO, "nothing is known");
        for (sent, met, took) in [(0, 0, 10), (1, 0, 30), (2, 0, 20), (3, 4, 50)] {
            node.dispatched(at(sent), met);
            node.finished(at(sent + took), Duration::from_millis(took));
        }
        let estimates = [0, 1, 2, 4, 9].map(|load| node.estimate(at(60), load).as_millis());
        assert_eq!(estimates, [20, 20, 50, 50, 50], "at 2 both are as near, and the higher load counts");
        assert_eq!(node.estimate(at(6_000), 0), Duration::ZERO, "old latencies tell nothing");
    }

    #[test]
    fn a_request_counts_where_it_began_however_late_it_ends() {
        let mut node = LatencyByLoad::new();
        for sent in 0..200 {
            node.dispatched(at(sent), sent as u32);
        }
        node.finished(at(400), Duration::from_millis(400));
        assert_eq!(node.estimate(at(400), 0).as_millis(), 400);
        node.finished(at(401), Duration::from_millis(400));
        node.finished(at(402), Duration::from_millis(5_000));
        assert_eq!(node.estimate(at(402), 200).as_millis(), 400, "what was never sent counts nowhere");
    }
}
