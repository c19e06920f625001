//! The reference page of policies: the catalogue as Markdown.

use super::{example, kind_places, kind_title};
use crate::replication_args::percent_word;
use cusinart_policies::{ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use serde_json::Value;
use std::fmt::Write as _;

/// Options that stand beside a policy: the section of the scenario reference, and where a scenario has it.
const OPTIONS: [(&str, &str); 9] = [
    ("Degraded", "control.health_monitor.degraded"),
    ("Gate", "control.recovery.gate"),
    ("DisruptionBudget", "control.node_manager.disruption_budget"),
    ("Backoff", "control.recovery.backoff"),
    ("Ejection", "control.load_balancer.ejection"),
    ("ZoneAware", "control.load_balancer.zone_aware"),
    ("AutoScaler", "control.auto_scaler"),
    ("Bucket", "clients.NAME.retries.budget"),
    ("LibraryBudget", "clients.NAME.retries.budget"),
];

/// The whole page, with a newline at the end.
pub(super) fn page(entries: &[&PolicyEntry]) -> String {
    let mut text = String::from(
        "# Policies\n\n\
         Made from the catalogue by `cusinart-sim policies --markdown`; `cusinart-sim policies show NAME` prints the same of \
         one policy. A policy stands in a scenario by its name, with the parameters that differ from their defaults. \
         Ranges include both ends.\n\n",
    );
    for kind in PolicyKind::ALL {
        let _infallible = writeln!(text, "- [{}](#{})", kind_title(kind), anchor(kind_title(kind)));
    }
    text.push_str("- [Options beside a policy](#options-beside-a-policy)\n\n");
    for kind in PolicyKind::ALL {
        let of_kind: Vec<_> = entries.iter().copied().filter(|entry| entry.kind == kind).collect();
        text.push_str(&chapter(kind, &of_kind));
    }
    text.push_str(&options());
    text
}

/// All policies of a kind: an overview, then each.
fn chapter(kind: PolicyKind, entries: &[&PolicyEntry]) -> String {
    let mut text = format!(
        "## {}\n\nIn a scenario: `{}`.\n\n| policy | what it does |\n|---|---|\n",
        kind_title(kind),
        kind_places(kind)
    );
    for entry in entries {
        let _infallible = writeln!(text, "| [{0}](#{0}) | {1} |", entry.name, cell(entry.summary));
    }
    text.push('\n');
    entries.iter().for_each(|entry| text.push_str(&section(entry)));
    text
}

/// One policy.
fn section(entry: &PolicyEntry) -> String {
    let mut text = format!("### {}\n\n{}\n\n", entry.name, entry.summary);
    if entry.params.is_empty() {
        text.push_str("It has no parameters.\n\n");
    } else {
        text.push_str("| parameter | value | default | range | meaning |\n|---|---|---|---|---|\n");
        entry.params.iter().for_each(|param| text.push_str(&row(param)));
        text.push('\n');
    }
    let _infallible = writeln!(text, "Source: {}\n\n```yaml\n{}```\n", entry.source, example(entry));
    text
}

/// One parameter as a row of its table.
fn row(param: &ParamInfo) -> String {
    let [value, default, range] = form(&param.form);
    let doc = param.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("| `{}` | {value} | {default} | {range} | {} |\n", param.name, cell(&doc))
}

/// What is written, the default and the range.
fn form(form: &ParamForm) -> [String; 3] {
    let default = format!("`{}`", form.default_text());
    match form {
        ParamForm::Duration { min, max, .. } => ["time".into(), default, format!("{min} to {max}")],
        ParamForm::Count { min, max, .. } => ["whole number".into(), default, format!("{min} to {max}")],
        ParamForm::Ratio { min, max, .. } => {
            ["share".into(), default, format!("{} to {}", percent_word(*min), percent_word(*max))]
        }
        ParamForm::Number { min, max, .. } => ["number".into(), default, format!("{min} to {max}")],
        ParamForm::Flag { .. } => ["flag".into(), default, "`true`, `false`".into()],
        ParamForm::Choice { words } => {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            ["word".into(), default, words.join(", ")]
        }
        ParamForm::Text { default: "", expected } => ["text".into(), "empty".into(), cell(expected)],
        ParamForm::Text { expected, .. } => ["text".into(), default, cell(expected)],
    }
}

/// What stands beside a policy, with links to the fields.
fn options() -> String {
    let schema: Value = serde_json::from_str(&cusinart_scenarios::schema_json()).expect("the schema is JSON");
    let mut text = String::from(
        "## Options beside a policy\n\n\
         These go with any policy of their kind. The links lead to their fields.\n\n\
         | option | in a scenario | what it does |\n|---|---|---|\n",
    );
    for (name, place) in OPTIONS {
        let description = schema["definitions"][name]["description"].as_str().unwrap_or_default();
        let link = format!("scenario-reference.md#{}", anchor(name));
        let _infallible = writeln!(text, "| [{name}]({link}) | `{place}` | {} |", cell(description));
    }
    text
}

/// The name of a heading in links.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::ENTRY;
    use super::*;
    use cusinart_policies::catalogue;
    use expect_test::{expect, expect_file};

    #[test]
    fn the_page_in_docs_is_up_to_date() {
        expect_file!["../../../docs/policies.md"].assert_eq(&page(catalogue::entries()));
    }

    #[test]
    fn a_policy_has_its_parameters_in_a_table_and_its_example_in_place() {
        expect![[r"
            ### nearest

            Chooses the node that answered fastest.

            | parameter | value | default | range | meaning |
            |---|---|---|---|---|
            | `memory` | time | `10s` | 1ms to 1h | How far back latencies count. Longer is smoother and slower to notice a change, shorter follows every whim of the network. |
            | `slack` | share | `7%` | 0% to 100% | Nodes this close to the fastest count as equal. |

            Source: A paper, section 2.

            ```yaml
            control:
              load_balancer:
                nearest:
                  memory: 10s
            ```

        "]]
        .assert_eq(&section(&ENTRY));
    }

    #[test]
    fn every_option_is_described() {
        for line in options().lines().skip(6) {
            assert!(!line.ends_with("|  |"), "{line}");
        }
    }
}
