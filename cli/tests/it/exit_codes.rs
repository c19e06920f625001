//! Each exit code has one meaning, and each message says what to do.

use crate::command::{Place, TINY};

#[test]
fn a_run_that_meets_its_slas_ends_with_0() {
    let outcome = Place::new().run(&["run", TINY, "--no-files"]).ends_with(0);
    assert!(outcome.stdout.contains("cusinart-sim run tiny.yaml --seed "), "{}", outcome.stdout);
}

#[test]
fn init_writes_a_scenario_that_runs() {
    let place = Place::new();
    place.run(&["init"]).ends_with(0).says("cusinart-sim run scenario.yaml");
    let outcome = place.run(&["run", "scenario.yaml", "--no-files"]);
    assert!([0, 99].contains(&outcome.code), "{outcome:?}");
    place.run(&["init", "mine.yaml", "--quiet"]).ends_with(0);
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("it was written");
    assert_eq!(read("mine.yaml"), read("scenario.yaml"));
    assert_eq!(place.run(&["init", "-"]).ends_with(0).stdout, read("scenario.yaml"));
}

#[test]
fn wrong_arguments_end_with_2() {
    let place = Place::new();
    place.run(&[]).ends_with(2).says("Usage:");
    place.run(&["valdate", TINY]).ends_with(2).says("'validate'");
    place.run(&["run"]).ends_with(2).says("<SCENARIO>");
    place.run(&["run", TINY, "--set", "duration"]).ends_with(2).says("PATH=VALUE");
    place.run(&["run", TINY, "--seed", "seven"]).ends_with(2).says("--seed");
    place.run(&["run", TINY, "--trace=2/3"]).ends_with(2).says("1/N");
    place.run(&["run", TINY, "--trace", "--no-files"]).ends_with(2).says("--no-files");
    place.run(&["run", "-", "-"]).ends_with(2).says("more than once");
    place.run(&["run", TINY, TINY]).ends_with(2).says("both be written to");
    place.run(&["policies", "show", "no_such_policy"]).ends_with(2).says("hint:");
    place.run(&["completions", "tcsh"]).ends_with(2).says("bash");
    assert_eq!(place.names(), [TINY], "nothing may be written");
}

#[test]
fn a_wrong_scenario_ends_with_3_and_writes_nothing() {
    let place = Place::new();
    place.run(&["run", TINY, "--set", "seed=many"]).ends_with(3).says("--set seed=many");
    place.run(&["run", TINY, "--set", "no.such.field=1"]).ends_with(3).says("--set no.such.field=1");
    place.run_with_input(&["run", "-"], b"name 7\n").ends_with(3).says("<stdin>");
    place.run(&["validate", TINY, "--set", "seed=many"]).ends_with(3);
    assert_eq!(place.names(), [TINY]);
}

#[test]
fn a_folder_without_scenarios_ends_with_4() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("empty")).expect("the folder is writable");
    place.run(&["run", "empty"]).ends_with(4).says("no *.yaml file");
    place.run(&["validate", "empty"]).ends_with(4);
}

#[test]
fn what_cannot_be_read_or_written_ends_with_5() {
    let place = Place::new();
    place.write("notes.txt", "mine");
    place.run(&["run", "missing.yaml"]).ends_with(5).says("missing.yaml");
    place.run(&["run", TINY, "--out", "."]).ends_with(5).says("--out");
    place.run(&["run", TINY, "--out", "notes.txt"]).ends_with(5).says("hint:");
    place.run(&["init", TINY]).ends_with(5).says("is not replaced");
    place.run(&["init", "no/such/folder.yaml"]).ends_with(5).says("folder.yaml");
    assert_eq!(place.names(), ["notes.txt", TINY]);
}

#[test]
fn a_broken_sla_ends_with_99() {
    let place = Place::new();
    place.run(&["run", TINY, "--no-files", "--set", "slas=[\"cost < 0.000001\"]"]).ends_with(99);
}

#[test]
fn of_several_scenarios_the_worst_decides_and_the_others_are_run() {
    let place = Place::new();
    place.write("wrong.yaml", "name: 7s\nnonsense: true\n");
    let outcome = place.run(&["run", "wrong.yaml", TINY, "--out", "all"]).ends_with(3).says("wrong.yaml:");
    assert!(outcome.stdout.contains("cusinart-sim run tiny.yaml --seed "), "{}", outcome.stdout);
    assert_eq!(std::fs::read_dir(place.path().join("all")).expect("it was made").count(), 1);
}

#[test]
fn a_failure_ends_with_the_command_that_repeats_it() {
    let outcome = Place::new().run(&["run", TINY, "--seed", "7", "--set", "a b=it's"]).ends_with(3);
    let last = outcome.stderr.lines().last();
    assert_eq!(last, Some(r"again: cusinart-sim run tiny.yaml --seed 7 --set 'a b=it'\''s'"));
}

#[test]
fn validate_says_ok_per_file_and_tells_errors_apart() {
    let place = Place::new();
    place.write("wrong.yaml", "name: 7s\nnonsense: true\n");
    let outcome = place.run(&["validate", TINY, "wrong.yaml"]).ends_with(3).says("wrong.yaml:");
    assert_eq!(outcome.stdout, "ok  tiny.yaml\n");
    let outcome = place.run(&["validate", ".", "--format", "json"]).ends_with(3);
    let rows: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("it is JSON");
    let valid: Vec<_> = rows.as_array().expect("a list").iter().map(|row| &row["valid"]).collect();
    assert_eq!(valid, [true, false]);
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    // Far more output than a pipe holds, to a reader that is gone.
    let mut child = Command::new(env!("CARGO_BIN_EXE_cusinart-sim"))
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the process was started");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn colour_is_for_terminals_unless_it_is_forced() {
    let escape = '\u{1b}';
    let wrong = ["run", TINY, "--set", "seed=many"];
    let forced = ["run", TINY, "--set", "seed=many", "--color", "always"];
    assert!(!Place::new().run(&wrong).stderr.contains(escape));
    assert!(Place::new().run(&forced).stderr.contains(escape));
    assert!(Place::new().with("CLICOLOR_FORCE", "1").run(&wrong).stderr.contains(escape));
    assert!(
        !Place::new().with("CLICOLOR_FORCE", "1").with("NO_COLOR", "1").run(&wrong).stderr.contains(escape)
    );
    assert!(Place::new().with("CUSINART_COLOR", "always").run(&wrong).stderr.contains(escape));
}
