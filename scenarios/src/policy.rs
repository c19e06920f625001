//! Policies: names and parameters as the catalogue lists them.

use crate::log::{Finding, Log, Mark, nearest, one_of, quote};
use crate::read::{Read, Scalar};
use crate::section::{only_entry, unknown_key};
use crate::tree::{Key, Node, Value};
use crate::units;
use crate::words::one_word;
use cusinart_policies::Duration;
use cusinart_policies::catalogue::{
    self, ParamForm, ParamInfo, ParamValue, PolicyEntry, PolicyKind, PolicySpec,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, json};
use std::borrow::Cow;

/// A policy of one kind: `name`, or `{ name: { parameter: value } }`.
macro_rules! policy {
    ($(#[$meta:meta])* $name:ident, $kind:ident, $expected:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name(pub(crate) PolicySpec);

        impl Read for $name {
            fn expected() -> Cow<'static, str> {
                $expected.into()
            }

            fn read(node: &Node, log: &mut Log) -> Option<Self> {
                read_policy(PolicyKind::$kind, $expected, node, log).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                kind_schema(PolicyKind::$kind)
            }
        }
    };
}

policy!(
    /// A failure detector.
    DetectorPolicy, Detector, "a failure detector"
);
policy!(
    /// A recovery strategy.
    RecoveryPolicy, Recovery, "a recovery strategy"
);
policy!(
    /// A balancing strategy.
    BalancingPolicy, Balancing, "a balancing strategy"
);
policy!(
    /// A scaling policy.
    ScalingPolicy, Scaling, "a scaling policy"
);

policy!(
    /// A circuit breaker.
    BreakerPolicy, Breaker, "a circuit breaker"
);
policy!(
    /// A limit of concurrency.
    LimitPolicy, ConcurrencyLimit, "a concurrency limit"
);
policy!(
    /// The discipline of a queue.
    QueuePolicy, QueueDiscipline, "a queue discipline"
);

/// The names of all policies of a kind, in the order of the catalogue.
pub(crate) fn names(kind: PolicyKind) -> Vec<&'static str> {
    catalogue::entries().iter().filter(|entry| entry.kind == kind).map(|entry| entry.name).collect()
}

/// The same choice with every parameter written out.
pub(crate) fn complete(kind: PolicyKind, mut spec: PolicySpec) -> PolicySpec {
    for param in catalogue::find(kind, &spec.name).map_or(&[][..], |entry| entry.params) {
        spec.params.entry(param.name.into()).or_insert_with(|| default_of(param.form));
    }
    spec
}

/// Reads a policy by its name alone or with parameters.
fn read_policy(kind: PolicyKind, what: &str, node: &Node, log: &mut Log) -> Option<PolicySpec> {
    let known = names(kind);
    match &node.value {
        Value::Scalar(name) if known.contains(&name.as_str()) => {
            Some(complete(kind, PolicySpec::named(name)))
        }
        Value::Scalar(name) => {
            let hint = nearest(name, known.iter().copied()).map(|best| format!("did you mean `{best}`?"));
            let expected = format!("{what}: {}", one_of(known.iter().copied()));
            log.report(Finding::at(node.mark, quote(name), expected).hint_if(hint));
            None
        }
        Value::Null | Value::List(_) | Value::Map(_) => {
            let (key, params) = only_entry(node, what, &known, log)?;
            read_params(kind, key, params, log)
        }
    }
}

/// Reads the parameters of a policy that the catalogue has.
pub(crate) fn read_params(kind: PolicyKind, key: &Key, node: &Node, log: &mut Log) -> Option<PolicySpec> {
    let entry = catalogue::find(kind, &key.name)?;
    let Value::Map(entries) = &node.value else {
        let expected = format!("the parameters of `{}`: a map, `{{}}` for all defaults", entry.name);
        log.report(Finding::at(node.mark, node.describe(), expected));
        return None;
    };
    let known: Vec<&str> = entry.params.iter().map(|param| param.name).collect();
    let mut spec = PolicySpec::named(entry.name);
    let mut clean = true;
    for (key, value) in entries {
        let Some(param) = entry.params.iter().find(|param| param.name == key.name) else {
            log.report(unknown_key(key, &format!("`{}`", entry.name), &known));
            clean = false;
            continue;
        };
        match read_value(param, value, log) {
            Some(value) => {
                spec.params.insert(param.name.into(), value);
            }
            None => clean = false,
        }
    }
    if !clean {
        return None;
    }
    if let Err(error) = catalogue::check(kind, &spec) {
        let field = error.field.rsplit('.').next().unwrap_or_default();
        let mark = node.get(field).map_or(key.mark, |value| value.mark);
        log.report(Finding::at(mark, quote(&error.found), error.expected));
        return None;
    }
    Some(complete(kind, spec))
}

/// Reads the value of a parameter in its form and range.
fn read_value(param: &ParamInfo, node: &Node, log: &mut Log) -> Option<ParamValue> {
    let expected = expected_of(param.form);
    let Value::Scalar(text) = &node.value else {
        log.report(Finding::at(node.mark, node.describe(), expected));
        return None;
    };
    let value = match param.form {
        ParamForm::Duration { min, max, .. } => {
            units::duration(text).and_then(|value| within(value, min, max).map(ParamValue::Duration))
        }
        ParamForm::Count { min, max, .. } => {
            units::count(text).and_then(|value| within(value, min, max).map(ParamValue::Count))
        }
        ParamForm::Ratio { min, max, .. } => {
            units::percent(text).and_then(|value| within(value, min, max).map(ParamValue::Ratio))
        }
        ParamForm::Number { min, max, .. } => {
            units::number(text).and_then(|value| within(value, min, max).map(ParamValue::Number))
        }
        ParamForm::Flag { .. } => bool::parse(text).map(ParamValue::Flag),
        ParamForm::Choice { words } => one_word(text, words).map(ParamValue::Choice),
        // Its own policy reads it, when the whole choice is checked.
        ParamForm::Text { .. } => Ok(ParamValue::Text(text.clone())),
    };
    value.map_err(|hint| log.report(Finding::at(node.mark, quote(text), expected).hint_if(hint))).ok()
}

fn within<T: PartialOrd>(value: T, min: T, max: T) -> Result<T, units::Hint> {
    if value >= min && value <= max { Ok(value) } else { Err(None) }
}

/// What is expected of a parameter, for messages.
fn expected_of(form: ParamForm) -> String {
    match form {
        ParamForm::Duration { min, max, .. } if max == Duration::MAX => {
            format!("a time with its unit, at least `{min}`")
        }
        ParamForm::Duration { min, max, .. } => format!("a time with its unit, from `{min}` to `{max}`"),
        ParamForm::Count { min, max, .. } if max == u64::MAX => format!("a whole number, at least {min}"),
        ParamForm::Count { min, max, .. } => format!("a whole number from {min} to {max}"),
        ParamForm::Ratio { min, max, .. } => {
            format!("a share from `{}` to `{}`", units::percent_text(min), units::percent_text(max))
        }
        ParamForm::Number { min, max, .. } => format!("a number from {min} to {max}"),
        ParamForm::Flag { .. } => bool::EXPECTED.into(),
        ParamForm::Choice { words } => one_of(words.iter().copied()),
        ParamForm::Text { expected, .. } => expected.into(),
    }
}

/// The value of a parameter that is not written.
fn default_of(form: ParamForm) -> ParamValue {
    match form {
        ParamForm::Duration { default, .. } => ParamValue::Duration(default),
        ParamForm::Count { default, .. } => ParamValue::Count(default),
        ParamForm::Ratio { default, .. } => ParamValue::Ratio(default),
        ParamForm::Number { default, .. } => ParamValue::Number(default),
        ParamForm::Flag { default } => ParamValue::Flag(default),
        ParamForm::Choice { words } => ParamValue::Choice(words.first().copied().unwrap_or_default().into()),
        ParamForm::Text { default, .. } => ParamValue::Text(default.into()),
    }
}

/// The schema of a choice among all policies of a kind.
fn kind_schema(kind: PolicyKind) -> Schema {
    let entries = || catalogue::entries().iter().filter(|entry| entry.kind == kind);
    let mut forms = vec![json!({ "enum": names(kind) })];
    forms.extend(entries().map(|entry| {
        json!({
            "type": "object",
            "description": entry.summary,
            "properties": { entry.name: entry_schema(entry) },
            "required": [entry.name],
            "additionalProperties": false,
        })
    }));
    json_schema!({ "oneOf": forms })
}

/// The schema of a load balancer: one strategy, and keys beside it.
pub(crate) fn balancer_schema(options: impl IntoIterator<Item = (&'static str, Schema)>) -> Schema {
    let mut properties = Map::new();
    let mut each = Vec::new();
    for entry in catalogue::entries().iter().filter(|entry| entry.kind == PolicyKind::Balancing) {
        properties.insert(entry.name.into(), entry_schema(entry));
        each.push(json!({ "required": [entry.name] }));
    }
    let none = json!({ "not": { "anyOf": each } });
    properties.extend(options.into_iter().map(|(name, schema)| (name.into(), schema.to_value())));
    each.push(none);
    json_schema!({
        "description": "How requests are spread over nodes: one strategy by name, and options beside it.",
        "anyOf": [
            { "enum": names(PolicyKind::Balancing) },
            { "type": "object", "properties": properties, "additionalProperties": false, "oneOf": each },
        ],
    })
}

/// The schema of the parameters of one policy.
fn entry_schema(entry: &PolicyEntry) -> serde_json::Value {
    let params = entry.params.iter().map(|param| (param.name.to_owned(), param_schema(param)));
    json!({
        "type": "object",
        "description": format!("{} Source: {}", entry.summary, entry.source),
        "properties": params.collect::<Map<_, _>>(),
        "additionalProperties": false,
    })
}

/// The schema of one parameter.
fn param_schema(param: &ParamInfo) -> serde_json::Value {
    let mut schema = match param.form {
        ParamForm::Duration { default, .. } => {
            let mut schema = Duration::schema();
            schema.insert("default".into(), default.to_string().into());
            schema
        }
        ParamForm::Count { default, min, max } => {
            json_schema!({ "type": "integer", "minimum": min, "maximum": max, "default": default })
        }
        ParamForm::Ratio { default, .. } => {
            let mut schema = crate::quantity::Ratio::schema();
            schema.insert("default".into(), units::percent_text(default).into());
            schema
        }
        ParamForm::Number { default, min, max } => {
            json_schema!({ "type": "number", "minimum": min, "maximum": max, "default": default })
        }
        ParamForm::Flag { default } => json_schema!({ "type": "boolean", "default": default }),
        ParamForm::Choice { words } => json_schema!({ "enum": words, "default": words.first() }),
        ParamForm::Text { default, .. } => json_schema!({ "type": "string", "default": default }),
    };
    let doc = format!("{} Expected: {}.", param.doc, expected_of(param.form));
    schema.insert("description".into(), doc.into());
    schema.to_value()
}

/// The place of a field that a configuration error names, as near as it is known.
pub(crate) fn mark_of(control: Option<&Node>, root: &Node, field: &str) -> Mark {
    control.unwrap_or(root).nearest_on(field).mark
}
