//! The yardstick Y: what the simplest event queue costs on this machine, now.
//!
//! Absolute times drift with the machine and its neighbours; ratios to Y measured in the same process hold.

use cpu_time::ThreadTime;
use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Duration;

const PENDING: u64 = 10_000;
const WARM_UP_HOLDS: u64 = 100_000;
const HOLDS: u64 = 1_000_000;
const REPETITIONS: u32 = 5;

/// CPU time that `work` takes on this thread, and what it returns.
pub fn cpu_time_of<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = ThreadTime::now();
    let result = work();
    (start.elapsed(), result)
}

/// The yardstick Y in nanoseconds: one hold (pop the earliest, push it back an Exp(1 s) later) of the standard
/// library's binary heap with 10,000 pending events; the least of five repetitions, in CPU time.
pub fn yardstick_ns() -> f64 {
    let per_hold = |_| hold_time().as_nanos() as f64 / HOLDS as f64;
    (0..REPETITIONS).map(per_hold).fold(f64::INFINITY, f64::min)
}

fn hold_time() -> Duration {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut next = 0;
    let mut increment = move || {
        let span: f64 = Exp1.sample(&mut rng);
        (span * 1e9) as u64
    };
    let mut heap: BinaryHeap<Reverse<(u64, u64)>> =
        (0..PENDING).map(|seq| Reverse((increment(), seq))).collect();
    let mut hold = |heap: &mut BinaryHeap<Reverse<(u64, u64)>>, count: u64| {
        for _ in 0..count {
            let Reverse((at, seq)) = heap.pop().expect("a hold leaves as many as it found");
            next += 1;
            heap.push(Reverse((at + increment(), seq + next)));
        }
    };
    hold(&mut heap, WARM_UP_HOLDS);
    let (time, ()) = cpu_time_of(|| hold(&mut heap, HOLDS));
    black_box(heap);
    time
}
