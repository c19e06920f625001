//! Hedges and deadlines of requests.

use super::RawBudget;
use crate::log::Log;
use crate::model::HedgeAfter;
use crate::quantity::Span;
use crate::read::{At, Read, Scalar};
use crate::section::section;
use crate::tree::{Node, Value};
use crate::units::{self, Hint};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

section! {
    /// Further tries beside one that is not answered yet.
    RawHedging: "hedging" {
        /// Time without an answer after which another try is sent to another node: a time, or a percentile of the
        /// latency of first tries in the last 10s, such as `p95`.
        after: At<HedgeAfter>,
        /// Most further tries at once, 1 to 5; each waits for the one before. Default 1.
        max: Option<At<u32>>,
        /// Hedges allowed as a share of first tries (`5%`), a budget as of `retries`, or `unlimited`. Default unlimited.
        budget: Option<RawBudget>,
    }
}

impl Scalar for HedgeAfter {
    const EXPECTED: &'static str = "a time above zero such as `50ms`, or a percentile such as `p95`";

    fn parse(text: &str) -> Result<Self, Hint> {
        let Some(percentile) = text.strip_prefix('p') else {
            return Span::parse(text).map(|span| Self::Time(span.0));
        };
        let percentile = units::number(percentile)?;
        if percentile > 0.0 && percentile < 100.0 { Ok(Self::Percentile(percentile)) } else { Err(None) }
    }

    fn schema() -> Schema {
        json_schema!({ "anyOf": [Span::schema(), { "type": "string", "pattern": r"^p[0-9]{1,2}(\.[0-9]+)?$" }] })
    }
}

/// The deadline of a request: a time, or a map.
#[derive(Clone, Debug)]
pub(crate) enum RawDeadline {
    /// A time, known to the nodes.
    After(At<Span>),
    /// All written out.
    Full(RawDeadlineMap),
}

section! {
    /// The deadline of a request.
    RawDeadlineMap: "a deadline" {
        /// Time from the start of a request, over all its tries, to giving it up.
        after: At<Span>,
        /// Whether the deadline travels with the request: nodes do not begin what is too late, and give up the calls
        /// they make for it. Default true.
        propagate: Option<At<bool>>,
    }
}

impl Read for RawDeadline {
    fn expected() -> Cow<'static, str> {
        "a time such as `1s`, or `{ after: 1s, propagate: false }`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::Map(_) => RawDeadlineMap::read(node, log).map(Self::Full),
            Value::Null | Value::Scalar(_) | Value::List(_) => At::read(node, log).map(Self::After),
        }
    }
}

impl JsonSchema for RawDeadline {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawDeadline".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let map = generator.subschema_for::<RawDeadlineMap>();
        json_schema!({ "anyOf": [Span::schema(), map] })
    }
}
