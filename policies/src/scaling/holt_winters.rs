//! `holt_winters`: a forecast with trend and season.

use super::demand::{Demand, whole};
use super::metric::{METRIC, Measured, TARGET_PER_NODE, target_share};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

const fn smoothing(name: &'static str, doc: &'static str, default: f64) -> ParamInfo {
    ParamInfo { name, doc, form: ParamForm::Ratio { default, min: 0.0, max: 1.0 } }
}

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "holt_winters",
        summary: "As many nodes as a forecast with trend and season will need when they serve.",
        source: "Winters 1960; Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 8.3 (additive)",
        params: &[
            METRIC,
            target_share(0.6),
            TARGET_PER_NODE,
            smoothing(
                "level",
                "Weight of the newest cycle in the level. More follows sooner and trembles more.",
                0.5,
            ),
            smoothing(
                "trend",
                "Weight of the newest change in the trend. More extrapolates a surge sooner.",
                0.1,
            ),
            smoothing("season", "Weight of the newest cycle in its place of the season.", 0.1),
            ParamInfo {
                name: "season_length",
                doc: "Cycles until the load repeats; 0 is no season. The first season is only watched.",
                form: ParamForm::Count { default: 0, min: 0, max: 100_000 },
            },
            ParamInfo {
                name: "ahead",
                doc: "How far the forecast looks: the time a node takes until it serves. Longer adds sooner and errs more.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(120),
                    min: Duration::ZERO,
                    max: Duration::from_secs(86_400),
                },
            },
        ],
        example: "holt_winters: { target: 60%, ahead: 3m }",
    },
    build: |params| Ok(Box::new(HoltWintersScaling::from_params(params))),
};

/// Additive exponential smoothing with trend and an optional season (Holt 1957, Winters 1960).
///
/// With observation `y` at cycle `t` and season length `m`:
/// `level = a (y - season[t]) + (1 - a) (level + trend)`, `trend = b (level - last level) + (1 - b) trend`,
/// `season[t] = c (y - last level - last trend) + (1 - c) season[t]`; the forecast `h` cycles ahead is
/// `level + h trend + season[t + h]`. The first season is smoothed without one and then gives the places their first values,
/// their distances from its mean.
#[derive(Clone, Debug, PartialEq)]
pub struct HoltWinters {
    /// Weights of level, trend and season, 0..=1.
    weights: [f64; 3],
    season_length: usize,
    /// Values of the first season, then distances by place.
    season: Vec<f64>,
    has_season: bool,
    /// Place of the next observation.
    place: usize,
    level_and_trend: Option<(f64, f64)>,
}

impl HoltWinters {
    /// A smoothing with these weights of level, trend and season, and a season of so many observations, 0 for none.
    pub const fn new(weights: [f64; 3], season_length: usize) -> Self {
        Self {
            weights,
            season_length,
            season: Vec::new(),
            has_season: false,
            place: 0,
            level_and_trend: None,
        }
    }

    /// Takes in the next observation.
    pub fn observe(&mut self, value: f64) {
        let [a, b, c] = self.weights;
        let seasonal = if self.has_season { self.season[self.place] } else { 0.0 };
        let (level, trend) = match self.level_and_trend {
            None => (value, 0.0),
            Some((last_level, last_trend)) => {
                let level = a * (value - seasonal) + (1.0 - a) * (last_level + last_trend);
                if self.has_season {
                    self.season[self.place] = c * (value - last_level - last_trend) + (1.0 - c) * seasonal;
                }
                (level, b * (level - last_level) + (1.0 - b) * last_trend)
            }
        };
        self.level_and_trend = Some((level, trend));
        self.learn_first_season(value);
        if self.season_length > 0 {
            self.place = (self.place + 1) % self.season_length;
        }
    }

    /// The forecast so many observations after the newest one; `None` before the first.
    pub fn forecast(&self, ahead: f64) -> Option<f64> {
        let (level, trend) = self.level_and_trend?;
        let mut seasonal = 0.0;
        if self.has_season {
            // `place` is one after the newest. The cast saturates.
            let newest = self.place + self.season_length - 1;
            seasonal = self.season
                [(newest + libm::round(ahead.max(0.0)) as usize % self.season_length) % self.season_length];
        }
        Some(level + ahead * trend + seasonal)
    }

    fn learn_first_season(&mut self, value: f64) {
        if self.has_season || self.season_length == 0 {
            return;
        }
        self.season.push(value);
        if self.season.len() == self.season_length {
            let mean = self.season.iter().sum::<f64>() / self.season_length as f64;
            self.season.iter_mut().for_each(|value| *value -= mean);
            self.has_season = true;
            let trend = self.level_and_trend.map_or(0.0, |(_, trend)| trend);
            self.level_and_trend = Some((mean, trend));
        }
    }
}

/// Proposes the nodes that the forecast of the load needs, at least those that the load needs in this cycle.
///
/// An observation is the load of a cycle in nodes at the target. A cycle without data is skipped. The cooldowns of the
/// auto-scaler hold.
#[derive(Clone, Debug)]
pub struct HoltWintersScaling {
    demand: Demand,
    ahead: Duration,
    smoothing: HoltWinters,
    last: Option<Instant>,
}

impl HoltWintersScaling {
    fn from_params(params: &Params<'_>) -> Self {
        let weights = ["level", "trend", "season"].map(|name| params.ratio(name));
        // At most 100,000.
        let season_length = params.count("season_length") as usize;
        Self {
            demand: Demand::from_params(params),
            ahead: params.duration("ahead"),
            smoothing: HoltWinters::new(weights, season_length),
            last: None,
        }
    }
}

impl ScalingPolicy for HoltWintersScaling {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let current = view.ready.saturating_add(view.starting);
        let Demand { metric, target } = self.demand;
        let value = metric.value(&view);
        let measured = Measured { metric: metric.word(), value, target };
        let Some(load) = self.demand.nodes(&view) else {
            return ScalingProposal {
                desired: current,
                reason: measured.reason(self.name(), &view, current),
            };
        };
        self.smoothing.observe(load);
        let period = self.last.map_or(Duration::ZERO, |last| now.since(last));
        self.last = Some(now);
        let cycles = if period.is_zero() { 0.0 } else { self.ahead.as_secs_f64() / period.as_secs_f64() };
        let forecast = self.smoothing.forecast(cycles).unwrap_or(load);
        let proposed = whole(forecast);
        let mut reason = measured.reason(self.name(), &view, proposed);
        reason.ratio = value.map(|value| value / target);
        reason.code = Some(format!("forecast {}", libm::round(forecast * 1e3) / 1e3));
        let desired = proposed.max(whole(load));
        if desired != proposed {
            reason.limits.push(format!("the load needs {desired} nodes already"));
        }
        ScalingProposal { desired, reason }
    }
}
