//! Which knobs matter: a table over all metrics, then the effects on each metric as bars.

use super::numbers::short;
use super::page::{Cell, Column, Measure, Part, Row, Section, Table, Tone};
use super::study::{Bar, BarGroup, Bars};
use super::units::{better_of, measure};
use crate::human;
use crate::stats::{Estimate, Interval};
use crate::sweep::words::{Names, change, levels_text, matters, p_text, quantity};
use crate::sweep::{Effect, LevelMean, Matters, MetricEffects, SweepPlan, SweepSummary};
use cusinart_scenarios::{Better, Unit};

/// Knobs of which each metric shows the values: those that explain most.
const KNOBS_MAX: usize = 4;
/// Values of a knob that are shown: those that change most.
const LEVELS_MAX: usize = 12;
/// Knobs of which the shares are drawn.
const SHARES_MAX: usize = 20;

/// The parts.
pub(super) fn parts(plan: &SweepPlan, summary: &SweepSummary) -> Vec<Part> {
    let names = Names::of(plan);
    let told: Vec<&MetricEffects> = summary.effects.iter().filter(|metric| differs(metric)).collect();
    let mut parts = vec![overview(plan, summary, &told)];
    parts.extend(told.iter().enumerate().map(|(index, metric)| effects(index, metric, &names)));
    parts
}

/// Whether the points differ in a metric, so that something can be said of knobs.
fn differs(metric: &MetricEffects) -> bool {
    metric.range.is_some_and(|(low, high)| low < high) && !metric.knobs.is_empty()
}

/// Knobs by metrics.
fn overview(plan: &SweepPlan, summary: &SweepSummary, told: &[&MetricEffects]) -> Part {
    let mut columns = vec![Column::text("knob")];
    columns.extend(told.iter().map(|metric| Column::text(&metric.metric)));
    let share = |knob: usize| told.iter().map(|metric| metric.knobs[knob].share).fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..plan.knobs.len()).collect();
    order.sort_by(|one, other| share(*other).total_cmp(&share(*one)));
    let row = |knob: usize| {
        let cell = |metric: &&MetricEffects| {
            let effect = &metric.knobs[knob];
            let (word, _) = matters(effect.matters);
            Cell::Rich {
                text: format!("{word}, {}", percent(effect.share)),
                tone: tone(effect.matters),
                sort: short(effect.share),
            }
        };
        let mut cells = vec![Cell::from(plan.knobs[knob].path.as_str())];
        cells.extend(told.iter().map(cell));
        let detail = told.iter().map(|metric| sentence(metric, &metric.knobs[knob])).collect();
        Row { cells, detail }
    };
    let rows = order.into_iter().map(row).collect();
    let mut part = Part::new("knobs", "Which knobs matter", Section::Table(Table { columns, rows, filter: false }))
        .lead(
            "The share of what differs between points that each knob explains by itself, beyond chance. Unfold a row to \
             see what its values do.",
        );
    for metric in summary.effects.iter().filter(|metric| !differs(metric)) {
        part = part.note(match metric.range {
            None => format!("{}: no point has a value in every replication.", metric.metric),
            Some((low, high)) if low < high => {
                format!("{}: one point alone shows no effects.", metric.metric)
            }
            Some((low, _)) => format!("{} is {} at every point.", metric.metric, quantity(low, metric.unit)),
        });
    }
    part.note(
        "“matters”: chance is ruled out (p < 5 %, corrected for all tests of the sweep) and it explains at least 1 %. \
         “not sure”: more points or replications would tell.",
    )
}

/// What a knob does to a metric, in a sentence.
fn sentence(metric: &MetricEffects, effect: &Effect) -> String {
    format!("{}: {}.", metric.metric, levels_text(&effect.levels, metric.unit))
}

/// The effects on one metric.
fn effects(index: usize, metric: &MetricEffects, names: &Names) -> Part {
    let mut knobs: Vec<&Effect> = metric.knobs.iter().collect();
    knobs.sort_by(|one, other| other.share.total_cmp(&one.share));
    let mut groups = vec![BarGroup {
        label: "Share of what differs between points that each knob explains".into(),
        unit: Measure::Fraction,
        bars: knobs.iter().take(SHARES_MAX).map(|effect| share_bar(effect, names)).collect(),
    }];
    let telling: Vec<&&Effect> =
        knobs.iter().filter(|effect| effect.matters == Matters::Yes).take(KNOBS_MAX).collect();
    let bars: Vec<Bar> =
        telling.iter().flat_map(|effect| level_bars(metric, effect, &names.short(&effect.knob))).collect();
    if !bars.is_empty() {
        let label =
            format!("{} at each value of the knobs that matter, less the mean of all points", metric.metric);
        groups.push(BarGroup { label, unit: measure(metric.unit), bars });
    }
    let (low, high) = metric.range.unwrap_or_default();
    let lead = format!(
        "{} to {} over the points.{}",
        quantity(low, metric.unit),
        quantity(high, metric.unit),
        if telling.is_empty() { " No knob is known to matter." } else { "" }
    );
    let title = format!("Knobs and {}", metric.metric);
    let mut part =
        Part::new(&format!("knobs-{}", index + 1), &title, Section::Bars(Bars { groups })).lead(&lead);
    if telling.iter().any(|effect| effect.levels.len() > LEVELS_MAX) {
        part = part.note(format!("Of many values the {LEVELS_MAX} that change most are drawn."));
    }
    if metric.points_left_out > 0 {
        let points = human::counted(metric.points_left_out as u64, "point");
        part = part.note(format!("Left out: {points} without a value in some replication."));
    }
    part
}

fn share_bar(effect: &Effect, names: &Names) -> Bar {
    let (word, _) = matters(effect.matters);
    let p = effect.p_corrected.map_or_else(String::new, |p| format!(", p {}", p_text(p)));
    Bar {
        label: names.short(&effect.knob),
        value: short(effect.share).unwrap_or(0.0),
        interval: None,
        tone: if effect.matters == Matters::Yes { Tone::Good } else { tone(effect.matters) },
        text: format!("{word}: {} of the variance{p}", percent(effect.share)),
    }
}

/// The metric at the values of a knob, less its mean over all points.
fn level_bars(metric: &MetricEffects, effect: &Effect, name: &str) -> Vec<Bar> {
    let known: Vec<(&LevelMean, &Estimate)> =
        effect.levels.iter().filter_map(|level| level.mean.as_ref().map(|mean| (level, mean))).collect();
    let points: f64 = known.iter().map(|(level, _)| level.points as f64).sum();
    if points == 0.0 {
        return Vec::new();
    }
    let middle = known.iter().map(|(level, mean)| mean.value * level.points as f64).sum::<f64>() / points;
    let mut order: Vec<usize> = (0..known.len()).collect();
    let away = |at: usize| (known[at].1.value - middle).abs();
    order.sort_by(|one, other| away(*other).total_cmp(&away(*one)));
    order.truncate(LEVELS_MAX);
    order.sort_unstable();
    let better = better_of(&metric.metric);
    order.into_iter().map(|at| level_bar(known[at], middle, (name, metric.unit), better)).collect()
}

fn level_bar(
    (level, mean): (&LevelMean, &Estimate),
    middle: f64,
    (name, unit): (&str, Unit),
    better: Option<Better>,
) -> Bar {
    let value = mean.value - middle;
    let shifted =
        mean.interval.map(|interval| Interval { low: interval.low - middle, high: interval.high - middle });
    let interval = shifted.and_then(|interval| short(interval.low).zip(short(interval.high)));
    let sure = interval.is_none_or(|(low, high)| low > 0.0 || high < 0.0);
    let tone = match better {
        Some(better) if sure && value != 0.0 => {
            if (better == Better::Higher) == (value > 0.0) {
                Tone::Good
            } else {
                Tone::Bad
            }
        }
        Some(_) | None => Tone::Plain,
    };
    let difference = change(&Estimate { value, interval: shifted, count: mean.count }, unit);
    let points = human::counted(level.points as u64, "point");
    Bar {
        label: format!("{name} = {}", level.label),
        value: short(value).unwrap_or(0.0),
        interval,
        tone,
        text: format!("{}: {difference} against the mean of all, over {points}", quantity(mean.value, unit)),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

const fn tone(verdict: Matters) -> Tone {
    match verdict {
        Matters::Yes => Tone::Good,
        Matters::No => Tone::Plain,
        Matters::NotSure => Tone::Warn,
    }
}
