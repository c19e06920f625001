//! What a sweep says of worlds whose effects are known.

use cusinart_report::{
    Matters, MeasuredPoint, MetricPlan, PlannedKnob, PlannedPoint, PointValue, SWEEP_SCHEMA_VERSION,
    SweepDesign, SweepLinks, SweepPlan, SweepSummary, SweptReplication, SweptScenario, TextStyle, Unit, csv,
    summarize_sweep, sweep_table, sweep_text,
};
use cusinart_scenarios::{Design, Family, Level};
use expect_test::{Expect, expect};

/// A made-up world: three knobs, and a metric beside the cost.
struct World {
    design: Design,
    settings: Vec<[f64; 3]>,
    replications: u32,
    /// The metric, from the settings and a number for luck, uniform in -1..1.
    metric: fn([f64; 3], f64) -> f64,
    seed: u64,
}

impl World {
    fn grid(metric: fn([f64; 3], f64) -> f64, replications: u32) -> Self {
        let mut settings = Vec::new();
        for a in 0..4 {
            for b in 0..4 {
                settings.extend((0..3).map(|c| [f64::from(a), f64::from(b), f64::from(c)]));
            }
        }
        Self { design: Design::Grid, settings, replications, metric, seed: 1 }
    }

    fn random(metric: fn([f64; 3], f64) -> f64, points: u32, seed: u64) -> Self {
        let mut luck = Luck(seed);
        let settings = (0..points).map(|_| [0; 3].map(|_| (luck.next() + 1.0) / 2.0)).collect();
        Self { design: Design::Random { points }, settings, replications: 2, metric, seed }
    }

    fn plan(&self) -> SweepPlan {
        let level = |number: f64| Level { text: format!("{number}"), number: Some(number) };
        let base = std::iter::once(Vec::new());
        let settings = base.chain(self.settings.iter().map(|settings| settings.map(level).to_vec()));
        let planned = |(point, settings)| PlannedPoint { point, scenario_hash: String::new(), settings };
        let metric = |objective: &str, unit| MetricPlan {
            objective: objective.into(),
            unit,
            limit: None,
            may_be_censored: false,
        };
        let knob = |path: &str, count: u32| PlannedKnob {
            path: path.into(),
            family: Some(Family::Number),
            levels: (self.design == Design::Grid).then(|| (0..count).map(|n| level(f64::from(n))).collect()),
            range: None,
        };
        SweepPlan {
            schema_version: SWEEP_SCHEMA_VERSION,
            kind: "sweep".into(),
            program: "0".into(),
            hash: String::new(),
            command: "cusinart-sim sweep made-up.yaml".into(),
            scenario: SweptScenario {
                name: "made-up".into(),
                file: "made-up.yaml".into(),
                set: Vec::new(),
                slas: vec!["metric > 2".into()],
            },
            design: SweepDesign { points: self.design, seed: 42, replications: self.replications },
            knobs: vec![knob("a", 4), knob("b", 4), knob("c", 3)],
            metrics: vec![metric("availability", Unit::Count), metric("cost", Unit::Currency)],
            points: (0..).zip(settings).map(planned).collect(),
        }
        .sealed()
    }

    /// Every point, with luck of its own and luck that all points share.
    fn points(&self, plan: &SweepPlan) -> Vec<MeasuredPoint> {
        let mut luck = Luck(self.seed);
        let shared: Vec<f64> = (0..self.replications).map(|_| luck.next()).collect();
        let point = |planned: &PlannedPoint| {
            let settings = match &planned.settings[..] {
                [a, b, c] => [a, b, c].map(|level| level.number.expect("it has one")),
                _ => [0.0; 3],
            };
            let replications = shared.iter().map(|shared| {
                let metric = (self.metric)(settings, luck.next()) + 0.1 * shared;
                let value = |value| Some(PointValue { value, at_least: false });
                SweptReplication {
                    seed: 0,
                    digest: String::new(),
                    slas_held: u32::from(metric > 2.0),
                    slas: 1,
                    all_hold: Some(metric > 2.0),
                    values: vec![value(metric), value(1.0 + settings[0])],
                    samples: Vec::new(),
                }
            });
            MeasuredPoint {
                sweep: plan.hash.clone(),
                point: planned.point,
                settings: plan.assignments(planned),
                replications: replications.collect(),
            }
        };
        plan.points.iter().map(point).collect()
    }

    fn summary(&self) -> SweepSummary {
        let plan = self.plan();
        summarize_sweep(&plan, &self.points(&plan))
    }
}

/// Uniform numbers in -1..1: SplitMix64.
pub(crate) struct Luck(pub(crate) u64);

impl Luck {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// Tells the effects of a metric.
fn check_effects(world: &World, expected: &Expect) {
    let summary = world.summary();
    let metric =
        summary.effects.iter().find(|metric| metric.metric == "availability").expect("it is measured");
    let mut told: Vec<String> = metric
        .knobs
        .iter()
        .map(|effect| format!("{}: {:.0} %, {:?}", effect.knob, effect.share * 100.0, effect.matters))
        .collect();
    for pair in summary.interactions.iter().filter(|pair| pair.metric == "availability" && pair.share > 0.005)
    {
        let (one, other) = &pair.knobs;
        let p = pair.p_corrected.map_or("–".into(), |p| format!("{p:.3}"));
        told.push(format!("{one} x {other}: {:.0} %, p {p}", pair.share * 100.0));
    }
    expected.assert_eq(&told.join("\n"));
}

#[test]
fn shares_of_a_grid_are_those_of_the_formula() {
    // Variances of 0..4: 1.25; of 0..3: 2/3. Shares: 4 * 1.25 to 1 * 1.25 to 0.
    check_effects(
        &World::grid(|[a, b, _], _| 2.0 * a + b, 2),
        &expect![[r#"
        a: 80 %, Yes
        b: 20 %, Yes
        c: 0 %, No"#]],
    );
    check_effects(
        &World::grid(|[a, b, _], luck| 2.0 * a + b + luck, 4),
        &expect![[r#"
        a: 78 %, Yes
        b: 21 %, Yes
        c: 0 %, No"#]],
    );
    check_effects(
        &World::grid(|[a, b, _], luck| 2.0 * a + b + luck, 1),
        &expect![[r#"
        a: 81 %, Yes
        b: 16 %, Yes
        c: 0 %, No"#]],
    );
}

#[test]
fn a_product_is_an_interaction() {
    check_effects(
        &World::grid(|[a, _, c], luck| (a - 1.5) * (c - 1.0) + 0.1 * luck, 3),
        &expect![[r#"
        a: 0 %, No
        b: 0 %, No
        c: 0 %, No
        a x c: 100 %, p 0.000"#]],
    );
}

#[test]
fn random_points_show_curves_that_no_line_would() {
    let curve = |[a, b, _]: [f64; 3], luck| 10.0 * (a - 0.5) * (a - 0.5) + b + 0.2 * luck;
    check_effects(
        &World::random(curve, 512, 7),
        &expect![[r#"
        a: 79 %, Yes
        b: 13 %, Yes
        c: 0 %, No"#]],
    );
    let product = |[a, _, c]: [f64; 3], luck| 10.0 * (a - 0.5) * (c - 0.5) + 0.2 * luck;
    check_effects(
        &World::random(product, 512, 7),
        &expect![[r#"
            a: 0 %, No
            b: 0 %, No
            c: 1 %, No
            a x c: 77 %, p 0.000
            a x b: 1 %, p 0.185"#]],
    );
}

#[test]
fn pure_luck_matters_in_few_sweeps() {
    // Corrected for all tests of a sweep at once: 5 % of the sweeps may err, 12 of 100 would be a bug (p < 0.5 %).
    for world in [
        |seed| World::random(|_, luck| luck, 64, seed),
        |seed| {
            let mut world = World::grid(|_, luck| luck, 3);
            world.seed = seed;
            world
        },
    ] {
        let knobs_err = |summary: &SweepSummary| {
            let metric = summary.effects.iter().find(|metric| metric.metric == "availability");
            metric.expect("it is measured").knobs.iter().any(|effect| effect.matters == Matters::Yes)
        };
        let pairs_err = |summary: &SweepSummary| {
            let mut pairs = summary.interactions.iter().filter(|pair| pair.metric == "availability");
            pairs.any(|pair| pair.p_corrected.is_some_and(|p| p < 0.05))
        };
        let summaries: Vec<SweepSummary> = (0..100).map(|seed| world(seed).summary()).collect();
        for errs in [&knobs_err as &dyn Fn(&SweepSummary) -> bool, &pairs_err] {
            let wrong = summaries.iter().filter(|summary| errs(summary)).count();
            assert!(wrong < 12, "{wrong} of 100");
        }
    }
}

#[test]
fn few_points_are_not_sure() {
    let mut world = World::random(|[a, ..], luck| 0.3 * a + luck, 8, 3);
    check_effects(
        &world,
        &expect![[r#"
            a: 9 %, NotSure
            b: 0 %, NotSure
            c: 0 %, NotSure
            b x c: 26 %, p –
            a x b: 2 %, p –
            a x c: 2 %, p –"#]],
    );
    world.settings.truncate(1);
    let summary = world.summary();
    assert!(summary.effects.iter().all(|metric| metric.knobs.is_empty()), "one point has no effects");
}

#[test]
fn the_best_point_meets_the_slas_at_the_least_cost() {
    let summary = World::grid(|[a, b, _], luck| 3.0 * (a + b) - 5.0 + 0.1 * luck, 3).summary();
    let best = summary.best.as_ref().expect("there is an SLA");
    assert_eq!(summary.points[best.point as usize].settings, ["a=0", "b=3", "c=0"]);
    let front: Vec<(u32, f64, f64)> =
        summary.front.iter().map(|point| (point.point, point.cost, point.all_hold)).collect();
    assert!(front.windows(2).all(|pair| pair[0].1 < pair[1].1 && pair[0].2 < pair[1].2), "{front:?}");
    assert!(front.iter().any(|point| point.0 == best.point), "{front:?}");
}

#[test]
fn the_page_is_as_reviewed() {
    let world = World::grid(|[a, b, c], luck| a + b * c / 2.0 + 0.2 * luck, 3);
    let plan = world.plan();
    let summary = summarize_sweep(&plan, &world.points(&plan));
    let links = SweepLinks { best: "cusinart-sim run made-up.yaml".into(), ..SweepLinks::default() };
    let page = sweep_text(&plan, &summary, &TextStyle { color: false, width: 100 }, &links);
    expect_test::expect_file!["golden/sweep.txt"].assert_eq(&page);
}

#[test]
fn values_that_lack_leave_their_points_out() {
    let world = World::grid(|[a, ..], luck| a + luck, 2);
    let plan = world.plan();
    let mut points = world.points(&plan);
    points[3].replications[0].values[0] = None;
    for replication in &mut points[5].replications {
        replication.values[0] = None;
    }
    let summary = summarize_sweep(&plan, &points);
    let metric =
        summary.effects.iter().find(|metric| metric.metric == "availability").expect("it is measured");
    assert_eq!(metric.points_left_out, 2);
    assert_eq!(metric.knobs[0].matters, Matters::Yes);
    assert_eq!(summary.points[5].metrics[0], None);
    let rows: Vec<String> = csv(&sweep_table(&plan, &points)).lines().map(String::from).collect();
    assert_eq!(rows[0], "point,replication,seed,a,b,c,slas_held,slas,all_slas_hold,availability,cost");
    assert!(rows[1 + 5 * 2].starts_with("5,0,0,0,1,1,") && rows[1 + 5 * 2].ends_with(",,1"), "{}", rows[11]);
    for text in [summary.to_json(), rows.join("\n")] {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}
