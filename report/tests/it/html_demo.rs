//! A page with every section that is not of a single run, from made-up numbers, to try and to look at.

use cusinart_report::html::{
    Axis, Bar, BarGroup, Bars, Better, Difference, DifferenceVerdict, Forest, ForestGroup, Lane, LaneGroup,
    Lanes, Limit, Line, MarkRow, Matrix, Measure, Page, PageKind, Parallel, ParallelAxis, Part, Scatter,
    ScatterPoint, Section, Text, Tone, Verdict,
};

/// The page.
pub(crate) fn page() -> Page {
    let verdict = Verdict {
        word: "BETTER".into(),
        tone: Tone::Good,
        headline: "power_of_two beats round_robin in 3 of 4 metrics".into(),
        chips: Vec::new(),
    };
    let text = Text {
        tone: Tone::Plain,
        paragraphs: vec!["Differences are paired: both policies met the same requests and faults.".into()],
    };
    Page {
        kind: PageKind::Compare,
        title: "Every section".into(),
        subtitle: "Made-up numbers; try `--vary control.load_balancer=round_robin,power_of_two`.".into(),
        version: "0.1.0".into(),
        parts: vec![
            Part::new("verdict", "", Section::Verdict(verdict)),
            Part::new("text", "How to read it", Section::Text(text)),
            Part::new("forest", "Differences", Section::Forest(forest())),
            Part::new("scatter", "Cost against latency", Section::Scatter(scatter())),
            Part::new("matrix", "How two knobs interact", Section::Matrix(matrix())),
            Part::new("parallel", "All points", Section::Parallel(parallel())),
            Part::new("bars", "Main effects", Section::Bars(bars())),
            Part::new("nodes", "A thousand nodes", Section::Lanes(lanes())),
        ],
    }
}

fn forest() -> Forest {
    let row = |label: &str, value, low, high, verdict| Difference {
        label: label.into(),
        value,
        low,
        high,
        verdict,
        text: "420 ms to 360 ms, −60 ms (−80 to −40)".into(),
    };
    let (better, worse) = (DifferenceVerdict::Better, DifferenceVerdict::Worse);
    let (same, open) = (DifferenceVerdict::Same, DifferenceVerdict::Undecided);
    let group = |metric: &str, better, unit, band, rows| ForestGroup {
        metric: metric.into(),
        better,
        unit,
        band,
        rows,
    };
    Forest {
        baseline: "round_robin".into(),
        groups: vec![
            group(
                "latency.p99",
                Better::Less,
                None,
                Some(0.02),
                vec![
                    row("power_of_two", Some(-0.143), Some(-0.19), Some(-0.095), better),
                    row(
                        "least_requests, with a rather long name",
                        Some(-0.01),
                        Some(-0.015),
                        Some(0.012),
                        same,
                    ),
                    row("random", Some(0.21), Some(0.08), Some(0.34), worse),
                ],
            ),
            group(
                "availability",
                Better::More,
                Some(Measure::Fraction),
                Some(0.001),
                vec![
                    row("power_of_two", Some(0.004), Some(-0.002), Some(0.01), open),
                    row("random", None, None, None, open),
                ],
            ),
            group(
                "time_to_recover.p95",
                Better::Less,
                Some(Measure::Seconds),
                None,
                vec![row("power_of_two", Some(0.3), Some(-0.1), None, open)],
            ),
        ],
    }
}

fn axis(label: &str, unit: Measure, better: Better) -> Axis {
    Axis { label: label.into(), unit, better }
}

fn scatter() -> Scatter {
    let point = |index: u32| {
        let (cost, seconds) =
            (2.0 + f64::from(index), 2.4 / f64::from(1 + index) + f64::from(index % 3) * 0.2);
        ScatterPoint {
            label: format!("min={}", 4 + index),
            x: cost,
            y: seconds,
            x_interval: Some((cost * 0.97, cost * 1.03)),
            y_interval: Some((seconds * 0.9, seconds * 1.15)),
            front: index.is_multiple_of(3),
            text: format!("cost {cost:.2}, p99 {seconds:.2} s"),
        }
    };
    Scatter {
        x: axis("cost", Measure::Currency, Better::Less),
        y: axis("latency.p99", Measure::Seconds, Better::Less),
        points: (0..9).map(point).collect(),
        limit: Some(Limit { value: 0.5, label: "SLA latency.p99 < 500 ms".into() }),
    }
}

fn matrix() -> Matrix {
    let cell = |row: u32, column: u32| {
        (row != 2 || column != 1).then(|| 0.1 + f64::from(row * column) * 0.07 + f64::from(row) * 0.02)
    };
    Matrix {
        value: axis("latency.p99", Measure::Seconds, Better::Less),
        x: "health_monitor.period".into(),
        x_settings: ["1s", "2s", "5s", "10s", "30s"].map(String::from).into(),
        y: "auto_scaler.min".into(),
        y_settings: ["6", "9", "12", "18"].map(String::from).into(),
        cells: (0..4).map(|row| (0..5).map(|column| cell(row, column)).collect()).collect(),
    }
}

fn parallel() -> Parallel {
    let axis = |label: &str, unit, better, settings: &[&str]| ParallelAxis {
        label: label.into(),
        unit,
        better,
        settings: settings.iter().map(|setting| (*setting).into()).collect(),
    };
    let line = |index: u32| {
        let (balancer, minimum, period) = (index % 3, 4 + index * 7 % 20, 1 + index * 11 % 30);
        let seconds = 0.1 + f64::from(period) * 0.03 + f64::from(balancer) * 0.1;
        let values =
            [f64::from(balancer), f64::from(minimum), f64::from(period), seconds, f64::from(minimum) * 0.4];
        let known = values.iter().enumerate().map(|(at, value)| (index != 5 || at != 3).then_some(*value));
        Line { label: format!("point {index}"), values: known.collect() }
    };
    Parallel {
        axes: vec![
            axis(
                "load_balancer",
                Measure::Count,
                Better::Neither,
                &["round_robin", "power_of_two", "random"],
            ),
            axis("auto_scaler.min", Measure::Count, Better::Neither, &[]),
            axis("health_monitor.period", Measure::Seconds, Better::Neither, &[]),
            axis("latency.p99", Measure::Seconds, Better::Less, &[]),
            axis("cost", Measure::Currency, Better::Less, &[]),
        ],
        lines: (0..120).map(line).collect(),
        color_axis: Some(3),
    }
}

fn bars() -> Bars {
    let bar = |label: &str, value: f64, tone| Bar {
        label: label.into(),
        value,
        interval: Some((value - 0.04, value + 0.05)),
        tone,
        text: format!("{:+.0} ms from its lowest to its highest setting", value * 1e3),
    };
    let bars = vec![
        bar("health_monitor.period", 0.31, Tone::Bad),
        bar("auto_scaler.min", -0.22, Tone::Good),
        bar("retries.max", 0.02, Tone::Plain),
    ];
    Bars { groups: vec![BarGroup { label: "latency.p99".into(), unit: Measure::Seconds, bars }] }
}

fn lanes() -> Lanes {
    let row = |label: &str, color| MarkRow { label: label.into(), color };
    let lane = |index: u32| {
        let at = f64::from(index * 37 % 1500);
        let troubled = index.is_multiple_of(7);
        let spans = if troubled {
            vec![(0.0, at, 0), (at, at + 90.0, 2), (at + 90.0, at + 140.0, 1), (at + 140.0, 1800.0, 0)]
        } else {
            vec![(0.0, 1800.0, 0)]
        };
        let marks = if troubled { vec![(at + 15.0, 0), (at + 140.0, 1)] } else { Vec::new() };
        Lane { name: format!("frontend-{index}"), troubled, spans, marks }
    };
    let group = |zone: u32| LaneGroup {
        label: format!("frontend, zone {}", ["a", "b", "c", "d"][zone as usize]),
        lanes: (zone * 250..(zone + 1) * 250).map(lane).collect(),
    };
    Lanes {
        end: 1800.0,
        states: vec![row("up", "calm"), row("booting", "sky"), row("down", "vermilion")],
        marks: vec![row("declared failed", "ink"), row("believed healthy again", "green")],
        groups: (0..4).map(group).collect(),
    }
}
