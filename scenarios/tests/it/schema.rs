//! The JSON Schema.

use cusinart_policies::catalogue;
use cusinart_scenarios::schema_json;
use expect_test::expect_file;
use serde_json::Value;

#[test]
fn the_committed_schema_is_fresh() {
    // UPDATE_EXPECT=1 writes it anew.
    expect_file!["../../schema.json"].assert_eq(&schema_json());
}

#[test]
fn every_key_is_described_and_closed_maps_are_closed() {
    let schema: Value = serde_json::from_str(&schema_json()).expect("the schema is JSON");
    let mut keys = 0;
    walk(&schema, &mut |map| {
        let Some(Value::Object(properties)) = map.get("properties") else { return };
        assert_eq!(map.get("additionalProperties"), Some(&Value::Bool(false)), "{map:?}");
        for (name, property) in properties {
            keys += 1;
            let policy = catalogue::entries().iter().any(|entry| entry.name == name);
            let described = property.get("description").is_some() || property.get("$ref").is_some();
            assert!(described || map.get("description").is_some() || policy, "{name} has no description");
        }
    });
    assert!(keys > 150, "{keys} keys");
}

#[test]
fn nothing_may_be_null() {
    let schema = schema_json();
    assert!(!schema.contains("\"null\"") && !schema.contains(" null"));
}

#[test]
fn every_policy_and_parameter_of_the_catalogue_is_in_it() {
    let schema = schema_json();
    for entry in catalogue::entries() {
        assert!(schema.contains(&format!("\"{}\": {{", entry.name)), "{}", entry.name);
        for param in entry.params {
            assert!(schema.contains(&format!("\"{}\": {{", param.name)), "{}.{}", entry.name, param.name);
        }
    }
}

fn walk(value: &Value, visit: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            visit(map);
            map.values().for_each(|value| walk(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
