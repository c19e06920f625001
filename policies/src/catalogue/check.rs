//! Whether a choice of policy and parameters can work, with a pointed message if not.

use crate::ConfigError;
use crate::catalogue::builtins::{
    build_balancing, build_breaker, build_concurrency_limit, build_detector, build_queue_discipline,
    build_recovery, build_scaling,
};
use crate::catalogue::{
    ParamForm, ParamInfo, ParamValue, PolicyEntry, PolicyKind, PolicySpec, entries, find,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Longest text repeated in a message, in characters.
const NAME_CHARS_MAX: usize = 64;

/// Checks a choice against the catalogue: known name, known parameters, right form, within range, and
/// parameters that fit together.
///
/// # Errors
/// [`ConfigError`] names the field, what was found and what is expected. The field is the kind of policy
/// (`detector`) when the name is unknown, else the parameter with its policy (`phi_accrual.threshold`).
pub fn check(kind: PolicyKind, spec: &PolicySpec) -> Result<&'static PolicyEntry, ConfigError> {
    // Building is cheap, so that a choice which passes here can never fail to be built later.
    match kind {
        PolicyKind::Detector => build_detector(spec).map(drop)?,
        PolicyKind::Recovery => build_recovery(spec).map(drop)?,
        PolicyKind::Balancing => build_balancing(spec).map(drop)?,
        PolicyKind::Scaling => build_scaling(spec).map(drop)?,
        PolicyKind::Breaker => build_breaker(spec).map(drop)?,
        PolicyKind::ConcurrencyLimit => build_concurrency_limit(spec).map(drop)?,
        PolicyKind::QueueDiscipline => build_queue_discipline(spec).map(drop)?,
    }
    Ok(find(kind, &spec.name).expect("a policy that was built has an entry"))
}

/// The error for a name that the catalogue does not have.
pub(super) fn unknown_name(kind: PolicyKind, name: &str) -> ConfigError {
    let known: Vec<&str> =
        entries().iter().filter(|entry| entry.kind == kind).map(|entry| entry.name).collect();
    ConfigError::new(kind.word(), quoted(name), &one_of(name, &known))
}

/// Checks the parameters of a choice one by one.
pub(super) fn check_params(entry: &PolicyEntry, spec: &PolicySpec) -> Result<(), ConfigError> {
    for (name, value) in &spec.params {
        let field = format!("{}.{}", entry.name, shortened(name));
        let Some(info) = entry.params.iter().find(|info| info.name == name) else {
            return Err(unknown_param(entry, &field, name));
        };
        if !accepts(info, value) {
            let found = shortened(&value.to_string());
            let found = if same_form(info, value) { found } else { format!("{} {found}", value.form_word()) };
            return Err(ConfigError::new(&field, found, &info.form.to_string()));
        }
    }
    Ok(())
}

fn unknown_param(entry: &PolicyEntry, field: &str, name: &str) -> ConfigError {
    let known: Vec<&str> = entry.params.iter().map(|info| info.name).collect();
    let expected = if known.is_empty() {
        format!("no parameter: {} has none", entry.name)
    } else {
        one_of(name, &known)
    };
    ConfigError::new(field, "an unknown parameter", &expected)
}

/// Whether a value has the parameter's form and lies in its range. NaN lies in no range.
fn accepts(info: &ParamInfo, value: &ParamValue) -> bool {
    let form = info.form;
    match value {
        ParamValue::Duration(value) => {
            matches!(form, ParamForm::Duration { min, max, .. } if (min..=max).contains(value))
        }
        ParamValue::Count(value) => {
            matches!(form, ParamForm::Count { min, max, .. } if (min..=max).contains(value))
        }
        ParamValue::Ratio(value) => {
            matches!(form, ParamForm::Ratio { min, max, .. } if (min..=max).contains(value))
        }
        ParamValue::Number(value) => {
            matches!(form, ParamForm::Number { min, max, .. } if (min..=max).contains(value))
        }
        ParamValue::Flag(_) => matches!(form, ParamForm::Flag { .. }),
        ParamValue::Choice(word) => {
            matches!(form, ParamForm::Choice { words } if words.contains(&word.as_str()))
        }
        // The policy reads it.
        ParamValue::Text(_) => matches!(form, ParamForm::Text { .. }),
    }
}

/// Whether a value has the parameter's form.
fn same_form(info: &ParamInfo, value: &ParamValue) -> bool {
    match value {
        ParamValue::Duration(_) => matches!(info.form, ParamForm::Duration { .. }),
        ParamValue::Count(_) => matches!(info.form, ParamForm::Count { .. }),
        ParamValue::Ratio(_) => matches!(info.form, ParamForm::Ratio { .. }),
        ParamValue::Number(_) => matches!(info.form, ParamForm::Number { .. }),
        ParamValue::Flag(_) => matches!(info.form, ParamForm::Flag { .. }),
        ParamValue::Choice(_) => matches!(info.form, ParamForm::Choice { .. }),
        ParamValue::Text(_) => matches!(info.form, ParamForm::Text { .. }),
    }
}

/// The known names as a phrase, with the nearest ones first said if they are near enough to be a slip.
fn one_of(found: &str, known: &[&str]) -> String {
    let list = known.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    let nearest = nearest(found, known);
    if nearest.is_empty() {
        return format!("one of {list}");
    }
    format!("one of {list}; did you mean {}?", nearest.join(" or "))
}

/// The names with the fewest edits from `found`, if these are at most a third of the longer name. A name beyond
/// [`NAME_CHARS_MAX`] is near to none.
fn nearest(found: &str, known: &[&str]) -> Vec<String> {
    if found.chars().nth(NAME_CHARS_MAX).is_some() {
        return Vec::new();
    }
    let distances: Vec<usize> = known.iter().map(|name| edits(found, name)).collect();
    let least = distances.iter().copied().min().unwrap_or(usize::MAX);
    known
        .iter()
        .zip(distances)
        .filter(|(name, distance)| {
            *distance == least && *distance * 3 <= name.len().max(found.chars().count())
        })
        .map(|(name, _)| quoted(name))
        .collect()
}

/// Edits (insert, delete, replace a character) from one name to another. Levenshtein 1966; one row of the
/// table of Wagner and Fischer 1974.
fn edits(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (line, to_char) in to.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, from_char) in from.iter().enumerate() {
            let replaced = diagonal + usize::from(*from_char != to_char);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[from.len()]
}

/// A name in backquotes.
fn quoted(name: &str) -> String {
    format!("`{}`", shortened(name))
}

/// A text of at most [`NAME_CHARS_MAX`] characters, so that a message stays a line.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
