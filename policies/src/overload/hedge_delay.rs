//! When a second try is sent because the first one has not been answered.

use crate::{Duration, Instant};
use alloc::vec;
use alloc::vec::Vec;

/// Time after which the percentile is computed anew. Source: Finagle's windowed percentile turns in steps of seconds.
const WINDOW: Duration = Duration::from_secs(10);
/// Answers in a window that are needed for a percentile.
const ANSWERS_MIN: u64 = 10;
/// Buckets for each doubling of a latency: each is at most 1/32 wide.
const STEPS: u32 = 32;
/// Buckets of all latencies.
const BUCKETS: usize = 64 * STEPS as usize;

/// How long to wait for an answer before another try is sent beside the first.
///
/// Either a fixed time (gRPC's `hedgingDelay`), or a percentile of the latency of first tries in the last whole window
/// of 10 s (Finagle's `BackupRequestFilter`; Dean & Barroso, The Tail at Scale, CACM 2013, propose the 95th). Until a
/// window with ten answers has ended, a percentile is not known and nothing is hedged.
#[derive(Clone, Debug)]
pub enum HedgeDelay {
    /// A fixed time.
    Fixed(Duration),
    /// A percentile of what was seen.
    Percentile(LatencyPercentile),
}

impl HedgeDelay {
    /// A percentile as a fraction, 0..1. More hedges fewer requests, later.
    pub fn percentile(fraction: f64) -> Self {
        Self::Percentile(LatencyPercentile {
            fraction,
            counts: vec![0; BUCKETS],
            total: 0,
            window_ends: Instant::ZERO + WINDOW,
            current: None,
        })
    }

    /// The time to wait for a try sent at `now`; `None` if it is not known yet.
    pub fn delay(&mut self, now: Instant) -> Option<Duration> {
        match self {
            Self::Fixed(delay) => Some(*delay),
            Self::Percentile(latency) => {
                latency.turn(now);
                latency.current
            }
        }
    }

    /// Notes how long a first try took to a good answer, or had taken when nobody waited for it any more: its sender had
    /// timed out, or had an answer to the hedge. Without these a slow service would look fast.
    pub fn first_try_took(&mut self, now: Instant, latency: Duration) {
        if let Self::Percentile(seen) = self {
            seen.turn(now);
            seen.counts[bucket(latency)] += 1;
            seen.total += 1;
        }
    }
}

/// Latencies of a window, by buckets that grow with them.
#[derive(Clone, Debug)]
pub struct LatencyPercentile {
    fraction: f64,
    counts: Vec<u32>,
    total: u64,
    window_ends: Instant,
    current: Option<Duration>,
}

impl LatencyPercentile {
    fn turn(&mut self, now: Instant) {
        if now < self.window_ends {
            return;
        }
        if self.total >= ANSWERS_MIN {
            self.current = Some(self.quantile());
        }
        self.counts.fill(0);
        self.total = 0;
        self.window_ends = now + WINDOW;
    }

    /// The upper end of the bucket in which the percentile lies.
    fn quantile(&self) -> Duration {
        let wanted = libm::ceil(self.fraction * self.total as f64) as u64;
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted
        });
        upper_end(found.unwrap_or(BUCKETS - 1))
    }
}

/// The bucket of a latency: its doubling, and the five bits below the first one.
fn bucket(latency: Duration) -> usize {
    let nanos = latency.as_nanos().max(1);
    let doubling = nanos.ilog2();
    let step = if doubling >= 5 { nanos >> (doubling - 5) } else { nanos << (5 - doubling) };
    doubling as usize * STEPS as usize + (step as usize & (STEPS as usize - 1))
}

fn upper_end(bucket: usize) -> Duration {
    let (doubling, step) = (bucket / STEPS as usize, (bucket % STEPS as usize) as u64);
    let above = u128::from(u64::from(STEPS) + step + 1) << doubling >> 5;
    Duration::from_nanos(u64::try_from(above).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn a_percentile_is_known_when_a_window_is_over_and_close_to_the_truth() {
        let mut delay = HedgeDelay::percentile(0.95);
        for millis in 1..=1_000 {
            delay.first_try_took(at(1), Duration::from_millis(millis));
        }
        assert_eq!(delay.delay(at(9)), None);
        let found = delay.delay(at(10)).expect("the window is over").as_secs_f64();
        assert!((0.950..0.985).contains(&found), "{found}");
        assert_eq!(
            delay.delay(at(30)).map(|kept| kept.as_secs_f64()),
            Some(found),
            "kept while nothing is seen"
        );
    }

    #[test]
    fn every_latency_lies_in_its_bucket() {
        for nanos in [1, 2, 31, 32, 33, 1_000, 999_999, 1 << 40, u64::MAX] {
            let (latency, own) = (Duration::from_nanos(nanos), bucket(Duration::from_nanos(nanos)));
            assert!(latency <= upper_end(own) && (own == 0 || upper_end(own - 1) <= latency), "{nanos}");
        }
    }
}
