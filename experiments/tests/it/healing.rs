//! Whether runs of the shipped scenarios heal, by the agreement on the time to converge.

use crate::{shipped, simulate};
use cusinart_report::{Sample, samples};
use cusinart_scenarios::objective;

/// Seconds until the system converged; `None`: it did not by the end of the run.
fn converges(name: &str, set: &[&str], seed: Option<u64>) -> Option<f64> {
    let scenario = shipped(name, set, seed);
    let metric = objective("test", "time_to_converge", &scenario).unwrap_or_else(|error| panic!("{error}"));
    let sample = samples(&scenario, &simulate(&scenario), &[metric]).remove(0);
    let Sample::Times(spells) = sample else { panic!("a time to converge is a time") };
    let [spell] = spells.as_slice() else { panic!("{name} has one time to converge") };
    spell.ended.then_some(spell.seconds)
}

#[test]
fn a_retry_storm_that_stays_never_converges() {
    for seed in [23, 1, 2] {
        assert_eq!(converges("retry-storm", &[], Some(seed)), None, "seed {seed}");
        let tamed = converges("retry-storm", &["clients.app.retries.budget=10%"], Some(seed));
        assert!(tamed.is_some_and(|seconds| seconds < 60.0), "seed {seed}: {tamed:?}");
    }
}

#[test]
fn a_floor_of_nodes_heals_sooner_after_a_silence() {
    let deep = converges("scale-down-before-surge", &[], None);
    let shallow = converges("scale-down-before-surge", &["control.auto_scaler.min=16"], None);
    let (deep, shallow) = (deep.expect("nodes come back"), shallow.expect("nodes stay"));
    assert!(shallow < 60.0 && deep > 4.0 * shallow, "{deep} and {shallow}");
}

#[test]
fn nodes_of_a_dark_zone_that_nobody_replaces_keep_a_system_from_converging_until_they_boot() {
    let replaced = converges("zone-outage", &[], None);
    assert_eq!(replaced, Some(0.0), "all was well before the zone came back");
    let waiting = converges("zone-outage", &["control.recovery.attempts=1000"], None);
    assert!(waiting.is_some_and(|seconds| seconds > 10.0), "{waiting:?}");
}

#[test]
fn copies_that_take_too_long_are_not_done_at_the_end() {
    assert!(converges("re-replication-storm", &[], None).is_some());
    assert_eq!(converges("re-replication-storm", &["control.recovery.transfers_at_once=4"], None), None);
}
