//! The help texts, as a new user reads them.

use crate::command::Place;
use cusinart_policies::catalogue;
use expect_test::expect_file;

#[test]
fn help_texts_are_as_reviewed() {
    let place = Place::new();
    let help = |args: &[&str]| place.run(args).ends_with(0).stdout;
    expect_file!["help/cusinart-sim.txt"].assert_eq(&help(&["--help"]));
    expect_file!["help/run.txt"].assert_eq(&help(&["run", "--help"]));
    expect_file!["help/compare.txt"].assert_eq(&help(&["compare", "--help"]));
    expect_file!["help/test.txt"].assert_eq(&help(&["test", "--help"]));
    expect_file!["help/sweep.txt"].assert_eq(&help(&["sweep", "--help"]));
    expect_file!["help/report.txt"].assert_eq(&help(&["report", "--help"]));
    expect_file!["help/validate.txt"].assert_eq(&help(&["validate", "--help"]));
    expect_file!["help/policies.txt"].assert_eq(&help(&["policies", "--help"]));
    expect_file!["help/init.txt"].assert_eq(&help(&["init", "--help"]));
    expect_file!["help/completions.txt"].assert_eq(&help(&["completions", "--help"]));
}

#[test]
fn the_help_lists_every_exit_code() {
    let help = Place::new().run(&["--help"]).ends_with(0).stdout;
    for code in ["0", "1", "2", "3", "4", "5", "97", "98", "99", "130"] {
        assert!(help.lines().any(|line| line.split_whitespace().next() == Some(code)), "{code}");
    }
}

#[test]
fn completions_know_the_subcommands_in_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&["completions", shell]).ends_with(0).stdout;
        for word in ["run", "validate", "check-determinism"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
}

#[test]
fn the_bash_script_has_a_case_for_each_command_it_sets() {
    let script = Place::new().run(&["completions", "bash"]).ends_with(0).stdout;
    let set: Vec<_> = script
        .lines()
        .filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"'))
        .filter(|label| !label.is_empty())
        .collect();
    assert!(set.iter().any(|label| label.ends_with("__run")), "{set:?}");
    for label in set {
        assert!(script.contains(&format!("{label})\n")), "{label} is set and never met");
    }
}

#[test]
fn every_policy_of_the_list_can_be_explained() {
    let place = Place::new();
    let list = place.run(&["policies"]).ends_with(0).stdout;
    let page = place.run(&["policies", "--markdown"]).ends_with(0).stdout;
    let names: Vec<_> =
        list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    assert_eq!(names.len(), catalogue::entries().len());
    for (name, entry) in names.into_iter().zip(catalogue::entries()) {
        let text = place.run(&["policies", "show", name]).ends_with(0).stdout;
        assert!(text.starts_with(&format!("{name}: {}\n", entry.summary)), "{text}");
        for param in entry.params {
            let line = text.lines().find(|line| line.starts_with(&format!("  {} (", param.name)));
            assert!(line.is_some_and(|line| line.contains(&param.form.default_text())), "{text}");
        }
        let (before, example) = text.split_once("\nExample:\n").expect("an example ends the text");
        assert!(before.contains("\nSource:\n  "), "{text}");
        // The page shows the very same example, without the indent.
        let example: String = example.lines().map(|line| format!("{}\n", &line[2..])).collect();
        let begins = |section: &&str| example.starts_with(*section);
        assert!(["control:\n", "clients:\n", "services:\n"].iter().any(begins), "{text}");
        assert!(page.contains(&format!("```yaml\n{example}```\n")), "the page lacks:\n{example}");
    }
}

#[test]
fn an_unknown_policy_is_answered_with_the_nearest_one() {
    let place = Place::new();
    place.run(&["policies", "show", "power-of-two"]).ends_with(2).says("did you mean power_of_two?");
    place.run(&["policies", "show", "hpa"]).ends_with(2).says("did you mean kubernetes_hpa?");
    place
        .run(&["policies", "show", "phi"])
        .ends_with(2)
        .says("did you mean phi_accrual or phi_accrual_exponential?");
    place.run(&["policies", "show", "qqq"]).ends_with(2).says("`cusinart-sim policies` lists them");
}

#[test]
fn the_schema_is_json_and_the_one_in_the_repository() {
    for (args, file) in [(vec!["schema"], "schema.json"), (vec!["schema", "--sweep"], "sweep.schema.json")] {
        let schema = Place::new().run(&args).ends_with(0).stdout;
        serde_json::from_str::<serde_json::Value>(&schema).expect("it is JSON");
        let path = crate::command::repository().join("scenarios").join(file);
        let kept = std::fs::read_to_string(&path).expect("the schema is committed");
        assert_eq!(schema, kept, "run: cargo run -- {} > scenarios/{file}", args.join(" "));
    }
}
