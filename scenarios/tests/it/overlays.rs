//! Values from the command line.

use crate::support::{SMALL, good};
use cusinart_policies::{Duration, ParamValue};
use cusinart_scenarios::{Overlay, Scenario, ScenarioError, parse};
use expect_test::{Expect, expect};
use std::path::Path;

fn with(set: &[&str]) -> Result<Scenario, ScenarioError> {
    let text = format!("{SMALL}faults:\n  - {{ at: 5m, crash: {{}} }}\n");
    let overlay = Overlay { set: set.iter().map(|set| (*set).to_owned()).collect(), seed: None };
    parse("test.yaml", &text, Path::new("."), &overlay)
}

fn check(set: &str, expected: &Expect) {
    match with(&[set]) {
        Ok(_) => panic!("{set} was accepted"),
        Err(error) => expected.assert_eq(&format!("{error}\n")),
    }
}

#[test]
fn any_field_can_be_set_and_new_ones_added() {
    let scenario = with(&[
        "duration=20m",
        "clients.users.timeout=2s",
        "faults.0.at=12m",
        "control.health_monitor.detector.consecutive.failures=7",
        "network.within_zone={ latency: 1ms }",
        "slas=[availability >= 99%]",
    ]);
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(scenario.duration, Duration::from_secs(1_200));
    assert_eq!(scenario.clients[0].patience.timeout, Some(Duration::from_secs(2)));
    assert_eq!(scenario.control.cluster.health.detector.params["failures"], ParamValue::Count(7));
    assert_eq!(scenario.network.links[0].latency.mean_s(), 0.001);
    assert_eq!(scenario.slas[0].line, 0);
}

#[test]
fn a_later_assignment_sees_the_earlier_ones() {
    let scenario = with(&["zones=[a, b, c]", "zones.2=z"]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(scenario.zones, ["a", "b", "z"]);
}

#[test]
fn the_seed_of_the_command_line_wins() {
    let overlay = Overlay { set: vec!["seed=7".into()], seed: Some(9) };
    let seed =
        |overlay: &Overlay| parse("t", SMALL, Path::new("."), overlay).map(|scenario| scenario.seed).ok();
    assert_eq!(seed(&overlay), Some(9));
    assert_eq!(seed(&Overlay { seed: None, ..overlay }), Some(7));
    assert_eq!(good(SMALL).seed, 42);
}

#[test]
fn a_wrong_value_is_pointed_at_in_the_assignment() {
    check(
        "clients.users.timeout=2",
        &expect![[r#"
            --set clients.users.timeout=2: found `2`, expected a time above zero with its unit, such as `1s`, or `none`
              |
              | clients.users.timeout=2
              |                       ^
              hint: write `2s` for seconds or `2ms` for milliseconds
        "#]],
    );
    check(
        "faults.0.at=11m",
        &expect![[r#"
        --set faults.0.at=11m: found `11m`, expected a time before `10m`, the end of the run
          |
          | faults.0.at=11m
          |             ^^^
          hint: it would never strike; make `duration` longer or strike earlier
    "#]],
    );
    check(
        "services.api={ node_type: web, nodes: x, service_time: 1ms }",
        &expect![[r#"
        --set services.api={ node_type: web, nodes: x, service_time: 1ms }: found `x`, expected a whole number from 0 to 4294967294
          |
          | services.api={ node_type: web, nodes: x, service_time: 1ms }
          |                                       ^
    "#]],
    );
}

#[test]
fn positions_in_brackets_are_told_how_they_are_written() {
    check(
        "slas[1]=cost < 2",
        &expect![[r#"
            --set slas[1]=cost < 2: found `slas[1]`, expected a key or a list position between dots
              |
              | slas[1]=cost < 2
              | ^^^^^^^
              hint: write `slas.1`; positions are counted from 0
        "#]],
    );
}

#[test]
fn a_wrong_path_is_pointed_at_in_the_assignment() {
    check(
        "clients.users.timout=2s",
        &expect![[r#"
            --set clients.users.timout=2s: found the unknown key `timout` in a client, expected `service`, `from`, `labels`, `arrivals`, `requests`, `timeout`, `patience`, `retries`, `breaker`, `hedging` or `deadline`
              |
              | clients.users.timout=2s
              |               ^^^^^^
              hint: did you mean `timeout`?
        "#]],
    );
    check(
        "faults.3.at=1m",
        &expect![[r#"
            --set faults.3.at=1m: found `3`, expected `0`, the only position of the list
              |
              | faults.3.at=1m
              |        ^
        "#]],
    );
    check(
        "duration.seconds=5",
        &expect![[r#"
        --set duration.seconds=5: found the step `seconds` into `10m`, expected a path that ends there
          |
          | duration.seconds=5
          |          ^^^^^^^
          hint: set the whole value: `duration={seconds: …}`
    "#]],
    );
    check(
        "clients..timeout=2s",
        &expect![[r#"
            --set clients..timeout=2s: found an empty text, expected a key or a list position between dots
              |
              | clients..timeout=2s
              |         ^
        "#]],
    );
    check(
        "timeout",
        &expect![[r#"
        --set timeout: found `timeout`, expected `path=value`
          |
          | timeout
          | ^^^^^^^
          hint: for example `--set clients.shoppers.timeout=2s`
    "#]],
    );
    check(
        "zones=[a",
        &expect![[r#"
        --set zones=[a: found text that is not YAML (unclosed bracket '['), expected YAML
          |
          | zones=[a
          |       ^
          hint: look for a missing colon, quote or bracket on this line or the one before
    "#]],
    );
    check(
        "zones=",
        &expect![[r#"
        --set zones=: found nothing, expected a list, each of it a name of letters, digits, `-` and `_`, at most 64 long
          |
          | zones=
          |       ^
          hint: write a list or remove the key
    "#]],
    );
}
