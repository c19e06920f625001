//! The Mersenne Twister, for the order in which Envoy probes hosts.

/// Words of its state.
const WORDS: usize = 624;
/// Distance of the word that is mixed in.
const SHIFT: usize = 397;

/// The 32-bit Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 1998), as `std::mt19937` of C++.
///
/// Each word of the seed hangs on the one before, so they are made no sooner than they are needed: the first number takes
/// 398 of them.
#[derive(Clone, Debug)]
pub(super) struct Mt19937 {
    state: [u32; WORDS],
    /// Words that have been made.
    seeded: usize,
    next: usize,
}

impl Mt19937 {
    /// Seeds it with one integer.
    pub(super) fn new(seed: u32) -> Self {
        let mut state = [0; WORDS];
        state[0] = seed;
        Self { state, seeded: 1, next: 0 }
    }

    /// The next number. Each word of the state is renewed when its turn comes.
    pub(super) fn next_u32(&mut self) -> u32 {
        let index = self.next;
        self.seed_to(index + SHIFT);
        self.next = (index + 1) % WORDS;
        let upper = self.state[index] & 0x8000_0000;
        let mixed = upper | (self.state[self.next] & 0x7fff_ffff);
        let twist = if mixed & 1 == 0 { 0 } else { 0x9908_b0df };
        let mut word = self.state[(index + SHIFT) % WORDS] ^ (mixed >> 1) ^ twist;
        self.state[index] = word;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// Makes the words of the seed up to this one. They lie behind those that were renewed.
    fn seed_to(&mut self, last: usize) {
        let end = (last + 1).min(WORDS);
        if self.seeded >= end {
            return;
        }
        let mut before = self.state[self.seeded - 1];
        for (index, word) in self.state.iter_mut().enumerate().take(end).skip(self.seeded) {
            before = 1_812_433_253_u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(index as u32);
            *word = before;
        }
        self.seeded = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_thousandth_number_is_that_of_the_c_plus_plus_standard() {
        // C++17, [rand.predef]: the 10000th invocation of a default-constructed mt19937 gives 4123659995.
        let mut generator = Mt19937::new(5_489);
        let last = (0..10_000).map(|_| generator.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }
}
