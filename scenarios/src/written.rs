//! Values as they are written in a scenario, to be looked up, changed and written again.

use crate::tree::{Node, Value};
use crate::units;
use cusinart_policies::Duration;
use std::fmt;

/// A value of a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// Nothing.
    Nothing,
    /// A time, number, word or text.
    Scalar(String),
    /// A list.
    List(Vec<Self>),
    /// A map, in the order of the file.
    Map(Vec<(String, Self)>),
}

impl Written {
    pub(crate) fn of(node: &Node) -> Self {
        match &node.value {
            Value::Null => Self::Nothing,
            Value::Scalar(text) => Self::Scalar(text.clone()),
            Value::List(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Map(entries) => {
                Self::Map(entries.iter().map(|(key, node)| (key.name.clone(), Self::of(node))).collect())
            }
        }
    }

    /// The value at a dotted path of keys and list positions.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |value, step| match value {
            Self::Map(entries) => entries.iter().find(|(key, _)| key == step).map(|(_, value)| value),
            Self::List(items) => step.parse::<usize>().ok().and_then(|position| items.get(position)),
            Self::Nothing | Self::Scalar(_) => None,
        })
    }

    /// The whole number that is written.
    pub fn count(&self) -> Option<u32> {
        match self {
            Self::Scalar(text) => text.parse().ok(),
            Self::Nothing | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The same with every time in it multiplied, such as all of a distribution; rates of transfer and shares too.
    /// `None` if there is nothing to multiply or the result cannot be written.
    ///
    /// Numbers without a unit stay as they are, but for the location `mu` of a lognormal distribution, which is the
    /// logarithm of a time.
    pub fn scaled(&self, factor: f64) -> Option<Self> {
        match self {
            Self::Nothing => None,
            Self::Scalar(text) => scaled(text, factor).map(Self::Scalar),
            Self::List(items) => {
                let items: Vec<(Self, bool)> = items.iter().map(|item| item.scaled_or_kept(factor)).collect();
                let changed = items.iter().any(|(_, changed)| *changed);
                changed.then(|| Self::List(items.into_iter().map(|(item, _)| item).collect()))
            }
            Self::Map(entries) => {
                let entry = |(key, value): &(String, Self)| match value {
                    Self::Scalar(mu) if key == "mu" => match mu.parse::<f64>() {
                        Ok(mu) => (key.clone(), Self::Scalar((mu + libm::log(factor)).to_string()), true),
                        Err(_) => (key.clone(), value.clone(), false),
                    },
                    Self::Nothing | Self::Scalar(_) | Self::List(_) | Self::Map(_) => {
                        let (value, changed) = value.scaled_or_kept(factor);
                        (key.clone(), value, changed)
                    }
                };
                let entries: Vec<(String, Self, bool)> = entries.iter().map(entry).collect();
                let changed = entries.iter().any(|(.., changed)| *changed);
                changed.then(|| Self::Map(entries.into_iter().map(|(key, value, _)| (key, value)).collect()))
            }
        }
    }

    /// The multiplied value and whether it is another.
    fn scaled_or_kept(&self, factor: f64) -> (Self, bool) {
        self.scaled(factor).map_or_else(|| (self.clone(), false), |value| (value, true))
    }
}

/// Multiplies a time, a rate of transfer or a share.
fn scaled(text: &str, factor: f64) -> Option<String> {
    if let Ok(time) = units::duration(text) {
        // Whole milliseconds, where that is fine enough to read.
        let nanos = time.mul_f64(factor).as_nanos();
        let grain = if nanos >= 100_000_000 { 1_000_000 } else { 1 };
        let nanos = (nanos + grain / 2) / grain * grain;
        return (nanos > 0).then(|| Duration::from_nanos(nanos).to_string());
    }
    if let Ok(bytes_per_s) = units::bandwidth(text) {
        return Some(units::bandwidth_text(bytes_per_s * factor));
    }
    let share = units::percent(text).ok()?;
    Some(units::percent_text((share * factor * 1e4 + 0.5).floor() / 1e4))
}

impl fmt::Display for Written {
    /// Writes it on one line of YAML.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => out.write_str("{}"),
            Self::Scalar(text) if is_plain(text) => out.write_str(text),
            Self::Scalar(text) => write!(out, "{}", serde_json::Value::from(text.as_str())),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(out, "[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                write!(out, "{{{}}}", entries.join(", "))
            }
        }
    }
}

/// Whether a scalar needs no quotes inside of a list or map on one line.
fn is_plain(text: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || "_-./%".contains(letter);
    text.starts_with(|first: char| first.is_alphanumeric() || first == '-') && text.chars().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Log;
    use crate::yaml::{self, Origin};
    use expect_test::expect;

    fn written(text: &str) -> Written {
        let mut log = Log::about("test", text);
        let node = yaml::read(text, Origin { source: 0, column: 0 }, &mut log);
        Written::of(&node.unwrap_or_else(|| panic!("{}", log.into_error())))
    }

    #[test]
    fn times_are_scaled_wherever_they_stand_and_written_on_one_line() {
        let cases = [
            "5s",
            "1m",
            "1ns",
            "7",
            "70%",
            "1Gbit/s",
            "{ lognormal: { median: 40s, p99: 2m } }",
            "{ lognormal: { mean: 18ms, cv: 1.2 } }",
            "{ lognormal: { mu: 0, sigma: 1 } }",
            "{ empirical: { values: [[1s, 3], [2s, 1]] } }",
            "round_robin",
        ];
        let lines: Vec<String> = cases
            .iter()
            .map(|case| {
                let scaled = written(case).scaled(0.5).map_or("-".to_string(), |value| value.to_string());
                format!("{} -> {scaled}\n", written(case))
            })
            .collect();
        expect![[r#"
            5s -> 2.5s
            1m -> 30s
            1ns -> 1ns
            7 -> -
            70% -> 35%
            1Gbit/s -> 500Mbit/s
            {lognormal: {median: 40s, p99: 2m}} -> {lognormal: {median: 20s, p99: 1m}}
            {lognormal: {mean: 18ms, cv: 1.2}} -> {lognormal: {mean: 9ms, cv: 1.2}}
            {lognormal: {mu: 0, sigma: 1}} -> {lognormal: {mu: -0.6931471805599453, sigma: 1}}
            {empirical: {values: [[1s, 3], [2s, 1]]}} -> {empirical: {values: [[500ms, 3], [1s, 1]]}}
            round_robin -> -
        "#]]
        .assert_eq(&lines.concat());
    }

    #[test]
    fn what_is_not_plain_is_quoted() {
        assert_eq!(written("['a: b', \"c\", -1.5e3]").to_string(), r#"["a: b", c, -1.5e3]"#);
    }
}
