//! Philox2x64-10: random numbers as a function of a key and a counter.
//!
//! Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011), section 4.3, and
//! the known answers of its reference distribution, Random123.

use rand_core::TryRng;
use std::convert::Infallible;

const MULTIPLIER: u64 = 0xD2B7_4407_B1CE_6E93;
const WEYL: u64 = 0x9E37_79B9_7F4A_7C15;
const ROUNDS: u32 = 10;

/// The two numbers of one key and counter.
#[inline]
fn philox2x64(counter: [u64; 2], key: u64) -> [u64; 2] {
    let [mut low, mut high] = counter;
    let mut key = key;
    for _ in 0..ROUNDS {
        let product = u128::from(low) * u128::from(MULTIPLIER);
        low = (product >> 64) as u64 ^ key ^ high;
        high = product as u64;
        key = key.wrapping_add(WEYL);
    }
    [low, high]
}

/// The draws of one entity and round: an endless sequence without state elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    key: u64,
    entity: u64,
    /// Round in the upper half, number of the next block in the lower.
    block: u64,
    /// The second number of the last block, if it is still to be given.
    spare: Option<u64>,
}

impl Draws {
    #[inline]
    pub(super) fn new(key: u64, entity: u64, round: u32) -> Self {
        Self { key, entity, block: u64::from(round) << 32, spare: None }
    }
}

/// Draws of entities that mostly come in ascending order: two neighbours take their first numbers from one block.
#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    key: u64,
    pair: u64,
    numbers: [u64; 2],
}

impl Pairs {
    /// In place of round and block: no [`Draws`] reach it.
    const BLOCK: u64 = u64::MAX;

    pub(super) fn new(key: u64) -> Self {
        Self { key, pair: 0, numbers: philox2x64([0, Self::BLOCK], key) }
    }

    /// The draws of an entity: the same whatever was asked before.
    #[inline]
    pub(crate) fn draws(&mut self, entity: u64) -> Draws {
        if entity >> 1 != self.pair {
            self.pair = entity >> 1;
            self.numbers = philox2x64([self.pair, Self::BLOCK], self.key);
        }
        let first = self.numbers[entity as usize & 1];
        Draws { spare: Some(first), ..Draws::new(self.key, entity, 0) }
    }
}

impl TryRng for Draws {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| (number >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        if let Some(number) = self.spare.take() {
            return Ok(number);
        }
        let [first, second] = philox2x64([self.entity, self.block], self.key);
        self.block += 1;
        self.spare = Some(second);
        Ok(first)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_give_an_entity_its_own_numbers_in_any_order() {
        let mut pairs = Pairs::new(7);
        let mut take = |entity| {
            let mut draws = pairs.draws(entity);
            [draws.try_next_u64(), draws.try_next_u64()].map(|number| number.expect("it is infallible"))
        };
        let ascending: Vec<_> = (0..6).map(&mut take).collect();
        let descending: Vec<_> = (0..6).rev().map(&mut take).collect();
        assert!(ascending.iter().eq(descending.iter().rev()));
        let mut all: Vec<_> = ascending.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 12, "no number is given twice");
    }

    #[test]
    fn the_published_known_answers_are_met() {
        // Random123, kat_vectors, rows "philox2x64 10".
        let cases = [
            ([0, 0], 0, [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]),
            ([u64::MAX, u64::MAX], u64::MAX, [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20]),
            (
                [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344],
                0xa409_3822_299f_31d0,
                [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d],
            ),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(philox2x64(counter, key), expected);
        }
    }
}
