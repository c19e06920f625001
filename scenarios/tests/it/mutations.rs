//! Whatever a file holds, reading it ends with a scenario or a message, never with a panic.

use crate::support::{read, yaml_files};
use cusinart_scenarios::{Overlay, cluster_config_from_toml, parse, starter, to_yaml};
use proptest::prelude::*;
use std::path::Path;

/// Pieces that matter to YAML, to units and to the reader.
const PIECES: [&str; 40] = [
    "0",
    "-1",
    "99999999999999999999",
    "1e400",
    ".nan",
    ".inf",
    "s",
    "%",
    "/s",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "\n",
    "\t",
    "  ",
    "&a ",
    "*a",
    "!!str ",
    "null",
    "~",
    "''",
    "\"",
    "|",
    ">",
    "#",
    ", ",
    "<<: ",
    "? ",
    "---\n",
    "outside",
    "control",
    "during [1m, 2m]",
    "ü",
    "\u{0}",
    "\u{feff}",
    "\r",
    "10ms",
];

/// A change of a text.
#[derive(Clone, Debug)]
enum Mutation {
    Insert(prop::sample::Index, usize),
    Delete(prop::sample::Index, usize),
    CopyLine(prop::sample::Index, prop::sample::Index),
    SwapWord(prop::sample::Index, prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || any::<prop::sample::Index>();
    prop_oneof![
        (at(), 0..PIECES.len()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (at(), 1_usize..40).prop_map(|(at, count)| Mutation::Delete(at, count)),
        (at(), at()).prop_map(|(from, to)| Mutation::CopyLine(from, to)),
        (at(), at()).prop_map(|(from, to)| Mutation::SwapWord(from, to)),
    ]
}

fn apply(text: &str, mutation: &Mutation) -> String {
    let characters: Vec<char> = text.chars().collect();
    let lines: Vec<&str> = text.split('\n').collect();
    let words: Vec<&str> = text.split(' ').collect();
    match mutation {
        Mutation::Insert(at, piece) => {
            let (head, tail) = characters.split_at(at.index(characters.len() + 1));
            head.iter().copied().chain(PIECES[*piece].chars()).chain(tail.iter().copied()).collect()
        }
        Mutation::Delete(at, count) => {
            let at = at.index(characters.len() + 1);
            let keep = |n: &usize| !(at..at + count).contains(n);
            (0..characters.len()).filter(keep).map(|n| characters[n]).collect()
        }
        Mutation::CopyLine(from, to) => {
            let mut lines = lines.clone();
            lines.insert(to.index(lines.len()), lines[from.index(lines.len())]);
            lines.join("\n")
        }
        Mutation::SwapWord(from, to) => {
            let mut words = words.clone();
            let (from, to) = (from.index(words.len()), to.index(words.len()));
            words.swap(from, to);
            words.join(" ")
        }
    }
}

/// What must hold of any text.
fn check(text: &str) {
    match read(text) {
        Ok(scenario) => {
            let written = to_yaml(&scenario);
            if let Err(error) = read(&written) {
                panic!("what was written is not read:\n{error}\n{written}");
            }
        }
        Err(error) => assert!(error.to_string().contains("expected "), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_mutated_scenario_is_read_or_refused(
        file in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(mutation(), 1..5),
    ) {
        let mut texts = vec![starter().to_owned()];
        for path in yaml_files("tests/it/files") {
            texts.push(std::fs::read_to_string(path).expect("test files are text"));
        }
        let text = texts.swap_remove(file.index(texts.len()));
        check(&mutations.iter().fold(text, |text, mutation| apply(&text, mutation)));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
        check(&text);
        if let Err(error) = cluster_config_from_toml("cluster.toml", &text) {
            prop_assert!(error.to_string().contains("expected "), "{}", error);
        }
    }

    #[test]
    fn any_assignment_is_taken_or_refused(set in "[a-z0-9_.]{0,30}=?.{0,20}") {
        let overlay = Overlay { set: vec![set], seed: None };
        if let Err(error) = parse("starter.yaml", starter(), Path::new("."), &overlay) {
            prop_assert!(error.to_string().contains("expected "), "{}", error);
        }
    }
}
