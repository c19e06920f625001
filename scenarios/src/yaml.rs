//! From YAML text to a tree, within limits that keep hostile files harmless.

use crate::log::{Finding, Log, Mark, quote};
use crate::tree::{Key, Node, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Error, Location, Spanned, budget::BudgetBreach, options::AliasLimits};
use std::fmt;

/// Deepest nesting of lists and maps. The deepest scenario needs about 10.
const DEPTH_MAX: usize = 64;
/// Most values in a file: enough for a rate curve of 100,000 stages.
const NODES_MAX: usize = 1_000_000;
/// Most values that aliases may add.
const ALIAS_NODES_MAX: usize = 100_000;

/// Where a text stands in its source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The source.
    pub(crate) source: u16,
    /// Characters of the source before the text, on the same line.
    pub(crate) column: u32,
}

/// Reads one YAML document. Reports what is wrong and returns `None` then.
pub(crate) fn read(text: &str, origin: Origin, log: &mut Log) -> Option<Node> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH_MAX,
            max_nodes: NODES_MAX,
            max_events: 3 * NODES_MAX,
        },
        alias_limits: alias_limits(),
        strict_booleans: true,
        with_snippet: false,
        non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::AsString,
        reject_unsupported_tags: true,
    };
    match serde_saphyr::from_str_with_options::<Spanned<Loose>>(text, options) {
        Ok(loose) => Some(Lowering { text, origin }.node(loose)),
        Err(error) => {
            log.report(finding(error.without_snippet(), text, origin));
            None
        }
    }
}

fn alias_limits() -> AliasLimits {
    serde_saphyr::alias_limits! { max_total_replayed_events: 2 * ALIAS_NODES_MAX, max_replay_stack_depth: 16 }
}

/// A value before its scalars are taken from the text.
enum Loose {
    Null,
    /// A scalar that YAML takes for something else than a string: its spelling is in the text.
    Plain(String),
    Text(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a scalar, a list or a map")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Plain(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Loose, E> {
        Ok(Loose::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose::Plain(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Loose, E> {
        Ok(Loose::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Loose, E> {
        Ok(Loose::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Null)
    }

    fn visit_none<E>(self) -> Result<Loose, E> {
        Ok(Loose::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        Loose::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Loose::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Loose::Map(entries))
    }
}

/// Turns loose values into nodes.
struct Lowering<'a> {
    text: &'a str,
    origin: Origin,
}

impl Lowering<'_> {
    /// Recursion is at most [`DEPTH_MAX`] deep.
    fn node(&self, loose: Spanned<Loose>) -> Node {
        let mark = mark(loose.defined, self.text, self.origin);
        let value = match loose.value {
            Loose::Null => Value::Null,
            Loose::Text(text) => Value::Scalar(text),
            Loose::Plain(fallback) => Value::Scalar(self.spelling(loose.defined).unwrap_or(fallback)),
            Loose::List(items) => Value::List(items.into_iter().map(|item| self.node(item)).collect()),
            Loose::Map(entries) => {
                let entry = |(key, value): (Spanned<String>, Spanned<Loose>)| {
                    let key_mark = self::mark(key.defined, self.text, self.origin);
                    (Key { name: key.value, mark: key_mark }, self.node(value))
                };
                Value::Map(entries.into_iter().map(entry).collect())
            }
        };
        // A map or list is pointed at by its first character only.
        let length = if matches!(value, Value::List(_) | Value::Map(_)) { 1 } else { mark.length };
        Node { value, mark: Mark { length, ..mark } }
    }

    /// The scalar at a location as it is spelled, without quotes.
    fn spelling(&self, location: Location) -> Option<String> {
        let start = usize::try_from(location.span().byte_offset()?).ok()?;
        let length = usize::try_from(location.span().byte_len()?).ok()?;
        let spelling = self.text.get(start..start.checked_add(length)?)?.trim();
        (!spelling.is_empty() && !spelling.starts_with(['"', '\'', '!', '&', '|', '>']))
            .then(|| spelling.to_owned())
    }
}

/// A location of the library as a mark.
fn mark(location: Location, text: &str, origin: Origin) -> Mark {
    let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let (line, column) = (small(location.line()), small(location.column()));
    let shift = if line == 1 { origin.column } else { 0 };
    // A scalar over several lines is underlined on its first line only; excerpts cut the rest.
    let length = small(location.span().len()).clamp(1, small(text.len() as u64).max(1));
    Mark { source: origin.source, line, column: column.saturating_add(shift), length }
}

/// An error of the library in our words.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is the library's, and open")]
fn finding(error: &Error, text: &str, origin: Origin) -> Finding {
    let at = error
        .location()
        .map_or(Mark { source: origin.source, ..Mark::default() }, |location| mark(location, text, origin));
    match error {
        Error::Eof { .. } => Finding::at(at, "the end of the text", "more YAML"),
        Error::MultipleDocuments { .. } => Finding::at(at, "a second document", "one document in the file")
            .hint("put each scenario in its own file and remove the line `---`"),
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().map_or_else(|| "a key".into(), |key| format!("the key {}", quote(key)));
            Finding::at(at, format!("{key} a second time"), "each key once in a map")
        }
        Error::UnknownAnchor { .. } => {
            Finding::at(at, "an alias of nothing", "an anchor (`&name`) before its alias")
        }
        Error::UnsupportedTag { tag, .. } => {
            Finding::at(at, format!("the tag {}", quote(tag)), "values without tags").hint("remove the tag")
        }
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            Finding::at(at, "an alias inside of its own anchor", "an alias of something that ended before")
        }
        Error::NullIntoString { .. } => Finding::at(at, "an empty key", "a name"),
        Error::Budget { breach, .. } => breached(breach, at),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => {
            Finding::at(at, "aliases that unfold to a huge file", "at most 100,000 values from aliases")
        }
        Error::AliasError { error, .. } => finding(error.without_snippet(), text, origin),
        other => syntax(other, text, at, origin),
    }
}

/// A limit that was passed.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is the library's, and open")]
fn breached(breach: &BudgetBreach, at: Mark) -> Finding {
    match breach {
        BudgetBreach::Depth { .. } => Finding::at(
            at,
            format!("lists and maps nested more than {DEPTH_MAX} deep"),
            format!("at most {DEPTH_MAX} levels"),
        ),
        BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } => {
            Finding::at(at, "more than a million values", "at most a million")
        }
        BudgetBreach::Documents { .. } => {
            Finding::at(at, "more than one document", "one document in the file")
        }
        _ => Finding::at(at, "too many anchors and aliases", "a file without tricks")
            .hint("write the values out"),
    }
}

/// YAML that does not parse.
fn syntax(error: &Error, text: &str, at: Mark, origin: Origin) -> Finding {
    let message = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
    let message = message.split("\n").next().unwrap_or_default();
    // The library repeats the place, which stands in front already.
    let message = message.split(" at line ").next().unwrap_or_default();
    let line = text.lines().nth((at.line as usize).saturating_sub(1)).unwrap_or_default();
    let finding = Finding::at(at, format!("text that is not YAML ({message})"), "YAML");
    if line.trim_start_matches(' ').starts_with('\t') {
        finding.hint("YAML is indented with blanks, not with tabs")
    } else if message.contains("recursion limit") || message.contains("nesting") {
        let at = first_too_deep(text, at, origin).unwrap_or(at);
        Finding::at(at, "lists and maps nested too deeply", format!("at most {DEPTH_MAX} levels"))
    } else {
        finding.hint("look for a missing colon, quote or bracket on this line or the one before")
    }
}

/// The first bracket that is nested too deeply, not after a place on whose line it stands. The library stops at a
/// limit of its own, far behind ours.
fn first_too_deep(text: &str, at: Mark, origin: Origin) -> Option<Mark> {
    let line = text.lines().nth((at.line as usize).checked_sub(1)?)?;
    let shift = if at.line == 1 { origin.column } else { 0 };
    let mut depth = 0_usize;
    for (column, c) in (shift + 1..=at.column).zip(line.chars()) {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Some(Mark { column, length: 1, ..at });
        }
    }
    None
}
