//! Every policy by name, with its parameters, units, defaults and source.
//!
//! The names in scenario files, the JSON Schema, `cusinart-sim policies` and the reference page come from
//! here. A policy is chosen by a [`PolicySpec`] and built by the `build_*` functions. Each policy states its
//! [`PolicyEntry`] and its constructor in its own file; `builtins` lists them.

mod builtins;
mod check;
mod params;
#[cfg(test)]
mod tests;
pub(crate) mod text;

pub use builtins::{
    build_balancing, build_breaker, build_concurrency_limit, build_detector, build_queue_discipline,
    build_recovery, build_scaling, entries, find,
};
pub use check::check;

pub(crate) use builtins::Builtin;
pub(crate) use params::Params;

use crate::Duration;
use alloc::collections::BTreeMap;
use alloc::string::String;

/// What a policy decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyKind {
    /// Judges nodes by the answers to probes ([`FailureDetector`](crate::FailureDetector)).
    Detector,
    /// Proposes recovery steps ([`RecoveryStrategy`](crate::RecoveryStrategy)).
    Recovery,
    /// Chooses a node for a request ([`BalancingStrategy`](crate::BalancingStrategy)).
    Balancing,
    /// Chooses the number of nodes ([`ScalingPolicy`](crate::ScalingPolicy)).
    Scaling,
    /// Keeps a sender from a service that fails ([`Breaker`](crate::overload::Breaker)).
    Breaker,
    /// Limits the requests at a node ([`ConcurrencyLimit`](crate::overload::ConcurrencyLimit)).
    ConcurrencyLimit,
    /// Chooses what a node takes out of its queue ([`QueueDiscipline`](crate::overload::QueueDiscipline)).
    QueueDiscipline,
}

/// One policy as the catalogue lists it.
#[derive(Debug)]
pub struct PolicyEntry {
    /// What it decides.
    pub kind: PolicyKind,
    /// The name in scenario files, `snake_case`.
    pub name: &'static str,
    /// One line: what it does.
    pub summary: &'static str,
    /// Where the algorithm and its defaults come from.
    pub source: &'static str,
    /// Its parameters, in the order they are documented.
    pub params: &'static [ParamInfo],
    /// An example as it stands in a scenario file.
    pub example: &'static str,
}

/// One parameter of a policy.
#[derive(Debug)]
pub struct ParamInfo {
    /// The name in scenario files.
    pub name: &'static str,
    /// What it means, what more and what less of it does.
    pub doc: &'static str,
    /// Unit, default and allowed range.
    pub form: ParamForm,
}

/// Unit, default and allowed range of a parameter. Ranges are inclusive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamForm {
    /// A span of time (`30s`).
    Duration {
        /// Value when it is not written.
        default: Duration,
        /// Least allowed value.
        min: Duration,
        /// Greatest allowed value.
        max: Duration,
    },
    /// A whole number without unit.
    Count {
        /// Value when it is not written.
        default: u64,
        /// Least allowed value.
        min: u64,
        /// Greatest allowed value.
        max: u64,
    },
    /// A share, written in percent (`70%`), kept as a fraction.
    Ratio {
        /// Value when it is not written.
        default: f64,
        /// Least allowed value.
        min: f64,
        /// Greatest allowed value.
        max: f64,
    },
    /// A plain number without unit.
    Number {
        /// Value when it is not written.
        default: f64,
        /// Least allowed value.
        min: f64,
        /// Greatest allowed value.
        max: f64,
    },
    /// Yes or no.
    Flag {
        /// Value when it is not written.
        default: bool,
    },
    /// One of a list of words; the first is the default.
    Choice {
        /// The words.
        words: &'static [&'static str],
    },
    /// A list in a form of its own, which the policy reads.
    Text {
        /// Value when it is not written.
        default: &'static str,
        /// The form, as a phrase.
        expected: &'static str,
    },
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// A span of time.
    Duration(Duration),
    /// A whole number.
    Count(u64),
    /// A fraction.
    Ratio(f64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// One of the allowed words.
    Choice(String),
    /// A list in a form of its own.
    Text(String),
}

/// A policy chosen by name, with the parameters that differ from their defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicySpec {
    /// Name in the catalogue.
    pub name: String,
    /// Parameters by name. Missing ones take their default.
    pub params: BTreeMap<String, ParamValue>,
}

impl PolicySpec {
    /// The policy `name` with all defaults.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), params: BTreeMap::new() }
    }

    /// The same policy with one parameter set.
    #[must_use]
    pub fn with(mut self, param: &str, value: ParamValue) -> Self {
        self.params.insert(param.into(), value);
        self
    }
}
