//! When an answer is the expected one.

use cusinart_report::Mismatch;
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// How near a real number must be where the vector says nothing.
const REAL: Tolerance = Tolerance { abs: 0.0, rel: 1e-9 };

/// How near a number must be: within `abs`, or within `rel` times the expected one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tolerance {
    /// Absolute.
    pub(super) abs: f64,
    /// Relative.
    pub(super) rel: f64,
}

/// The tolerances of a vector.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tolerances {
    /// For every number that has none of its own.
    pub(super) all: Option<Tolerance>,
    /// By the name of the field that the number, or the list it stands in, belongs to.
    pub(super) fields: BTreeMap<String, Tolerance>,
}

impl Tolerances {
    fn of(&self, field: &str) -> Option<Tolerance> {
        self.fields.get(field).copied().or(self.all)
    }
}

/// Where an answer differs from the expected one. Only what is expected is looked at; lists must have equal lengths.
pub(super) fn mismatches(expected: &Value, got: &Value, tolerances: &Tolerances) -> Vec<Mismatch> {
    let mut matching = Matching { tolerances, found: Vec::new() };
    matching.compare(expected, Some(got), "", "");
    matching.found
}

struct Matching<'a> {
    tolerances: &'a Tolerances,
    found: Vec<Mismatch>,
}

impl Matching<'_> {
    /// `field` is the name of the innermost field around the value.
    fn compare(&mut self, expected: &Value, got: Option<&Value>, path: &str, field: &str) {
        match (expected, got) {
            (Value::Object(expected), Some(Value::Object(got))) => {
                for (key, value) in expected {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.compare(value, got.get(key), &path, key);
                }
            }
            (Value::Array(expected), Some(Value::Array(got))) => {
                if expected.len() != got.len() {
                    let words = |list: &[Value]| format!("a list of {}", list.len());
                    self.add(path, words(expected), words(got));
                }
                for (index, (expected, got)) in expected.iter().zip(got).enumerate() {
                    self.compare(expected, Some(got), &format!("{path}[{index}]"), field);
                }
            }
            (Value::Number(number), Some(Value::Number(other)))
                if is_near(number, other, self.tolerances.of(field)) => {}
            (expected, Some(got)) if expected == got => {}
            (expected, got) => {
                let got = got.map_or_else(|| "nothing".to_string(), Value::to_string);
                self.add(path, expected.to_string(), got);
            }
        }
    }

    fn add(&mut self, path: &str, expected: String, got: String) {
        self.found.push(Mismatch { path: path.to_string(), expected, got });
    }
}

/// Whether a number is near enough to the expected one. Two whole numbers without tolerance must be the same one.
fn is_near(expected: &Number, got: &Number, tolerance: Option<Tolerance>) -> bool {
    if expected == got {
        return true;
    }
    let is_whole = |number: &Number| number.is_i64() || number.is_u64();
    if tolerance.is_none() && is_whole(expected) && is_whole(got) {
        return false;
    }
    let Tolerance { abs, rel } = tolerance.unwrap_or(REAL);
    let (Some(expected), Some(got)) = (expected.as_f64(), got.as_f64()) else { return false };
    let distance = (got - expected).abs();
    distance <= abs || distance <= rel * expected.abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(expected: Value, got: Value, tolerances: &Tolerances) -> Vec<String> {
        mismatches(&expected, &got, tolerances).into_iter().map(|mismatch| mismatch.path).collect()
    }

    #[test]
    fn only_what_is_expected_is_compared_and_every_difference_is_named() {
        let none = Tolerances::default();
        assert!(places(json!({ "a": 1 }), json!({ "a": 1, "b": 2 }), &none).is_empty());
        assert!(places(json!({ "a": 1.0 }), json!({ "a": 1 }), &none).is_empty());
        assert!(places(json!({ "a": 1e9 }), json!({ "a": 1_000_000_000.5 }), &none).is_empty());
        assert_eq!(
            places(json!({ "a": [1, { "b": 2 }] }), json!({ "a": [1, { "b": 3 }] }), &none),
            ["a[1].b"]
        );
        assert_eq!(places(json!({ "a": [1] }), json!({ "a": [1, 2] }), &none), ["a"]);
        assert_eq!(places(json!({ "a": null, "b": "x" }), json!({ "b": "y" }), &none), ["a", "b"]);
        assert_eq!(places(json!([u64::MAX]), json!([u64::MAX - 1]), &none), ["[0]"]);
    }

    #[test]
    fn tolerances_hold_for_their_field_and_its_lists() {
        let near = Tolerance { abs: 0.5, rel: 0.0 };
        let field = Tolerances { all: None, fields: BTreeMap::from([("a".to_string(), near)]) };
        assert!(places(json!({ "a": [10, 20] }), json!({ "a": [10.4, 19.6] }), &field).is_empty());
        assert_eq!(places(json!({ "a": 10, "b": 10 }), json!({ "a": 11, "b": 10.4 }), &field), ["a", "b"]);
        let all = Tolerances { all: Some(Tolerance { abs: 0.0, rel: 0.1 }), fields: BTreeMap::new() };
        assert!(places(json!({ "b": 10 }), json!({ "b": 11 }), &all).is_empty());
    }
}
