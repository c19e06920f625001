//! `policies`: the catalogue for people.

mod page;

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
/// Fewest bytes of a name that are taken for a part of others.
const PART_MIN: usize = 3;

/// Prints the list, or explains one policy.
pub(crate) fn policies(args: &PoliciesArgs) -> Result<ExitCode, CliError> {
    let entries = catalogue::entries();
    let text = match &args.command {
        None if args.markdown => page::page(entries),
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

/// What policies of a kind are called.
const fn kind_title(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Detector => "Failure detectors",
        PolicyKind::Recovery => "Recovery strategies",
        PolicyKind::Balancing => "Balancing strategies",
        PolicyKind::Scaling => "Scaling policies",
        PolicyKind::Breaker => "Circuit breakers",
        PolicyKind::ConcurrencyLimit => "Concurrency limits",
        PolicyKind::QueueDiscipline => "Queue disciplines",
    }
}

/// Where a scenario names a policy of a kind.
const fn kind_place(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Detector => "control.health_monitor.detector",
        PolicyKind::Recovery => "control.recovery.strategies",
        PolicyKind::Balancing => "control.load_balancer",
        PolicyKind::Scaling => "control.auto_scaler.policy",
        PolicyKind::Breaker => "clients.NAME.breaker",
        PolicyKind::ConcurrencyLimit => "services.NAME.concurrency_limit",
        PolicyKind::QueueDiscipline => "services.NAME.queue_discipline",
    }
}

/// All places where a scenario names a policy of a kind.
fn kind_places(kind: PolicyKind) -> String {
    // Calls between services have the fields of clients.
    let also = if kind == PolicyKind::Breaker { ", services.NAME.calls.N.breaker" } else { "" };
    format!("{}{also}", kind_place(kind))
}

/// The heading of a kind.
fn kind_heading(kind: PolicyKind) -> String {
    format!("{} ({})", kind_title(kind), kind_places(kind))
}

/// The example of a policy at its place in a scenario, as YAML.
fn example(entry: &PolicyEntry) -> String {
    let mut text = String::new();
    let mut indent = String::new();
    for section in kind_place(entry.kind).split('.') {
        let _infallible = writeln!(text, "{indent}{section}:");
        indent.push_str("  ");
    }
    // Strategies of recovery are a list.
    let (first, others) = if entry.kind == PolicyKind::Recovery { ("- ", "  ") } else { ("", "") };
    for (number, line) in entry.example.lines().enumerate() {
        let mark = if number == 0 { first } else { others };
        let _infallible = writeln!(text, "{indent}{mark}{line}");
    }
    text
}

/// All policies by kind, one line each.
fn list(entries: &[&PolicyEntry]) -> String {
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for kind in PolicyKind::ALL {
        text.push_str(&kind_heading(kind));
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
    let mut text = format!("{}: {}\n{}\n", entry.name, entry.summary, kind_heading(entry.kind));
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
    for line in example(entry).lines() {
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

/// The error for a name that no policy has: the names that contain it are said, else the nearest one.
fn unknown(name: &str, entries: &[&PolicyEntry]) -> CliError {
    let likeness = |entry: &PolicyEntry| strsim::jaro_winkler(name, entry.name);
    let nearest = entries.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let mut meant: Vec<_> =
        entries.iter().filter(|entry| name.len() >= PART_MIN && entry.name.contains(name)).collect();
    if meant.is_empty() {
        meant.extend(nearest.filter(|entry| likeness(entry) >= SIMILARITY_MIN));
    }
    let hint = if meant.is_empty() {
        "`cusinart-sim policies` lists them".to_string()
    } else {
        let names: Vec<_> = meant.iter().map(|entry| entry.name).collect();
        format!("did you mean {}?", names.join(" or "))
    };
    CliError::Usage { message: format!("no policy is called {name:?}"), hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_policies::Duration;
    use cusinart_scenarios::{Overlay, parse};
    use expect_test::expect;
    use std::path::Path;

    pub(super) static ENTRY: PolicyEntry = PolicyEntry {
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
        example: "nearest:\n  memory: 10s",
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
              control:
                load_balancer:
                  nearest:
                    memory: 10s
        "]]
        .assert_eq(&show(&ENTRY));
    }

    #[test]
    fn every_example_is_part_of_a_scenario_that_loads() {
        let around = "version: 1\nname: x\ndescription: x\nduration: 1h\nzones: [a]\nnode_types: { one: { workers: 1 } }\n\
                      services: { s: { node_type: one, nodes: 1, service_time: { exponential: { mean: 1ms } } } }\n\
                      clients: { c: { service: s, arrivals: { poisson: { rate: 1/s } } } }\n";
        for entry in catalogue::entries() {
            // Clients and services are there already: the policy becomes a field of theirs.
            let place = kind_place(entry.kind);
            let own = place.replace("clients.NAME", "clients.c").replace("services.NAME", "services.s");
            let (text, set) = if own == place {
                (format!("{around}{}", example(entry)), Vec::new())
            } else {
                (around.to_string(), vec![format!("{own}={{ {} }}", entry.example)])
            };
            if let Err(error) = parse("example", &text, Path::new("."), &Overlay { set, seed: None }) {
                panic!("{}: {error}\n{text}", entry.name);
            }
        }
    }

    #[test]
    fn the_list_is_grouped_by_kind() {
        expect![[r#"
            Failure detectors (control.health_monitor.detector)

            Recovery strategies (control.recovery.strategies)

            Balancing strategies (control.load_balancer)
              nearest  Chooses the node that answered fastest.

            Scaling policies (control.auto_scaler.policy)

            Circuit breakers (clients.NAME.breaker, services.NAME.calls.N.breaker)

            Concurrency limits (services.NAME.concurrency_limit)

            Queue disciplines (services.NAME.queue_discipline)

            More about one: cusinart-sim policies show NAME
        "#]]
        .assert_eq(&list(&[&ENTRY]));
    }

    #[test]
    fn a_misspelt_name_gets_a_suggestion() {
        for (name, expected) in [
            ("neerest", "did you mean nearest?"),
            ("est", "did you mean nearest?"),
            ("e", "lists them"),
            ("xyz", "lists them"),
        ] {
            let text = unknown(name, &[&ENTRY]).to_string();
            assert!(text.contains(expected), "{text}");
        }
    }
}
