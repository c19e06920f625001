//! The metrics as data: name, unit, what is better, what they can be restricted to, and what they mean.

/// What a number counts, which decides how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, written in percent: `99.9%`.
    Fraction,
    /// Seconds, written as a time: `500ms`.
    Seconds,
    /// A number of things.
    Count,
    /// Money, in the currency of the scenario's costs.
    Currency,
    /// Things per second: `400/s`.
    PerSecond,
    /// How many times something, without unit: `14.4`.
    Factor,
}

/// Whether more of a metric is better or worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What a metric can be restricted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// Requests of one client.
    Client,
    /// One service: its nodes, and the requests of its clients.
    Service,
    /// Nodes of one zone.
    Zone,
    /// Nodes that one fault touched, in all its occurrences.
    Fault,
}

impl SubjectKind {
    /// All kinds, in the order in which subjects are written.
    pub const ALL: [Self; 4] = [Self::Client, Self::Service, Self::Zone, Self::Fault];

    /// As written in an SLA.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Service => "service",
            Self::Zone => "zone",
            Self::Fault => "fault",
        }
    }
}

/// A metric as documentation lists it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricInfo {
    /// Its word in an SLA, without statistic and arguments.
    pub name: &'static str,
    /// How it is written in full, for example `latency.p99`.
    pub example: &'static str,
    /// Unit of its values.
    pub unit: Unit,
    /// Whether more is better.
    pub better: Better,
    /// What it can be restricted to.
    pub subjects: &'static [SubjectKind],
    /// What it measures, in one line.
    pub meaning: &'static str,
}

const OF_REQUESTS: &[SubjectKind] = &[SubjectKind::Client, SubjectKind::Service];
const OF_SERVICES: &[SubjectKind] = &[SubjectKind::Service];
const OF_NODES: &[SubjectKind] = &[SubjectKind::Service, SubjectKind::Zone];
const OF_STRUCK_NODES: &[SubjectKind] = &[SubjectKind::Service, SubjectKind::Zone, SubjectKind::Fault];

/// Every metric, in the order of documentation.
pub const METRICS: &[MetricInfo] = &[
    MetricInfo {
        name: "availability",
        example: "availability",
        unit: Unit::Fraction,
        better: Better::Higher,
        subjects: OF_REQUESTS,
        meaning: "good requests / requests that ended",
    },
    MetricInfo {
        name: "error_ratio",
        example: "error_ratio",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "failed requests / requests that ended",
    },
    MetricInfo {
        name: "goodput",
        example: "goodput",
        unit: Unit::Fraction,
        better: Better::Higher,
        subjects: OF_REQUESTS,
        meaning: "good requests / requests offered; what is still in flight at the end counts against it",
    },
    MetricInfo {
        name: "latency",
        example: "latency.p99",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "latency of good requests, from the intended start",
    },
    MetricInfo {
        name: "time_to_detect",
        example: "time_to_detect.max",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_STRUCK_NODES,
        meaning: "from a fault touching a node to the node being declared failed",
    },
    MetricInfo {
        name: "time_to_recover",
        example: "time_to_recover.p95",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_STRUCK_NODES,
        meaning: "from a fault touching a node to the node, or its replacement, serving again",
    },
    MetricInfo {
        name: "false_alarms",
        example: "false_alarms",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_NODES,
        meaning: "nodes declared failed although up and reachable",
    },
    MetricInfo {
        name: "healthy_restarted",
        example: "healthy_restarted",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_NODES,
        meaning: "healthy nodes restarted / nodes at the start",
    },
    MetricInfo {
        name: "cost",
        example: "cost",
        unit: Unit::Currency,
        better: Better::Lower,
        subjects: OF_NODES,
        meaning: "cost of the nodes",
    },
    MetricInfo {
        name: "nodes.max",
        example: "nodes.max",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_NODES,
        meaning: "most nodes at once",
    },
    MetricInfo {
        name: "nodes.min",
        example: "nodes.min",
        unit: Unit::Count,
        better: Better::Higher,
        subjects: OF_SERVICES,
        meaning: "fewest nodes believed healthy at once",
    },
    MetricInfo {
        name: "retry_ratio",
        example: "retry_ratio",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "further tries / requests offered",
    },
    MetricInfo {
        name: "shards_lost",
        example: "shards_lost",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "shards without any replica left: data loss",
    },
    MetricInfo {
        name: "replicas_lost",
        example: "replicas_lost",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_STRUCK_NODES,
        meaning: "replicas destroyed",
    },
    MetricInfo {
        name: "plans_given_up",
        example: "plans_given_up",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_STRUCK_NODES,
        meaning: "recovery plans given up",
    },
    MetricInfo {
        name: "unrouted",
        example: "unrouted",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "requests that no node was eligible for",
    },
    MetricInfo {
        name: "throughput",
        example: "throughput",
        unit: Unit::PerSecond,
        better: Better::Higher,
        subjects: OF_REQUESTS,
        meaning: "good requests per second",
    },
    MetricInfo {
        name: "queue.max",
        example: "queue.max",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "most requests waiting at nodes at the end of any window",
    },
    MetricInfo {
        name: "error_budget",
        example: "error_budget(99.9%)",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "share of the error budget of a target availability that was spent",
    },
    MetricInfo {
        name: "burn_rate",
        example: "burn_rate(99.9%, 1h, 5m)",
        unit: Unit::Factor,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "greatest rate at which an error budget burnt, over a long and a short time at once",
    },
    MetricInfo {
        name: "time_to_converge",
        example: "time_to_converge",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "from the end of the last fault until all is well for good",
    },
];
