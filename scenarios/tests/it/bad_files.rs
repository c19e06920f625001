//! Every file in `bad/` is refused with a pointed message; the file's name says its defect.

use crate::support::{SMALL, message, small_with, yaml_files};
use cusinart_scenarios::{Overlay, ScenarioError, load, parse};
use expect_test::{expect, expect_file};
use std::path::Path;

#[test]
fn every_bad_file_is_refused_with_a_pointed_message() {
    let mut told = String::new();
    let paths = yaml_files("bad");
    assert!(paths.len() >= 60, "{} files", paths.len());
    for path in paths {
        let error = match load(&path, &Overlay::default()) {
            Ok(_) => panic!("{} was read", path.display()),
            Err(error) => error,
        };
        assert!(matches!(error, ScenarioError::Invalid { .. }), "{}", path.display());
        told += &format!("{error}\n\n");
    }
    expect_file!["files/bad.txt"].assert_eq(&told);
}

#[test]
fn a_file_that_is_not_there_is_an_error_of_input_and_output() {
    let error =
        load(Path::new("bad/is-not-there.yaml"), &Overlay::default()).expect_err("there is no such file");
    assert!(matches!(error, ScenarioError::Io { .. }));
    assert!(error.to_string().starts_with("bad/is-not-there.yaml: cannot be read: "), "{error}");
}

#[test]
fn a_huge_text_is_refused_before_it_is_parsed() {
    let text = format!("{SMALL}# {}\n", "x".repeat(9 << 20));
    expect![[r#"
        test.yaml: found a larger file, expected at most 8 MiB
          hint: put long rate curves into a CSV file (`trace`)
    "#]]
    .assert_eq(&message(&text));
}

#[test]
fn at_most_ten_problems_are_told_and_the_rest_counted() {
    let more: String = (0..15).map(|n| format!("key{n}: 1\n")).collect();
    let text = message(&format!("{SMALL}{more}"));
    assert_eq!(text.matches("unknown key").count(), 10);
    assert!(text.ends_with("\n\n5 more problems are not shown\n"), "{text}");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_accepted() {
    let text = format!("\u{feff}{}", SMALL.replace('\n', "\r\n"));
    assert_eq!(crate::support::good(&text), crate::support::good(SMALL));
    // Places are right with them, too.
    let bad = text.replace("nodes: 4", "nodes: x");
    let error = parse("crlf.yaml", &bad, Path::new("."), &Overlay::default()).expect_err("x is no count");
    assert!(error.to_string().starts_with("crlf.yaml:8:33: found `x`"), "{error}");
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let text = message(&small_with("nodes: 4", "nodes: \"\\u001b[2J\"", ""));
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let long = format!("nodes: oops, labels: [{}]", vec!["l"; 200].join(", "));
    let text = message(&small_with("nodes: 4", &long, ""));
    assert!(text.lines().all(|line| line.chars().count() < 160), "{text}");
    assert!(text.contains("oops"), "{text}");
}
