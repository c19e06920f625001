//! Node types and services.

use super::{RawAutoScaler, RawDeadline, RawDistribution, RawHedging, RawLoadBalancer, RawRetries, Switch};
use crate::policy::{BreakerPolicy, LimitPolicy, QueuePolicy};
use crate::quantity::{Amount, Bandwidth, Bytes, Factor, Limit, Ratio, Span, Timeout};
use crate::read::{At, Many, Name, OneOrMany};
use crate::section::section;
use std::num::NonZeroU32;

section! {
    /// A kind of machine.
    RawNodeType: "a node type" {
        /// Requests served at once.
        workers: At<NonZeroU32>,
        /// Requests that may wait; one more is rejected. Default unlimited.
        queue: Option<At<Limit>>,
        /// Time from asking for a node to a running process; also the time of a restart. Default 0s.
        boot_time: Option<RawDistribution>,
        /// Price of a provisioned node per hour. Default 0.
        cost_per_hour: Option<At<Amount>>,
        /// Initial state that a node loads before it serves. Default 0B.
        state: Option<At<Bytes>>,
        /// Bandwidth for loading state and copying shards. Default 1Gbit/s.
        bandwidth: Option<At<Bandwidth>>,
        /// Extra service time per transfer of state that the node takes part in: with 20% a node in three
        /// transfers serves 1.6 times as slowly. Default 0%.
        transfer_slowdown: Option<At<Ratio>>,
        /// Relative speed: service times are divided by it. A list is for machines of several generations: the nodes
        /// of a service take its speeds in turn, those that are added later too. Load balancers are not told.
        /// Default 1.
        speed: Option<OneOrMany<At<Factor>>>,
        /// How a process that has just begun to serve is slower. Default: not at all.
        cold_start: Option<RawColdStart>,
        /// Whether all requests of a node share its workers, as threads share the cores of a machine: each of n requests
        /// gets an equal part of them, at most one worker. Then nothing waits; one more than `workers` and `queue`
        /// together is rejected. Default false: each worker serves one request to its end, the others wait.
        processor_sharing: Option<At<bool>>,
    }
}

section! {
    /// A process that begins to serve is slow at first, with empty caches and code that is not compiled yet. Each boot
    /// and each restart is cold; the nodes of the start of the run are warm.
    RawColdStart: "a cold start" {
        /// Time from the beginning of service until it is as fast as ever.
        r#for: At<Span>,
        /// Service times at the beginning are multiplied by it, above 1; it falls to 1 in a line. What counts is the
        /// moment a worker takes a request up.
        slowdown: At<Factor>,
    }
}

section! {
    /// A service: interchangeable nodes of one type.
    RawService: "a service" {
        /// Name of its node type.
        node_type: At<Name>,
        /// Nodes at the start, spread over the zones in turn.
        nodes: At<u32>,
        /// Zones its nodes live in. Default: all.
        zones: Option<Many<At<Name>>>,
        /// Labels its nodes carry. Default: none.
        labels: Option<Vec<At<Name>>>,
        /// Time a worker needs for a request on a node of speed 1.
        service_time: RawDistribution,
        /// Share of requests that fail at the node although it is up. Default 0%.
        errors: Option<At<Ratio>>,
        /// Requests to other services that each request makes, one entry after the other, after its own service
        /// time; the worker is held until the last one ends. Default: none.
        calls: Option<Vec<RawCall>>,
        /// Replicated state. Default: none.
        state: Option<RawState>,
        /// Limit of the requests that each of its nodes takes in, waiting or served; it learns from how long they stay.
        /// What is above it is rejected. Default: none.
        concurrency_limit: Option<LimitPolicy>,
        /// What its nodes take out of their queues when a worker is free. Default fifo.
        queue_discipline: Option<QueuePolicy>,
        /// One queue for all nodes, of so many requests or `unlimited`: a node with a free worker takes the first one,
        /// as consumers do from a message broker. No balancer is asked, and the queues of the nodes stay empty. Default:
        /// the balancer chooses a node, and each node has its own queue.
        shared_queue: Option<At<Limit>>,
        /// How requests are spread over its nodes. Default: as in `control`.
        load_balancer: Option<RawLoadBalancer>,
        /// Scaling of its number of nodes, or `off`. Default: as in `control`.
        auto_scaler: Option<Switch<RawAutoScaler>>,
    }
}

section! {
    /// A request that one service makes to another, or several at the same time (`parallel`). If it fails for good, the
    /// request that made it fails.
    RawCall: "a call" {
        /// Name of the service that is called. Must be given, unless `parallel` is.
        service: Option<At<Name>>,
        /// Calls that are made at the same time, each with its own rules. Default: none.
        parallel: Option<Vec<RawCall>>,
        /// So many requests are made at the same time. Default 1.
        fan_out: Option<At<NonZeroU32>>,
        /// Good answers of `parallel` or `fan_out` after which the request goes on, as of a quorum; what is still under
        /// way is given up. Default: all.
        need: Option<At<NonZeroU32>>,
        /// Share of requests that make this call. Default 100%.
        probability: Option<At<Ratio>>,
        /// Cache in each calling node; what it holds is not asked for. Default: none.
        cache: Option<RawCache>,
        /// Time from the start of a try to giving it up, or `none`. Default none.
        timeout: Option<At<Timeout>>,
        /// Further tries. Default: none.
        retries: Option<RawRetries>,
        /// Circuit breaker of all nodes of the calling service for this call: while it is open, requests fail at once with the error
        /// `breaker_open`, and nothing is sent. It judges the tries to all nodes of the service together. Default: none.
        breaker: Option<BreakerPolicy>,
        /// Further tries beside one that is not answered yet; the first good answer counts. Default: none.
        hedging: Option<RawHedging>,
        /// Time from the start of a request, over all its tries, to giving it up: `1s`, or
        /// `{ after: 1s, propagate: false }`. Default: none.
        deadline: Option<RawDeadline>,
    }
}

section! {
    /// A cache of answers in the memory of each calling node. A node with n of its entries filled answers the share
    /// `hit_rate` times n / `entries` of the calls by itself, at once. Each good answer to a call for something that is
    /// worth keeping fills one entry. A process that starts is empty.
    RawCache: "a cache" {
        /// Share of calls that a full cache answers.
        hit_rate: At<Ratio>,
        /// Entries that fill it, all asked for equally often. Default 1000.
        entries: Option<At<NonZeroU32>>,
        /// Whether the caches of the nodes of the start are empty. Default false: full.
        cold: Option<At<bool>>,
    }
}

section! {
    /// Replicated state of a service.
    RawState: "replicated state" {
        /// Number of shards.
        shards: At<NonZeroU32>,
        /// Replicas of each shard, on different nodes. Default 3.
        replicas: Option<At<NonZeroU32>>,
        /// Size of one shard.
        shard_size: At<Bytes>,
        /// Whether a node still holds its replicas after a crash and restart. Default true.
        survives_restart: Option<At<bool>>,
    }
}
