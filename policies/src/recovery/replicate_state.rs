//! `replicate_state`: replace the replicas that the failed node held.

use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{Instant, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "replicate_state",
        summary: "Copies the replicas that a failed node held to other nodes.",
        source: "HDFS, re-replication of under-replicated blocks; Kafka, reassignment of partitions",
        params: &[],
        example: "replicate_state",
    },
    build: |_| Ok(Box::new(ReplicateState)),
};

/// Has every shard with a replica on the failed node copied to another node.
///
/// Declines when the node holds no replica.
///
/// Known differences: HDFS waits ten minutes before it counts a node as dead and copies; here the failure
/// detector decides, and the steps before this one (a restart) are the only wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReplicateState;

impl RecoveryStrategy for ReplicateState {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn remediates(&self) -> bool {
        false
    }

    fn propose(&mut self, _now: Instant, case: &RecoveryCase) -> Proposal {
        if case.replicas == 0 {
            return Proposal::Skip("the node holds no replicas".to_string());
        }
        Proposal::Steps(vec![RecoveryStep::ReplicateState { node: case.node }])
    }
}
