//! Replicated state: which node holds which shard, and which copies are to be made.

mod placement;
mod repair;
mod shard;
mod state_store;

pub use repair::{Blocked, ShardCopy};
pub use state_store::{Standing, StateStore};
