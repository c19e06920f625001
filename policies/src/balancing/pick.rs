//! Positions drawn at random.

use rand_core::Rng;

/// Most positions that [`distinct`] draws.
pub(super) const CHOICES_MAX: usize = 16;

/// A position below `count` from 32 random bits: the high half of their product (Lemire 2019, Fast random
/// integer generation in an interval, without its rejection step).
///
/// Each position's probability is off by at most `count / 2^32` of itself: 2 in 10^7 for a thousand nodes.
pub(super) const fn position(bits: u32, count: usize) -> usize {
    ((bits as u64 * count as u64) >> 32) as usize
}

/// Random bits by halves of 64-bit draws, the lower half first.
pub(super) struct Halves<'a> {
    rng: &'a mut dyn Rng,
    upper: Option<u32>,
}

impl<'a> Halves<'a> {
    pub(super) fn new(rng: &'a mut dyn Rng) -> Self {
        Self { rng, upper: None }
    }

    /// A position below `count`. Nothing is drawn where there is no choice.
    pub(super) fn position(&mut self, count: usize) -> usize {
        if count <= 1 {
            return 0;
        }
        let bits = self.upper.take().unwrap_or_else(|| {
            let bits = self.rng.next_u64();
            self.upper = Some((bits >> 32) as u32);
            bits as u32
        });
        position(bits, count)
    }
}

/// Draws so many different positions below `count`, all of them if there are not more, and at most [`CHOICES_MAX`].
///
/// The first comes from all `count`, the next from the `count - 1` others, and so on.
pub(super) fn distinct(draws: &mut Halves<'_>, count: usize, choices: usize, mut visit: impl FnMut(usize)) {
    // Ascending. All loops go to their end, since where they could stop is not to be foretold.
    let mut taken = [0; CHOICES_MAX];
    for number in 0..choices.min(count).min(CHOICES_MAX) {
        let mut position = draws.position(count - number);
        for other in &taken[..number] {
            position += usize::from(*other <= position);
        }
        let mut greater = position;
        for other in &mut taken[..number] {
            (*other, greater) = ((*other).min(greater), (*other).max(greater));
        }
        taken[number] = greater;
        visit(position);
    }
}
