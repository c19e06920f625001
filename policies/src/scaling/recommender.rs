//! `decaying_histogram`: a percentile of the load of the last days.

use super::decaying_histogram::{Buckets, DecayingHistogram};
use super::demand::{Demand, whole};
use super::metric::{METRIC, Measured, TARGET_PER_NODE, target_share};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::format;

/// Buckets of nodes, growing by 5%, as the recommender has them for cores.
const BUCKETS: Buckets = Buckets::Exponential { first: 0.01, ratio: 1.05, max: 1e6 };

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "decaying_histogram",
        summary: "As many nodes as a percentile of the past load needs, where old load counts ever less.",
        source: "Kubernetes Vertical Pod Autoscaler, recommender (percentile 0.9, half-life 24 h, margin 15%)",
        params: &[
            METRIC,
            target_share(0.6),
            TARGET_PER_NODE,
            ParamInfo {
                name: "percentile",
                doc: "Share of the past time whose load must fit. More costs more.",
                form: ParamForm::Ratio { default: 0.9, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "half_life",
                doc: "Time after which a cycle counts half. Shorter follows sooner and forgets peaks sooner.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(86_400),
                    min: Duration::from_secs(60),
                    max: Duration::from_secs(31_536_000),
                },
            },
            ParamInfo {
                name: "margin",
                doc: "Share that is added for safety.",
                form: ParamForm::Ratio { default: 0.15, min: 0.0, max: 10.0 },
            },
        ],
        example: "decaying_histogram: { percentile: 95%, half_life: 1h }",
    },
    build: |params| Ok(Box::new(Recommender::from_params(params))),
};

/// Collects the load of each cycle, in nodes at the target, in a [`DecayingHistogram`], and proposes a percentile of it with a
/// margin. The cooldowns of the auto-scaler hold.
///
/// Known differences: the original chooses the size of pods, not their number.
#[derive(Clone, Debug)]
pub struct Recommender {
    demand: Demand,
    percentile: f64,
    margin: f64,
    histogram: DecayingHistogram,
}

impl Recommender {
    fn from_params(params: &Params<'_>) -> Self {
        Self {
            demand: Demand::from_params(params),
            percentile: params.ratio("percentile"),
            margin: params.ratio("margin"),
            histogram: DecayingHistogram::new(BUCKETS, params.duration("half_life")),
        }
    }
}

impl ScalingPolicy for Recommender {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let Demand { metric, target } = self.demand;
        let value = metric.value(&view);
        let measured = Measured { metric: metric.word(), value, target };
        let Some(load) = self.demand.nodes(&view) else {
            let current = view.ready.saturating_add(view.starting);
            return ScalingProposal {
                desired: current,
                reason: measured.reason(self.name(), &view, current),
            };
        };
        self.histogram.add(now, load, 1.0);
        let percentile = self.histogram.percentile(self.percentile);
        let desired = whole(percentile * (1.0 + self.margin));
        let mut reason = measured.reason(self.name(), &view, desired);
        reason.ratio = value.map(|value| value / target);
        reason.code = Some(format!("percentile {}", libm::round(percentile * 1e3) / 1e3));
        ScalingProposal { desired, reason }
    }
}
