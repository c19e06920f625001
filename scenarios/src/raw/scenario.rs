//! The file as a whole.

use super::{
    RawClient, RawControl, RawFault, RawNetwork, RawNodeType, RawProvisioning, RawRollout, RawService, RawSla,
};
use crate::quantity::{Span, Text, Version};
use crate::read::{At, Many, Name, Named};
use crate::section::section;
use cusinart_policies::Duration;

section! {
    /// A scenario of cusinart-sim: a cluster, its clients, what goes wrong, and what must hold.
    RawScenario: "a scenario" {
        /// Version of the form of this file. Always 1.
        version: At<Version>,
        /// Short name; also the default name of the run's directory.
        name: At<Name>,
        /// What the scenario shows, for people. Default: nothing.
        description: Option<At<Text>>,
        /// Virtual time to simulate.
        duration: At<Span>,
        /// Time at the start that is simulated and not judged. Default 0s.
        warmup: Option<At<Duration>>,
        /// Seed of every random draw; the same seed gives the same run. Default 42.
        seed: Option<At<u64>>,
        /// Width of the windows of the time series. Default: a round time, so that there are at most 360.
        window: Option<At<Span>>,
        /// Names of the zones (failure domains such as data centres).
        zones: Many<At<Name>>,
        /// Latency and loss between places. Default: none.
        network: Option<RawNetwork>,
        /// Kinds of machines, by name.
        node_types: Named<RawNodeType>,
        /// Services, by name.
        services: Named<RawService>,
        /// Clients, by name.
        clients: Named<RawClient>,
        /// What goes wrong, and when. Default: nothing.
        faults: Option<Vec<RawFault>>,
        /// How the provider hands out nodes. Default: at once.
        provisioning: Option<RawProvisioning>,
        /// Rolling updates, and when they begin. Default: none.
        rollouts: Option<Vec<RawRollout>>,
        /// The control plane. Default: all its defaults, without auto-scaling.
        control: Option<RawControl>,
        /// What must hold at the end, such as `availability >= 99%` or `latency.p99(shoppers) < 500ms`. In general:
        /// `metric[.statistic][(arguments, subjects)] [during [from, to]] comparison limit`. Default: nothing.
        slas: Option<Vec<RawSla>>,
    }
}
