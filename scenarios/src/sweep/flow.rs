//! A value written as YAML on one line, so that an overlay reads it back.

use crate::tree::{Node, Value};

/// Writes a value on one line.
pub(super) fn text(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Scalar(scalar) => word(scalar),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(text).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", word(&key.name), text(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A scalar, in quotes where YAML would take it for something else.
fn word(scalar: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_./%+-".contains(c);
    let starts_well = scalar.starts_with(|c: char| c.is_alphanumeric())
        || scalar.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_null = ["null", "Null", "NULL"].contains(&scalar);
    if starts_well && !is_null && scalar.chars().all(plain) {
        scalar.to_owned()
    } else {
        serde_json::Value::from(scalar).to_string()
    }
}
