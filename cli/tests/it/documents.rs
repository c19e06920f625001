//! The documentation: the tutorial's scenario does what its text says, commands are understood, links lead somewhere.

use crate::command::{Place, files, repository, run_in};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_tutorial_shows_what_its_scenario_does() {
    let folder = repository().join("docs");
    let tutorial = read(&folder.join("tutorial.md"));
    let run = |more: &[&str]| {
        let args = [&["run", "tutorial.yaml", "--no-files"][..], more].concat();
        run_in(&folder, &BTreeMap::new(), &args, b"")
    };
    let missed = run(&[]).ends_with(99).stdout;
    let mended = run(&["--set", "control.load_balancer=least_connections"]).ends_with(0).stdout;
    // The verdict, the digest and the table of SLAs; of the second run the first two.
    for line in missed.lines().take(13).chain(mended.lines().take(2)) {
        assert!(tutorial.lines().any(|shown| shown == line), "docs/tutorial.md does not show:\n{line}");
    }
    // The parts that the tutorial shows make the same scenario.
    let parts: String = blocks(&tutorial)
        .into_iter()
        .filter(|(language, _)| *language == Some("yaml"))
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    let place = Place::new();
    place.write("tutorial.yaml", parts);
    let typed = place.run(&["run", "tutorial.yaml", "--no-files"]).ends_with(99).stdout;
    assert_eq!(typed, missed);
}

#[test]
fn commands_of_the_documentation_are_understood() {
    let place = Place::new();
    let mut checked = 0;
    for (path, text) in documents() {
        for command in commands(&text) {
            // Options before --help are read and checked; nothing is run.
            let mut args: Vec<_> = command.iter().map(String::as_str).collect();
            args.push("--help");
            let outcome = place.run(&args);
            assert_eq!(outcome.code, 0, "{}: {command:?}\n{}", path.display(), outcome.stderr);
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} commands were found");
}

#[test]
fn links_of_the_documentation_lead_somewhere() {
    let mut checked = 0;
    for (path, text) in documents() {
        for link in links(&text).into_iter().filter(|link| !link.starts_with("http")) {
            let (file, heading) = link.split_once('#').unwrap_or((link.as_str(), ""));
            let folder = path.parent().expect("a file lies in a folder");
            let target = if file.is_empty() { path.clone() } else { folder.join(file) };
            assert!(target.exists(), "{}: {link} leads nowhere", path.display());
            let found = heading.is_empty() || anchors(&read(&target)).iter().any(|anchor| anchor == heading);
            assert!(found, "{}: {link} names no heading", path.display());
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} links were found");
}

#[test]
fn shell_lines_are_split_like_a_shell_does() {
    let split = |line| {
        let commands = shell_commands(line);
        commands.iter().map(|words| words.join("_")).collect::<Vec<_>>()
    };
    assert_eq!(split("a  b --c='d e' # f"), ["a_b_--c=d e"]);
    assert_eq!(split("a '{b: [\"c\"]}' | d > e"), ["a_{b: [\"c\"]}", "d", "e"]);
    assert_eq!(split("a b#c"), ["a_b#c"]);
}

/// All pages of Markdown with their text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in [repository(), repository().join("docs"), repository().join("docs/how-to")] {
        for name in files(&folder).into_keys().filter(|name| name.ends_with(".md")) {
            let path = folder.join(name);
            let text = read(&path);
            found.push((path, text));
        }
    }
    found
}

/// The arguments of each `cusinart-sim` in a block for the shell.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (language, line) in blocks(text) {
        if language != Some("sh") {
            continue;
        }
        for command in shell_commands(line) {
            if let Some((program, args)) = command.split_first()
                && program == "cusinart-sim"
            {
                found.push(args.to_vec());
            }
        }
    }
    found
}

/// Targets of all links outside of blocks.
fn links(text: &str) -> Vec<String> {
    blocks(text)
        .into_iter()
        .filter(|(language, _)| language.is_none())
        .flat_map(|(_, line)| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_string())
        .collect()
}

/// The name that each heading has in a link.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            let kept = words.chars().filter(|&letter| letter.is_alphanumeric() || "-_".contains(letter));
            kept.collect::<String>()
        })
        .collect()
}

/// Each line with the language of the block it stands in, or none for prose.
fn blocks(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut inside = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            inside = if inside.is_some() { None } else { Some(language) };
        } else {
            found.push((inside, line));
        }
    }
    found
}

/// Splits a line at pipes and redirections, and each part into words without quotes; a comment ends it.
fn shell_commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match letter {
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => word.get_or_insert_default().push(letter),
            '\'' | '"' => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            '#' if word.is_none() => break,
            ' ' | '|' | '>' => {
                commands.last_mut().expect("there is one").extend(word.take());
                if letter != ' ' {
                    commands.push(Vec::new());
                }
            }
            _ => word.get_or_insert_default().push(letter),
        }
    }
    commands.last_mut().expect("there is one").extend(word.take());
    commands
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
