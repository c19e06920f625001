//! Main effects: how much of the variance of a metric each knob explains, and whether that can be chance.

use super::f_test::f_p_value;
use super::fit::{centred, residuals, sum_of_squares};
use super::groups::{Groups, by_knob};
use super::plan::SweepPlan;
use super::response::{Response, mean};
use crate::stats::{Estimate, holm, mean_interval};
use cusinart_scenarios::Design;
use cusinart_scenarios::Unit;
use serde::Serialize;

/// Confidence of every interval of a sweep.
pub(super) const CONFIDENCE: f64 = 0.95;
/// Chance at which an effect is still taken for none.
const ALPHA: f64 = 0.05;
/// Share of the variance below which a knob does not matter, whatever its p-value.
const SHARE_MIN: f64 = 0.01;
/// Share of the variance that must have been seen, had it been there, before a knob is said not to matter.
const SHARE_SEEN: f64 = 0.05;

/// Which knobs matter for one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricEffects {
    /// The metric, or `all SLAs hold`.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Points left out because they lack a value in some replication.
    pub points_left_out: usize,
    /// Least and greatest mean of a point; `None` if no point has one.
    pub range: Option<(f64, f64)>,
    /// The knobs, in the order of the plan.
    pub knobs: Vec<Effect>,
}

/// What one knob does to one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Path of the knob.
    pub knob: String,
    /// Share of the variance of the points' means that it explains beyond the other knobs and beyond chance, 0..=1.
    pub share: f64,
    /// The same share with what chance adds to it (partial eta squared over the total).
    pub share_raw: f64,
    /// Chance of such an effect if there were none (F-test); `None` if too few points were run to say.
    pub p_value: Option<f64>,
    /// The chance corrected for all the effects that were tested (Holm).
    pub p_corrected: Option<f64>,
    /// The verdict.
    pub matters: Matters,
    /// The metric at the knob's values, or in stretches of them.
    pub levels: Vec<LevelMean>,
}

/// Whether a knob matters for a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matters {
    /// It explains at least 1 % of the variance, and chance does not.
    Yes,
    /// It explains less, and 5 % would have been seen.
    No,
    /// Too few points or too much noise to say.
    NotSure,
}

/// A metric at one value of a knob, or in a stretch of values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LevelMean {
    /// The value or the stretch, as written.
    pub label: String,
    /// Least and greatest value in the base unit, if they are numbers.
    pub bounds: Option<(f64, f64)>,
    /// Points there.
    pub points: usize,
    /// Mean of the metric over them. On a grid the interval says how far seeds move it; on random points, also how far
    /// the other knobs do.
    pub mean: Option<Estimate>,
}

/// The error against which effects are held, per mean of a point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    pub(super) square: f64,
    pub(super) df: f64,
}

/// A metric parted by all knobs, with what they leave.
pub(super) struct Fitted<'a> {
    pub(super) response: &'a Response,
    pub(super) means: Vec<f64>,
    pub(super) total: f64,
    pub(super) groups: Vec<Groups>,
    pub(super) rest: Vec<f64>,
    /// Degrees of freedom that the knobs leave; may be negative.
    pub(super) df_rest: f64,
    pub(super) on_grid: bool,
}

impl<'a> Fitted<'a> {
    pub(super) fn of(plan: &SweepPlan, response: &'a Response) -> Option<Self> {
        let means = response.means();
        if means.len() < 2 {
            return None;
        }
        let groups: Vec<Groups> =
            (0..plan.knobs.len()).map(|knob| by_knob(plan, knob, &response.points)).collect();
        let used: usize = groups.iter().map(|groups| groups.count() - 1).sum();
        let rest = residuals(&means, &groups.iter().collect::<Vec<_>>());
        Some(Self {
            total: significant(&means),
            df_rest: means.len() as f64 - 1.0 - used as f64,
            on_grid: plan.design.points == Design::Grid && response.left_out == 0,
            response,
            means,
            groups,
            rest,
        })
    }

    /// What the seeds do to the mean of a point, beyond what they do to all points alike.
    pub(super) fn seeds(&self) -> Option<Noise> {
        let (points, runs) = (self.means.len(), self.response.replications());
        if runs < 2 || points < 2 {
            return None;
        }
        let overall = mean(&self.means);
        let by_seed: Vec<f64> = (0..runs)
            .map(|run| self.response.values.iter().map(|values| values[run]).sum::<f64>() / points as f64)
            .collect();
        let squares: f64 = self
            .response
            .values
            .iter()
            .zip(&self.means)
            .flat_map(|(values, point)| {
                values.iter().zip(&by_seed).map(move |(value, seed)| value - point - seed)
            })
            .map(|rest| (rest + overall) * (rest + overall))
            .sum();
        let df = (points - 1) as f64 * (runs - 1) as f64;
        Some(Noise { square: squares / df / runs as f64, df })
    }

    /// On a grid the points are all there are, so only the seeds are chance; else what the knobs leave is.
    fn noise(&self) -> Option<Noise> {
        let left = (self.df_rest >= 1.0)
            .then(|| Noise { square: sum_of_squares(&self.rest) / self.df_rest, df: self.df_rest });
        if self.on_grid { self.seeds().or(left) } else { left.or_else(|| self.seeds()) }
    }

    fn effect(&self, plan: &SweepPlan, knob: usize) -> Effect {
        let groups = &self.groups[knob];
        let df = (groups.count() - 1) as f64;
        let without: Vec<&Groups> = self
            .groups
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != knob)
            .map(|(_, groups)| groups)
            .collect();
        let left = sum_of_squares(&residuals(&self.means, &without));
        let explained = (left - sum_of_squares(&self.rest)).max(0.0);
        let noise = self.noise().filter(|_| df > 0.0);
        let share =
            |squares: f64| if self.total > 0.0 { (squares / self.total).clamp(0.0, 1.0) } else { 0.0 };
        let p_value = noise.map(|noise| self.p_value(explained, df, noise));
        let seen = noise.map(|noise| self.p_value(SHARE_SEEN * self.total, df, noise) < ALPHA);
        let adjusted = share(explained - df * noise.map_or(0.0, |noise| noise.square));
        Effect {
            knob: plan.knobs[knob].path.clone(),
            share: adjusted,
            share_raw: share(explained),
            p_value,
            p_corrected: None,
            // Whether chance explains it is said when all tests are known.
            matters: match seen {
                _ if self.total == 0.0 => Matters::No,
                Some(true) => Matters::No,
                Some(false) | None => Matters::NotSure,
            },
            levels: self.levels(groups),
        }
    }

    fn p_value(&self, squares: f64, df: f64, noise: Noise) -> f64 {
        if self.total == 0.0 || squares <= self.total * 1e-12 {
            return 1.0;
        }
        // Without any noise every effect is one.
        if noise.square <= self.total * 1e-15 {
            0.0
        } else {
            f_p_value(squares / df / noise.square, df, noise.df)
        }
    }

    fn levels(&self, groups: &Groups) -> Vec<LevelMean> {
        let level = |group: usize| {
            let members: Vec<usize> = groups.members(group).collect();
            LevelMean {
                label: groups.labels[group].clone(),
                bounds: groups.bounds[group],
                points: members.len(),
                mean: mean_interval(&self.sample(&members), CONFIDENCE),
            }
        };
        (0..groups.count()).map(level).collect()
    }

    /// The numbers whose spread is the uncertainty of the mean of some points.
    fn sample(&self, members: &[usize]) -> Vec<f64> {
        if !self.on_grid {
            return members.iter().map(|member| self.means[*member]).collect();
        }
        (0..self.response.replications())
            .map(|run| {
                members.iter().map(|member| self.response.values[*member][run]).sum::<f64>()
                    / members.len() as f64
            })
            .collect()
    }
}

/// The effects of all knobs on all metrics.
pub(super) fn effects(plan: &SweepPlan, responses: &[Response]) -> Vec<MetricEffects> {
    let mut all: Vec<MetricEffects> = responses
        .iter()
        .map(|response| {
            let fitted = Fitted::of(plan, response);
            let knobs = fitted.iter().flat_map(|fitted| {
                (0..plan.knobs.len()).map(|knob| fitted.effect(plan, knob)).collect::<Vec<_>>()
            });
            MetricEffects {
                metric: response.name.clone(),
                unit: response.unit,
                points_left_out: response.left_out,
                range: range(&response.means()),
                knobs: knobs.collect(),
            }
        })
        .collect();
    let tested = |all: &[MetricEffects]| -> Vec<f64> {
        all.iter().flat_map(|metric| &metric.knobs).filter_map(|effect| effect.p_value).collect()
    };
    let mut corrected = holm(&tested(&all)).into_iter();
    for effect in
        all.iter_mut().flat_map(|metric| &mut metric.knobs).filter(|effect| effect.p_value.is_some())
    {
        effect.p_corrected = corrected.next();
        if effect.p_corrected.is_some_and(|p| p < ALPHA) {
            effect.matters = if effect.share >= SHARE_MIN { Matters::Yes } else { Matters::No };
        }
    }
    all
}

fn range(means: &[f64]) -> Option<(f64, f64)> {
    let low = means.iter().copied().reduce(f64::min)?;
    Some((low, means.iter().copied().fold(low, f64::max)))
}

/// The sum of squares around the mean; 0 if all that differs are the last bits.
fn significant(means: &[f64]) -> f64 {
    let total = sum_of_squares(&centred(means));
    if total <= 1e-24 * sum_of_squares(means) { 0.0 } else { total }
}
