//! Limits of concurrency as the catalogue lists them.

use super::{
    Aimd, AimdSettings, Gradient2, Gradient2Settings, LimitSample, Vegas, VegasDecrease, VegasSettings,
};
use crate::Duration;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::error::ConfigError;
use alloc::boxed::Box;

/// Greatest limit that a scenario may set. Unit: requests.
const LIMIT_MAX: u64 = 1_000_000;

/// Grows by one and shrinks by a factor.
pub(crate) const AIMD: Builtin<ConcurrencyLimit> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::ConcurrencyLimit,
        name: "aimd",
        summary: "Grows by one while requests are fast, shrinks by a factor when one is late or dropped.",
        source: "Netflix concurrency-limits, AIMDLimit",
        params: &[
            INITIAL,
            LEAST,
            GREATEST_200,
            ParamInfo {
                name: "backoff",
                doc: "What is left of the limit after a drop. Less backs off harder.",
                form: ParamForm::Ratio { default: 0.9, min: 0.5, max: 0.999 },
            },
            ParamInfo {
                name: "timeout",
                doc: "A request that spent longer at the node counts as dropped. Less keeps the queue shorter.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(5),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
        ],
        example: "aimd: { timeout: 200ms }",
    },
    build: |params| {
        let (initial, min, max) = range(params)?;
        let settings = AimdSettings {
            initial,
            min,
            max,
            backoff_ratio: params.ratio("backoff"),
            timeout: params.duration("timeout"),
        };
        Ok(Box::new(ConcurrencyLimit::Aimd(Aimd::new(settings))))
    },
};

/// Follows the queue that round-trip times betray.
pub(crate) const VEGAS: Builtin<ConcurrencyLimit> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::ConcurrencyLimit,
        name: "vegas",
        summary: "Estimates the queue from the shortest and the latest time at the node, and keeps it short.",
        source: "Netflix concurrency-limits, VegasLimit; without its probing at random for a new shortest time",
        params: &[
            INITIAL,
            ParamInfo {
                name: "max",
                doc: "Greatest limit. More allows more requests at once to a node that stays fast.",
                form: ParamForm::Count { default: 1_000, min: 1, max: LIMIT_MAX },
            },
            ParamInfo {
                name: "alpha",
                doc: "Queues shorter than this let the limit grow slowly; 0 is three times the limit's logarithm.",
                form: ParamForm::Count { default: 0, min: 0, max: LIMIT_MAX },
            },
            ParamInfo {
                name: "beta",
                doc: "Queues longer than this make the limit shrink; 0 is six times the limit's logarithm.",
                form: ParamForm::Count { default: 0, min: 0, max: LIMIT_MAX },
            },
            ParamInfo {
                name: "smoothing",
                doc: "Weight of the new limit against the old one. Less is calmer and slower.",
                form: ParamForm::Number { default: 1.0, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "decrease",
                doc: "How the limit shrinks: by its logarithm or by half.",
                form: ParamForm::Choice { words: &["log10", "half"] },
            },
        ],
        example: "vegas: { initial: 10 }",
    },
    build: |params| {
        let (initial, max) = (params.count("initial"), params.count("max"));
        below(params, "initial", initial, ("max", max))?;
        let learnt = |name| Some(params.count(name)).filter(|queue| *queue > 0);
        let settings = VegasSettings {
            initial,
            max,
            alpha: learnt("alpha"),
            beta: learnt("beta"),
            smoothing: params.number("smoothing"),
            decrease: [VegasDecrease::Log10, VegasDecrease::Half][params.choice("decrease")],
        };
        Ok(Box::new(ConcurrencyLimit::Vegas(Vegas::new(settings))))
    },
};

/// Follows the ratio of the long to the latest round-trip time.
pub(crate) const GRADIENT2: Builtin<ConcurrencyLimit> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::ConcurrencyLimit,
        name: "gradient2",
        summary: "Shrinks when the latest time at the node is above the long average, else grows by a constant.",
        source: "Netflix concurrency-limits, Gradient2Limit",
        params: &[
            INITIAL,
            LEAST,
            GREATEST_200,
            ParamInfo {
                name: "queue_size",
                doc: "What a request adds while latency is steady. More grows faster and tolerates longer queues.",
                form: ParamForm::Count { default: 4, min: 0, max: LIMIT_MAX },
            },
            ParamInfo {
                name: "smoothing",
                doc: "Weight of the new limit against the old one. Less is calmer and slower.",
                form: ParamForm::Number { default: 0.2, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "rtt_tolerance",
                doc: "How many times the long average a request may take before the limit shrinks. More tolerates longer \
                      queues.",
                form: ParamForm::Number { default: 1.5, min: 1.0, max: 100.0 },
            },
            ParamInfo {
                name: "long_window",
                doc: "Length of the long average in requests. More forgets quiet times later.",
                form: ParamForm::Count { default: 600, min: 1, max: 1_000_000 },
            },
        ],
        example: "gradient2: { max: 100 }",
    },
    build: |params| {
        let (initial, min, max) = range(params)?;
        let settings = Gradient2Settings {
            initial,
            min,
            max,
            queue_size: params.count("queue_size"),
            smoothing: params.number("smoothing"),
            rtt_tolerance: params.number("rtt_tolerance"),
            long_window: params.count("long_window"),
        };
        Ok(Box::new(ConcurrencyLimit::Gradient2(Gradient2::new(settings))))
    },
};

const INITIAL: ParamInfo = ParamInfo {
    name: "initial",
    doc: "Requests that may be at a node before anything is learnt.",
    form: ParamForm::Count { default: 20, min: 1, max: LIMIT_MAX },
};
const LEAST: ParamInfo = ParamInfo {
    name: "min",
    doc: "Least limit. More keeps a node busy that looks bad; below the number of workers some stand idle.",
    form: ParamForm::Count { default: 20, min: 1, max: LIMIT_MAX },
};
const GREATEST_200: ParamInfo = ParamInfo {
    name: "max",
    doc: "Greatest limit. More allows more requests at once to a node that stays fast.",
    form: ParamForm::Count { default: 200, min: 1, max: LIMIT_MAX },
};

/// The parameters `initial`, `min` and `max`, which must fit together.
fn range(params: &Params<'_>) -> Result<(u32, u32, u32), ConfigError> {
    let (initial, min, max) = (params.count("initial"), params.count("min"), params.count("max"));
    below(params, "min", min, ("max", max))?;
    below(params, "initial", initial, ("max", max))?;
    Ok((initial, min, max))
}

fn below(params: &Params<'_>, name: &str, value: u32, (other, most): (&str, u32)) -> Result<(), ConfigError> {
    if value <= most {
        return Ok(());
    }
    Err(params.misfit(name, value, &alloc::format!("at most {other}, which is {most}")))
}

/// How many requests may be at a node at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConcurrencyLimit {
    /// Additive increase, multiplicative decrease.
    Aimd(Aimd),
    /// By the estimated queue.
    Vegas(Vegas),
    /// By the ratio of times.
    Gradient2(Gradient2),
}

impl ConcurrencyLimit {
    /// Requests that may be in flight.
    #[inline]
    pub fn limit(&self) -> u32 {
        match self {
            Self::Aimd(limit) => limit.limit(),
            Self::Vegas(limit) => limit.limit(),
            Self::Gradient2(limit) => limit.limit(),
        }
    }

    /// Learns from a request that ended.
    pub fn sample(&mut self, sample: &LimitSample) {
        match self {
            Self::Aimd(limit) => limit.sample(sample),
            Self::Vegas(limit) => limit.sample(sample),
            Self::Gradient2(limit) => limit.sample(sample),
        }
    }
}
