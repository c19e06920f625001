//! Rolling updates, and where their nodes come from.

use super::RawDistribution;
use crate::model::Queues;
use crate::quantity::Ratio;
use crate::read::{At, Name};
use crate::section::section;
use cusinart_policies::Instant;
use cusinart_policies::recovery::CountOrPercent;
use std::num::NonZeroU32;

section! {
    /// A rolling update: every node of a service is replaced by a new one. New nodes are started as long as the surge
    /// allows, and old ones are drained and removed as long as enough are healthy and the disruption budget of
    /// `control.node_manager` lets them go.
    RawRollout: "a rolling update" {
        /// When it begins.
        at: At<Instant>,
        /// Name of the service.
        service: At<Name>,
        /// Nodes that there may be beyond the number of the service; a share is rounded up. Default 25%.
        max_surge: Option<At<CountOrPercent>>,
        /// Nodes of that number that may be missing; a share is rounded down. If both come to nothing, one may. More is
        /// faster and leaves less capacity meanwhile. Default 25%.
        max_unavailable: Option<At<CountOrPercent>>,
    }
}

section! {
    /// The service of the provider that hands out nodes: requests for nodes wait in a queue that is worked off in order. When it
    /// is done with one, the boot begins.
    RawProvisioning: "provisioning" {
        /// Time it works on each request.
        takes: RawDistribution,
        /// Requests that it works on at once, in each queue. Default 1.
        at_once: Option<At<NonZeroU32>>,
        /// `shared`: one queue for all zones. `per_zone`: a queue for each. Default shared.
        queues: Option<At<Queues>>,
        /// Share of requests that fail, which shows when the boot should have ended. Default 0%.
        fails: Option<At<Ratio>>,
    }
}
