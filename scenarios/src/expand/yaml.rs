//! YAML to be written: a tree that the library prints.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_saphyr::{FlowMap, FlowSeq};

/// A value to be written.
#[derive(Clone, Debug)]
pub(super) enum Yaml {
    /// Text, quoted where YAML needs it.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number, written so that it is read back to the same bits.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A list, one item per line.
    List(Vec<Self>),
    /// A map, one key per line.
    Map(Vec<(String, Self)>),
    /// A list or map on one line.
    Inline(Box<Self>),
}

impl Yaml {
    /// Text.
    pub(super) fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// A map, one key per line.
    pub(super) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// A map on one line.
    pub(super) fn inline<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key, value.outlined()));
        Self::Inline(Box::new(Self::map(entries)))
    }

    /// The value without its own mark for one line. Inside of something on one line a second mark would stay
    /// pending in the library and fall upon the next block.
    fn outlined(self) -> Self {
        match self {
            Self::Inline(inner) => *inner,
            Self::Text(_)
            | Self::Count(_)
            | Self::Number(_)
            | Self::Flag(_)
            | Self::List(_)
            | Self::Map(_) => self,
        }
    }

    /// A list of texts on one line.
    pub(super) fn words<T: ToString>(words: impl IntoIterator<Item = T>) -> Self {
        Self::Inline(Box::new(Self::List(words.into_iter().map(Self::text).collect())))
    }
}

impl Serialize for Yaml {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Self::Inline(inner) => match inner.as_ref() {
                Self::List(_) => FlowSeq(inner.as_ref()).serialize(serializer),
                Self::Text(_)
                | Self::Count(_)
                | Self::Number(_)
                | Self::Flag(_)
                | Self::Map(_)
                | Self::Inline(_) => FlowMap(inner.as_ref()).serialize(serializer),
            },
        }
    }
}
