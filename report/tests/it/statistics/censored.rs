//! Times of which some were never seen to end.

use super::{Random, close, share};
use cusinart_report::{Interval, KaplanMeier, Spell, quantile_interval, spell_interval};
use cusinart_scenarios::Statistic;
use proptest::prelude::*;

/// Weeks of remission of 21 leukaemia patients on 6-MP (Freireich and others, Blood 21 (1963) 699); negative weeks were
/// still going on.
const FREIREICH: [f64; 21] = [
    6.0, 6.0, 6.0, -6.0, 7.0, -9.0, 10.0, -10.0, -11.0, 13.0, 16.0, -17.0, -19.0, -20.0, 22.0, 23.0, -25.0,
    -32.0, -32.0, -34.0, -35.0,
];

#[test]
fn curve_is_that_of_the_textbooks() {
    // The table stands in Kleinbaum and Klein, Survival Analysis, chapter 2; lifelines 0.30 gives the same and the means.
    let curve = KaplanMeier::of(&spells(&FREIREICH));
    let table = [
        (6.0, 0.8571),
        (7.0, 0.8067),
        (10.0, 0.7529),
        (13.0, 0.6902),
        (16.0, 0.6275),
        (22.0, 0.5378),
        (23.0, 0.4482),
    ];
    assert_eq!(curve.steps().len(), table.len());
    for ((at, share), (time, expected)) in curve.steps().iter().zip(table) {
        assert_eq!(*at, time);
        assert!((share - expected).abs() < 5e-5, "{time}: {share}");
        assert_eq!(curve.survival(time), *share);
    }
    assert_eq!(
        (curve.survival(0.0), curve.survival(5.9), curve.survival(6.9)),
        (1.0, 1.0, curve.steps()[0].1)
    );
    assert_eq!(curve.survival(1e9), curve.steps()[6].1);
    assert_eq!(
        (curve.quantile(0.3), curve.quantile(0.5), curve.quantile(0.75)),
        (Some(13.0), Some(23.0), None)
    );
    let means = [
        (10.0, 9.277_310_924_369_745),
        (20.0, 16.116_526_610_644_254),
        (23.0, 17.909_243_697_478_985),
        (35.0, 23.287_394_957_983_185),
    ];
    for (horizon, mean) in means {
        close(curve.restricted_mean(horizon), mean, 1e-13, "restricted mean");
    }
}

#[test]
fn what_ends_comes_before_what_is_censored_at_the_same_time() {
    let curve = KaplanMeier::of(&spells(&[-1.0, 1.0, 2.0]));
    close(curve.steps()[0].1, 2.0 / 3.0, 1e-15, "both were at risk");
    assert_eq!(curve.steps()[1], (2.0, 0.0));
}

#[test]
fn curves_of_nothing_and_of_what_never_ends() {
    let nothing = KaplanMeier::of(&[]);
    assert_eq!(
        (nothing.survival(3.0), nothing.quantile(0.5), nothing.restricted_mean(7.0)),
        (1.0, None, 7.0)
    );
    let never = KaplanMeier::of(&spells(&[-1.0, -5.0]));
    assert_eq!((never.steps(), never.survival(9.0), never.quantile(0.01)), (&[][..], 1.0, None));
    let odd = [Spell { seconds: f64::NAN, ended: true }, Spell { seconds: 2.0, ended: true }];
    assert_eq!(KaplanMeier::of(&odd).steps(), &[(2.0, 0.0)]);
}

#[test]
fn interval_is_that_of_an_independent_bootstrap() {
    // Seven replications of three patients each. 120,000 resamples by a separate program, whose curve agrees with
    // lifelines, gave the ends at 0.411 % on either side, as far out as seven replications need.
    let clusters: Vec<Vec<Spell>> = (0..7)
        .map(|cluster| spells(&[FREIREICH[cluster], FREIREICH[cluster + 7], FREIREICH[cluster + 14]]))
        .collect();
    let median = interval(&clusters, Statistic::Quantile(0.5));
    assert_eq!(median, (23.0, 13.0, f64::INFINITY));
    assert_eq!(interval(&clusters, Statistic::Quantile(0.25)), (13.0, 6.0, f64::INFINITY));
    assert_eq!(interval(&clusters, Statistic::Mean).2, f64::INFINITY);
    // Had the longest spell just ended, the curve would end at 0, and the same program gives these ends; here they are
    // means of many labels.
    let ended: Vec<Vec<Spell>> = clusters
        .iter()
        .map(|cluster| {
            let end = |spell: &Spell| Spell { ended: spell.ended || spell.seconds == 35.0, ..*spell };
            cluster.iter().map(end).collect()
        })
        .collect();
    let views: Vec<&[Spell]> = ended.iter().map(Vec::as_slice).collect();
    let (mut low, mut high) = (0.0, 0.0);
    for label in 0..40 {
        let found =
            spell_interval(&views, Statistic::Mean, 0.95, &label.to_string()).expect("there are spells");
        close(found.value, 23.287_394_957_983_185, 1e-13, "mean");
        let interval = found.interval.expect("there are enough replications");
        (low, high) = (low + interval.low / 40.0, high + interval.high / 40.0);
    }
    close(low, 18.333, 0.005, "low");
    close(high, 29.547, 0.005, "high");
    // The longest of each three, of which the third is watched for 22 to 35 weeks; one of each three was censored.
    assert_eq!(interval(&clusters, Statistic::Max), (f64::INFINITY, 22.0, f64::INFINITY));
}

#[test]
fn intervals_need_enough_replications() {
    let one = spells(&[1.0, 2.0, -3.0]);
    for count in 0..9 {
        let mut clusters = vec![one.as_slice(); count];
        clusters.push(&[]);
        for statistic in [Statistic::Mean, Statistic::Max, Statistic::Quantile(0.5)] {
            let found = spell_interval(&clusters, statistic, 0.95, "m");
            assert_eq!(found.map(|found| found.count as usize), (count > 0).then_some(count));
            assert_eq!(found.and_then(|found| found.interval).is_some(), count >= 6, "{count} {statistic:?}");
        }
    }
    let clusters = vec![one.as_slice(); 64];
    let at = |confidence| {
        spell_interval(&clusters, Statistic::Mean, confidence, "m").and_then(|found| found.interval)
    };
    assert!(at(0.998).is_some());
    for confidence in [0.999, 1.0, 0.0, -1.0, f64::NAN] {
        assert_eq!(at(confidence), None);
    }
}

#[test]
fn what_never_ended_is_known_only_to_be_longer() {
    let clusters = vec![spells(&[-200.0]); 8];
    for statistic in [Statistic::Max, Statistic::Quantile(0.5)] {
        assert_eq!(interval(&clusters, statistic), (f64::INFINITY, 200.0, f64::INFINITY));
    }
    assert_eq!(interval(&clusters, Statistic::Mean), (200.0, 200.0, f64::INFINITY));
    let ended = vec![spells(&[200.0, -200.0]); 8];
    assert_eq!(interval(&ended, Statistic::Mean), (200.0, 200.0, f64::INFINITY));
    let ended = vec![spells(&[200.0, -199.0]); 8];
    assert_eq!(interval(&ended, Statistic::Mean), (200.0, 200.0, 200.0));
}

#[test]
fn label_decides_the_draws_and_nothing_else() {
    let mut random = Random::new(4);
    let clusters: Vec<Vec<Spell>> =
        (0..20).map(|_| spells(&random.several::<5>(Random::exponential))).collect();
    let views: Vec<&[Spell]> = clusters.iter().map(Vec::as_slice).collect();
    let of = |label| spell_interval(&views, Statistic::Mean, 0.95, label).expect("there are spells");
    assert_eq!(of("time_to_recover.mean"), of("time_to_recover.mean"));
    assert_eq!(of("time_to_recover.mean").value, of("time_to_detect.mean").value);
    assert_ne!(of("time_to_recover.mean").interval, of("time_to_detect.mean").interval);
}

#[test]
fn intervals_over_dependent_times_hold_about_what_they_promise() {
    // Times of one replication share a factor; watching ends at 3. The truth comes from the law of the product.
    let mut random = Random::new(5);
    let truth = {
        let mut all: Vec<f64> =
            (0..400_000).map(|_| (0.5 + random.uniform()) * random.exponential()).collect();
        all.sort_by(f64::total_cmp);
        all[200_000]
    };
    for count in [8, 32] {
        let covered = share(300, |repetition| {
            let clusters: Vec<Vec<Spell>> = (0..count)
                .map(|_| {
                    let factor = 0.5 + random.uniform();
                    let times = random.several::<4>(|random| factor * random.exponential());
                    spells(&times.map(|time| if time < 3.0 { time } else { -3.0 }))
                })
                .collect();
            let views: Vec<&[Spell]> = clusters.iter().map(Vec::as_slice).collect();
            let found = spell_interval(&views, Statistic::Quantile(0.5), 0.95, &format!("{repetition}"));
            let interval = found.and_then(|found| found.interval).expect("enough replications");
            interval.low <= truth && truth <= interval.high
        });
        assert!((0.92..=0.98).contains(&covered), "{count} {covered}");
    }
}

proptest! {
    #[test]
    fn without_censoring_the_curve_counts(times in prop::collection::vec(0_u32..50, 1..80), q in 0.01_f64..1.0) {
        let times: Vec<f64> = times.into_iter().map(f64::from).collect();
        let curve = KaplanMeier::of(&spells(&times));
        for at in 0..50 {
            let longer = times.iter().filter(|time| **time > f64::from(at)).count();
            prop_assert!((curve.survival(f64::from(at)) - longer as f64 / times.len() as f64).abs() < 1e-12);
        }
        let ranked = quantile_interval(&times, q, 0.95).map(|found| found.value);
        prop_assert_eq!(curve.quantile(q), ranked);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        prop_assert!((curve.restricted_mean(50.0) - mean).abs() < 1e-9);
    }

    #[test]
    fn the_curve_falls_from_one_and_stays_positive_while_the_longest_is_censored(
        weeks in prop::collection::vec((0.0_f64..100.0, any::<bool>()), 1..60),
    ) {
        let mut spells: Vec<Spell> = weeks.into_iter().map(|(seconds, ended)| Spell { seconds, ended }).collect();
        spells.push(Spell { seconds: 100.0, ended: false });
        let curve = KaplanMeier::of(&spells);
        let mut before = (f64::NEG_INFINITY, 1.0);
        for &(at, share) in curve.steps() {
            prop_assert!(at > before.0 && share < before.1 && share > 0.0);
            before = (at, share);
        }
        // Ending what was censored can only shorten the times.
        let ended: Vec<Spell> = spells.iter().map(|spell| Spell { ended: true, ..*spell }).collect();
        let shorter = KaplanMeier::of(&ended);
        for at in 0..=100 {
            prop_assert!(curve.survival(f64::from(at)) >= shorter.survival(f64::from(at)) - 1e-12);
        }
        prop_assert!(curve.restricted_mean(100.0) >= shorter.restricted_mean(100.0) - 1e-9);
    }

    #[test]
    fn intervals_hold_their_value(
        weeks in prop::collection::vec(prop::collection::vec((0.0_f64..100.0, prop::bool::weighted(0.8)), 0..5), 6..12),
        q in 0.1_f64..0.95,
    ) {
        let clusters: Vec<Vec<Spell>> = weeks.iter()
            .map(|cluster| cluster.iter().map(|&(seconds, ended)| Spell { seconds, ended }).collect())
            .collect();
        let views: Vec<&[Spell]> = clusters.iter().map(Vec::as_slice).collect();
        for statistic in [Statistic::Mean, Statistic::Max, Statistic::Quantile(q)] {
            if let Some(found) = spell_interval(&views, statistic, 0.95, "m") {
                prop_assert!(!found.value.is_nan());
                if let Some(Interval { low, high }) = found.interval {
                    prop_assert!(low.is_finite() && 0.0 <= low && low <= found.value && found.value <= high);
                }
            }
        }
    }
}

/// Spells of so many seconds; negative ones are censored.
fn spells(weeks: &[f64]) -> Vec<Spell> {
    weeks.iter().map(|weeks| Spell { seconds: weeks.abs(), ended: weeks.is_sign_positive() }).collect()
}

/// Value, low and high end at 95 %.
fn interval(clusters: &[Vec<Spell>], statistic: Statistic) -> (f64, f64, f64) {
    let views: Vec<&[Spell]> = clusters.iter().map(Vec::as_slice).collect();
    let found = spell_interval(&views, statistic, 0.95, "weeks").expect("there are spells");
    let interval = found.interval.expect("there are enough replications");
    (found.value, interval.low, interval.high)
}
