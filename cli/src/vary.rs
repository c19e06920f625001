//! `--vary path=a,b,c`: one scenario, several values of a field.

/// Values of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vary {
    /// Path of the field, as in `--set`.
    pub(crate) path: String,
    /// Its values, each as in `--set`.
    pub(crate) values: Vec<String>,
}

/// What a value may be put between, so that its commas are its own.
const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];

/// Reads `path=a,b,c`.
///
/// # Errors
/// If it is something else.
pub(crate) fn vary(text: &str) -> Result<Vary, String> {
    let expected = "expected PATH=VALUE,VALUE,…, e.g. control.load_balancer=round_robin,power_of_two";
    let (path, values) = text.split_once('=').ok_or(expected)?;
    let values = split(values);
    if path.trim().is_empty() || values.iter().any(|value| value.is_empty()) {
        return Err(expected.into());
    }
    Ok(Vary { path: path.trim().into(), values })
}

/// Splits at the commas that stand in no brackets and no quotes.
fn split(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut closing: Vec<char> = Vec::new();
    for c in text.chars() {
        let quoted = closing.last().is_some_and(|end| *end == '"' || *end == '\'');
        if c == ',' && closing.is_empty() {
            values.push(String::new());
            continue;
        }
        if closing.last() == Some(&c) {
            closing.pop();
        } else if !quoted && (c == '"' || c == '\'') {
            closing.push(c);
        } else if !quoted && let Some((_, end)) = BRACKETS.iter().find(|(start, _)| *start == c) {
            closing.push(*end);
        }
        if let Some(value) = values.last_mut() {
            value.push(c);
        }
    }
    values.iter().map(|value| value.trim().to_string()).collect()
}

impl Vary {
    /// All combinations of values: for each, its assignments `path=value` in the order of the fields. The last field
    /// changes fastest.
    pub(crate) fn combinations(fields: &[Self]) -> Vec<Vec<String>> {
        let start = vec![Vec::new()];
        fields.iter().fold(start, |known, field| {
            let with_each = |before: &Vec<String>| {
                let before = before.clone();
                field.values.iter().map(move |value| {
                    let mut assignments = before.clone();
                    assignments.push(format!("{}={value}", field.path));
                    assignments
                })
            };
            known.iter().flat_map(with_each).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_brackets_and_quotes_belong_to_the_value() {
        let values = |text| vary(text).expect("it is well-formed").values;
        assert_eq!(values("a.b=1s,2s, 5s"), ["1s", "2s", "5s"]);
        assert_eq!(values("a={x: {m: 1, n: 2}},[a, b],'c, d'"), ["{x: {m: 1, n: 2}}", "[a, b]", "'c, d'"]);
        assert_eq!(values("a=one"), ["one"]);
        for wrong in ["a", "=1", "a=", "a=1,,2", "a=1,"] {
            assert!(vary(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fields_are_combined_with_the_last_one_changing_fastest() {
        let fields = [vary("a=1,2").expect("well-formed"), vary("b=x,y").expect("well-formed")];
        let combined = Vary::combinations(&fields);
        let texts: Vec<String> = combined.iter().map(|assignments| assignments.join(" ")).collect();
        assert_eq!(texts, ["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"]);
        assert_eq!(Vary::combinations(&[]), [Vec::<String>::new()]);
    }
}
