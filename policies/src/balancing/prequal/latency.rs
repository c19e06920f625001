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

/// The last latencies of one band.
#[derive(Clone, Copy, Debug)]
struct Band {
    latencies: [Duration; KEPT],
    /// Latencies noted, ever.
    noted: usize,
    median: Duration,
    last: Instant,
}

impl Band {
    const EMPTY: Self =
        Self { latencies: [Duration::ZERO; KEPT], noted: 0, median: Duration::ZERO, last: Instant::ZERO };

    fn note(&mut self, now: Instant, latency: Duration) {
        if now.since(self.last) > AGE_MAX {
            self.noted = 0;
        }
        self.latencies[self.noted % KEPT] = latency;
        self.noted += 1;
        self.last = now;
        let mut sorted = self.latencies;
        let kept = &mut sorted[..self.noted.min(KEPT)];
        kept.sort_unstable();
        self.median = kept[kept.len() / 2];
    }

    fn told(&self, now: Instant) -> Option<Duration> {
        (self.noted > 0 && now.since(self.last) <= AGE_MAX).then_some(self.median)
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
    bands: [Band; BANDS],
    /// When the last of them heard of a latency.
    heard: Instant,
}

impl LatencyByLoad {
    /// A node of which nothing is known.
    pub fn new() -> Self {
        Self {
            dispatched: VecDeque::with_capacity(2 * DISPATCHED_MIN),
            bands: [Band::EMPTY; BANDS],
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
            self.bands[band(met)].note(now, latency);
            self.heard = now;
        }
    }

    /// The latency to expect with so many requests in flight.
    pub fn estimate(&self, now: Instant, in_flight: u32) -> Duration {
        if now.since(self.heard) > AGE_MAX {
            return Duration::ZERO;
        }
        let middle = band(in_flight);
        let told = |band: usize| self.bands.get(band)?.told(now);
        (0..BANDS)
            .find_map(|far| told(middle + far).or_else(|| told(middle.checked_sub(far)?)))
            .unwrap_or(Duration::ZERO)
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
    fn a_band_that_was_silent_for_long_yields_to_the_next_and_begins_anew() {
        let mut node = LatencyByLoad::new();
        for (sent, met, took) in [(0, 2, 10), (4_000, 4, 50), (4_100, 5, 70)] {
            node.dispatched(at(sent), met);
            node.finished(at(sent + took), Duration::from_millis(took));
        }
        assert_eq!(node.estimate(at(5_000), 2).as_millis(), 10);
        assert_eq!(node.estimate(at(6_000), 2).as_millis(), 50, "2 is silent, 4 is nearer than 5");
        for (sent, took) in [(6_100, 90), (6_200, 80)] {
            node.dispatched(at(sent), 2);
            node.finished(at(sent + took), Duration::from_millis(took));
        }
        assert_eq!(
            node.estimate(at(6_300), 2).as_millis(),
            90,
            "the old 10 counts no more: it would make 80"
        );
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
