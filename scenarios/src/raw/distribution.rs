//! Distributions of times.

use crate::log::{Finding, Log};
use crate::quantity::{Factor, Number, Ratio, Seconds};
use crate::read::{At, Many, Read, Scalar};
use crate::section::{choice, section};
use crate::tree::{Node, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::num::NonZeroU32;

/// A distribution with its place: a bare time is a constant.
#[derive(Clone, Debug)]
pub(crate) struct RawDistribution {
    /// What is written.
    pub(crate) form: RawForm,
    /// Where.
    pub(crate) mark: crate::log::Mark,
}

impl Read for RawDistribution {
    fn expected() -> Cow<'static, str> {
        "a time such as `5ms`, or a distribution such as `{ exponential: { mean: 5ms } }`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let form = match &node.value {
            Value::Map(_) => RawForm::read(node, log)?,
            Value::Scalar(text) => match Seconds::parse(text) {
                Ok(value) => RawForm::Constant(At { value, mark: node.mark }),
                Err(hint) => {
                    log.report(Finding::at(node.mark, node.describe(), Self::expected()).hint_if(hint));
                    return None;
                }
            },
            Value::Null | Value::List(_) => {
                log.report(Finding::at(node.mark, node.describe(), Self::expected()));
                return None;
            }
        };
        Some(Self { form, mark: node.mark })
    }
}

impl JsonSchema for RawDistribution {
    fn schema_name() -> Cow<'static, str> {
        "RawDistribution".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let form = generator.subschema_for::<RawForm>();
        json_schema!({
            "description": "A time such as `5ms`, or a distribution of times.",
            "anyOf": [Seconds::schema(), form],
        })
    }
}

choice! {
    /// A distribution of times.
    RawForm: "a distribution" {
        /// Always the same.
        Constant "constant": At<Seconds>,
        /// Exponential.
        Exponential "exponential": RawExponential,
        /// Lognormal: by `mean` and `cv`, `median` and `p99`, `median` and `sigma`, or `mu` and `sigma`.
        Lognormal "lognormal": RawLognormal,
        /// Uniform.
        Uniform "uniform": RawUniform,
        /// Weibull: by `shape` and either `scale` or `mean`.
        Weibull "weibull": RawWeibull,
        /// Pareto: P(X > x) = (min / x)^alpha.
        Pareto "pareto": RawPareto,
        /// Pareto conditioned on values up to a greatest one.
        BoundedPareto "bounded_pareto": RawBoundedPareto,
        /// One of two exponentials by chance: by `mean` and `cv`, or `p1`, `mean1` and `mean2`.
        Hyperexponential "hyperexponential": RawHyperexponential,
        /// Sum of k equal exponentials.
        Erlang "erlang": RawErlang,
        /// One of the listed values.
        Empirical "empirical": RawEmpirical,
    }
}

section! {
    /// Exponential.
    RawExponential: "an exponential distribution" {
        /// Mean.
        mean: At<Seconds>,
    }
}

section! {
    /// Lognormal.
    RawLognormal: "a lognormal distribution" {
        /// Mean.
        mean: Option<At<Seconds>>,
        /// Coefficient of variation: standard deviation / mean.
        cv: Option<At<Factor>>,
        /// Median.
        median: Option<At<Seconds>>,
        /// 99th percentile.
        p99: Option<At<Seconds>>,
        /// Mean of the logarithm of seconds.
        mu: Option<At<Number>>,
        /// Standard deviation of the logarithm.
        sigma: Option<At<Number>>,
    }
}

section! {
    /// Uniform.
    RawUniform: "a uniform distribution" {
        /// Least value.
        min: At<Seconds>,
        /// Greatest value.
        max: At<Seconds>,
    }
}

section! {
    /// Weibull.
    RawWeibull: "a Weibull distribution" {
        /// Shape; below 1 has a heavy tail.
        shape: At<Factor>,
        /// Scale.
        scale: Option<At<Seconds>>,
        /// Mean.
        mean: Option<At<Seconds>>,
    }
}

section! {
    /// Pareto.
    RawPareto: "a Pareto distribution" {
        /// Tail index, above 1 so that there is a mean.
        alpha: At<Factor>,
        /// Least value.
        min: At<Seconds>,
    }
}

section! {
    /// Bounded Pareto.
    RawBoundedPareto: "a bounded Pareto distribution" {
        /// Tail index.
        alpha: At<Factor>,
        /// Least value.
        min: At<Seconds>,
        /// Greatest value.
        max: At<Seconds>,
    }
}

section! {
    /// Hyperexponential.
    RawHyperexponential: "a hyperexponential distribution" {
        /// Mean; with `cv` and balanced means.
        mean: Option<At<Seconds>>,
        /// Coefficient of variation, at least 1.
        cv: Option<At<Factor>>,
        /// Probability of the first exponential.
        p1: Option<At<Ratio>>,
        /// Mean of the first.
        mean1: Option<At<Seconds>>,
        /// Mean of the second.
        mean2: Option<At<Seconds>>,
    }
}

section! {
    /// Erlang.
    RawErlang: "an Erlang distribution" {
        /// Number of stages, at most 1000.
        k: At<NonZeroU32>,
        /// Mean of the sum.
        mean: At<Seconds>,
    }
}

/// Values with or without weights: `[10ms, 20ms]`, `[[10ms, 3], [20ms, 1]]`, either also under `values`.
#[derive(Clone, Debug)]
pub(crate) struct RawEmpirical(pub(crate) Many<Weighted>);

/// A value and its weight.
#[derive(Clone, Debug)]
pub(crate) struct Weighted {
    /// The value.
    pub(crate) value: At<Seconds>,
    /// Its weight, if one is written.
    pub(crate) weight: Option<At<Factor>>,
}

section! {
    /// One of the listed values.
    RawValues: "an empirical distribution" {
        /// Values, or pairs of a value and its weight.
        values: Many<Weighted>,
    }
}

impl Read for RawEmpirical {
    fn expected() -> Cow<'static, str> {
        "a list such as `[10ms, 20ms]`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let values = match &node.value {
            Value::Map(_) => RawValues::read(node, log)?.values,
            Value::Null | Value::Scalar(_) | Value::List(_) => Many::read(node, log)?,
        };
        Some(Self(values))
    }
}

impl JsonSchema for RawEmpirical {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawEmpirical".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (list, values) =
            (generator.subschema_for::<Many<Weighted>>(), generator.subschema_for::<RawValues>());
        json_schema!({ "anyOf": [list, values] })
    }
}

impl Read for Weighted {
    fn expected() -> Cow<'static, str> {
        "a time such as `10ms`, or a time with a weight such as `[10ms, 3]`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::Scalar(_) => At::read(node, log).map(|value| Self { value, weight: None }),
            Value::List(pair) if pair.len() == 2 => {
                let (value, weight) = (At::read(&pair[0], log), At::read(&pair[1], log));
                Some(Self { value: value?, weight: Some(weight?) })
            }
            Value::Null | Value::List(_) | Value::Map(_) => {
                log.report(Finding::at(node.mark, node.describe(), Self::expected()));
                None
            }
        }
    }
}

impl JsonSchema for Weighted {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Weighted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            Seconds::schema(),
            { "type": "array", "prefixItems": [Seconds::schema(), Factor::schema()], "minItems": 2, "maxItems": 2 },
        ] })
    }
}
