//! Rolling updates.

use crate::read::{At, Name};
use crate::section::section;
use cusinart_policies::Instant;
use cusinart_policies::recovery::CountOrPercent;

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
