//! The JSON Schemas of scenario files and sweep files.

use crate::raw::RawScenario;
use crate::sweep::RawSweep;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The JSON Schema of scenario files, for editors: pretty, with a newline at the end.
pub fn schema_json() -> String {
    schema_of::<RawScenario>()
}

/// The JSON Schema of sweep files, for editors: pretty, with a newline at the end.
pub fn sweep_schema_json() -> String {
    schema_of::<RawSweep>()
}

fn schema_of<T: JsonSchema>() -> String {
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(without_null));
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let text = serde_json::to_string_pretty(schema.as_value()).expect("a schema is plain JSON");
    // The structs of the file are called `Raw…`; readers of the schema know only one kind.
    text.replace("\"Raw", "\"").replace("definitions/Raw", "definitions/") + "\n"
}

/// A key that may be left out may not be empty: takes `null` out again.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
        forms.retain(|form| *form != serde_json::json!({ "type": "null" }));
        if let [Value::Object(only)] = forms.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}
