//! The page of a sweep, and reading back what a sweep stored.

use crate::html::{data, outline, write_if_wanted};
use crate::sweeps::Luck;
use cusinart_report::{
    MeasuredPoint, MetricPlan, PageLinks, PlannedKnob, PlannedPoint, PointValue, SWEEP_SCHEMA_VERSION,
    SweepDesign, SweepLinks, SweepPlan, SweptReplication, SweptScenario, Unit, read_sweep_plan,
    read_sweep_point, replication_seed, summarize_sweep, sweep_page,
};
use cusinart_scenarios::{Design, Family, Level};
use expect_test::expect;

/// A made-up sweep over six knobs, of so many random points.
fn plan(points: u32) -> SweepPlan {
    let words = |words: &[&str]| words.iter().map(|word| level(word, None)).collect();
    let knob = |path: &str, family, levels: Option<Vec<Level>>| PlannedKnob {
        path: path.into(),
        family,
        range: levels.is_none().then(|| ("least".into(), "most".into())),
        levels,
    };
    let metric = |objective: &str, unit, limit| MetricPlan {
        objective: objective.into(),
        unit,
        limit,
        may_be_censored: objective.starts_with("time"),
    };
    let mut luck = Luck(7);
    let planned = (0..=points).map(|point| PlannedPoint {
        point,
        scenario_hash: String::new(),
        settings: if point == 0 { Vec::new() } else { settings(&mut luck) },
    });
    SweepPlan {
        schema_version: SWEEP_SCHEMA_VERSION,
        kind: "sweep".into(),
        program: "0.1.0".into(),
        hash: String::new(),
        command: "cusinart-sim sweep made-up.yaml --design random --points 1000".into(),
        scenario: SweptScenario {
            name: "made-up".into(),
            file: "made-up.yaml".into(),
            set: Vec::new(),
            slas: vec!["availability >= 99%".into(), "latency.p99 < 500ms".into()],
        },
        design: SweepDesign { points: Design::Random { points }, seed: 42, replications: 4 },
        knobs: vec![
            knob("control.load_balancer", None, Some(words(&["round_robin", "power_of_two", "random"]))),
            knob("control.auto_scaler.min", Some(Family::Count), None),
            knob("control.health_monitor.period", Some(Family::Time), None),
            knob("control.auto_scaler.policy.threshold.scale_up", Some(Family::Share), None),
            knob(
                "clients.shoppers.retries.max",
                Some(Family::Count),
                Some((0..4).map(|max| level(&max.to_string(), Some(f64::from(max)))).collect()),
            ),
            knob("node_types.web.boot_time", Some(Family::Time), None),
        ],
        metrics: vec![
            metric("availability", Unit::Fraction, Some(0.99)),
            metric("latency.p99", Unit::Seconds, Some(0.5)),
            metric("time_to_recover.p95", Unit::Seconds, None),
            metric("cost", Unit::Currency, None),
        ],
        points: planned.collect(),
    }
    .sealed()
}

fn level(text: &str, number: Option<f64>) -> Level {
    Level { text: text.into(), number }
}

fn settings(luck: &mut Luck) -> Vec<Level> {
    let mut between = |low: f64, high: f64| low + (high - low) * (luck.next() + 1.0) / 2.0;
    let balancer = ["round_robin", "power_of_two", "random"][between(0.0, 2.999) as usize];
    let min = between(4.0, 24.0).round();
    let (period, share) = (between(1.0, 30.0), between(0.4, 0.8));
    let (retries, boot) = (between(-0.49, 3.49).round().abs(), between(10.0, 120.0));
    vec![
        level(balancer, None),
        level(&format!("{min}"), Some(min)),
        level(&format!("{period:.2}s"), Some(period)),
        level(&format!("{:.1}%", share * 100.0), Some(share)),
        level(&format!("{retries}"), Some(retries)),
        level(&format!("{boot:.1}s"), Some(boot)),
    ]
}

/// Every point, measured.
fn points(plan: &SweepPlan) -> Vec<MeasuredPoint> {
    let mut luck = Luck(11);
    let point = |planned: &PlannedPoint| {
        let number = |knob: usize, usual: f64| {
            planned.settings.get(knob).and_then(|level| level.number).unwrap_or(usual)
        };
        let random = planned.settings.first().is_some_and(|level| level.text == "random");
        let (min, period) = (number(1, 8.0), number(2, 5.0));
        let replications = (0..plan.design.replications).map(|index| {
            let latency = 0.15 + 2.0 / min + period * 0.02 * f64::from(u8::from(random)) + luck.next() * 0.02;
            let availability = (1.0 - 0.0015 * period * 8.0 / min + luck.next() * 0.001).clamp(0.0, 1.0);
            let recovery = (planned.point % 97 != 5).then(|| period * 2.0 + number(5, 30.0) + luck.next());
            let held = [availability >= 0.99, latency < 0.5];
            let value = |value: f64| Some(PointValue { value, at_least: value > 150.0 });
            SweptReplication {
                seed: replication_seed(plan.design.seed, index),
                digest: format!("{index:016x}"),
                slas_held: held.iter().map(|held| u32::from(*held)).sum(),
                slas: 2,
                all_hold: Some(held == [true; 2]),
                values: vec![value(availability), value(latency), recovery.and_then(value), value(min * 0.4)],
                samples: Vec::new(),
            }
        });
        MeasuredPoint {
            sweep: plan.hash.clone(),
            point: planned.point,
            replications: replications.collect(),
            settings: plan.assignments(planned),
        }
    };
    plan.points.iter().map(point).collect()
}

fn page(plan: &SweepPlan, points: &[MeasuredPoint]) -> String {
    let files = ["results.json", "sweep.csv", "sweep.parquet", "sweep.json", "points", "journal.jsonl"];
    let links = SweepLinks {
        best: "cusinart-sim run made-up.yaml --seed 42 --set control.auto_scaler.min=12".into(),
        page: PageLinks { repro: plan.command.clone(), files: files.map(String::from).into() },
    };
    sweep_page(plan, &summarize_sweep(plan, points), &links)
}

fn outlines(page: &str) -> String {
    let lines: Vec<String> = data(page)["parts"].as_array().expect("a list").iter().map(outline).collect();
    lines.join("\n")
}

#[test]
fn a_thousand_points_over_six_knobs_make_a_small_page() {
    let plan = plan(1_000);
    let page = page(&plan, &points(&plan));
    write_if_wanted("sweep", &page);
    expect![[r#"
        verdict "" chips 7 notes 0
        table "Point 300 against the scenario as it is" rows 4 notes 1
        table "Which knobs matter" rows 6 notes 1
        bars "Knobs and all SLAs hold" groups 2 notes 0
        bars "Knobs and availability" groups 2 notes 0
        bars "Knobs and latency.p99" groups 2 notes 0
        bars "Knobs and time_to_recover.p95" groups 2 notes 1
        bars "Knobs and cost" groups 2 notes 0
        matrix "control.load_balancer and health_monitor.period: latency.p99" notes 0
        matrix "auto_scaler.min and health_monitor.period: all SLAs hold" notes 0
        matrix "auto_scaler.min and health_monitor.period: availability" notes 0
        scatter "Cost against the SLAs" notes 1
        scatter "Cost against availability" notes 1
        scatter "Cost against latency.p99" notes 1
        parallel "All points" notes 1
        table "Table of points" rows 384 notes 2
        repro "Run point 300" notes 0
        repro "Repeat" notes 0"#]]
    .assert_eq(&outlines(&page));
    assert!(page.len() < 800_000, "{} bytes", page.len());
    for said in ["points are drawn: the front, and others evenly", "are listed; sweep.csv has all"] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn few_points_and_no_slas_make_a_page_that_says_so() {
    let mut plan = plan(3);
    plan.scenario.slas.clear();
    let plan = plan.sealed();
    let mut points = points(&plan);
    for replication in points.iter_mut().flat_map(|point| &mut point.replications) {
        (replication.all_hold, replication.slas, replication.slas_held) = (None, 0, 0);
    }
    let page = page(&plan, &points);
    assert_eq!(data(&page)["parts"][0]["word"], "NOT JUDGED");
    expect![[r#"
        verdict "" chips 5 notes 0
        table "Which knobs matter" rows 6 notes 1
        bars "Knobs and availability" groups 1 notes 0
        bars "Knobs and latency.p99" groups 1 notes 0
        bars "Knobs and time_to_recover.p95" groups 1 notes 0
        bars "Knobs and cost" groups 1 notes 0
        text "Interactions" paragraphs 1 notes 0
        scatter "Cost against availability" notes 0
        scatter "Cost against latency.p99" notes 0
        parallel "All points" notes 0
        table "Table of points" rows 4 notes 1
        repro "Repeat" notes 0"#]]
    .assert_eq(&outlines(&page));
}

#[test]
fn the_best_point_comes_first_in_the_table() {
    let plan = plan(200);
    let points = points(&plan);
    let best = summarize_sweep(&plan, &points).best.expect("there are SLAs").point;
    let data = data(&page(&plan, &points));
    let parts = data["parts"].as_array().expect("a list");
    let table = parts.iter().find(|part| part["id"] == "table").expect("it has a table");
    let first = &table["rows"][0]["cells"];
    assert_eq!((&first[0]["text"], &first[1]["sort"]), (&"best".into(), &f64::from(best).into()));
    let headline = data["parts"][0]["headline"].as_str().expect("a text");
    assert!(headline.starts_with(&format!("point {best}: control.load_balancer=")), "{headline}");
}

#[test]
fn great_numbers_stay_numbers() {
    let plan = plan(40);
    let mut points = points(&plan);
    for (number, point) in points.iter_mut().enumerate() {
        for replication in &mut point.replications {
            let value = [1e30, -1e30, 0.0, 1e-300][number % 4];
            replication.values.iter_mut().for_each(|of| *of = Some(PointValue { value, at_least: false }));
            replication.slas_held = u32::MAX;
        }
        read_sweep_point(&point.to_json(), &plan, point.point).expect("such numbers may be stored");
    }
    let page = page(&plan, &points);
    assert!(!page.contains(":NaN") && !page.contains(":inf"));
    assert_eq!(data(&page)["kind"], "sweep");
}

#[test]
fn what_was_stored_reads_back() {
    let plan = plan(5);
    assert_eq!(read_sweep_plan(&plan.to_json()).as_ref(), Ok(&plan));
    for point in points(&plan) {
        assert_eq!(read_sweep_point(&point.to_json(), &plan, point.point).as_ref(), Ok(&point));
    }
}

/// What is said of a plan that was changed by someone who knows how to seal it.
fn changed_plan(change: impl FnOnce(&mut SweepPlan)) -> String {
    let mut plan = plan(5);
    change(&mut plan);
    read_sweep_plan(&plan.sealed().to_json()).expect_err("it cannot be").to_string()
}

#[test]
fn plans_that_cannot_be_are_refused() {
    let told = [
        read_sweep_plan("{").expect_err("it is torn").to_string(),
        read_sweep_plan(&plan(5).to_json().replace("\"seed\": 42", "\"seed\": 43"))
            .expect_err("it was changed")
            .to_string(),
        changed_plan(|plan| plan.kind = "\u{1b}[31m".into()),
        changed_plan(|plan| plan.points.truncate(1)),
        changed_plan(|plan| plan.metrics.clear()),
        changed_plan(|plan| plan.design.replications = 0),
        changed_plan(|plan| plan.points.swap(1, 2)),
        changed_plan(|plan| plan.points[3].settings.truncate(2)),
        changed_plan(|plan| plan.points[0].settings = plan.points[1].settings.clone()),
        changed_plan(|plan| plan.points[2].settings[0].text = "nonsense".into()),
        changed_plan(|plan| plan.points[2].settings[1].number = None),
        changed_plan(|plan| plan.knobs[0].levels = None),
        changed_plan(|plan| plan.metrics[0].limit = Some(1e300)),
    ];
    expect![[r#"
        sweep.json: found EOF while parsing an object at line 1 column 1, expected the plan of a sweep
        sweep.json: found hash "cf283561ea6acb36", expected hash 5300dfa23c16f82c of what is in it: it was changed
        sweep.json: found "\u{1b}[31m" of version 1, expected `sweep` of version 1
        sweep.json: found a design without points, knobs or metrics, expected at least one of each
        sweep.json: found a design without points, knobs or metrics, expected at least one of each
        sweep.json: found no replications, expected at least one
        sweep.json: found point 2 with 6 settings at place 1, expected points in order with a setting for each knob
        sweep.json: found point 3 with 2 settings at place 3, expected points in order with a setting for each knob
        sweep.json: found point 0 with 6 settings at place 0, expected points in order with a setting for each knob
        sweep.json: found "nonsense" as "control.load_balancer" in point 2, expected a value of its knob
        sweep.json: found "11" as "control.auto_scaler.min" in point 2, expected a value of its knob
        sweep.json: found "power_of_two" as "control.load_balancer" in point 1, expected a value of its knob
        sweep.json: found the limit 1e300, expected a smaller number"#]].assert_eq(&told.join("\n"));
}

#[test]
fn points_that_cannot_be_are_refused() {
    let plan = plan(5);
    let changed = |change: &dyn Fn(&mut MeasuredPoint)| {
        let mut point = points(&plan).swap_remove(2);
        change(&mut point);
        read_sweep_point(&point.to_json(), &plan, 2).expect_err("it cannot be").to_string()
    };
    let torn = points(&plan)[2].to_json();
    let told = [
        read_sweep_point(&torn[..torn.len() / 2], &plan, 2).expect_err("it is torn").to_string(),
        read_sweep_point(&format!("{torn} "), &plan, 2).expect_err("it was changed").to_string(),
        changed(&|point| point.sweep = "\u{7}".into()),
        changed(&|point| point.point = 3),
        changed(&|point| point.settings[0] = "a=b".into()),
        changed(&|point| point.replications.truncate(1)),
        changed(&|point| point.replications[1].seed = 0),
        changed(&|point| point.replications[1].values.truncate(1)),
        changed(&|point| {
            point.replications[1].values[0] = Some(PointValue { value: -1e31, at_least: false });
        }),
    ];
    expect![[r#"
        points: found EOF while parsing a string at line 1 column 575, expected a point of a sweep
        points: found another form or more, expected the form that `sweep` writes
        points: found point 2 of sweep "\u{7}", expected point 2 of sweep cf283561ea6acb36
        points: found point 3 of sweep "cf283561ea6acb36", expected point 2 of sweep cf283561ea6acb36
        points: found settings "a=b control.auto_scaler.min=11 control.health_monitor.period=4.89s control.auto_scaler.policy.threshold.scale_up=56.5% clients.shoppers.retries.max=0 node_types.web.boot_time=115.6s", expected those of the plan
        points: found 1 replications or other seeds, expected the 4 replications of the plan
        points: found 4 replications or other seeds, expected the 4 replications of the plan
        points: found a replication with other metrics, expected 4 values
        points: found the value -1e31, expected numbers up to 1e30"#]].assert_eq(&told.join("\n"));
}
