//! Adding nodes and removing them.

mod adding;
mod manager;
mod removing;

pub(crate) use adding::AdditionId;
pub use manager::DynamicNodeManager;
pub(crate) use manager::{NodeOrder, NodeTask};
