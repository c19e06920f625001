//! The reference of scenario files as a page of Markdown, made from the JSON Schema.

use crate::Unit;
use crate::schema::schema_json;
use serde_json::{Map, Value};
use std::fmt::Write;

/// How values with a pattern are written: a part of the pattern, and words for it.
const FORMS: [(&str, &str); 6] = [
    ("(d|h|m|s|ms|us", "time, such as `30s`"),
    (")/s$", "bandwidth, such as `1Gbit/s`"),
    ("/(s|min|h)", "rate, such as `400/s`"),
    ("[kKMGT]?B", "size, such as `2GiB`"),
    ("?%$", "share, such as `0.1%`"),
    ("{0,63}", "name"),
];

/// Where the definitions of the schema stand.
const DEFINITIONS: &str = "#/definitions/";

/// Writes the reference of all fields of scenario files as Markdown, with a newline at the end.
pub fn reference_markdown() -> String {
    let schema: Value = serde_json::from_str(&schema_json()).expect("the schema is JSON");
    let empty = Map::new();
    let definitions = schema.get("definitions").and_then(Value::as_object).unwrap_or(&empty);
    let mut out = String::from(
        "# Scenario files\n\n\
         Made from the JSON Schema by `cusinart-sim schema --markdown`. Times, sizes, rates and shares are written with \
         their unit. A field without a default must be given where its section is.\n\n",
    );
    section(&mut out, "A scenario", &schema);
    for name in in_order_of_use(&schema, definitions) {
        section(&mut out, &name, &definitions[&name]);
    }
    let _write_to_text_never_fails = writeln!(out, "{}", slas());
    out
}

/// The names of all definitions, each after the first that uses it.
fn in_order_of_use(schema: &Value, definitions: &Map<String, Value>) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    let mut next = 0;
    let top = schema.get("properties").unwrap_or(&Value::Null);
    uses(top, &mut order);
    while let Some(name) = order.get(next).cloned() {
        if let Some(definition) = definitions.get(&name) {
            uses(definition, &mut order);
        }
        next += 1;
    }
    order.retain(|name| definitions.contains_key(name));
    order
}

/// Adds the definitions that a part of the schema refers to.
fn uses(part: &Value, order: &mut Vec<String>) {
    match part {
        Value::Object(object) => {
            if let Some(name) = reference(object)
                && !order.contains(&name)
            {
                order.push(name);
            }
            object.values().for_each(|value| uses(value, order));
        }
        Value::Array(items) => items.iter().for_each(|item| uses(item, order)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn reference(object: &Map<String, Value>) -> Option<String> {
    let to = object.get("$ref")?.as_str()?;
    to.strip_prefix(DEFINITIONS).map(String::from)
}

/// A heading, what the thing is, the words that may stand for it, and its fields.
fn section(out: &mut String, title: &str, schema: &Value) {
    let mut text = format!("## {title}\n\n");
    if let Some(description) = description(schema) {
        text += &format!("{description}\n\n");
    }
    let mut words = Vec::new();
    let mut fields = Vec::new();
    collect(schema, &mut words, &mut fields);
    if !words.is_empty() {
        text += &format!("One word, with all parameters at their defaults: {}.\n\n", words.join(", "));
    }
    if !fields.is_empty() {
        text += "| field | value | meaning |\n|---|---|---|\n";
        for field in &fields {
            text += &format!("| `{}` | {} | {} |\n", field.name, cell(&field.kind), cell(&field.meaning));
        }
        text.push('\n');
    }
    out.push_str(&text);
}

/// A field of a section.
struct Field {
    name: String,
    kind: String,
    meaning: String,
}

/// Collects words and fields of a schema and of its alternatives.
fn collect(schema: &Value, words: &mut Vec<String>, fields: &mut Vec<Field>) {
    let Some(object) = schema.as_object() else { return };
    words.extend(array(object, "enum").iter().filter_map(Value::as_str).map(|word| format!("`{word}`")));
    let required: Vec<&str> = array(object, "required").iter().filter_map(Value::as_str).collect();
    if let Some(Value::Object(properties)) = object.get("properties") {
        for (name, property) in properties {
            // A map with one key is a choice: its key is no field that must be given.
            let must = if required.contains(&name.as_str()) && properties.len() > 1 {
                " Must be given."
            } else {
                ""
            };
            let meaning = description(property).unwrap_or_default() + must;
            if fields.iter().all(|field: &Field| field.name != *name) {
                fields.push(Field { name: name.clone(), kind: kind(property), meaning });
            }
            inner(name, property, fields);
        }
    }
    for alternatives in ["oneOf", "anyOf", "allOf"] {
        array(object, alternatives).iter().for_each(|form| collect(form, words, fields));
    }
}

/// Adds the fields of a section that has no name of its own: the parameters of a policy.
fn inner(name: &str, property: &Value, fields: &mut Vec<Field>) {
    let Some(Value::Object(properties)) = property.get("properties") else { return };
    for (parameter, schema) in properties {
        let name = format!("{name}.{parameter}");
        fields.push(Field { name, kind: kind(schema), meaning: description(schema).unwrap_or_default() });
    }
}

fn array<'a>(object: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn description(schema: &Value) -> Option<String> {
    schema.get("description").and_then(Value::as_str).map(String::from)
}

/// What may stand as a value, in words.
fn kind(schema: &Value) -> String {
    let Some(object) = schema.as_object() else { return "anything".into() };
    if let Some(name) = reference(object) {
        return link(&name);
    }
    if let Some(Value::String(word)) = object.get("const") {
        return format!("`{word}`");
    }
    if let Some(Value::String(pattern)) = object.get("pattern") {
        let form = FORMS.iter().find(|(part, _)| pattern.contains(part));
        return form.map_or_else(|| "text".into(), |(_, words)| (*words).into());
    }
    let words = array(object, "enum");
    if !words.is_empty() {
        return words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(" or ");
    }
    for alternatives in ["anyOf", "oneOf", "allOf"] {
        let forms: Vec<String> = array(object, alternatives).iter().map(kind).collect();
        if !forms.is_empty() {
            return forms.join(" or ");
        }
    }
    if let Some(items) = object.get("items") {
        return format!("list of: {}", kind(items));
    }
    if let Some(of @ Value::Object(_)) = object.get("additionalProperties") {
        return format!("map of names to: {}", kind(of));
    }
    by_type(object)
}

fn by_type(object: &Map<String, Value>) -> String {
    let number = |key| object.get(key).and_then(Value::as_f64);
    let range = match (number("minimum"), number("maximum")) {
        (Some(low), Some(high)) => format!(" from {low} to {high}"),
        (Some(low), None) => format!(" from {low}"),
        (None, Some(high)) => format!(" up to {high}"),
        (None, None) => String::new(),
    };
    match object.get("type").and_then(Value::as_str) {
        Some("integer") => format!("whole number{range}"),
        Some("number") => format!("number{range}"),
        Some("boolean") => "`true` or `false`".into(),
        Some("object") => "a section, possibly empty: `{}`".into(),
        Some(_) | None => "text".into(),
    }
}

/// A link to the section of a definition, as Markdown renderers name headings.
fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// What SLAs can be about.
fn slas() -> String {
    let mut text = String::from("## SLAs\n\n| metric | unit | of | meaning |\n|---|---|---|---|\n");
    for metric in crate::METRICS {
        let subjects: Vec<&str> = metric.subjects.iter().map(|subject| subject.word()).collect();
        let (unit, subjects) = (unit_word(metric.unit), subjects.join(", "));
        text += &format!("| `{}` | {unit} | {subjects} | {} |\n", metric.example, cell(metric.meaning));
    }
    text
}

/// A unit as the table names it.
const fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Fraction => "share",
        Unit::Seconds => "time",
        Unit::Count => "count",
        Unit::Currency => "money",
        Unit::PerSecond => "rate",
        Unit::Factor => "factor",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_up_to_date() {
        expect_test::expect_file!["../../docs/scenario-reference.md"].assert_eq(&reference_markdown());
    }

    #[test]
    fn every_link_leads_to_a_section() {
        let page = reference_markdown();
        let headings: Vec<String> =
            page.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_lowercase).collect();
        let links: Vec<&str> = page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert!(links.len() > 20);
        for link in links {
            assert!(headings.iter().any(|heading| heading == link), "no section for {link}");
        }
    }
}
