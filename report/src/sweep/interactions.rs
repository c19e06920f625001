//! Interactions: where the effect of one knob depends on another.

use super::effects::{Fitted, Noise};
use super::f_test::f_p_value;
use super::fit::sum_of_squares;
use super::groups::Groups;
use super::plan::SweepPlan;
use super::response::Response;
use crate::stats::holm;
use cusinart_scenarios::Unit;
use serde::Serialize;

/// Interactions kept of each metric: those that explain most.
const KEPT_MAX: usize = 12;

/// Degrees of freedom that must be left on random points: with fewer, knobs are mistaken for each other.
const LEFT_MIN: f64 = 10.0;

/// What two knobs do together to one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interaction {
    /// The metric, or `all SLAs hold`.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Paths of the knobs: rows and columns of the matrix.
    pub knobs: (String, String),
    /// Share of the variance that the knobs explain together and not one by one, beyond chance, 0..=1.
    pub share: f64,
    /// Chance of such an interaction if there were none (F-test); `None` if too few points were run to say.
    pub p_value: Option<f64>,
    /// The chance corrected for all pairs of knobs of this metric (Holm).
    pub p_corrected: Option<f64>,
    /// Values or stretches of the first knob.
    pub rows: Vec<String>,
    /// Values or stretches of the second knob.
    pub columns: Vec<String>,
    /// By row and column: the mean of the metric; `None` where no point lies.
    pub means: Vec<Vec<Option<f64>>>,
}

/// The interactions of all pairs of knobs, by metric, those that explain most first.
pub(super) fn interactions(plan: &SweepPlan, responses: &[Response]) -> Vec<Interaction> {
    let mut all = Vec::new();
    for fitted in responses.iter().filter_map(|response| Fitted::of(plan, response)) {
        if fitted.total == 0.0 {
            continue;
        }
        let groups: Vec<Groups> = fitted.groups.iter().map(Groups::joined).collect();
        let seeds = fitted.seeds();
        let mut pairs = Vec::new();
        for one in 0..plan.knobs.len() {
            for other in one + 1..plan.knobs.len() {
                pairs.push(pair(plan, &fitted, seeds, (one, &groups[one]), (other, &groups[other])));
            }
        }
        let tested: Vec<f64> = pairs.iter().filter_map(|pair| pair.p_value).collect();
        let mut corrected = holm(&tested).into_iter();
        for pair in pairs.iter_mut().filter(|pair| pair.p_value.is_some()) {
            pair.p_corrected = corrected.next();
        }
        pairs.sort_by(|one, other| other.share.total_cmp(&one.share));
        pairs.truncate(KEPT_MAX);
        all.extend(pairs);
    }
    all
}

fn pair(
    plan: &SweepPlan,
    fitted: &Fitted<'_>,
    seeds: Option<Noise>,
    (one, rows): (usize, &Groups),
    (other, columns): (usize, &Groups),
) -> Interaction {
    let size = (rows.count(), columns.count());
    let of_means = cells(size, rows, columns, &fitted.means);
    let of_rest = cells(size, rows, columns, &fitted.rest);
    let explained: f64 =
        of_rest.iter().flatten().filter_map(|cell| cell.map(|(mean, count)| mean * mean * count)).sum();
    let occupied = of_rest.iter().flatten().flatten().count() as f64;
    let df = occupied - (size.0 + size.1) as f64 + 1.0;
    let left = Noise {
        square: (sum_of_squares(&fitted.rest) - explained).max(0.0) / (fitted.df_rest - df).max(1.0),
        df: fitted.df_rest - df,
    };
    let left = Some(left).filter(|left| left.df >= LEFT_MIN);
    let noise = if fitted.on_grid { seeds.or(left) } else { left };
    let noise = noise.filter(|_| df >= 1.0);
    let beyond = explained - df.max(0.0) * noise.map_or(0.0, |noise| noise.square);
    Interaction {
        metric: fitted.response.name.clone(),
        unit: fitted.response.unit,
        knobs: (plan.knobs[one].path.clone(), plan.knobs[other].path.clone()),
        share: (beyond / fitted.total).clamp(0.0, 1.0),
        p_value: noise.map(|noise| match noise.square {
            square if explained <= fitted.total * 1e-12 || square.is_nan() => 1.0,
            square if square <= fitted.total * 1e-15 => 0.0,
            square => f_p_value(explained / df / square, df, noise.df),
        }),
        p_corrected: None,
        rows: rows.labels.clone(),
        columns: columns.labels.clone(),
        means: of_means
            .iter()
            .map(|row| row.iter().map(|cell| cell.map(|(mean, _)| mean)).collect())
            .collect(),
    }
}

/// By row and column: the mean of the values there, and how many they are.
fn cells(
    size: (usize, usize),
    rows: &Groups,
    columns: &Groups,
    values: &[f64],
) -> Vec<Vec<Option<(f64, f64)>>> {
    let mut sums = vec![vec![(0.0, 0.0); size.1]; size.0];
    for ((row, column), value) in rows.of.iter().zip(&columns.of).zip(values) {
        let cell: &mut (f64, f64) = &mut sums[*row][*column];
        cell.0 += value;
        cell.1 += 1.0;
    }
    let mean = |(sum, count): &(f64, f64)| (*count > 0.0).then(|| (sum / count, *count));
    sums.iter().map(|row| row.iter().map(mean).collect()).collect()
}
