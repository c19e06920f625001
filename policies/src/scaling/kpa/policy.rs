//! `knative_kpa`: Knative's autoscaler with a node for each pod.

use super::{BucketWindow, KpaDecider, KpaDecision, KpaLoad, KpaMetric, KpaSpec, kpa_target};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::scaling::metric::{Measured, ScalingMetric, signed, unsigned};
use crate::{Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;

/// Length of a bucket of the windows.
const BUCKET: Duration = Duration::from_secs(1);
/// The words of the metrics.
const METRICS: &[&str] = &["concurrency", "rps"];

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "knative_kpa",
        summary: "Knative's pod autoscaler: a long window when calm, a short one that only adds in a panic.",
        source: "Knative Serving, pkg/autoscaler/scaling; config-autoscaler (defaults)",
        params: &[
            ParamInfo {
                name: "metric",
                doc: "What is held at its target: concurrency (requests at a node at once) or rps (requests per second \
                      and node).",
                form: ParamForm::Choice { words: METRICS },
            },
            ParamInfo {
                name: "limit",
                doc: "Load that one node can carry, in the unit of the metric (100 in Knative for concurrency, 200 for \
                      rps). Less adds nodes sooner.",
                form: ParamForm::Number { default: 100.0, min: 0.01, max: 1e9 },
            },
            ParamInfo {
                name: "utilization",
                doc: "Share of the limit to aim for. Less keeps more headroom.",
                form: ParamForm::Ratio { default: 0.7, min: 0.01, max: 1.0 },
            },
            ParamInfo {
                name: "stable_window",
                doc: "Time that the calm mean covers, and that must pass without panic until it is over. Longer is \
                      calmer.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(60),
                    min: Duration::from_secs(6),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "panic_window",
                doc: "Time that the short mean covers, as a share of stable_window. Shorter panics sooner.",
                form: ParamForm::Ratio { default: 0.1, min: 0.01, max: 1.0 },
            },
            ParamInfo {
                name: "panic_threshold",
                doc: "Nodes that the short mean asks for, as a share of the ready ones, from which on panic begins.",
                form: ParamForm::Ratio { default: 2.0, min: 1.1, max: 10.0 },
            },
            ParamInfo {
                name: "max_scale_up_rate",
                doc: "Most growth in one cycle, as a factor of the ready nodes.",
                form: ParamForm::Number { default: 1_000.0, min: 1.1, max: 1e6 },
            },
            ParamInfo {
                name: "max_scale_down_rate",
                doc: "Most decline in one cycle, as a divisor of the ready nodes.",
                form: ParamForm::Number { default: 2.0, min: 1.1, max: 1e6 },
            },
            ParamInfo {
                name: "scale_down_delay",
                doc: "Time that fewer nodes must be asked for without a break until they go.",
                form: ParamForm::Duration {
                    default: Duration::ZERO,
                    min: Duration::ZERO,
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "activation_scale",
                doc: "Fewest nodes while there is load at all; below 2 it changes nothing.",
                form: ParamForm::Count { default: 1, min: 0, max: 1_000_000 },
            },
        ],
        example: "knative_kpa: { metric: concurrency, limit: 16 }",
    },
    build: |params| Ok(Box::new(KnativeKpa::from_params(params))),
};

/// Asks [`KpaDecider`] with the means of two [`BucketWindow`]s over the load of all nodes: the mean of those that reported,
/// times the ready ones, as Knative extrapolates from the pods it scrapes.
///
/// It starts with the first cycle, in a panic if there is more than one node, as Knative's autoscaler does when it is
/// restarted. It has limits of its own, so the cooldowns of the auto-scaler are none unless they are written.
///
/// Known differences: the load is observed once a cycle (Knative scrapes each second and decides each 2 s) and
/// stands for each second since the cycle before, so a period of a few seconds comes nearest; there is no activator, so burst capacity
/// plays no part and a service keeps a node.
#[derive(Clone, Debug)]
pub struct KnativeKpa {
    metric: ScalingMetric,
    spec: KpaSpec,
    stable: BucketWindow,
    panic: BucketWindow,
    decider: Option<KpaDecider>,
    observed_at: Option<Instant>,
}

impl KnativeKpa {
    /// A policy that watches the metric, with a short window of this length.
    pub fn new(metric: ScalingMetric, spec: KpaSpec, panic_window: Duration) -> Self {
        let window = |length| BucketWindow::new(length, BUCKET);
        let (stable, panic) = (window(spec.stable_window), window(panic_window));
        Self { metric, spec, stable, panic, decider: None, observed_at: None }
    }

    fn from_params(params: &Params<'_>) -> Self {
        let (limit, utilization) = (params.number("limit"), params.ratio("utilization"));
        let (metric, target) = if params.choice("metric") == 0 {
            let metric = KpaMetric::Concurrency { container_limit: 0.0, default: limit, utilization };
            (ScalingMetric::InFlight, kpa_target(metric, None, None))
        } else {
            let metric = KpaMetric::Rps { default: limit, utilization };
            (ScalingMetric::Arrivals, kpa_target(metric, None, None))
        };
        let stable_window = params.duration("stable_window");
        let spec = KpaSpec {
            target: target.target,
            total: target.total,
            burst_capacity: 0.0,
            panic_threshold: params.ratio("panic_threshold"),
            max_scale_up_rate: params.number("max_scale_up_rate"),
            max_scale_down_rate: params.number("max_scale_down_rate"),
            stable_window,
            reachable: true,
            activation_scale: signed(params.count("activation_scale")),
            scale_down_delay: params.duration("scale_down_delay"),
        };
        Self::new(metric, spec, stable_window.mul_f64(params.ratio("panic_window")))
    }

    /// Takes the load into the windows, and returns their means.
    fn observe(&mut self, now: Instant, view: &ScalingView<'_>) -> Option<KpaLoad> {
        let load = self.newest(view)? * f64::from(view.ready);
        // Further back than the windows reach nothing needs to be filled.
        let reach = now - self.spec.stable_window;
        let mut at = self.observed_at.map_or(now, |last| (last + BUCKET).max(reach)).min(now);
        while at < now {
            self.record(at, load);
            at += BUCKET;
        }
        self.record(now, load);
        self.observed_at = Some(now);
        Some(KpaLoad { stable: self.stable.average(now), panic: self.panic.average(now) })
    }

    fn record(&mut self, at: Instant, load: f64) {
        self.stable.record(at, load);
        self.panic.record(at, load);
    }

    /// The mean of the newest samples.
    fn newest(&self, view: &ScalingView<'_>) -> Option<f64> {
        let samples = view.nodes.iter().filter_map(|node| node.sample.as_ref());
        let (sum, count) =
            samples.fold((0.0, 0_u32), |(sum, count), sample| (sum + self.metric.at_node(sample), count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }
}

impl ScalingPolicy for KnativeKpa {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let load = self.observe(now, &view);
        let ready = signed(view.ready);
        let decider = self.decider.get_or_insert_with(|| KpaDecider::new(now, ready));
        let decision = decider.decide(now, &self.spec, Some(ready), load);
        let panics = decider.panics();
        let current = view.ready.saturating_add(view.starting);
        let word = METRICS[usize::from(self.metric == ScalingMetric::Arrivals)];
        let (Some(load), Some(decision)) = (load, decision) else {
            let measured = Measured { metric: word, value: None, target: self.spec.target };
            return ScalingProposal {
                desired: current,
                reason: measured.reason(self.name(), &view, current),
            };
        };
        let KpaDecision { desired, raw_stable, raw_panic, stepped, undelayed, .. } = decision;
        let (load, raw) =
            if panics { (load.panic, raw_panic.max(raw_stable)) } else { (load.stable, raw_stable) };
        // The cast saturates.
        let raw = raw as i32;
        let value = load / f64::from(view.ready.max(1));
        let measured = Measured { metric: word, value: Some(value), target: self.spec.target };
        let mut reason = measured.reason(self.name(), &view, unsigned(raw));
        reason.ratio = Some(value / self.spec.target);
        reason.code = Some(if panics { "panic" } else { "stable" }.to_string());
        if stepped != raw {
            let side = if stepped < raw { "at most" } else { "at least" };
            reason.limits.push(format!("{side} {stepped} nodes in one step"));
        }
        if undelayed != stepped {
            reason.limits.push(format!("panic keeps {undelayed} nodes"));
        }
        if desired != undelayed {
            reason.limits.push(format!("delay keeps {desired} nodes"));
        }
        ScalingProposal { desired: unsigned(desired), reason }
    }

    fn paces_itself(&self) -> bool {
        true
    }
}
