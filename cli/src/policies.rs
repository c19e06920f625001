//! `policies`: the catalogue for people.

use crate::args::{PoliciesArgs, PoliciesCommand};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::replication_args::percent_word;
use cusinart_policies::{ParamForm, ParamInfo, PolicyEntry, PolicyKind, catalogue};
use std::fmt::Write as _;

/// Columns that a paragraph may take.
const COLUMNS: usize = 92;
/// Names closer than this (Jaro-Winkler, 0..=1) are worth a "did you mean".
const SIMILARITY_MIN: f64 = 0.75;

/// Prints the list, or explains one policy.
pub(crate) fn policies(args: &PoliciesArgs) -> Result<ExitCode, CliError> {
    let entries = catalogue::entries();
    let text = match &args.command {
        None => list(entries),
        Some(PoliciesCommand::Show { name }) => {
            let found: Vec<_> = entries.iter().filter(|entry| entry.name == name).collect();
            if found.is_empty() {
                return Err(unknown(name, entries));
            }
            found.into_iter().map(|entry| show(entry)).collect::<Vec<_>>().join("\n")
        }
    };
    console::print(&text)?;
    Ok(ExitCode::Passed)
}

/// What a kind of policy is called, and where a scenario names it.
const fn kind_title(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Detector => "Failure detectors (control.health_monitor.detector)",
        PolicyKind::Recovery => "Recovery strategies (control.recovery.strategies)",
        PolicyKind::Balancing => "Balancing strategies (control.load_balancer)",
        PolicyKind::Scaling => "Scaling policies (control.auto_scaler.policy)",
        PolicyKind::Breaker => "Circuit breakers (clients.NAME.breaker, services.NAME.calls.breaker)",
        PolicyKind::ConcurrencyLimit => "Concurrency limits (services.NAME.concurrency_limit)",
        PolicyKind::QueueDiscipline => "Queue disciplines (services.NAME.queue_discipline)",
    }
}

/// All policies by kind, one line each.
fn list(entries: &[&PolicyEntry]) -> String {
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for kind in PolicyKind::ALL {
        text.push_str(kind_title(kind));
        text.push('\n');
        for entry in entries.iter().filter(|entry| entry.kind == kind) {
            let _infallible = writeln!(text, "  {:width$}  {}", entry.name, entry.summary);
        }
        text.push('\n');
    }
    text.push_str("More about one: cusinart-sim policies show NAME\n");
    text
}

/// One policy with its parameters.
fn show(entry: &PolicyEntry) -> String {
    let mut text = format!("{}: {}\n{}\n", entry.name, entry.summary, kind_title(entry.kind));
    text.push_str("\nParameters:\n");
    if entry.params.is_empty() {
        text.push_str("  none\n");
    }
    for param in entry.params {
        text.push_str(&parameter(param));
    }
    text.push_str("\nSource:\n");
    for line in wrap(entry.source, COLUMNS) {
        let _infallible = writeln!(text, "  {line}");
    }
    text.push_str("\nExample:\n");
    for line in entry.example.lines() {
        let _infallible = writeln!(text, "  {line}");
    }
    text
}

/// One parameter: its name with unit, default and range, and what it means.
fn parameter(param: &ParamInfo) -> String {
    let mut text = format!("  {} ({})\n", param.name, form(&param.form));
    for line in wrap(param.doc, COLUMNS) {
        let _infallible = writeln!(text, "      {line}");
    }
    text
}

/// Unit, default and range of a parameter, written as in a scenario.
fn form(form: &ParamForm) -> String {
    match form {
        ParamForm::Duration { default, min, max } => {
            format!("time, default {default}, {min} to {max}")
        }
        ParamForm::Count { default, min, max } => format!("whole number, default {default}, {min} to {max}"),
        ParamForm::Ratio { default, min, max } => {
            format!(
                "share, default {}, {} to {}",
                percent_word(*default),
                percent_word(*min),
                percent_word(*max)
            )
        }
        ParamForm::Number { default, min, max } => format!("number, default {default}, {min} to {max}"),
        ParamForm::Flag { default } => format!("true or false, default {default}"),
        ParamForm::Choice { words } => format!("one of {}; the first is the default", words.join(", ")),
        ParamForm::Text { default: "", expected } => format!("{expected}; empty by default"),
        ParamForm::Text { default, expected } => format!("{expected}, default {default}"),
    }
}

/// Breaks a text into lines.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_string()),
        }
    }
    lines
}

/// The error for a name that no policy has.
fn unknown(name: &str, entries: &[&PolicyEntry]) -> CliError {
    let likeness = |entry: &PolicyEntry| strsim::jaro_winkler(name, entry.name);
    let nearest = entries.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let hint = match nearest {
        Some(entry) if likeness(entry) >= SIMILARITY_MIN => format!("did you mean {}?", entry.name),
        Some(_) | None => "`cusinart-sim policies` lists them".to_string(),
    };
    CliError::Usage { message: format!("no policy is called {name:?}"), hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_policies::Duration;
    use expect_test::expect;

    static ENTRY: PolicyEntry = PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "nearest",
        summary: "Chooses the node that answered fastest.",
        source: "A paper, section 2.",
        params: &[
            ParamInfo {
                name: "memory",
                doc: "How far back latencies count.\n Longer is smoother and slower to notice a change, shorter \
                      follows every whim of the network.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "slack",
                doc: "Nodes this close to the fastest count as equal.",
                form: ParamForm::Ratio { default: 0.07, min: 0.0, max: 1.0 },
            },
        ],
        example: "load_balancer:\n  nearest: { memory: 10s }",
    };

    #[test]
    fn a_policy_is_explained_with_units_defaults_and_ranges() {
        expect![[r"
            nearest: Chooses the node that answered fastest.
            Balancing strategies (control.load_balancer)

            Parameters:
              memory (time, default 10s, 1ms to 1h)
                  How far back latencies count. Longer is smoother and slower to notice a change, shorter
                  follows every whim of the network.
              slack (share, default 7%, 0% to 100%)
                  Nodes this close to the fastest count as equal.

            Source:
              A paper, section 2.

            Example:
              load_balancer:
                nearest: { memory: 10s }
        "]]
        .assert_eq(&show(&ENTRY));
    }

    #[test]
    fn the_list_is_grouped_by_kind() {
        expect![[r"
            Failure detectors (control.health_monitor.detector)

            Recovery strategies (control.recovery.strategies)

            Balancing strategies (control.load_balancer)
              nearest  Chooses the node that answered fastest.

            Scaling policies (control.auto_scaler.policy)

            More about one: cusinart-sim policies show NAME
        "]]
        .assert_eq(&list(&[&ENTRY]));
    }

    #[test]
    fn a_misspelt_name_gets_a_suggestion() {
        for (name, expected) in [("neerest", "did you mean nearest?"), ("xyz", "lists them")] {
            let text = unknown(name, &[&ENTRY]).to_string();
            assert!(text.contains(expected), "{text}");
        }
    }
}
