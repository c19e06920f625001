//! A file as a tree of scalars, lists and maps, each with its place.

use crate::log::Mark;

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The value.
    pub(crate) value: Value,
    /// Where it stands.
    pub(crate) mark: Mark,
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing is written, or `null`.
    Null,
    /// A scalar, as it is written.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file. No key occurs twice.
    Map(Vec<(Key, Node)>),
}

/// A key of a map with its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The key.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) mark: Mark,
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(k, _)| k.name == key).map(|(_, node)| node),
            Value::Null | Value::Scalar(_) | Value::List(_) => None,
        }
    }

    /// The deepest node that exists on a dotted path.
    pub(crate) fn nearest_on(&self, path: &str) -> &Self {
        let mut node = self;
        for step in path.split('.') {
            match node.get(step) {
                Some(child) => node = child,
                None => return node,
            }
        }
        node
    }

    /// What this is, for messages.
    pub(crate) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Scalar(text) => crate::log::quote(text),
            Value::List(items) if items.is_empty() => "an empty list".into(),
            Value::List(_) => "a list".into(),
            Value::Map(entries) if entries.is_empty() => "an empty map".into(),
            Value::Map(_) => "a map".into(),
        }
    }
}
