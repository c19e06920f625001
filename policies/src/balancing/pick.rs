//! Positions drawn at random.

/// A position below `count` from 32 random bits: the high half of their product (Lemire 2019, Fast random
/// integer generation in an interval, without its rejection step).
///
/// Each position's probability is off by at most `count / 2^32` of itself: 2 in 10^7 for a thousand nodes.
pub(super) const fn position(bits: u32, count: usize) -> usize {
    ((bits as u64 * count as u64) >> 32) as usize
}
