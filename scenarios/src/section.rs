//! Sections with fixed keys, and choices of one key among several.
//!
//! They are declared with [`section!`] and [`choice!`], which make the struct, its reader and its JSON Schema from
//! one declaration. Every unknown key and every wrong value is reported, not only the first one.

use crate::log::{Finding, Log, nearest, one_of, quote};
use crate::read::Read;
use crate::tree::{Key, Node, Value};

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
            if log.is_hopeless() {
                return None;
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
                let known = [$($crate::section::key_name(stringify!($field))),*];
                let fields = $crate::section::Fields::open(node, $what, &known, log)?;
                $(let $field = fields.take::<$type>($crate::section::key_name(stringify!($field)), log);)*
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
                let (key, value) = $crate::section::only_entry(node, $what, &[$($key),*], log)?;
                match key.name.as_str() {
                    $($key => <$type as $crate::read::Read>::read(value, log).map(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {choice, section};
