//! A part that can be switched off.

use crate::log::{Finding, Log};
use crate::read::{Read, Scalar};
use crate::tree::{Node, Value};
use crate::words::Off;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// A section, or the word `off`, which is the same as leaving the section out and takes it out of a file with `--set`.
#[derive(Clone, Debug)]
pub(crate) enum Switch<T> {
    /// Without it.
    Off,
    /// With it.
    On(Box<T>),
}

impl<T> Switch<T> {
    /// The section, unless it is off.
    pub(crate) fn on(&self) -> Option<&T> {
        match self {
            Self::Off => None,
            Self::On(section) => Some(section),
        }
    }
}

impl<T: Read> Read for Switch<T> {
    fn expected() -> Cow<'static, str> {
        format!("{}, or `off`", T::expected()).into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            // An unquoted `off` is `false` for some programs that write YAML.
            Value::Scalar(text) if Off::parse(text).is_ok() || text == "false" => Some(Self::Off),
            Value::Map(_) => T::read(node, log).map(|section| Self::On(Box::new(section))),
            Value::Null | Value::Scalar(_) | Value::List(_) => {
                log.report(Finding::at(node.mark, node.describe(), Self::expected()));
                None
            }
        }
    }
}

impl<T: JsonSchema> JsonSchema for Switch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Switch_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let section = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "enum": ["off", false] }, section] })
    }
}
