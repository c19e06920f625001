//! `cluster.toml`.

use cusinart_policies::{ClusterConfig, Duration, ZoneId};
use cusinart_scenarios::cluster_config_from_toml;
use expect_test::{Expect, expect};

const GOOD: &str = r#"
zones = ["a", "b"]

[services.web]
zones = ["b"]
labels = ["ssd"]
state = { shards = 4, replicas = 2 }
auto_scaler = "off"

[services.cart]

[control]
load_balancer = { power_of_two = {} }
auto_scaler = { max = 20 }

[control.health_monitor]
period = "2s"
detector.consecutive = { failures = 4 }
"#;

fn good(text: &str) -> ClusterConfig {
    cluster_config_from_toml("cluster.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn check_message(text: &str, expected: &Expect) {
    match cluster_config_from_toml("cluster.toml", text) {
        Ok(_) => panic!("this should not be read:\n{text}"),
        Err(error) => expected.assert_eq(&format!("{error}\n")),
    }
}

#[test]
fn the_sections_are_those_of_a_scenario() {
    let config = good(GOOD);
    assert_eq!(config.zones, 2);
    assert_eq!(config.health.period, Duration::from_secs(2));
    let [web, cart] = config.services.as_slice() else { panic!("two services") };
    assert_eq!((web.name.as_str(), web.zones.as_slice()), ("web", [ZoneId(1)].as_slice()));
    assert_eq!(web.auto_scaler, None);
    assert_eq!(web.balancer.strategy.name, "power_of_two");
    assert_eq!(cart.auto_scaler.as_ref().map(|scaler| scaler.max), Some(20));
}

#[test]
fn mistakes_are_pointed_at() {
    check_message(
        &GOOD.replace("period = \"2s\"", "period = 2"),
        &expect![[r#"
        cluster.toml:17:10: found `2`, expected a time above zero with its unit, such as `30s` or `250ms`
            |
         17 | period = 2
            |          ^
          hint: write `2s` for seconds or `2ms` for milliseconds
    "#]],
    );
    check_message(
        &GOOD.replace("[\"b\"]", "[\"c\"]"),
        &expect![[r#"
        cluster.toml:5:10: found the unknown zone `c`, expected `a` or `b`
           |
         5 | zones = ["c"]
           |          ^^^
    "#]],
    );
    check_message(
        &GOOD.replace("[control]", "[control]\nplace = \"a\""),
        &expect![[r#"
        cluster.toml:13:9: found `place`, expected no such key in the configuration of a cluster
            |
         13 | place = "a"
            |         ^^^
          hint: it belongs to the simulated world of a scenario
    "#]],
    );
    check_message(
        "zones = [\"a\"\n",
        &expect![[r#"
        cluster.toml:1:13: found text that is not TOML (unclosed array, expected `]`), expected TOML
           |
         1 | zones = ["a"
           |             ^
    "#]],
    );
    check_message(
        "",
        &expect![[r#"
        cluster.toml:1:1: found a cluster without `zones`, expected the key `zones` with a list, each of it a name of letters, digits, `-` and `_`, at most 64 long

        cluster.toml:1:1: found a cluster without `services`, expected the key `services` with a map from names to a service
    "#]],
    );
}

#[test]
fn what_is_nested_too_deeply_is_pointed_at() {
    let key = vec!["a"; 200].join(".");
    let lists = format!("zones = [\"ä\", {}{}]\n", "[".repeat(200), "]".repeat(200));
    let place = |text: &str| match cluster_config_from_toml("cluster.toml", text) {
        Ok(_) => panic!("this should not be read:\n{text}"),
        Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    expect![[r#"
        cluster.toml:2:3: found text that is not TOML (recursion limit), expected TOML
        cluster.toml:1:94: found text that is not TOML (cannot recurse further; max recursion depth met), expected TOML
    "#]]
    .assert_eq(&format!("{}\n{}\n", place(&format!("zones = [\"a.b\"]\n  {key} = 1\n")), place(&lists)));
}

#[test]
fn a_long_line_is_read_in_reasonable_time() {
    // Counted from the start of the line for each value, the columns would take minutes.
    let zones = "\"a\", ".repeat(900_000);
    let found = match cluster_config_from_toml("cluster.toml", &format!("zones = [{zones}]\n[services.x]\n"))
    {
        Ok(_) => panic!("this should not be read"),
        Err(error) => error.to_string(),
    };
    assert!(found.starts_with("cluster.toml:1:9: found 900000 zones, expected at most 64 zones"), "{found}");
}
