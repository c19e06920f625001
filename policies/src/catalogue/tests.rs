//! The catalogue says true things, and says what is wrong with a choice.

use super::*;
use crate::ConfigError;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use expect_test::{Expect, expect};
use proptest::prelude::*;

#[test]
#[expect(clippy::too_many_lines, reason = "the expected text is a line for each parameter")]
fn catalogue_lists_every_policy_with_its_defaults() {
    let mut text = String::new();
    for entry in entries() {
        text += &format!("{}: {}\n", entry.kind, entry.name);
        for param in entry.params {
            text += &format!("  {} = {}: {}\n", param.name, param.form.default_text(), param.form);
        }
    }
    expect![[r#"
        detector: consecutive
          failures = 3: a whole number from 1 to 1000
          successes = 2: a whole number from 1 to 1000
        detector: haproxy
          fall = 3: a whole number from 1 to 1000
          rise = 2: a whole number from 1 to 1000
          fastinter = 0s: a time from 0s to 24h
          downinter = 0s: a time from 0s to 24h
        detector: consul
          success_before_passing = 0: a whole number from 0 to 1000
          failures_before_warning = 0: a whole number from 0 to 1000
          failures_before_critical = 0: a whole number from 0 to 1000
        detector: kubernetes_probes
          liveness_failures = 3: a whole number from 1 to 1000
          readiness_failures = 3: a whole number from 1 to 1000
          readiness_successes = 1: a whole number from 1 to 1000
          startup_failures = 0: a whole number from 0 to 10000
          initial_delay = 0s: a time from 0s to 24h
        detector: kubernetes_node_lease
          grace_period = 40s: a time from 1ms to 24h
          monitor_period = 5s: a time from 1ms to 1h
        detector: phi_accrual
          threshold = 8: a number from 0.1 to 300
          min_std_deviation = 100ms: a time from 1ms to 1h
          acceptable_heartbeat_pause = 3s: a time from 0s to 1h
          first_heartbeat_estimate = 5s: a time from 1ms to 1h
          max_sample_size = 1000: a whole number from 1 to 10000
        detector: phi_accrual_exponential
          threshold = 8: a number from 0.1 to 300
          initial_interval = 10s: a time from 1ms to 1h
          max_recorded_interval = 10s: a time from 1ms to 1h
          max_local_pause = 25s: a time from 1ms to 24h
          window = 1000: a whole number from 1 to 10000
        detector: deadline
          pause = 12s: a time from 1ms to 24h
        detector: swim
          probe_interval = 1s: a time from 10ms to 1h
          probe_timeout = 500ms: a time from 1ms to 1h
          indirect_checks = 3: a whole number from 0 to 16
          suspicion_mult = 4: a whole number from 1 to 100
          suspicion_max_timeout_mult = 6: a whole number from 1 to 100
          awareness_max_multiplier = 8: a whole number from 1 to 100
          gossip_interval = 200ms: a time from 1ms to 1h
          gossip_nodes = 3: a whole number from 1 to 16
          retransmit_mult = 4: a whole number from 1 to 100
          gossip_to_the_dead_time = 30s: a time from 0s to 1h
          push_pull_interval = 30s: a time from 100ms to 1h
        recovery strategy: redirect_traffic
        recovery strategy: restart_node
          restarts_max = 5: a whole number from 0 to 1000
          within = 10m: a time from 1s to 168h
          skip_zone_outage = false: true or false
        recovery strategy: crash_loop_backoff
          initial = 10s: a time from 1ms to 24h
          max = 5m: a time from 1ms to 168h
          reset_after = 10m: a time from 1ms to 168h
        recovery strategy: supervisor
          intensity = 1: a whole number from 0 to 1000
          period = 5s: a time from 1s to 168h
        recovery strategy: start_limit
          burst = 5: a whole number from 0 to 1000
          interval = 10s: a time from 0s to 168h
          restart_pause = 100ms: a time from 0s to 24h
          action = none: one of none, replace
        recovery strategy: escalating_remediation
          unhealthy_duration = 5m: a time from 0s to 24h
          timeout = 5m: a time from 1m to 24h
          safe_time = 3m: a time from 0s to 24h
          api_check_interval = 15s: a time from 1ms to 24h
          api_server_timeout = 5s: a time from 1ms to 24h
          api_errors_max = 3: a whole number from 1 to 1000
          peer_dial_timeout = 5s: a time from 1ms to 24h
          peer_request_timeout = 5s: a time from 1ms to 24h
          watchdog_timeout = 0s: a time from 0s to 24h
        recovery strategy: replicate_state
        balancing strategy: round_robin
        balancing strategy: weighted_round_robin
          max_fails = 0: a whole number from 0 to 1000000
          fail_timeout = 10s: a time from 0s to 24h
          max_conns = 0: a whole number from 0 to 1000000
        balancing strategy: edf_round_robin
          slow_start = 0s: a time from 0s to 24h
          aggression = 1: a number from 0.01 to 100
          min_weight = 10%: a share from 0% to 100%
        balancing strategy: least_connections
        balancing strategy: join_shortest_queue
        balancing strategy: least_request
          selection = n_choices: one of n_choices, full_scan
          choice_count = 2: a whole number from 2 to 100
          active_request_bias = 1: a number from 0 to 100
          slow_start = 0s: a time from 0s to 24h
          aggression = 1: a number from 0.01 to 100
          min_weight = 10%: a share from 0% to 100%
        balancing strategy: power_of_two
          choices = 2: a whole number from 1 to 16
          replacement = false: true or false
        balancing strategy: peak_ewma
          flavour = tower: one of tower, finagle
          decay = 10s: a time from 1ns to 24h
          default_rtt = 30ms: a time from 0s to 1h
        balancing strategy: prequal
          probe_rate = 3: a number from 0 to 16
          remove_rate = 1: a number from 0 to 16
          probe_delay = 1ms: a time from 0s to 1m
          pool_size = 16: a whole number from 1 to 1024
          probe_age_max = 1s: a time from 1ms to 1h
          probes_min = 2: a whole number from 1 to 1024
          q_rif = 84%: a share from 0% to 100%
          delta = 1: a number from 0 to 100
        balancing strategy: ring_hash
          minimum_ring_size = 1024: a whole number from 1 to 8388608
          maximum_ring_size = 8388608: a whole number from 1 to 8388608
          hash_balance_factor = 0: a whole number from 0 to 100000
        balancing strategy: maglev
          table_size = 65537: a whole number from 2 to 5000011
          hash_balance_factor = 0: a whole number from 0 to 100000
        balancing strategy: random
        scaling policy: threshold
          metric = utilization: one of utilization, in_flight, queued, arrivals
          scale_up = 70%: a share from 1% to 100%
          scale_down = 30%: a share from 0% to 100%
          per_node_up = 16: a number from 0 to 1000000000
          per_node_down = 4: a number from 0 to 1000000000
          step_up = 25%: a share from 0% to 1000%
          step_down = 1: a whole number from 0 to 1000
        scaling policy: target_tracking
          metric = utilization: one of utilization, in_flight, queued, arrivals
          target = 60%: a share from 1% to 100%
          target_per_node = 8: a number from 0.001 to 1000000000
          tolerance = 10%: a share from 0% to 90%
        scaling policy: fixed
          nodes = 0: a whole number from 0 to 1000000
        scaling policy: scheduled
          times = : HH:MM=NODES or HH:MM:SS=NODES, ascending and below repeat, such as 06:00=10,22:00=4
          repeat = 24h: a time from 1s to 168h
        scaling policy: kubernetes_hpa
          metric = utilization: one of utilization, in_flight, queued, arrivals
          target = 80%: a share from 1% to 100%
          target_per_node = 8: a number from 0.001 to 1000000000
          tolerance_up = 10%: a share from 0% to 1000%
          tolerance_down = 10%: a share from 0% to 100%
          stabilization_down = 5m: a time from 0s to 1h
          behavior = false: true or false
          stabilization_up = 0s: a time from 0s to 1h
          select_up = max: one of max, min, disabled
          pods_up = 4: a whole number from 0 to 1000000
          pods_up_period = 15s: a time from 1s to 30m
          percent_up = 100%: a share from 0% to 100000%
          percent_up_period = 15s: a time from 1s to 30m
          select_down = max: one of max, min, disabled
          pods_down = 0: a whole number from 0 to 1000000
          pods_down_period = 15s: a time from 1s to 30m
          percent_down = 100%: a share from 0% to 100%
          percent_down_period = 15s: a time from 1s to 30m
          initialization_period = 5m: a time from 0s to 1h
          readiness_delay = 30s: a time from 0s to 1h
        scaling policy: keda
          metric = utilization: one of utilization, in_flight, queued, arrivals
          target = 80%: a share from 1% to 100%
          target_per_node = 8: a number from 0.001 to 1000000000
          activation = 0: a number from 0 to 1000000000
          idle_nodes = 1: a whole number from 1 to 1000000
          min_nodes = 1: a whole number from 1 to 1000000
          cooldown = 5m: a time from 0s to 24h
          fallback_nodes = 0: a whole number from 0 to 1000000
          failure_threshold = 3: a whole number from 0 to 1000000
        scaling policy: knative_kpa
          metric = concurrency: one of concurrency, rps
          limit = 100: a number from 0.01 to 1000000000
          utilization = 70%: a share from 1% to 100%
          stable_window = 1m: a time from 6s to 1h
          panic_window = 10%: a share from 1% to 100%
          panic_threshold = 200%: a share from 110% to 1000%
          max_scale_up_rate = 1000: a number from 1.1 to 1000000
          max_scale_down_rate = 2: a number from 1.1 to 1000000
          scale_down_delay = 0s: a time from 0s to 1h
          activation_scale = 1: a whole number from 0 to 1000000
        scaling policy: aws_step_scaling
          metric = utilization: one of utilization, in_flight, queued, arrivals
          scale_up = 70%: a share from 1% to 100%
          scale_down = 30%: a share from 0% to 100%
          per_node_up = 16: a number from 0 to 1000000000
          per_node_down = 4: a number from 0 to 1000000000
          unit = percent: one of percent, change, exact
          steps_out = 0:10=10,10:=30: steps as LOWER:UPPER=ADJUSTMENT, such as 0:10=10,10:=30; an open end is left out
          steps_in = :-10=-30,-10:0=-10: steps as LOWER:UPPER=ADJUSTMENT, such as 0:10=10,10:=30; an open end is left out
          min_change = 1: a whole number from 1 to 1000000
          periods = 1: a whole number from 1 to 1440
          warmup = 5m: a time from 0s to 24h
        scaling policy: aws_target_tracking
          metric = utilization: one of utilization, in_flight, queued, arrivals
          target = 50%: a share from 1% to 100%
          target_per_node = 8: a number from 0.001 to 1000000000
          periods_high = 3: a whole number from 1 to 1440
          periods_low = 15: a whole number from 1 to 1440
          low = 90%: a share from 0% to 100%
          disable_scale_in = false: true or false
          warmup = 5m: a time from 0s to 24h
        scaling policy: holt_winters
          metric = utilization: one of utilization, in_flight, queued, arrivals
          target = 60%: a share from 1% to 100%
          target_per_node = 8: a number from 0.001 to 1000000000
          level = 50%: a share from 0% to 100%
          trend = 10%: a share from 0% to 100%
          season = 10%: a share from 0% to 100%
          season_length = 0: a whole number from 0 to 100000
          ahead = 2m: a time from 0s to 24h
        scaling policy: decaying_histogram
          metric = utilization: one of utilization, in_flight, queued, arrivals
          target = 60%: a share from 1% to 100%
          target_per_node = 8: a number from 0.001 to 1000000000
          percentile = 90%: a share from 0% to 100%
          half_life = 24h: a time from 1m to 8760h
          margin = 15%: a share from 0% to 1000%
        circuit breaker: count_window
          calls = 100: a whole number from 1 to 1000000
          minimum_calls = 100: a whole number from 1 to 1000000
          failure_rate = 50%: a share from 1% to 100%
          slow_call_rate = 100%: a share from 1% to 100%
          slow_call = 1m: a time from 1ms to 24h
          wait_in_open = 1m: a time from 1ms to 24h
          half_open_calls = 10: a whole number from 1 to 1000000
        circuit breaker: time_window
          seconds = 100: a whole number from 1 to 86400
          minimum_calls = 100: a whole number from 1 to 1000000
          failure_rate = 50%: a share from 1% to 100%
          slow_call_rate = 100%: a share from 1% to 100%
          slow_call = 1m: a time from 1ms to 24h
          wait_in_open = 1m: a time from 1ms to 24h
          half_open_calls = 10: a whole number from 1 to 1000000
        circuit breaker: consecutive_failures
          failures = 7: a whole number from 1 to 1000000
          backoff_min = 1s: a time from 1ms to 24h
          backoff_max = 1m: a time from 1ms to 24h
        concurrency limit: aimd
          initial = 20: a whole number from 1 to 1000000
          min = 20: a whole number from 1 to 1000000
          max = 200: a whole number from 1 to 1000000
          backoff = 90%: a share from 50% to 99.9%
          timeout = 5s: a time from 1ms to 1h
        concurrency limit: vegas
          initial = 20: a whole number from 1 to 1000000
          max = 1000: a whole number from 1 to 1000000
          alpha = 0: a whole number from 0 to 1000000
          beta = 0: a whole number from 0 to 1000000
          smoothing = 1: a number from 0 to 1
          decrease = log10: one of log10, half
        concurrency limit: gradient2
          initial = 20: a whole number from 1 to 1000000
          min = 20: a whole number from 1 to 1000000
          max = 200: a whole number from 1 to 1000000
          queue_size = 4: a whole number from 0 to 1000000
          smoothing = 0.2: a number from 0 to 1
          rtt_tolerance = 1.5: a number from 1 to 100
          long_window = 600: a whole number from 1 to 1000000
        queue discipline: fifo
        queue discipline: codel
          target = 5ms: a time from 1us to 1h
          interval = 100ms: a time from 1us to 1h
    "#]]
    .assert_eq(&text);
}

#[test]
fn every_policy_builds_with_its_defaults_and_with_the_ends_of_its_ranges() {
    for entry in entries() {
        check(entry.kind, &PolicySpec::named(entry.name)).expect("defaults fit together");
        assert_eq!(find(entry.kind, entry.name).map(|found| found.summary), Some(entry.summary));
        for param in entry.params {
            for value in typical_values(param.form) {
                let spec = PolicySpec::named(entry.name).with(param.name, value.clone());
                if let Err(error) = check(entry.kind, &spec) {
                    assert!(
                        ["less than", "at most"].iter().any(|start| error.expected.starts_with(start)),
                        "{}.{}: {error}",
                        entry.name,
                        param.name
                    );
                }
            }
        }
    }
}

#[test]
fn entries_are_grouped_by_kind_named_once_and_documented() {
    let keys: Vec<_> = entries().iter().map(|entry| entry.kind).collect();
    assert!(keys.is_sorted());
    for entry in entries() {
        let same = entries().iter().filter(|other| (other.kind, other.name) == (entry.kind, entry.name));
        assert_eq!(same.count(), 1, "{}", entry.name);
        assert!(entry.name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')), "{}", entry.name);
        assert!(entry.example.starts_with(entry.name), "{}", entry.example);
        assert!(entry.summary.ends_with('.') && !entry.source.is_empty(), "{}", entry.name);
        for param in entry.params {
            assert!(param.doc.ends_with('.') && !param.doc.contains("  "), "{}.{}", entry.name, param.name);
        }
    }
}

#[test]
fn wrong_choices_are_answered_with_what_is_expected() {
    use ParamValue::{Choice, Count, Number, Ratio};
    use PolicyKind::{Balancing, Detector, Recovery, Scaling};
    let long = "x".repeat(10_000);
    let cases = [
        (Detector, PolicySpec::named("consecutiv")),
        (Detector, PolicySpec::named("")),
        (Balancing, PolicySpec::named("power-of-two")),
        (Balancing, PolicySpec::named("consecutive")),
        (Recovery, PolicySpec::named(&long)),
        (Detector, PolicySpec::named("consecutive").with("failure", Count(3))),
        (Detector, PolicySpec::named("consecutive").with("failures", Count(0))),
        (Detector, PolicySpec::named("consecutive").with("failures", Number(3.0))),
        (Detector, PolicySpec::named("phi_accrual").with("threshold", Number(f64::NAN))),
        (Detector, PolicySpec::named("deadline").with("pause", ParamValue::Duration(Duration::ZERO))),
        (Balancing, PolicySpec::named("random").with("seed", Count(1))),
        (Recovery, PolicySpec::named("restart_node").with("skip_zone_outage", Count(1))),
        (Scaling, PolicySpec::named("threshold").with("metric", Choice("cpu".into()))),
        (Scaling, PolicySpec::named("threshold").with("scale_up", Ratio(1.7))),
        (Scaling, PolicySpec::named("threshold").with("scale_down", Ratio(0.7))),
    ];
    let text: String = cases.iter().map(|(kind, spec)| message(check(*kind, spec))).collect();
    check_text(
        &text,
        &expect![[r#"
            detector: found `consecutiv`, expected one of `consecutive`, `haproxy`, `consul`, `kubernetes_probes`, `kubernetes_node_lease`, `phi_accrual`, `phi_accrual_exponential`, `deadline`, `swim`; did you mean `consecutive`?
            detector: found ``, expected one of `consecutive`, `haproxy`, `consul`, `kubernetes_probes`, `kubernetes_node_lease`, `phi_accrual`, `phi_accrual_exponential`, `deadline`, `swim`
            balancing strategy: found `power-of-two`, expected one of `round_robin`, `weighted_round_robin`, `edf_round_robin`, `least_connections`, `join_shortest_queue`, `least_request`, `power_of_two`, `peak_ewma`, `prequal`, `ring_hash`, `maglev`, `random`; did you mean `power_of_two`?
            balancing strategy: found `consecutive`, expected one of `round_robin`, `weighted_round_robin`, `edf_round_robin`, `least_connections`, `join_shortest_queue`, `least_request`, `power_of_two`, `peak_ewma`, `prequal`, `ring_hash`, `maglev`, `random`
            recovery strategy: found `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`, expected one of `redirect_traffic`, `restart_node`, `crash_loop_backoff`, `supervisor`, `start_limit`, `escalating_remediation`, `replicate_state`
            consecutive.failure: found an unknown parameter, expected one of `failures`, `successes`; did you mean `failures`?
            consecutive.failures: found 0, expected a whole number from 1 to 1000
            consecutive.failures: found the number 3, expected a whole number from 1 to 1000
            phi_accrual.threshold: found NaN, expected a number from 0.1 to 300
            deadline.pause: found 0s, expected a time from 1ms to 24h
            random.seed: found an unknown parameter, expected no parameter: random has none
            restart_node.skip_zone_outage: found the whole number 1, expected true or false
            threshold.metric: found cpu, expected one of utilization, in_flight, queued, arrivals
            threshold.scale_up: found 170%, expected a share from 1% to 100%
            threshold.scale_down: found 70%, expected less than scale_up, which is 70%
        "#]],
    );
}

#[test]
fn every_policy_calls_itself_by_its_name() {
    for entry in entries() {
        let spec = PolicySpec::named(entry.name);
        let built = "defaults fit together";
        let name = match entry.kind {
            PolicyKind::Detector => build_detector(&spec).expect(built).name(),
            PolicyKind::Recovery => build_recovery(&spec).expect(built).name(),
            PolicyKind::Balancing => build_balancing(&spec).expect(built).name(),
            PolicyKind::Scaling => build_scaling(&spec).expect(built).name(),
            // These have a type for all of their kind, which carries no name.
            PolicyKind::Breaker | PolicyKind::ConcurrencyLimit | PolicyKind::QueueDiscipline => continue,
        };
        assert_eq!(name, entry.name);
    }
}

proptest! {
    #[test]
    fn any_name_and_any_value_is_answered_without_panic(
        name in "\\PC{0,70}",
        param in "[a-z_]{0,20}",
        number in any::<f64>(),
        count in any::<u64>(),
    ) {
        for kind in PolicyKind::ALL {
            prop_assert!(check(kind, &PolicySpec::named(&name)).is_err());
        }
        for entry in entries() {
            for known in entry.params.iter().map(|info| info.name).chain([param.as_str()]) {
                for value in [ParamValue::Number(number), ParamValue::Ratio(number), ParamValue::Count(count)] {
                    // Either answer is fine: what counts is that there is one.
                    let _ = check(entry.kind, &PolicySpec::named(entry.name).with(known, value));
                }
            }
        }
    }
}

/// Default and both ends of a form's range.
fn typical_values(form: ParamForm) -> Vec<ParamValue> {
    match form {
        ParamForm::Duration { default, min, max } => [default, min, max].map(ParamValue::Duration).to_vec(),
        ParamForm::Count { default, min, max } => [default, min, max].map(ParamValue::Count).to_vec(),
        ParamForm::Ratio { default, min, max } => [default, min, max].map(ParamValue::Ratio).to_vec(),
        ParamForm::Number { default, min, max } => [default, min, max].map(ParamValue::Number).to_vec(),
        ParamForm::Flag { .. } => [false, true].map(ParamValue::Flag).to_vec(),
        ParamForm::Choice { words } => words.iter().map(|word| ParamValue::Choice((*word).into())).collect(),
        ParamForm::Text { default, .. } => [ParamValue::Text(default.into())].to_vec(),
    }
}

fn message(result: Result<&'static PolicyEntry, ConfigError>) -> String {
    match result {
        Ok(entry) => format!("accepted: {}\n", entry.name),
        Err(error) => error.to_string() + "\n",
    }
}

fn check_text(text: &str, expected: &Expect) {
    expected.assert_eq(text);
}
