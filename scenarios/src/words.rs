//! Scalars that are one of a few words.

use crate::log::nearest;
use crate::model::{InFlight, Jitter, Path, Queues, Strikes};
use crate::read::Scalar;
use crate::sla::Expectation;
use crate::units::Hint;
use cusinart_policies::ProbeSchedule;
use schemars::{Schema, json_schema};

/// A scalar that is one of a few words.
macro_rules! words {
    ($name:ty: $expected:literal { $($word:literal => $value:expr,)* }) => {
        impl Scalar for $name {
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str) -> Result<Self, Hint> {
                match text {
                    $($word => Ok($value),)*
                    _ => Err(nearest(text, [$($word),*]).map(|best| format!("did you mean `{best}`?"))),
                }
            }

            fn schema() -> Schema {
                json_schema!({ "enum": [$($word),*] })
            }
        }
    };
}

words!(Jitter: "`none`, `full` or `equal`" {
    "none" => Self::None,
    "full" => Self::Full,
    "equal" => Self::Equal,
});
words!(Path: "`all`, `data` or `probe`" {
    "all" => Self::All,
    "data" => Self::Data,
    "probe" => Self::Probe,
});
words!(InFlight: "`reset`, `lost`, `retry` or `resume`" {
    "reset" => Self::Reset,
    "lost" => Self::Lost,
    "retry" => Self::Retry,
    "resume" => Self::Resume,
});
words!(Expectation: "`hold` or `miss`" {
    "hold" => Self::Hold,
    "miss" => Self::Miss,
});
words!(ProbeSchedule: "`fixed_rate` or `fixed_delay`" {
    "fixed_rate" => Self::FixedRate,
    "fixed_delay" => Self::FixedDelay,
});

/// The word `node`: each node has its own occurrences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerNode;

words!(PerNode: "`node`" {
    "node" => Self,
});

/// Where the time between two occurrences is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EveryFrom {
    Start,
    End,
}

words!(Strikes: "`running` or `starting`" {
    "running" => Self::Running,
    "starting" => Self::Starting,
});

words!(Queues: "`shared` or `per_zone`" {
    "shared" => Self::Shared,
    "per_zone" => Self::PerZone,
});

words!(EveryFrom: "`start` or `end`" {
    "start" => Self::Start,
    "end" => Self::End,
});

/// The word `off`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Off;

words!(Off: "`off`" {
    "off" => Self,
});

/// The word `unlimited`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unlimited;

words!(Unlimited: "`unlimited`" {
    "unlimited" => Self,
});

/// Unit of the times in a trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeUnit {
    /// Seconds of one unit.
    pub(crate) seconds: f64,
}

words!(TimeUnit: "`ns`, `us`, `ms`, `s`, `m`, `h` or `d`" {
    "ns" => Self { seconds: 1e-9 },
    "us" => Self { seconds: 1e-6 },
    "ms" => Self { seconds: 1e-3 },
    "s" => Self { seconds: 1.0 },
    "m" => Self { seconds: 60.0 },
    "h" => Self { seconds: 3_600.0 },
    "d" => Self { seconds: 86_400.0 },
});

/// Words of a policy's parameter, checked against the catalogue.
pub(crate) fn one_word(text: &str, words: &[&str]) -> Result<String, Hint> {
    if words.contains(&text) {
        return Ok(text.into());
    }
    Err(nearest(text, words.iter().copied()).map(|best| format!("did you mean `{best}`?")))
}
