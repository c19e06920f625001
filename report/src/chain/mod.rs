//! Chains of causes: from a fault, or a rise of load, link by link to the moment when all was well again.

mod bad_times;
mod choice;
mod links;
mod pair;
mod scaling;
mod settings;

pub(crate) use choice::chain;
pub use links::{Chain, Link, LinkName};
use pair::pair_end;
