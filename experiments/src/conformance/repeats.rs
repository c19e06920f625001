//! Entries of lists that stand for several, one after the other: `repeat` of them, `every_ms` (or `every_s`, `every_ns`)
//! apart.

use serde_json::{Map, Value};

/// Most entries that one may stand for.
const REPEAT_MAX: u64 = 1_000_000;
/// Fields of a time and of the span from one entry to the next, with the nanoseconds of their unit.
const TIMES: [(&str, &str, f64); 3] =
    [("t_ms", "every_ms", 1e6), ("t_s", "every_s", 1e9), ("t_ns", "every_ns", 1.0)];
/// Marks an entry that is not the last of those that one stood for.
pub(super) const IS_LAST: &str = "is_last";

/// The same inputs with every entry written out.
pub(super) fn written_out(inputs: &Value) -> Result<Value, String> {
    match inputs {
        Value::Array(entries) => {
            let mut all = Vec::with_capacity(entries.len());
            for entry in entries {
                match entry.as_object().filter(|entry| entry.contains_key("repeat")) {
                    Some(entry) => push_copies(entry, &mut all)?,
                    None => all.push(written_out(entry)?),
                }
            }
            Ok(Value::Array(all))
        }
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| Ok((name.clone(), written_out(value)?));
            Ok(Value::Object(fields.iter().map(field).collect::<Result<_, String>>()?))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(inputs.clone()),
    }
}

fn push_copies(entry: &Map<String, Value>, all: &mut Vec<Value>) -> Result<(), String> {
    let repeat = entry["repeat"].as_u64().filter(|repeat| *repeat <= REPEAT_MAX);
    let repeat =
        repeat.ok_or_else(|| format!("repeat {}, expected at most {REPEAT_MAX}", entry["repeat"]))?;
    let every_ns = TIMES.iter().find_map(|(_, every, unit)| Some(entry.get(*every)?.as_f64()? * unit));
    for index in 0..repeat {
        let mut copy = entry.clone();
        copy.remove("repeat");
        for (time, every, unit) in TIMES {
            copy.remove(every);
            if let Some(value) = copy.get_mut(time).filter(|_| index > 0) {
                let step = every_ns.unwrap_or(0.0) * index as f64 / unit;
                *value = later(value, step);
            }
        }
        if index + 1 < repeat {
            copy.insert(IS_LAST.into(), false.into());
        }
        all.push(Value::Object(copy));
    }
    Ok(())
}

/// A time and a span; whole numbers stay whole.
fn later(time: &Value, step: f64) -> Value {
    match (time.as_u64(), time.as_f64()) {
        // The cast is exact: the step is a whole number in range.
        (Some(time), _) if libm::trunc(step) == step && step < 9e15 => {
            time.saturating_add(step as u64).into()
        }
        (_, Some(time)) => (time + step).into(),
        (_, None) => time.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_stands_for_several_that_follow_each_other() {
        let inputs =
            json!({ "events": [{ "t_ms": 5, "op": "a", "repeat": 3, "every_ms": 10 }, { "t_ms": 40 }] });
        let expected = json!({ "events": [
            { "t_ms": 5, "op": "a", "is_last": false },
            { "t_ms": 15, "op": "a", "is_last": false },
            { "t_ms": 25, "op": "a" },
            { "t_ms": 40 },
        ] });
        assert_eq!(written_out(&inputs), Ok(expected));
        let seconds = written_out(&json!([{ "t_s": 1.5, "repeat": 2, "every_ms": 250 }]));
        assert_eq!(seconds, Ok(json!([{ "t_s": 1.5, "is_last": false }, { "t_s": 1.75 }])));
        assert_eq!(written_out(&json!([{ "repeat": 0 }, 1])), Ok(json!([1])));
        assert!(written_out(&json!([{ "repeat": 1e9 }])).is_err_and(|error| error.contains("at most")));
    }
}
