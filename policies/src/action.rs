//! What the control plane asks of the world.

use crate::{NodeId, OperationId, ProbeId, ServiceId, ShardId, ZoneId};

/// One thing the control plane asks the world to do.
///
/// Actions with an [`OperationId`] take time and are answered by
/// [`Input::OperationFinished`](crate::Input::OperationFinished), or never, in which case the control plane
/// times them out itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send a health probe to a node.
    Probe {
        /// The node to probe.
        node: NodeId,
        /// To be carried back in the answer.
        probe: ProbeId,
    },
    /// Provision and boot a node. Finished when its process runs.
    StartNode {
        /// To be carried back in the result.
        operation: OperationId,
        /// The identity the node will have.
        node: NodeId,
        /// The service it will serve.
        service: ServiceId,
        /// The zone to place it in.
        zone: ZoneId,
    },
    /// Let a booted node load its initial state (its node type's `state`). Finished when it has it all.
    SyncState {
        /// To be carried back in the result.
        operation: OperationId,
        /// The node that loads.
        node: NodeId,
    },
    /// Stop a node's process, if it runs, and start it again. Finished when the process runs.
    RestartNode {
        /// To be carried back in the result.
        operation: OperationId,
        /// The node to restart.
        node: NodeId,
    },
    /// Hand the requests that wait at a node to other nodes and let those in service finish.
    /// Finished when the node holds no request.
    DrainNode {
        /// To be carried back in the result.
        operation: OperationId,
        /// The node to empty.
        node: NodeId,
    },
    /// Stop a node for good and give its machine back.
    StopNode {
        /// To be carried back in the result.
        operation: OperationId,
        /// The node to stop.
        node: NodeId,
    },
    /// Copy one replica of a shard between nodes, at the bandwidth of the nodes.
    CopyShard {
        /// To be carried back in the result.
        operation: OperationId,
        /// The shard to copy.
        shard: ShardId,
        /// A node that holds a replica.
        from: NodeId,
        /// The node that will hold one more.
        to: NodeId,
    },
    /// Delete a surplus replica.
    DropReplica {
        /// The shard.
        shard: ShardId,
        /// The node that deletes its replica.
        node: NodeId,
    },
}
