//! From a tree to the structs of the file: sections with named keys, choices of one key, lists, scalars.
//!
//! Every wrong key and value is reported, not only the first one. Structs are written with [`section!`] and
//! [`choice!`], which make the reader and the JSON Schema from one declaration.

use crate::log::{Finding, Log, Mark, nearest, one_of, quote};
use crate::tree::{Key, Node, Value};
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
        let read: Vec<Option<T>> = items.iter().map(|item| T::read(item, log)).collect();
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

/// The entries of a section while it is read.
pub(crate) struct Fields<'a> {
    node: &'a Node,
    what: &'static str,
    /// Known keys that unknown keys probably mean.
    meant: Vec<String>,
}

impl<'a> Fields<'a> {
    /// Opens a map and reports keys that are not known.
    pub(crate) fn open(node: &'a Node, what: &'static str, known: &[&str], log: &mut Log) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let expected = format!("{what}: a map with keys such as {}", quote(known.first().unwrap_or(&"")));
            let hint = matches!(node.value, Value::Null)
                .then(|| "write `{}` for all defaults, or remove the key".into());
            log.report(Finding::at(node.mark, node.describe(), expected).hint_if(hint));
            return None;
        };
        let mut meant = Vec::new();
        for (key, _) in entries {
            if !known.contains(&key.name.as_str()) {
                log.report(unknown_key(key, what, known));
                meant.extend(nearest(&key.name, known.iter().copied()).map(str::to_owned));
            }
        }
        Some(Self { node, what, meant })
    }

    /// Reads the value of a key.
    pub(crate) fn take<T: Read>(&self, key: &str, log: &mut Log) -> Option<T> {
        if let Some(node) = self.node.get(key) {
            return T::read(node, log);
        }
        let absent = T::absent();
        // A key that is probably misspelled was reported as an unknown one.
        if absent.is_none() && !self.meant.iter().any(|meant| meant == key) {
            let expected = format!("the key `{key}` with {}", T::expected());
            log.report(Finding::at(self.node.mark, format!("{} without `{key}`", self.what), expected));
        }
        absent
    }
}

/// Explains a key that nobody knows.
pub(crate) fn unknown_key(key: &Key, what: &str, known: &[&str]) -> Finding {
    Finding::at(
        key.mark,
        format!("the unknown key {} in {what}", quote(&key.name)),
        one_of(known.iter().copied()),
    )
    .hint_if(nearest(&key.name, known.iter().copied()).map(|best| format!("did you mean `{best}`?")))
}

/// The only entry of a map that chooses one of several forms.
pub(crate) fn only_entry<'a>(
    node: &'a Node,
    what: &str,
    known: &[&str],
    log: &mut Log,
) -> Option<(&'a Key, &'a Node)> {
    let expected = || format!("{what}: a map with one key, {}", one_of(known.iter().copied()));
    let finding = match &node.value {
        Value::Map(entries) => match entries.as_slice() {
            [(key, value)] if known.contains(&key.name.as_str()) => return Some((key, value)),
            [(key, _)] => unknown_key(key, what, known),
            [] => Finding::at(node.mark, "an empty map", expected()),
            [_, (second, _), ..] => {
                Finding::at(second.mark, format!("a second key {}", quote(&second.name)), expected())
                    .hint("keep one of them")
            }
        },
        Value::Null | Value::Scalar(_) | Value::List(_) => {
            let word = match &node.value {
                Value::Scalar(text) => known.iter().find(|known| **known == text.as_str()),
                Value::Null | Value::List(_) | Value::Map(_) => None,
            };
            let hint = word.map(|word| format!("write `{{ {word}: {{ … }} }}`"));
            Finding::at(node.mark, node.describe(), expected()).hint_if(hint)
        }
    };
    log.report(finding);
    None
}

/// The name of a key; `for` is a word of Rust and written `r#for` there.
pub(crate) fn key_name(ident: &'static str) -> &'static str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

/// A map with fixed keys. Fields of type `Option` may be left out.
macro_rules! section {
    (
        $(#[$meta:meta])*
        $name:ident: $what:literal {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)*
            /// Where it stands.
            #[schemars(skip)]
            pub(crate) mark: $crate::log::Mark,
        }

        impl $crate::read::Placed for $name {
            fn mark(&self) -> $crate::log::Mark {
                self.mark
            }
        }

        impl $crate::read::Read for $name {
            fn expected() -> std::borrow::Cow<'static, str> {
                $what.into()
            }

            fn read(node: &$crate::tree::Node, log: &mut $crate::log::Log) -> Option<Self> {
                let known = [$($crate::read::key_name(stringify!($field))),*];
                let fields = $crate::read::Fields::open(node, $what, &known, log)?;
                $(let $field = fields.take::<$type>($crate::read::key_name(stringify!($field)), log);)*
                Some(Self { $($field: $field?,)* mark: node.mark })
            }
        }
    };
}

/// A map with exactly one of several keys.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $name:ident: $what:literal {
            $($(#[$variant_meta:meta])* $variant:ident $key:literal: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, schemars::JsonSchema)]
        pub(crate) enum $name {
            $($(#[$variant_meta])* #[schemars(rename = $key)] $variant($type),)*
        }

        impl $crate::read::Read for $name {
            fn expected() -> std::borrow::Cow<'static, str> {
                $what.into()
            }

            fn read(node: &$crate::tree::Node, log: &mut $crate::log::Log) -> Option<Self> {
                let (key, value) = $crate::read::only_entry(node, $what, &[$($key),*], log)?;
                match key.name.as_str() {
                    $($key => <$type as $crate::read::Read>::read(value, log).map(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {choice, section};
