//! Sweeps: the same bytes however often they are stopped and on however many threads; pointed errors.

use crate::command::{Outcome, Place, TINY, files, repository};
use expect_test::{Expect, expect, expect_file};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A scenario of two simulated seconds.
const BLINK: &str = "\
version: 1
name: blink
duration: 2s
zones: [a]
node_types: { web: { workers: 2, queue: 4, cost_per_hour: 1 } }
services: { api: { node_type: web, nodes: 2, service_time: { exponential: { mean: 60ms } } } }
clients: { users: { service: api, arrivals: { poisson: { rate: 40/s } }, timeout: 200ms } }
slas: [availability >= 90%, latency.p90 < 150ms]
";

/// A thousand points of it.
const THOUSAND: [&str; 11] = [
    "sweep",
    "blink.yaml",
    "--vary=services.api.nodes=1..10",
    "--vary=node_types.web.workers=1..10",
    "--vary=clients.users.timeout=100ms..1s:100ms",
    "--replications=2",
    "--metric=availability",
    "--metric=latency.p90",
    "--quiet",
    "--out",
    "out",
];

/// A sweep of some points.
pub(crate) const FEW: [&str; 7] = [
    "sweep",
    "blink.yaml",
    "--vary=services.api.nodes=1,2,4",
    "--vary=control.load_balancer=round_robin,power_of_two",
    "--replications=3",
    "--out",
    "out",
];

pub(crate) fn place() -> Place {
    let place = Place::new();
    place.write("blink.yaml", BLINK);
    place
}

/// All files of a folder and of the folders in it.
pub(crate) fn everything(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = files(folder);
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            let name = path.file_name().expect("it has one").to_string_lossy().into_owned();
            all.extend(everything(&path).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        }
    }
    all
}

/// Asserts that two sweeps left the same bytes; names the first file that differs.
#[track_caller]
pub(crate) fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert!(other[name] == *bytes, "{name} differs");
    }
}

/// A command that runs beside the test.
fn start(place: &Place, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cusinart-sim"))
        .args(args)
        .current_dir(place.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test")
}

/// Points that are kept so far.
fn kept(place: &Place) -> usize {
    fs::read_dir(place.path().join("out/points")).map_or(0, Iterator::count)
}

/// Waits until so many points are kept, or the command has ended. Returns whether it still runs.
fn wait_for(place: &Place, child: &mut Child, points: usize) -> bool {
    loop {
        if child.try_wait().expect("it was started").is_some() {
            return false;
        }
        if kept(place) >= points {
            return true;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_sweep_killed_twenty_times_leaves_the_same_bytes_as_an_undisturbed_one() {
    let undisturbed = place();
    let page = undisturbed.run(&THOUSAND).ends_with(0).stdout;
    let expected = everything(&undisturbed.path().join("out"));
    assert_eq!(expected.keys().filter(|name| name.starts_with("points/")).count(), 1_001);
    assert!(expected.contains_key("report.html"), "the page is compared, too");

    let killed = place();
    let mut luck = 42_u64;
    for kill in 0..20 {
        // Knuth's generator of 64 bits: from 0 to 31 points more each time, and those that are finished until the
        // signal arrives. That is far from all points, so that every kill meets a sweep at work.
        luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let more = (luck >> 33) as usize % 32;
        let goal = (kept(&killed) + more).min(1_000);
        let mut child = start(&killed, &[&THOUSAND[..], &["-j1"]].concat());
        assert!(wait_for(&killed, &mut child, goal), "it ended before kill {kill}");
        child.kill().expect("it still runs");
        child.wait().expect("it was started");
    }
    assert!(kept(&killed) >= 100, "{} points after the last kill", kept(&killed));
    assert_eq!(killed.run(&THOUSAND).ends_with(0).stdout, page);
    assert_same(&everything(&killed.path().join("out")), &expected);
}

#[test]
fn threads_and_a_second_time_change_nothing() {
    let (one, two) = (place(), place());
    let page = one.run(&[&FEW[..], &["-j1"]].concat()).ends_with(0).stdout;
    let again = two.run(&[&FEW[..], &["-j2"]].concat()).ends_with(0).stdout;
    assert_eq!(page, again);
    let expected = everything(&one.path().join("out"));
    assert_same(&everything(&two.path().join("out")), &expected);
    one.run(&FEW).ends_with(0).says("7 of 7 points are there already");
    assert_same(&everything(&one.path().join("out")), &expected);
    assert_eq!(one.names(), ["blink.yaml", "out", TINY]);
}

#[test]
fn what_was_damaged_is_made_again() {
    let place = place();
    place.run(&FEW).ends_with(0);
    let out = place.path().join("out");
    let expected = everything(&out);
    let points = out.join("points");
    let damage: [&dyn Fn(); 6] = [
        &|| fs::write(points.join("000002.json"), "{ torn").expect("writable"),
        &|| fs::remove_file(points.join("000003.json")).expect("it is there"),
        &|| {
            let text = fs::read_to_string(points.join("000004.json")).expect("it is there");
            fs::write(points.join("000004.json"), text.replace("\"slas_held\":2", "\"slas_held\":1"))
                .expect("writable");
        },
        &|| fs::write(out.join("journal.jsonl"), "{\"point\":0,\"hash\":\"00").expect("writable"),
        &|| fs::write(points.join(".cusinart-sim-unfinished-000005.json"), "half").expect("writable"),
        &|| fs::remove_file(out.join("results.json")).expect("it is there"),
    ];
    for damage in damage {
        damage();
        place.run(&FEW).ends_with(0);
        assert_same(&everything(&out), &expected);
    }
}

#[test]
fn another_sweep_in_the_way_is_told_and_replaced_only_when_asked() {
    let place = place();
    place.run(&FEW).ends_with(0);
    let out = place.path().join("out");
    let before = everything(&out);
    let other = [&FEW[..], &["--seed", "7", "--metric=latency.p99"]].concat();
    let told = place.run(&other).ends_with(5);
    expect![[r#"
        error: out: the sweep there is another one; not the same: seed, metrics
          hint: begin anew with --restart, which removes what that sweep found, or name another folder with --out
    "#]]
    .assert_eq(&told.stderr);
    assert_same(&everything(&out), &before);
    fs::write(out.join("notes.txt"), "mine").expect("writable");
    fs::write(out.join("points/000099.json.bak"), "mine").expect("writable");
    place.run(&[&other[..], &["--restart"]].concat()).ends_with(0);
    let after = everything(&out);
    assert_eq!((&after["notes.txt"][..], &after["points/000099.json.bak"][..]), (&b"mine"[..], &b"mine"[..]));
    assert_ne!(after["sweep.csv"], before["sweep.csv"]);
    place.run(&[&FEW[..], &["--restart"]].concat()).ends_with(0);
    fs::remove_file(out.join("notes.txt")).expect("it is there");
    fs::remove_file(out.join("points/000099.json.bak")).expect("it is there");
    assert_same(&everything(&out), &before);
}

#[test]
fn what_no_sweep_wrote_is_left_alone() {
    let place = place();
    fs::create_dir(place.path().join("out")).expect("writable");
    fs::write(place.path().join("out/thesis.txt"), "mine").expect("writable");
    for args in [FEW.to_vec(), [&FEW[..], &["--restart"]].concat()] {
        place.run(&args).ends_with(5).says("out: the folder is not empty and holds no sweep.json of a sweep");
    }
    fs::write(place.path().join("out/sweep.json"), "{\"my\": \"own\"}").expect("writable");
    place
        .run(&[&FEW[..], &["--restart"]].concat())
        .ends_with(5)
        .says("sweep.json was not written by a sweep");
    assert_eq!(files(&place.path().join("out")).len(), 2);
    place.write("file", "mine");
    let elsewhere = [&FEW[..5], &["--out", "file"]].concat();
    place.run(&elsewhere).ends_with(5).says("file: a file is in the way");
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_finished_points_and_says_how_to_go_on() {
    let place = place();
    let args: Vec<&str> = THOUSAND.into_iter().filter(|word| *word != "--quiet").collect();
    let mut child = start(&place, &args);
    assert!(wait_for(&place, &mut child, 5), "it ended before it was interrupted");
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("a shell is there").success());
    let output = child.wait_with_output().expect("the process was started");
    let notes = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{notes}");
    assert!(
        notes.contains("of 1001 points are kept in out\n  go on with: cusinart-sim sweep blink.yaml"),
        "{notes}"
    );
    let names = files(&place.path().join("out"));
    assert_eq!(names.keys().collect::<Vec<_>>(), ["journal.jsonl", "sweep.json"]);
    let lines = names["journal.jsonl"].iter().filter(|byte| **byte == b'\n').count();
    assert!(lines >= 5 && lines == kept(&place), "{lines} lines, {} points", kept(&place));
}

#[test]
fn the_page_says_what_is_best_and_what_matters() {
    let outcome = place().run(&FEW).ends_with(0);
    expect_file!["sweep/page.txt"].assert_eq(&outcome.stdout);
}

#[test]
fn json_is_the_file_of_results() {
    let place = place();
    let json = place.run(&[&FEW[..], &["--format=json"]].concat()).ends_with(0).stdout;
    let written = fs::read_to_string(place.path().join("out/results.json")).expect("it is there");
    assert_eq!(json, written);
    serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON");
}

#[test]
fn the_table_has_a_row_per_point_and_replication() {
    let place = place();
    place.run(&FEW).ends_with(0);
    let table = fs::read_to_string(place.path().join("out/sweep.csv")).expect("it is there");
    let mut lines = table.lines();
    assert_eq!(
        lines.next(),
        Some(
            "point,replication,seed,services.api.nodes,control.load_balancer,slas_held,slas,all_slas_hold,availability,latency.p90_s,cost"
        )
    );
    assert_eq!(lines.count(), 7 * 3);
    assert!(table.contains("\n0,0,42,,,"), "point 0 is the scenario as it stands: {table}");
    assert!(table.contains("\n6,2,") && table.contains(",4,power_of_two,"), "{table}");
}

/// Runs a sweep that must be refused before anything is written.
#[track_caller]
fn refused(args: &[&str], code: i32, expected: &Expect) {
    let place = place();
    place.write("sweep.yaml", "version: 1\nscenario: blink.yaml\nvary: { services.api.node: [1, 2] }\n");
    place.write("lost.yaml", "version: 1\nscenario: nowhere.yaml\nvary: { services.api.nodes: [1, 2] }\n");
    let before = place.names();
    let outcome: Outcome = place.run(args).ends_with(code);
    expected.assert_eq(&outcome.stderr);
    assert_eq!(outcome.stdout, "");
    assert_eq!(place.names(), before, "nothing is written");
}

#[test]
fn points_that_make_no_sense_are_told_before_anything_runs() {
    refused(
        &["sweep", "sweep.yaml"],
        3,
        &expect![[r#"
            error: point 1 of 2 (services.api.node=1) makes no scenario
            --set services.api.node=1: found the unknown key `node` in a service, expected `node_type`, `nodes`, `zones`, `labels`, `service_time`, `errors`, `calls`, `state`, `concurrency_limit`, `queue_discipline`, `shared_queue`, `load_balancer` or `auto_scaler`
              |
              | services.api.node=1
              |              ^^^^
              hint: did you mean `nodes`?
        "#]],
    );
    refused(
        &["sweep", "blink.yaml", "-Vservices.api.nodes=1..3", "-Vnode_types.web.workers=2,0"],
        3,
        &expect![[r#"
            error: point 2 of 6 (services.api.nodes=1 node_types.web.workers=0) makes no scenario
            --set node_types.web.workers=0: found `0`, expected a whole number from 1 to 4294967294
              |
              | node_types.web.workers=0
              |                        ^
        "#]],
    );
    refused(
        &["sweep", "blink.yaml", "-Vservices.api.nodes=1s..3s:1s"],
        3,
        &expect![[r#"
        error: point 1 of 3 (services.api.nodes=1s) makes no scenario
        --set services.api.nodes=1s: found `1s`, expected a whole number from 0 to 4294967294
          |
          | services.api.nodes=1s
          |                    ^^
          hint: this is a plain number, without the unit `s`: `1`
    "#]],
    );
    refused(
        &["sweep", "blink.yaml", "-Vslas=[],[availability > 1%]", "-mlatency.p99(nobody)"],
        3,
        &expect![[r#"
            error: --metric: found the subject `nobody`, expected `users` or `api`
              |
              | latency.p99(nobody)
              |             ^^^^^^
        "#]],
    );
}

#[test]
fn arguments_that_make_no_sense_are_told() {
    refused(
        &["sweep", "lost.yaml"],
        5,
        &expect![[r#"
        error: nowhere.yaml: No such file or directory (os error 2)
    "#]],
    );
    refused(
        &["sweep", "blink.yaml"],
        3,
        &expect![[r#"
        error: blink.yaml:1:1: found a scenario, expected a sweep: a map with `version`, `scenario` and `vary`
           |
         1 | version: 1
           | ^
          hint: a scenario is swept with `--vary path=a,b,c`
    "#]],
    );
    refused(
        &["sweep", "-"],
        2,
        &expect![[r#"
        error: a sweep file is read from a file, because its scenario is named relative to it
          hint: with --vary path=a,b,c a scenario is read from stdin
    "#]],
    );
    refused(
        &["sweep", "blink.yaml", "-Vservices.api.nodes=1"],
        3,
        &expect![[r#"
        error: --vary services.api.nodes=1: found one value, expected at least two values, or a range
          |
          | services.api.nodes=1
          |                    ^
          hint: a value that does not vary belongs into the scenario, or into --set
    "#]],
    );
    refused(
        &["sweep", "blink.yaml", "-Vclients.users.timeout=1s..2s"],
        2,
        &expect![[r#"
        error: `clients.users.timeout` is a range without steps, and a grid needs single values
          hint: say how far apart its values are, as in `clients.users.timeout=1s..9s:2s`, or take --design sobol
    "#]],
    );
    refused(
        &["sweep", "blink.yaml", "-Vservices.api.nodes=1,2", "--points=8"],
        2,
        &expect![[r#"
        error: a grid has as many points as its knobs have combinations
          hint: leave out --points, or add --design sobol
    "#]],
    );
    let many = ["sweep", "blink.yaml", "-Vservices.api.nodes=1..300", "-Vnode_types.web.workers=1..300"];
    refused(
        &many,
        2,
        &expect![[r#"
        error: the grid has 90000 points, at most 65536 are possible
          hint: take fewer values, or --design sobol --points 1024
    "#]],
    );
}

#[test]
fn shipped_sweeps_are_read_and_all_their_points_make_sense() {
    let folder = repository().join("scenarios/sweeps");
    let shipped = files(&folder);
    assert!(!shipped.is_empty());
    for (name, bytes) in shipped {
        let first = String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_string();
        assert_eq!(first, "# yaml-language-server: $schema=../sweep.schema.json", "{name}");
        // A metric that does not exist is found only after the points of the design.
        let path = folder.join(&name);
        let sweep = cusinart_scenarios::load_sweep(&path).unwrap_or_else(|error| panic!("{error}"));
        let knobs = &sweep.knobs;
        let seed = sweep.seed.unwrap_or(42);
        for point in cusinart_experiments::design_points(sweep.design, knobs, seed).expect("it is a design") {
            let set = knobs.iter().zip(&point).map(|(knob, level)| format!("{}={}", knob.path, level.text));
            let overlay = cusinart_scenarios::Overlay { set: set.collect(), seed: None };
            let loaded = cusinart_scenarios::load(&sweep.scenario, &overlay);
            assert!(loaded.is_ok(), "{name}: {:?}", loaded.err());
        }
    }
}
