//! From a tree to values: scalars, lists, maps by name. Sections with fixed keys are read in `section`.
//!
//! Every wrong value is reported, not only the first one.

use crate::log::{Finding, Log, Mark, quote};
use crate::tree::{Node, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// Something that can be read from a node.
pub(crate) trait Read: Sized {
    /// What is expected, for messages.
    fn expected() -> Cow<'static, str>;

    /// Reads it. Reports what is wrong and returns `None` then.
    fn read(node: &Node, log: &mut Log) -> Option<Self>;

    /// The value when the key is not written, if it may be left out.
    fn absent() -> Option<Self> {
        None
    }
}

/// A value written as one word: a number with its unit, a name, a flag.
pub(crate) trait Scalar: Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;

    /// Reads it; the error is a hint, if there is one.
    fn parse(text: &str) -> Result<Self, Option<String>>;

    /// Its JSON Schema.
    fn schema() -> Schema;
}

/// Something that knows where it was written.
pub(crate) trait Placed {
    /// Where it stands.
    fn mark(&self) -> Mark;
}

/// A scalar with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it stands.
    pub(crate) mark: Mark,
}

impl<T: Scalar> Read for At<T> {
    fn expected() -> Cow<'static, str> {
        T::EXPECTED.into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let finding = Finding::at(node.mark, node.describe(), T::EXPECTED);
        let hint = match &node.value {
            Value::Scalar(text) => match T::parse(text) {
                Ok(value) => return Some(Self { value, mark: node.mark }),
                Err(hint) => hint,
            },
            Value::Null => Some("write a value or remove the key".into()),
            Value::List(_) | Value::Map(_) => None,
        };
        log.report(finding.hint_if(hint));
        None
    }
}

impl<T: Scalar> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::EXPECTED.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

impl<T: Read> Read for Option<T> {
    fn expected() -> Cow<'static, str> {
        T::expected()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        T::read(node, log).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn expected() -> Cow<'static, str> {
        format!("a list, each of it {}", T::expected()).into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let Value::List(items) = &node.value else {
            let hint = match node.value {
                Value::Null => "write a list or remove the key",
                Value::Scalar(_) | Value::Map(_) | Value::List(_) => "put it into brackets: `[ … ]`",
            };
            log.report(Finding::at(node.mark, node.describe(), Self::expected()).hint(hint));
            return None;
        };
        // All items are read before any failure counts, so that all are reported.
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            read.push(T::read(item, log));
            if log.is_hopeless() {
                return None;
            }
        }
        read.into_iter().collect()
    }
}

/// A list that is not empty.
#[derive(Clone, Debug)]
pub(crate) struct Many<T> {
    /// The items; at least one.
    pub(crate) items: Vec<T>,
    /// Where the list stands.
    pub(crate) mark: Mark,
}

impl<T: Read> Read for Many<T> {
    fn expected() -> Cow<'static, str> {
        Vec::<T>::expected()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let items = Vec::read(node, log)?;
        if items.is_empty() {
            log.report(Finding::at(node.mark, "an empty list", format!("at least one: {}", T::expected())));
            return None;
        }
        Some(Self { items, mark: node.mark })
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("many {}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "minItems": 1, "items": generator.subschema_for::<T>() })
    }
}

/// Things by name, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct Named<T>(pub(crate) Vec<(At<Name>, T)>);

impl<T: Read> Read for Named<T> {
    fn expected() -> Cow<'static, str> {
        format!("a map from names to {}", T::expected()).into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            log.report(Finding::at(node.mark, node.describe(), Self::expected()));
            return None;
        };
        let mut read = Vec::new();
        for (key, value) in entries {
            let name = match Name::parse(&key.name) {
                Ok(value) => Some(At { value, mark: key.mark }),
                Err(hint) => {
                    log.report(Finding::at(key.mark, quote(&key.name), Name::EXPECTED).hint_if(hint));
                    None
                }
            };
            read.push(name.zip(T::read(value, log)));
            if log.is_hopeless() {
                return None;
            }
        }
        read.into_iter().collect::<Option<Vec<_>>>().map(Self)
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("named {}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
}

/// A name of something in the scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) String);

impl Scalar for Name {
    const EXPECTED: &'static str = "a name of letters, digits, `-` and `_`, at most 64 long";

    fn parse(text: &str) -> Result<Self, Option<String>> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if (1..=64).contains(&text.len()) && text.chars().all(allowed) && !text.starts_with('-') {
            Ok(Self(text.into()))
        } else {
            Err(None)
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": ["string", "integer"], "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$" })
    }
}

/// One or several of the same kind: `a` or `[a, b]`.
#[derive(Clone, Debug)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<T>);

impl<T: Read> Read for OneOrMany<T> {
    fn expected() -> Cow<'static, str> {
        format!("{}, or a list of such", T::expected()).into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                log.report(Finding::at(node.mark, "an empty list", "at least one"));
                None
            }
            Value::List(_) => Vec::read(node, log).map(Self),
            Value::Null | Value::Scalar(_) | Value::Map(_) => T::read(node, log).map(|one| Self(vec![one])),
        }
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("one or many {}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [item, { "type": "array", "minItems": 1, "items": item }] })
    }
}
