//! Arrivals as curves of rates.

use crate::support::{good, message, small_with};
use cusinart_scenarios::{Arrivals, to_yaml};
use expect_test::{Expect, expect};

fn curve(poisson: &str) -> Vec<(f64, f64)> {
    let arrivals = good(&small_with("rate: 100/s", poisson, "")).clients[0].arrivals.clone();
    let Arrivals::Poisson(curve) = arrivals else { panic!("{arrivals:?}") };
    curve.points.iter().map(|(at, rate)| (at.as_secs_f64(), *rate)).collect()
}

fn check_message(poisson: &str, expected: &Expect) {
    expected.assert_eq(&message(&small_with("rate: 100/s", poisson, "")));
}

#[test]
fn rates_are_taken_per_second_minute_or_hour() {
    assert_eq!(curve("rate: 30/min"), [(0.0, 0.5)]);
    assert_eq!(curve("rate: 1800/h"), [(0.0, 0.5)]);
}

#[test]
fn a_spike_is_a_trapezium() {
    let spike = "spike: { base: 10/s, peak: 50/s, at: 1m, rise: 10s, hold: 30s, fall: 20s }";
    assert_eq!(curve(spike), [(0.0, 10.0), (60.0, 10.0), (70.0, 50.0), (100.0, 50.0), (120.0, 10.0)]);
    // Without rise and fall it jumps; at the very start no point comes before it.
    let jump = "spike: { base: 10/s, peak: 50/s, at: 0s, hold: 30s }";
    assert_eq!(curve(jump), [(0.0, 10.0), (0.0, 50.0), (30.0, 50.0), (30.0, 10.0)]);
}

#[test]
fn a_diurnal_curve_swings_around_its_mean_and_peaks_when_told() {
    let points = curve("diurnal: { mean: 100/s, amplitude: 40%, period: 96s, peak_at: 24s }");
    assert_eq!(points[0], (0.0, 100.00000000000001 - 0.00000000000001 + 0.0));
    assert_eq!(points[24], (24.0, 140.0));
    assert!((points[72].1 - 60.0).abs() < 1e-9, "{:?}", points[72]);
    assert!(points.last().is_some_and(|(at, _)| *at >= 600.0), "the curve covers the run");
    let mean: f64 = points[..96].iter().map(|(_, rate)| rate).sum::<f64>() / 96.0;
    assert!((mean - 100.0).abs() < 1e-9, "{mean}");
}

#[test]
fn a_trace_is_a_step_function_scaled_and_sped_up() {
    let steps =
        curve("trace: { file: trace.csv, time_column: minute, rate_column: load, time_unit: m, scale: 2 }");
    assert_eq!(steps, [(0.0, 20.0), (60.0, 20.0), (60.0, 60.0), (180.0, 60.0), (180.0, 0.0)]);
    let fast =
        "trace: { file: trace.csv, time_column: minute, rate_column: load, time_unit: m, speedup: 60 }";
    assert_eq!(curve(fast), [(0.0, 10.0), (1.0, 10.0), (1.0, 30.0), (3.0, 30.0), (3.0, 0.0)]);
}

#[test]
fn mistakes_in_a_trace_are_pointed_at_in_its_file() {
    check_message(
        "trace: { file: trace.csv }",
        &expect![[r#"
            tests/it/files/trace.csv:1:1: found no column `time`, expected `minute`, `note` or `load`
               |
             1 | minute,note,load
               | ^^^^^^^^^^^^^^^^
              hint: name it with `time_column`
        "#]],
    );
    check_message(
        "trace: { file: bad_trace.csv }",
        &expect![[r#"
        tests/it/files/bad_trace.csv:4:3: found `many`, expected a rate that is not negative
           |
         4 | 1,many,4
           |   ^^^^
    "#]],
    );
    check_message(
        "trace: { file: bad_trace.csv, rate_column: other }",
        &expect![[r#"
        tests/it/files/bad_trace.csv:3:5: found `-3`, expected a rate from 0 to 1000000000 per second
           |
         3 | 1,2,-3
           |     ^^
    "#]],
    );
    check_message(
        "trace: { file: ../files }",
        &expect![[r#"
        test.yaml:10:64: found `../files` (not a file), expected a CSV file that can be read
            |
         10 |   users: { service: api, arrivals: { poisson: { trace: { file: ../files } } } }
            |                                                                ^^^^^^^^
          hint: the path is relative to the scenario's folder
    "#]],
    );
}

const POISSON: &str = "{ poisson: { rate: 100/s } }";

#[test]
fn other_processes_are_read_and_written() {
    for form in [
        "{ renewal: { lognormal: { mean: 10ms, cv: 0.8 } } }, requests: 1000",
        "{ mmpp: [{ rate: 4/s, mean_hold: 10s }, { rate: 12/s, mean_hold: 5s }] }",
        "{ closed_loop: { clients: 20, think: { exponential: { mean: 1s } } } }",
    ] {
        let scenario = good(&small_with(POISSON, form, ""));
        let written = to_yaml(&scenario);
        assert_eq!(good(&written).clients, scenario.clients, "{form}\n{written}");
    }
}

#[test]
fn processes_that_never_or_always_send_are_refused() {
    let check = |form: &str, expected: Expect| expected.assert_eq(&message(&small_with(POISSON, form, "")));
    check(
        "{ renewal: 0s }",
        expect![[r#"
        test.yaml:10:47: found gaps of `0s` on average, expected at most 1000000000 requests per second
            |
         10 |   users: { service: api, arrivals: { renewal: 0s } }
            |                                               ^^
    "#]],
    );
    check(
        "{ mmpp: [{ rate: 0/s, mean_hold: 10s }] }",
        expect![[r#"
        test.yaml:10:44: found states without requests, expected at least one rate above zero
            |
         10 |   users: { service: api, arrivals: { mmpp: [{ rate: 0/s, mean_hold: 10s }] } }
            |                                            ^
    "#]],
    );
    check(
        "{ closed_loop: { clients: 2000000, think: 1s } }",
        expect![[r#"
        test.yaml:10:62: found `2000000`, expected at most 1000000 clients
            |
         10 |   users: { service: api, arrivals: { closed_loop: { clients: 2000000, think: 1s } } }
            |                                                              ^^^^^^^
    "#]],
    );
}
