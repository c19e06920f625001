//! Ctrl-C keeps what was simulated.

#![cfg(unix)]

use crate::command::{Place, TINY, files};
use std::process::{Command, Stdio};

#[test]
fn ctrl_c_ends_with_130_and_keeps_what_was_simulated() {
    let place = Place::new();
    let (page, notes) = interrupted(&place, &[]);
    assert!(
        notes.contains("interrupted at ") && notes.contains(" of 48h; what was simulated is kept"),
        "{notes}"
    );
    assert!(page.contains("cusinart-sim run tiny.yaml --seed "), "{page}");
    assert!(files(&place.path().join("out")).contains_key("run.json"));
    assert_eq!(place.names(), ["out", TINY], "nothing temporary stays");
}

#[test]
fn a_part_of_a_run_never_replaces_what_was_to_be_added_to() {
    let place = Place::new();
    let (_, notes) = interrupted(&place, &["--replications", "2", "--add"]);
    assert!(notes.contains(" of 48h; out stays as it was"), "{notes}");
    assert_eq!(place.names(), [TINY]);
}

/// Interrupts a long run while it simulates. Returns its page and its notes.
fn interrupted(place: &Place, more: &[&str]) -> (String, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_cusinart-sim"))
        .args(["run", TINY, "--out", "out", "--no-plots", "--set", "duration=48h"])
        .args(more)
        .current_dir(place.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // The run listens for signals before it makes the folder that it fills.
    while !place.names().iter().any(|name| name.starts_with(".cusinart-")) {
        std::thread::yield_now();
    }
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("a shell is there").success());
    let output = child.wait_with_output().expect("the process was started");
    let (page, notes) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{page}{notes}");
    (page.into_owned(), notes.into_owned())
}
