//! Single decisions of the control plane, each set up once and asked for again and again.

mod probes;
mod routing;
mod scaling;

pub use probes::Probing;
pub use routing::{Routing, routing_cases};
pub use scaling::Scaling;

use cusinart_policies::{PolicyKind, PolicySpec, catalogue};

/// A policy with parameters, under the name that a table shows.
#[derive(Clone, Debug)]
pub struct Case {
    /// The policy and what is not at its default.
    pub name: String,
    /// The choice.
    pub spec: PolicySpec,
    /// Weights of the zones that nodes stand in, in turn.
    pub weights: Vec<u32>,
}

impl Case {
    /// A policy as it comes, for nodes of equal weight.
    fn plain(spec: PolicySpec) -> Self {
        Self { name: spec.name.clone(), spec, weights: vec![1] }
    }
}

/// Every policy of a kind with all its defaults.
pub fn defaults(kind: PolicyKind) -> Vec<Case> {
    let entries = catalogue::entries().iter().filter(|entry| entry.kind == kind);
    entries.map(|entry| Case::plain(PolicySpec::named(entry.name))).collect()
}

/// Numbers that look random (`SplitMix64`), so that a measured loop draws cheaply.
#[derive(Clone, Copy, Debug)]
struct Mixed(u64);

impl Mixed {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(mixed ^ (mixed >> 31)) * count as u128) >> 64) as usize
    }
}
