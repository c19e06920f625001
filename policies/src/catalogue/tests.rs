//! The catalogue says true things, and says what is wrong with a choice.

extern crate std;

use super::*;
use crate::ConfigError;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use expect_test::{Expect, expect, expect_file};
use proptest::prelude::*;

#[test]
fn catalogue_lists_every_policy_with_its_defaults() {
    let mut text = String::new();
    for entry in entries() {
        text += &format!("{}: {}\n", entry.kind, entry.name);
        for param in entry.params {
            text += &format!("  {} = {}: {}\n", param.name, param.form.default_text(), param.form);
        }
    }
    expect_file!["defaults.txt"].assert_eq(&text);
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
