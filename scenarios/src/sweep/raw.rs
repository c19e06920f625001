//! The sweep file as it is written.

use super::quantity::Quantity;
use crate::log::{Finding, Log, Mark, quote};
use crate::quantity::{Text, Version};
use crate::read::{At, Many, Read, Scalar};
use crate::section::{choice, section};
use crate::tree::{Node, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::num::NonZeroU32;

section! {
    /// A sweep of cusinart-sim: a scenario, which of its settings to vary, and what to measure.
    RawSweep: "a sweep" {
        /// Version of the form of this file. Always 1.
        version: At<Version>,
        /// The scenario file, relative to this file.
        scenario: At<Text>,
        /// Which points of the space of settings are tried. Default `grid`.
        design: Option<RawDesign>,
        /// Replications of each point, with seeds common to all points. Default 4, at most 10000.
        replications: Option<At<NonZeroU32>>,
        /// Seed of the first replication, and of a random or Sobol design. Default: the scenario's.
        seed: Option<At<u64>>,
        /// What is varied: paths in the scenario, each with a list of values or a range.
        vary: RawVary,
        /// What is measured, such as `latency.p99(shoppers)`. Default: what the SLAs measure, and the cost.
        metrics: Option<Many<At<Text>>>,
    }
}

/// A design; `grid` needs no map.
#[derive(Clone, Debug)]
pub(crate) struct RawDesign(pub(crate) RawForm);

impl Read for RawDesign {
    fn expected() -> Cow<'static, str> {
        RawForm::expected()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::Scalar(word) if word == "grid" => Some(Self(RawForm::Grid(RawGrid))),
            Value::Scalar(_) | Value::Null | Value::List(_) | Value::Map(_) => {
                RawForm::read(node, log).map(Self)
            }
        }
    }
}

impl JsonSchema for RawDesign {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawDesign".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let form = generator.subschema_for::<RawForm>();
        json_schema!({ "anyOf": [{ "const": "grid" }, form] })
    }
}

choice! {
    /// Which points of the space of settings are tried.
    RawForm: "a design" {
        /// Every combination of values; the last knob varies fastest.
        Grid "grid": RawGrid,
        /// Independent uniform points.
        Random "random": RawPoints,
        /// An Owen-scrambled Sobol sequence, which fills the space evenly.
        Sobol "sobol": RawPoints,
    }
}

/// A grid has no parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawGrid;

impl Read for RawGrid {
    fn expected() -> Cow<'static, str> {
        "`{}`: a grid has no parameters".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::Map(entries) if entries.is_empty() => Some(Self),
            Value::Map(_) | Value::Null | Value::Scalar(_) | Value::List(_) => {
                log.report(Finding::at(node.mark, node.describe(), Self::expected()));
                None
            }
        }
    }
}

impl JsonSchema for RawGrid {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawGrid".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": false })
    }
}

section! {
    /// The size of a design.
    RawPoints: "the size of a design" {
        /// Number of points, at most 65536. Default 64; a power of two fills the space best in a Sobol design.
        points: Option<At<NonZeroU32>>,
    }
}

/// Knobs by their paths, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct RawVary {
    /// The knobs; at least one.
    pub(crate) knobs: Vec<RawKnob>,
}

impl Read for RawVary {
    fn expected() -> Cow<'static, str> {
        "a map from paths such as `services.frontend.nodes` to lists or ranges".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let entries = match &node.value {
            Value::Map(entries) if !entries.is_empty() => entries,
            Value::Map(_) | Value::Null | Value::Scalar(_) | Value::List(_) => {
                log.report(Finding::at(node.mark, node.describe(), Self::expected()));
                return None;
            }
        };
        // All are read before any failure counts, so that all are reported.
        let knobs: Vec<Option<RawKnob>> = entries
            .iter()
            .map(|(key, value)| {
                let path = At { value: SettingPath(key.name.clone()), mark: key.mark };
                RawValues::read(value, log).map(|values| RawKnob { path, values })
            })
            .collect();
        Some(Self { knobs: knobs.into_iter().collect::<Option<_>>()? })
    }
}

impl JsonSchema for RawVary {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawVary".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let values = generator.subschema_for::<RawValues>();
        json_schema!({ "type": "object", "minProperties": 1, "additionalProperties": values })
    }
}

/// One setting that is varied.
#[derive(Clone, Debug)]
pub(crate) struct RawKnob {
    /// Where it stands in the scenario.
    pub(crate) path: At<SettingPath>,
    /// Its values.
    pub(crate) values: RawValues,
}

/// A path in a scenario.
#[derive(Clone, Debug)]
pub(crate) struct SettingPath(pub(crate) String);

/// The values of a knob.
#[derive(Clone, Debug)]
pub(crate) enum RawValues {
    /// These, and where the list stands.
    List(Vec<Node>, Mark),
    /// A range.
    Range(RawRange),
}

impl Read for RawValues {
    fn expected() -> Cow<'static, str> {
        "a list of values, or a range such as `{ from: 6, to: 24, step: 2 }`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::List(items) => Some(Self::List(items.clone(), node.mark)),
            Value::Map(_) => RawRange::read(node, log).map(Self::Range),
            Value::Scalar(text) if is_range(text) => range_of_text(text, node.mark, log).map(Self::Range),
            Value::Scalar(_) | Value::Null => {
                let hint = "put the values into brackets: `[ …, … ]`";
                log.report(Finding::at(node.mark, node.describe(), Self::expected()).hint(hint));
                None
            }
        }
    }
}

impl JsonSchema for RawValues {
    fn schema_name() -> Cow<'static, str> {
        "RawValues".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let range = generator.subschema_for::<RawRange>();
        json_schema!({
            "description": "A list of values, a range, or a range as text: `6..24`, `6..24:2`, `10s..5m:log`.",
            "anyOf": [{ "type": "array", "minItems": 2 }, range, { "type": "string", "pattern": "[.][.]" }],
        })
    }
}

section! {
    /// A stretch of numbers with their unit.
    RawRange: "a range" {
        /// Least value.
        from: At<Quantity>,
        /// Greatest value.
        to: At<Quantity>,
        /// Distance between two values, on a linear scale. Default: 1 between whole numbers, else none.
        step: Option<At<Quantity>>,
        /// Number of values from end to end, from 2 to 10000, instead of `step`.
        levels: Option<At<NonZeroU32>>,
        /// How values lie between the ends: `linear` or `log`. Default linear.
        scale: Option<At<RawScale>>,
    }
}

/// How values lie between the ends of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawScale {
    Linear,
    Log,
}

impl Scalar for RawScale {
    const EXPECTED: &'static str = "`linear` or `log`";

    fn parse(text: &str) -> Result<Self, Option<String>> {
        match text {
            "linear" => Ok(Self::Linear),
            "log" => Ok(Self::Log),
            _ => Err(None),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "enum": ["linear", "log"] })
    }
}

/// Whether a text is meant as a range: two dots after something that starts like a number.
pub(super) fn is_range(text: &str) -> bool {
    text.find("..").is_some() && text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// Reads `from..to`, `from..to:step`, `from..to:log` or `from..to:log:levels`.
fn range_of_text(text: &str, mark: Mark, log: &mut Log) -> Option<RawRange> {
    let (from, rest) = text.split_once("..")?;
    let mut parts = rest.split(':');
    let to = parts.next().unwrap_or_default();
    let mut offset = from.chars().count() + 2;
    let from = scalar(from, mark.part(0, from.chars().count()), log);
    let mut next = |part: &str| {
        let place = mark.part(offset, part.chars().count());
        offset += part.chars().count() + 1;
        place
    };
    let to = scalar(to, next(to), log);
    let mut range = RawRange { from: from?, to: to?, step: None, levels: None, scale: None, mark };
    for part in parts {
        let place = next(part);
        if part == "log" && range.scale.is_none() {
            range.scale = Some(At { value: RawScale::Log, mark: place });
        } else if range.scale.is_some() && range.levels.is_none() {
            range.levels = Some(scalar(part, place, log)?);
        } else if range.scale.is_none() && range.step.is_none() {
            range.step = Some(scalar(part, place, log)?);
        } else {
            let expected = "`from..to`, `from..to:step`, `from..to:log` or `from..to:log:levels`";
            log.report(Finding::at(place, quote(part), expected));
            return None;
        }
    }
    Some(range)
}

fn scalar<T: Scalar>(text: &str, mark: Mark, log: &mut Log) -> Option<At<T>> {
    At::read(&Node { value: Value::Scalar(text.into()), mark }, log)
}
