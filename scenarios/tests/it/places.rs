//! Rules about zones, services, clients, networks and faults.

use crate::support::{SMALL, good, message, small_with};
use cusinart_policies::{Duration, Instant, Labels, ZoneId};
use cusinart_scenarios::{FaultSpec, Path, Pick, Place, Schedule};
use expect_test::expect;

#[test]
fn what_is_left_out_has_its_documented_default() {
    let scenario = good(SMALL);
    assert_eq!(scenario.seed, 42);
    assert_eq!(scenario.warmup, Duration::ZERO);
    assert_eq!(scenario.window, Duration::from_secs(2));
    assert_eq!(scenario.node_types[0].queue, u32::MAX);
    assert_eq!(scenario.node_types[0].bandwidth_bytes_per_s, 125_000_000.0);
    assert_eq!(scenario.services[0].zones, [ZoneId(0), ZoneId(1)]);
    assert_eq!(scenario.clients[0].place, Place::Outside);
    assert_eq!(scenario.clients[0].patience.timeout, None);
    assert_eq!(scenario.control.place, Place::Outside);
    assert_eq!(scenario.control.cluster.services[0].auto_scaler, None);
    assert_eq!(scenario.control.cluster.services[0].balancer.strategy.name, "round_robin");
    assert!(scenario.network.links.iter().all(|link| link.latency.is_zero() && link.loss == 0.0));
}

#[test]
fn links_go_by_kind_of_pair_and_later_exceptions_win() {
    let network = "\
network:
  within_zone: { latency: 1ms }
  between_zones: { latency: 2ms, loss: 1% }
  outside: { latency: 10ms }
  links:
    - { from: [a, outside], to: b, latency: 5ms }
    - { from: b, to: outside, latency: 7ms, one_way: true }
";
    let links = good(&format!("{SMALL}{network}")).network.links;
    let table: Vec<String> =
        links.iter().map(|link| format!("{:.3} {}", link.latency.mean_s(), link.loss)).collect();
    expect![[r#"
        ["0.001 0", "0.005 0.01", "0.010 0"]
        ["0.005 0.01", "0.001 0", "0.007 0"]
        ["0.010 0", "0.005 0", "0.000 0"]
    "#]]
    .assert_eq(&table.chunks(3).map(|row| format!("{row:?}\n")).collect::<String>());
}

#[test]
fn labels_are_bits_in_order_of_appearance() {
    let services = "  api: { node_type: web, nodes: 4, service_time: 10ms, labels: [ssd, gpu] }
  cart: { node_type: web, nodes: 4, service_time: 10ms, labels: [gpu] }";
    let text = small_with("  api: { node_type: web, nodes: 4, service_time: 10ms }", services, "");
    let text = text.replace("users: {", "users: { labels: [gpu],");
    let scenario = good(&text);
    assert_eq!(scenario.labels, ["ssd", "gpu"]);
    assert_eq!(scenario.services[1].labels, Labels(0b10));
    assert_eq!(scenario.clients[0].labels, Labels(0b10));
    expect![[r#"
        test.yaml:11:21: found the unknown label `cpu`, expected `ssd` or `gpu`
            |
         11 |   users: { labels: [cpu], service: api, arrivals: { poisson: { rate: 100/s } } }
            |                     ^^^
          hint: did you mean `gpu`?
    "#]]
    .assert_eq(&message(&text.replace("[gpu], service: api", "[cpu], service: api")));
    let many: Vec<String> = (0..65).map(|n| format!("l{n}")).collect();
    let text = small_with("nodes: 4", &format!("nodes: 4, labels: [{}]", many.join(", ")), "");
    assert!(message(&text).contains("found `l64` as label number 65, expected at most 64 labels"));
}

#[test]
fn faults_know_their_schedule_their_target_and_a_name() {
    let faults = "\
control: { place: a }
faults:
  - { at: 1m, for: 30s, crash: { service: api, zone: b, share: 50%, in_flight: lost } }
  - { every: { exponential: { mean: 1h } }, per: node, hang: {} }
  - { every: 1m, from: 2m, until: 5m, times: 2, slow: { factor: 3, index: 0 } }
  - { at: 1m, partition: { from: control, to: [b, outside], one_way: true, path: probe } }
  - { at: 1m, loss: { from: a, to: b, ratio: 20% }, label: lossy }
";
    let faults = good(&format!("{SMALL}{faults}")).faults;
    let labels: Vec<&str> = faults.iter().map(|fault| fault.label.as_str()).collect();
    assert_eq!(labels, ["crash api in b", "hang", "slow", "partition control -> b,outside", "lossy"]);
    assert!(matches!(&faults[0].kind, FaultSpec::Crash { nodes, .. } if nodes.pick == Pick::Share(0.5)));
    assert!(matches!(faults[1].schedule, Schedule::Every { per_node: true, times: u32::MAX, .. }));
    let until = Instant::from_nanos(300_000_000_000);
    assert!(matches!(faults[2].schedule, Schedule::Every { until: end, times: 2, .. } if end == until));
    let FaultSpec::Partition { from, to, one_way, path } = &faults[3].kind else { panic!("a partition") };
    assert_eq!((from.as_slice(), *one_way, *path), ([Place::Zone(ZoneId(0))].as_slice(), true, Path::Probe));
    assert_eq!(to.as_slice(), [Place::Zone(ZoneId(1)), Place::Outside]);
}

#[test]
fn levels_panic_and_zones_stand_beside_the_strategy() {
    let text = small_with(
        "service_time: 10ms }",
        "service_time: 10ms }",
        "control: { load_balancer: { round_robin: {}, priority: { b: 1 }, overprovisioning: 1.2, panic_threshold: 50%, zone_aware: {} } }\n",
    );
    let balancer = &good(&text).control.cluster.services[0].balancer;
    assert_eq!(
        (balancer.zone_priorities.as_slice(), balancer.overprovisioning_pct),
        ([0, 1].as_slice(), 120)
    );
    assert_eq!(balancer.panic_threshold, 0.5);
    assert_eq!(balancer.zone_aware.as_ref().map(|config| config.nodes_min), Some(6));
    let refused = |from, to| message(&text.replace(from, to));
    assert!(refused("priority: { b: 1 }", "priority: { b: 200 }").contains("from 0 to 127"));
    assert!(refused("overprovisioning: 1.2", "overprovisioning: 0.9").contains("from 100 to"));
    assert!(refused("zone_aware: {}", "zone_awar: {}").contains("zone_aware"));
}

#[test]
fn a_service_may_differ_from_the_control_section() {
    let text = small_with(
        "service_time: 10ms }",
        "service_time: 10ms, load_balancer: least_connections, auto_scaler: off }\n  cart: { node_type: web, nodes: 0, service_time: 5ms }",
        "control: { load_balancer: { power_of_two: {}, zone_weights: { b: 3 } }, auto_scaler: { max: 9 } }\n",
    );
    let services = good(&text).control.cluster.services;
    assert_eq!(services[0].balancer.strategy.name, "least_connections");
    assert_eq!(services[0].auto_scaler, None);
    assert_eq!(services[1].balancer.strategy.name, "power_of_two");
    assert_eq!(services[1].balancer.zone_weights, [1, 3]);
    assert_eq!(services[1].auto_scaler.as_ref().map(|scaler| scaler.max), Some(9));
    // A service without nodes needs somebody who starts them.
    assert!(
        message(&text.replace("auto_scaler: { max: 9 }", "auto_scaler: off")).contains("at least 1 node")
    );
}

#[test]
fn parts_of_the_control_plane_can_be_switched_off() {
    let off = "control:
  recovery: { gate: off }
  node_manager: { disruption_budget: off }
  load_balancer: { ejection: off, zone_aware: off }
";
    let text = |control: &str| small_with("service_time: 10ms }", "service_time: 10ms }", control);
    let default = good(&text("")).control;
    assert_eq!(good(&text(off)).control, default);
    let on = good(&text(&off.replace("off", "{}"))).control.cluster;
    assert!(on.recovery.gate.is_some() && on.nodes.disruption_budget.is_some());
    assert!(on.services[0].balancer.ejection.is_some() && on.services[0].balancer.zone_aware.is_some());
    assert!(message(&text(&off.replace("gate: off", "gate: of"))).contains("or `off`"));
}

#[test]
fn a_diamond_of_calls_is_no_cycle() {
    let services = "  api: { node_type: web, nodes: 4, service_time: 1ms, calls: [ { service: left }, { service: right } ] }
  left: { node_type: web, nodes: 4, service_time: 1ms, calls: [ { service: base, timeout: 1s, retries: { max: 1 } } ] }
  right: { node_type: web, nodes: 4, service_time: 1ms, calls: [ { service: base } ] }
  base: { node_type: web, nodes: 4, service_time: 1ms }";
    let line = "  api: { node_type: web, nodes: 4, service_time: 10ms }";
    assert_eq!(good(&small_with(line, services, "")).services[0].calls.len(), 2);
    let selfish = "  api: { node_type: web, nodes: 4, service_time: 10ms, calls: [ { service: api } ] }";
    assert!(message(&small_with(line, selfish, "")).contains("the cycle of calls api -> api"));
}

#[test]
fn shards_are_numbered_over_all_services() {
    let state = "service_time: 10ms, state: { shards: 8, replicas: 2, shard_size: 1.5GiB } }\n  cart: { node_type: web, nodes: 4, service_time: 5ms, state: { shards: 4, shard_size: 1B, survives_restart: false } }";
    let scenario =
        good(&small_with("service_time: 10ms }", state, "control: { recovery: { transfers_at_once: 3 } }\n"));
    let states: Vec<_> =
        scenario.control.cluster.services.iter().filter_map(|service| service.state.as_ref()).collect();
    assert_eq!((states[0].first.0, states[0].shards, states[1].first.0), (0, 8, 8));
    assert_eq!((states[1].replicas, states[1].survives_restart, states[1].transfers_at_once), (3, false, 3));
    assert_eq!(scenario.services[0].state.as_ref().map(|state| state.shard_bytes), Some(3 << 29));
}
