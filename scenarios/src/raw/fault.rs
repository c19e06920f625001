//! Faults: when and what.

use super::RawDistribution;
use crate::model::{InFlight, Path, Strikes};
use crate::quantity::{Factor, Limit, Ratio, Text};
use crate::read::{At, Name, Named, OneOrMany};
use crate::section::section;
use crate::words::{EveryFrom, PerNode, TimeUnit};
use cusinart_policies::Instant;
use std::num::NonZeroU32;

section! {
    /// A fault: when it strikes (`at`, `every` or `trace`) and exactly one key that says what it does.
    RawFault: "a fault" {
        /// When it strikes, once.
        at: Option<At<Instant>>,
        /// Time between occurrences, for a fault that strikes again and again.
        every: Option<RawDistribution>,
        /// Times from a CSV file: each row is one occurrence.
        trace: Option<RawFaultTrace>,
        /// With `every`: whether the time is counted from the `start` or from the `end` of the last occurrence. With
        /// `end`, occurrences of one sequence never overlap: `every` is then the time to failure, `for` the time to
        /// repair. Default start.
        every_from: Option<At<EveryFrom>>,
        /// With `every`: nothing happens before. Default 0s.
        from: Option<At<Instant>>,
        /// With `every`: nothing starts at or after. Default: the end of the run.
        until: Option<At<Instant>>,
        /// With `every`: most occurrences (per node, if `per: node`). Default unlimited.
        times: Option<At<Limit>>,
        /// With `every`: `node` gives each node its own occurrences, which strike that node alone.
        per: Option<At<PerNode>>,
        /// How long it lasts. Default: until it is healed (a crash until the restart) or the run ends.
        r#for: Option<RawDistribution>,
        /// With `for`: so many occurrences are repaired at once. Each crew works on one for the time of `for`; the others
        /// wait in the order in which they struck, and last for longer. Default unlimited.
        crews: Option<At<NonZeroU32>>,
        /// Name by which SLAs refer to it (`time_to_recover.max(fault NAME)`, `during [fault NAME, fault NAME.end]`);
        /// no other fault has it. Default: none.
        name: Option<At<Name>>,
        /// Label for reports. Default: the name, else made of kind and target. That of a named fault must be its own.
        label: Option<At<Text>>,
        /// The process dies.
        crash: Option<RawCrash>,
        /// The process dies, and again some time after each restart, until the cause is gone.
        crash_loop: Option<RawCrashLoop>,
        /// The process stops answering; work stands still and goes on afterwards.
        hang: Option<RawHang>,
        /// The node serves slower; probes see nothing of it.
        slow: Option<RawSlow>,
        /// All nodes of a zone lose power.
        zone_outage: Option<RawZoneOutage>,
        /// Messages between two groups of places are all lost.
        partition: Option<RawPartition>,
        /// Messages between two groups of places are lost with a probability.
        loss: Option<RawLoss>,
    }
}

section! {
    /// Occurrences of a fault from a CSV file with a header. A row strikes at the time in its column `down_at_s` and lasts
    /// until that in `up_at_s`; where that is empty, missing, or no later, it lasts as `for` says.
    RawFaultTrace: "a trace of faults" {
        /// The file, relative to the scenario.
        file: At<Text>,
        /// Header of the column with the times at which it strikes. Rows without one are left out. Default `down_at_s`.
        down_column: Option<At<Text>>,
        /// Header of the column with the times at which it ends. Default `up_at_s`, if there is one.
        up_column: Option<At<Text>>,
        /// Header of a column that tells nodes apart: the first name in it strikes the first of the nodes that the fault is
        /// about, the second name the second, and so on in turn. Default: as the fault says.
        node_column: Option<At<Text>>,
        /// Header of a column with the share of nodes that are struck, from 0 to 1. Default: as the fault says.
        share_column: Option<At<Text>>,
        /// Only rows with these values in these columns. Default: all.
        only: Option<Named<At<Text>>>,
        /// Unit of the times: ns, us, ms, s, m, h or d. Default s.
        time_unit: Option<At<TimeUnit>>,
        /// Time of the trace at which the run starts; what struck before is left out. Default 0s.
        start: Option<At<Instant>>,
        /// The trace is played so many times as fast. Default 1.
        speedup: Option<At<Factor>>,
    }
}

section! {
    /// Processes die. Which nodes: all that match, or as many as `nodes`, `share` or `index` say.
    RawCrash: "a crash" {
        /// Only nodes of this service.
        service: Option<At<Name>>,
        /// Only nodes of this zone.
        zone: Option<At<Name>>,
        /// So many of the matching nodes, at random.
        nodes: Option<At<NonZeroU32>>,
        /// This share of the matching nodes, at random, rounded up.
        share: Option<At<Ratio>>,
        /// The matching nodes at these positions; 0 is the oldest.
        index: Option<OneOrMany<At<u32>>>,
        /// Requests on the node: `reset` tells the sender at once, `lost` lets it wait, `retry` has the balancer send them
        /// to another node at once, `resume` puts them back to the head of the queue that all nodes of the service share,
        /// with the work that was left. Default reset.
        in_flight: Option<At<InFlight>>,
    }
}

section! {
    /// Processes die, and as long as the fault lasts each dies again some time after it has come up, as with a bad
    /// configuration. Which nodes: as for a crash; nodes that replace them are spared. When the fault ends, a process
    /// that runs stays, and one that is dead waits for its restart.
    RawCrashLoop: "a crash loop" {
        /// Time from the beginning of service to the next death.
        after: RawDistribution,
        /// `running`: what runs when it begins, whose replacements are spared. `starting`: what starts while it lasts, on nodes
        /// old and new, as when the workload is broken and not the machine; what runs goes on until somebody restarts it.
        /// Default running.
        strikes: Option<At<Strikes>>,
        /// Only nodes of this service.
        service: Option<At<Name>>,
        /// Only nodes of this zone.
        zone: Option<At<Name>>,
        /// So many of the matching nodes, at random.
        nodes: Option<At<NonZeroU32>>,
        /// This share of the matching nodes, at random, rounded up.
        share: Option<At<Ratio>>,
        /// The matching nodes at these positions; 0 is the oldest.
        index: Option<OneOrMany<At<u32>>>,
        /// Requests on the node: `reset` tells the sender at once, `lost` lets it wait, `retry` has the balancer send them
        /// to another node at once, `resume` puts them back to the head of the queue that all nodes of the service share,
        /// with the work that was left. Default reset.
        in_flight: Option<At<InFlight>>,
    }
}

section! {
    /// Processes stop answering. Which nodes: as for a crash.
    RawHang: "a hang" {
        /// Only nodes of this service.
        service: Option<At<Name>>,
        /// Only nodes of this zone.
        zone: Option<At<Name>>,
        /// So many of the matching nodes, at random.
        nodes: Option<At<NonZeroU32>>,
        /// This share of the matching nodes, at random, rounded up.
        share: Option<At<Ratio>>,
        /// The matching nodes at these positions; 0 is the oldest.
        index: Option<OneOrMany<At<u32>>>,
    }
}

section! {
    /// Nodes serve slower. Which nodes: as for a crash.
    RawSlow: "a slow node" {
        /// Service times are multiplied by it; above 1.
        factor: At<Factor>,
        /// Only nodes of this service.
        service: Option<At<Name>>,
        /// Only nodes of this zone.
        zone: Option<At<Name>>,
        /// So many of the matching nodes, at random.
        nodes: Option<At<NonZeroU32>>,
        /// This share of the matching nodes, at random, rounded up.
        share: Option<At<Ratio>>,
        /// The matching nodes at these positions; 0 is the oldest.
        index: Option<OneOrMany<At<u32>>>,
    }
}

section! {
    /// All nodes of a zone lose power; nothing can be started there meanwhile.
    RawZoneOutage: "a zone outage" {
        /// The zone.
        zone: At<Name>,
        /// Requests on the nodes: as for a crash. Default lost.
        in_flight: Option<At<InFlight>>,
    }
}

section! {
    /// Messages between two groups of places are all lost.
    RawPartition: "a partition" {
        /// One side: zones, `outside`, or `control` (where the control plane is).
        from: OneOrMany<At<Name>>,
        /// Other side: zones, `outside`, or `control`.
        to: OneOrMany<At<Name>>,
        /// Whether only messages from `from` to `to` are lost. Default false.
        one_way: Option<At<bool>>,
        /// Which messages: `all`, `data` (requests) or `probe`. Default all.
        path: Option<At<Path>>,
    }
}

section! {
    /// Messages between two groups of places are lost with a probability.
    RawLoss: "loss" {
        /// Probability, in addition to the link's own loss.
        ratio: At<Ratio>,
        /// One side: zones, `outside`, or `control` (where the control plane is).
        from: OneOrMany<At<Name>>,
        /// Other side: zones, `outside`, or `control`.
        to: OneOrMany<At<Name>>,
        /// Whether only messages from `from` to `to` are concerned. Default false.
        one_way: Option<At<bool>>,
        /// Which messages: `all`, `data` (requests) or `probe`. Default all.
        path: Option<At<Path>>,
    }
}
