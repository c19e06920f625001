//! Bad scenario files: a pointed message, exit code 3, nothing written, no crash, and quickly.

use crate::command::{Place, TINY, files, repository};

/// Names of the files that are made here because they are too large or not text.
const MADE: [&str; 6] = ["empty", "binary", "nul", "deep-flow", "deep-block", "long-line"];

fn made(name: &str) -> Vec<u8> {
    match name {
        "empty" => Vec::new(),
        "binary" => (0..=255).cycle().take(10_000).collect(),
        "nul" => b"name: a\0b\n".to_vec(),
        "deep-flow" => [vec![b'['; 100_000], vec![b']'; 100_000]].concat(),
        "deep-block" => (0..2_000).flat_map(|depth| [vec![b' '; depth], b"a:\n".to_vec()].concat()).collect(),
        "long-line" => [b"name: ".to_vec(), vec![b'x'; 5_000_000], b"\nnonsense: [\n".to_vec()].concat(),
        other => unreachable!("{other} is not listed"),
    }
}

#[test]
fn files_that_are_no_scenarios_end_with_3() {
    for name in MADE {
        let place = Place::new();
        let file = format!("{name}.yaml");
        place.write(&file, made(name));
        check(&place, &file);
    }
}

#[test]
fn shipped_bad_files_end_with_3_and_say_where() {
    let folder = repository().join("scenarios/bad");
    let bad: Vec<_> = files(&folder).into_iter().filter(|(name, _)| name.ends_with(".yaml")).collect();
    assert!(bad.len() >= 15, "{} bad files are shipped", bad.len());
    for (name, bytes) in bad {
        let place = Place::new();
        place.write(&name, bytes);
        check(&place, &name);
    }
}

#[test]
fn an_endless_input_is_read_to_its_limit_only() {
    let place = Place::new();
    let much = vec![b'#'; 9 << 20];
    for command in ["run", "validate"] {
        place.run_with_input(&[command, "-"], &much).ends_with(3).says("<stdin>: found a larger file");
        if cfg!(unix) {
            place.run(&[command, "/dev/zero"]).ends_with(3).says("/dev/zero: found a larger file");
        }
    }
    place.write("cluster.toml", &much);
    place.run(&["validate", "cluster.toml"]).ends_with(3).says("cluster.toml: found a larger file");
    assert_eq!(place.names(), ["cluster.toml", TINY]);
}

#[test]
fn stdin_must_be_text_like_a_file() {
    let place = Place::new();
    let text = include_str!("tiny.yaml").replace("Two nodes", "Two n\u{f6}des");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c).expect("it is Latin-1")).collect();
    for command in ["run", "validate"] {
        let outcome = place.run_with_input(&[command, "-"], &latin).ends_with(3);
        outcome.says("<stdin>:4:19: found a byte that is not UTF-8");
    }
    place.write("cluster.toml", b"zones = [\"\xe4\"]\n");
    let outcome = place.run(&["validate", "cluster.toml"]).ends_with(3);
    outcome.says("cluster.toml:1:11: found a byte that is not UTF-8, expected a TOML file in UTF-8");
}

/// Runs and validates a bad file.
#[track_caller]
fn check(place: &Place, file: &str) {
    for command in ["run", "validate"] {
        let outcome = place.run(&[command, file]);
        assert_eq!(outcome.code, 3, "{command} {file}: {}", outcome.stderr);
        let says_where = outcome.stderr.lines().any(|line| points_into(line, file));
        assert!(says_where, "{command} {file} does not say where:\n{}", outcome.stderr);
        assert!(outcome.stderr.contains("expected"), "{command} {file}:\n{}", outcome.stderr);
        assert!(!outcome.stderr.contains("panicked"), "{file}: {}", outcome.stderr);
        assert!(outcome.stderr.len() < 20_000, "{file}: a message of {} bytes", outcome.stderr.len());
        assert_eq!(outcome.stdout, "", "{file}");
    }
    let mut names = place.names();
    names.retain(|name| name != file && name != TINY);
    assert!(names.is_empty(), "{file}: {names:?} was written");
}

/// Whether a line holds `file:line:column`.
fn points_into(line: &str, file: &str) -> bool {
    line.match_indices(file).any(|(at, _)| {
        let mut parts = line[at + file.len()..]
            .split(|c: char| !c.is_ascii_digit() && c != ':')
            .next()
            .unwrap_or_default()
            .split(':')
            .skip(1);
        let mut number = || parts.next().is_some_and(|part| part.parse::<u64>().is_ok());
        number() && number()
    })
}
