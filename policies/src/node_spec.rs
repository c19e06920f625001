//! What a node is, apart from how it fares.

use crate::{NodeId, ServiceId, ZoneId};

/// A node's identity and place. Labels come from its service, its weight from its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeSpec {
    /// The node.
    pub node: NodeId,
    /// The service it serves.
    pub service: ServiceId,
    /// The zone it stands in.
    pub zone: ZoneId,
}
