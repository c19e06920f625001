//! The queue against the plain heap, over the loads that are known to break event queues.

use super::heap::Heap;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a test does to a queue: the same to the real one and to the oracle.
#[derive(Clone, Debug)]
enum Step {
    /// Schedule an event so many nanoseconds from now.
    Schedule(u64),
    /// Start a timer of the numbered delay.
    Arm(usize),
    /// Stop the pending timer at this position.
    Disarm(usize),
    /// Take so many events.
    Take(usize),
}

const DELAYS: [u64; 4] = [0, 65_536, 1_000_000, 5_000_000_000];

/// Runs the steps on both queues and compares all that comes out.
fn check(steps: &[Step]) {
    let mut queue = EventQueue::default();
    let mut oracle = Heap::default();
    let lanes = DELAYS.map(|delay| queue.lane(Duration::from_nanos(delay)));
    // Timers by slot, with the key the oracle holds for them.
    let mut timers: BTreeMap<u32, EventKey> = BTreeMap::new();
    let (mut now, mut slots) = (0, 0);
    for step in steps {
        match *step {
            Step::Schedule(delay) => {
                let at = Instant::from_nanos(now) + Duration::from_nanos(delay);
                let seq = queue.schedule(at, 1, 0);
                oracle.push(EventKey::new(at, seq, 1, 0));
            }
            Step::Arm(delay) => {
                queue.arm(Instant::from_nanos(now), lanes[delay], slots);
                let key = EventKey::new(Instant::from_nanos(now + DELAYS[delay]), queue.seq, 2, slots);
                oracle.push(key);
                timers.insert(slots, key);
                slots += 1;
            }
            Step::Disarm(position) => {
                if let Some(&slot) = timers.keys().nth(position % timers.len().max(1)) {
                    queue.disarm(slot);
                    timers.remove(&slot);
                }
            }
            Step::Take(count) => {
                for _ in 0..count {
                    now = take(&mut queue, &mut oracle, &mut timers).unwrap_or(now);
                }
            }
        }
    }
    while take(&mut queue, &mut oracle, &mut timers).is_some() {}
    assert!(oracle.is_empty() && timers.is_empty());
}

/// Takes one event from both and returns its time.
fn take(queue: &mut EventQueue, oracle: &mut Heap, timers: &mut BTreeMap<u32, EventKey>) -> Option<u64> {
    let expected = std::iter::from_fn(|| oracle.pop())
        .find(|key| key.kind() == 1 || timers.get(&key.slot()) == Some(key))
        .map(|key| {
            timers.retain(|_, timer| *timer != key);
            if key.kind() == 1 { Due::Event(key) } else { Due::Timer { at: key.at(), slot: key.slot() } }
        });
    let got = queue.next_before(Instant::FAR_FUTURE);
    assert_eq!(got, expected);
    got.map(|due| match due {
        Due::Event(key) => key.nanos(),
        Due::Timer { at, .. } => at.as_nanos(),
    })
}

fn step() -> impl Strategy<Value = Step> {
    let delay = prop_oneof![
        Just(0),
        0_u64..100,
        0_u64..200_000,
        0_u64..10_000_000_000,
        // Ticks at the edges of slots and levels, and the far future.
        (0_u32..48, 0_u64..3).prop_map(|(bit, more)| (1 << bit) + more * 65_535),
        Just(1 << 55),
    ];
    prop_oneof![
        4 => delay.prop_map(Step::Schedule),
        2 => (0..DELAYS.len()).prop_map(Step::Arm),
        1 => (0_usize..100).prop_map(Step::Disarm),
        3 => (1_usize..6).prop_map(Step::Take),
    ]
}

proptest! {
    #[test]
    fn the_queue_gives_the_order_of_a_plain_heap(steps in proptest::collection::vec(step(), 0..400)) {
        check(&steps);
    }
}

#[test]
fn skewed_delays_keep_the_order() {
    // 99 % of events within a microsecond, the rest seconds away: thousands share the current tick.
    let mut steps = Vec::new();
    for i in 0..20_000_u64 {
        steps.push(Step::Schedule(if i % 100 == 0 { 5_000_000_000 + i } else { i * 7919 % 1_000 }));
        if i % 3 == 0 {
            steps.push(Step::Take(2));
        }
    }
    check(&steps);
}

#[test]
fn an_event_may_be_pushed_before_a_peeked_head() {
    let mut queue = EventQueue::default();
    let lane = queue.lane(Duration::from_nanos(10));
    queue.schedule(Instant::from_nanos(1 << 40), 1, 7);
    queue.arm(Instant::ZERO, lane, 3);
    // The peek below moves the wheel's tick to 2^24; the timer's handler then schedules for a nanosecond later.
    let first = queue.next_before(Instant::FAR_FUTURE);
    assert_eq!(first, Some(Due::Timer { at: Instant::from_nanos(10), slot: 3 }));
    let seq = queue.schedule(Instant::from_nanos(11), 1, 8);
    let expected = EventKey::new(Instant::from_nanos(11), seq, 1, 8);
    assert_eq!(queue.next_before(Instant::FAR_FUTURE), Some(Due::Event(expected)));
}

#[test]
fn nothing_is_taken_at_or_after_the_end() {
    let mut queue = EventQueue::default();
    queue.schedule(Instant::from_nanos(100), 1, 0);
    assert_eq!(queue.next_before(Instant::from_nanos(100)), None);
    assert!(queue.next_before(Instant::from_nanos(101)).is_some());
}
