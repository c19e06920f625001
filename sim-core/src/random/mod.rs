//! Randomness: one stream per purpose, and draws that belong to an entity.
//!
//! Two schemes, both derived from the seed of the run and a name, so that a draw more in one place moves nothing
//! elsewhere:
//! - [`Stream`]: a sequential ChaCha8 stream for a process (arrivals of a client, a fault's schedule);
//! - [`Purpose`]: counter-based Philox2x64-10 draws for an entity (a request's service demand, a node's boot
//!   time). Two policies meet the very same requests and faults, whatever order they are asked in.

mod logarithm;
mod normal;
mod philox;
mod sampler;

pub(crate) use philox::{Draws, Pairs};
pub(crate) use sampler::Sampler;

use cusinart_record::hash64;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A sequential stream of random numbers.
pub(crate) type Stream = ChaCha8Rng;

/// The stream of the process `name`.
pub(crate) fn stream(seed: u64, name: &str) -> Stream {
    let mut key = [0; 32];
    for (word, bytes) in key.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&named(seed, word as u64, name).to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// Draws for the entities of one purpose, such as the service demands of the requests to one service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose(u64);

impl Purpose {
    /// The purpose `name`.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        Self(named(seed, u64::MAX, name))
    }

    /// The first draws of consecutive entities, at half the price.
    pub(crate) fn pairs(self) -> Pairs {
        Pairs::new(self.0)
    }

    /// The draws of one entity. `round` tells occasions of the same entity apart, such as tries of a request.
    #[inline]
    pub(crate) fn draws(self, entity: u64, round: u32) -> Draws {
        Draws::new(self.0, entity, round)
    }
}

/// A hash of seed, word number and name: stable over versions, pinned by the golden vectors below.
fn named(seed: u64, word: u64, name: &str) -> u64 {
    let mut bytes = Vec::with_capacity(16 + name.len());
    bytes.extend(seed.to_le_bytes());
    bytes.extend(word.to_le_bytes());
    bytes.extend(name.as_bytes());
    hash64(&bytes)
}

/// A uniform number in the open interval (0, 1), from the upper 52 bits of one draw.
#[inline]
pub(crate) fn uniform(rng: &mut impl Rng) -> f64 {
    // The half keeps 0 out, so that a logarithm is always finite; with 53 bits it would round up to 1.
    ((rng.next_u64() >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// An exponential number of mean 1.
#[inline]
pub(crate) fn exponential(rng: &mut impl Rng) -> f64 {
    -logarithm::ln(uniform(rng))
}

/// A uniform integer below `bound`, which is not 0 (multiply-shift; the bias is below 2^-32 for the sizes of a
/// cluster).
pub(crate) fn below(rng: &mut impl Rng, bound: u32) -> u32 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_pinned_and_differ_by_name_and_seed() {
        let first = |seed, name| stream(seed, name).next_u64();
        assert_eq!(first(42, "arrivals/shoppers"), first(42, "arrivals/shoppers"));
        assert_ne!(first(42, "arrivals/shoppers"), first(43, "arrivals/shoppers"));
        assert_ne!(first(42, "arrivals/shoppers"), first(42, "arrivals/bots"));
        expect_test::expect!["406a8d1c9a80e3fb"].assert_eq(&format!("{:016x}", first(42, "golden")));
    }

    #[test]
    fn draws_of_an_entity_do_not_depend_on_those_of_another() {
        let purpose = Purpose::new(42, "golden");
        let take = |entity, round| {
            let mut draws = purpose.draws(entity, round);
            [draws.next_u64(), draws.next_u64(), draws.next_u64()]
        };
        let before = take(7, 0);
        let _ = take(8, 0);
        assert_eq!(take(7, 0), before);
        assert_ne!(take(7, 1), before);
        expect_test::expect!["[358faf661cab48b3, befb9a712d5ac737, d99e634e572144b1]"]
            .assert_eq(&format!("{before:016x?}"));
    }

    #[test]
    fn uniform_numbers_stay_inside_the_open_interval() {
        struct Fixed(u64);
        impl rand_core::TryRng for Fixed {
            type Error = core::convert::Infallible;
            fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
                Ok(self.0 as u32)
            }
            fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
                Ok(self.0)
            }
            fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
                bytes.fill(self.0 as u8);
                Ok(())
            }
        }
        assert!(uniform(&mut Fixed(0)) > 0.0);
        assert!(uniform(&mut Fixed(u64::MAX)) < 1.0);
        assert_eq!(below(&mut Fixed(u64::MAX), 10), 9);
    }
}
