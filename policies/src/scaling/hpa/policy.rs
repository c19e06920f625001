//! `kubernetes_hpa`: the HorizontalPodAutoscaler with a node for each pod.

use super::{
    Hpa, HpaDecision, HpaMetric, HpaReason, HpaScale, HpaSettings, HpaTolerance, Pod, PodPhase, PodSample,
    RatePolicy, RateUnit, Readiness, ScalingRules, SelectPolicy, UpDown,
};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::scaling::metric::{
    METRIC, Measured, ScalingMetric, TARGET_PER_NODE, signed, target_share, unsigned,
};
use crate::{Duration, Instant, ScalingPolicy, ScalingProposal, ScalingReason, ScalingView, ServingNode};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Thousandths in one.
const MILLI: f64 = 1e3;
/// What a node asks for: itself, in thousandths.
const REQUEST: i64 = 1_000;
/// The words of [`SelectPolicy`].
const SELECT: &[&str] = &["max", "min", "disabled"];

const fn period(name: &'static str, doc: &'static str) -> ParamInfo {
    let (default, min, max) = (Duration::from_secs(15), Duration::from_secs(1), Duration::from_secs(1_800));
    ParamInfo { name, doc, form: ParamForm::Duration { default, min, max } }
}

const fn span(name: &'static str, doc: &'static str, default_s: u64) -> ParamInfo {
    let (default, min, max) = (Duration::from_secs(default_s), Duration::ZERO, Duration::from_secs(3_600));
    ParamInfo { name, doc, form: ParamForm::Duration { default, min, max } }
}

const fn pods(name: &'static str, doc: &'static str, default: u64) -> ParamInfo {
    ParamInfo { name, doc, form: ParamForm::Count { default, min: 0, max: 1_000_000 } }
}

const fn share(name: &'static str, doc: &'static str, default: f64, max: f64) -> ParamInfo {
    ParamInfo { name, doc, form: ParamForm::Ratio { default, min: 0.0, max } }
}

const fn select(name: &'static str, doc: &'static str) -> ParamInfo {
    ParamInfo { name, doc, form: ParamForm::Choice { words: SELECT } }
}

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "kubernetes_hpa",
        summary: "The Kubernetes HorizontalPodAutoscaler: ratio to a target, stabilization, limits of the pace.",
        source: "Kubernetes, pkg/controller/podautoscaler; Horizontal Pod Autoscaling, autoscaling/v2",
        params: &[
            METRIC,
            target_share(0.8),
            TARGET_PER_NODE,
            share(
                "tolerance_up",
                "Nothing changes while value / target is above 1 by at most this share.",
                0.1,
                10.0,
            ),
            share(
                "tolerance_down",
                "Nothing changes while value / target is below 1 by at most this share.",
                0.1,
                1.0,
            ),
            span(
                "stabilization_down",
                "Nodes are kept that a cycle within this time asked for. Longer is calmer and costs more.",
                300,
            ),
            ParamInfo {
                name: "behavior",
                doc: "Whether the rules of each direction below hold (`behavior` of autoscaling/v2). Without them one \
                      cycle grows at most to twice the nodes or 4, and shrinks without limit.",
                form: ParamForm::Flag { default: false },
            },
            span(
                "stabilization_up",
                "Nodes are added only when all cycles within this time asked for them. Only with behavior.",
                0,
            ),
            select(
                "select_up",
                "Which rule for growth counts: the one that allows most, least, or no growth at all.",
            ),
            pods("pods_up", "Nodes that may be added within pods_up_period; 0 is no such rule.", 4),
            period("pods_up_period", "Time that pods_up counts in."),
            share(
                "percent_up",
                "Share that may be added within percent_up_period; 0% is no such rule.",
                1.0,
                1_000.0,
            ),
            period("percent_up_period", "Time that percent_up counts in."),
            select(
                "select_down",
                "Which rule for decline counts: the one that allows most, least, or no decline at all.",
            ),
            pods("pods_down", "Nodes that may go within pods_down_period; 0 is no such rule.", 0),
            period("pods_down_period", "Time that pods_down counts in."),
            share(
                "percent_down",
                "Share that may go within percent_down_period; 0% is no such rule.",
                1.0,
                1.0,
            ),
            period("percent_down_period", "Time that percent_down counts in."),
            span(
                "initialization_period",
                "Time since a node began to serve in which its utilization counts only once a whole sample was taken \
                 after it became ready.",
                300,
            ),
            span(
                "readiness_delay",
                "A node that is not ready and was found so within this time of its begin never was.",
                30,
            ),
        ],
        example: "kubernetes_hpa: { target: 60%, behavior: true, percent_down: 10%, percent_down_period: 60s }",
    },
    build: |params| Ok(Box::new(KubernetesHpa::from_params(params))),
};

/// Asks [`Hpa`] with a pod for each node: a node that starts is pending, one that serves is ready, one without a sample within
/// the window is missing.
///
/// A node asks for 1000 thousandths of itself, so its utilization is its CPU. The other metrics are measurements of
/// each pod with an average value as target. The newest sample of each node counts, as with the metrics server.
///
/// The sync period (15 s in Kubernetes) is the period of the auto-scaler. The policy has limits of its own, so the
/// cooldowns of the auto-scaler are none unless they are written; then they hold on top.
///
/// Known differences: nodes believed failed are not pods of it (they come on top of its number); a pod counts as started
/// when it begins to serve, not when it was scheduled; there is one metric; targets of utilization are whole percent, as in
/// Kubernetes.
#[derive(Clone, Debug)]
pub struct KubernetesHpa {
    metric: ScalingMetric,
    /// A share, or a value per node.
    target: f64,
    hpa: Hpa,
    /// Room for the pods of a cycle.
    pods: Vec<Pod>,
}

impl KubernetesHpa {
    /// A policy that holds the metric at its target. The bounds of the settings are the service's.
    pub fn new(metric: ScalingMetric, target: f64, settings: HpaSettings) -> Self {
        Self { metric, target, hpa: Hpa::new(settings), pods: Vec::new() }
    }

    fn from_params(params: &Params<'_>) -> Self {
        let (metric, target) = ScalingMetric::chosen(params, "target", "target_per_node");
        let window = params.duration("stabilization_down");
        let has_behavior = params.flag("behavior");
        let up = ScalingRules {
            select: select_policy(params.choice("select_up")),
            policies: rates(params, ["pods_up", "pods_up_period"], ["percent_up", "percent_up_period"]),
            stabilization_window: Some(params.duration("stabilization_up")),
            tolerance: None,
        };
        let down = ScalingRules {
            select: select_policy(params.choice("select_down")),
            policies: rates(
                params,
                ["pods_down", "pods_down_period"],
                ["percent_down", "percent_down_period"],
            ),
            stabilization_window: Some(window),
            tolerance: None,
        };
        let settings = HpaSettings {
            behavior: has_behavior.then_some(UpDown { up, down }),
            tolerance: HpaTolerance {
                up: params.ratio("tolerance_up"),
                down: params.ratio("tolerance_down"),
            },
            downscale_stabilization: window,
            readiness: Readiness {
                initialization_period: params.duration("initialization_period"),
                initial_delay: params.duration("readiness_delay"),
            },
            ..HpaSettings::default()
        };
        Self::new(metric, target, settings)
    }

    /// The metric with its target as the HPA knows them.
    fn hpa_metric(&self) -> HpaMetric<'static> {
        match self.metric {
            ScalingMetric::Utilization => {
                HpaMetric::Utilization { cpu: true, target: libm::round(self.target * 100.0) as i64 }
            }
            ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => {
                HpaMetric::PodAverage { cpu: false, target: milli(self.target).max(1) }
            }
        }
    }

    fn observe(&mut self, now: Instant, view: &ScalingView<'_>) {
        let metric = self.metric;
        self.pods.clear();
        self.pods.extend(view.nodes.iter().map(|node| serving_pod(now, metric, node)));
        self.pods.extend((0..view.starting).map(|_| PENDING));
    }

    /// The measured value, in the unit of the target.
    fn value(&self, decision: &HpaDecision, view: &ScalingView<'_>) -> Option<f64> {
        match decision.reason {
            HpaReason::AboveMax | HpaReason::BelowMin => self.metric.value(view),
            HpaReason::DesiredWithinRange
            | HpaReason::ScaleUpLimit
            | HpaReason::ScaleDownLimit
            | HpaReason::TooManyReplicas
            | HpaReason::TooFewReplicas
            | HpaReason::ScalingDisabled
            | HpaReason::MetricsFailed => {
                let (_, answer) = decision.proposal?;
                Some(match answer.utilization {
                    Some(percent) => percent as f64 / 100.0,
                    None => answer.usage as f64 / MILLI,
                })
            }
        }
    }
}

impl ScalingPolicy for KubernetesHpa {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        self.hpa.settings.min = signed(view.min);
        self.hpa.settings.max = signed(view.max);
        self.observe(now, &view);
        let current = view.ready.saturating_add(view.starting);
        let scale = HpaScale { spec: signed(current), status: signed(current) };
        let decision = self.hpa.reconcile(now, scale, &[Some(self.hpa_metric())], &self.pods, &[]);
        let value = self.value(&decision, &view);
        let measured = Measured { metric: self.metric.word(), value, target: self.target };
        let mut reason = measured.reason(self.name(), &view, current);
        explain(&decision, &mut reason);
        ScalingProposal { desired: unsigned(decision.desired), reason }
    }

    fn applied(&mut self, now: Instant, from: u32, to: u32) {
        self.hpa.scaled(now, signed(from), signed(to));
    }

    fn paces_itself(&self) -> bool {
        true
    }
}

/// A node that starts.
const PENDING: Pod = Pod {
    phase: PodPhase::Pending,
    deleting: false,
    ready: None,
    start_age: None,
    transition_age: Duration::ZERO,
    request: Some(REQUEST),
    sample: None,
};

fn serving_pod(now: Instant, metric: ScalingMetric, node: &ServingNode) -> Pod {
    let sample = node.sample.map(|sample| PodSample {
        usage: milli(metric.at_node(&sample)),
        age: now.since(sample.taken_at),
        window: sample.window,
    });
    Pod {
        phase: PodPhase::Running,
        deleting: false,
        ready: Some(true),
        start_age: Some(node.age),
        transition_age: node.ready_for,
        request: Some(REQUEST),
        sample,
    }
}

/// Thousandths. The cast saturates.
pub(crate) fn milli(value: f64) -> i64 {
    libm::round(value * MILLI) as i64
}

fn rates(params: &Params<'_>, pods: [&str; 2], percent: [&str; 2]) -> Vec<RatePolicy> {
    let pods_rate = RatePolicy {
        unit: RateUnit::Pods,
        value: signed(params.count(pods[0])),
        period: params.duration(pods[1]),
    };
    let percent_rate = RatePolicy {
        unit: RateUnit::Percent,
        // Within the range of the parameter.
        value: libm::round(params.ratio(percent[0]) * 100.0) as i32,
        period: params.duration(percent[1]),
    };
    [pods_rate, percent_rate].into_iter().filter(|rate| rate.value > 0).collect()
}

fn select_policy(position: usize) -> SelectPolicy {
    [SelectPolicy::Max, SelectPolicy::Min, SelectPolicy::Disabled][position]
}

/// Tells in a reason how a decision of the HPA came about.
pub(crate) fn explain(decision: &HpaDecision, reason: &mut ScalingReason) {
    reason.code = Some(decision.reason.code().to_string());
    if let Some((_, answer)) = decision.proposal {
        (reason.ratio, reason.proposed) = (Some(answer.ratio), unsigned(answer.replicas));
    }
    let stabilized = decision.stabilized.map_or(reason.proposed, unsigned);
    if stabilized != reason.proposed {
        reason.limits.push(format!("stabilized at {stabilized} nodes"));
    }
    if unsigned(decision.desired) != stabilized {
        reason.limits.push(format!("{} {} nodes", limit_words(decision.reason), decision.desired));
    }
}

/// What a limit did, for people.
const fn limit_words(reason: HpaReason) -> &'static str {
    match reason {
        HpaReason::ScaleUpLimit => "rate of growth allows",
        HpaReason::ScaleDownLimit => "rate of decline allows",
        HpaReason::TooManyReplicas | HpaReason::AboveMax => "max",
        HpaReason::TooFewReplicas | HpaReason::BelowMin => "min",
        HpaReason::MetricsFailed | HpaReason::ScalingDisabled | HpaReason::DesiredWithinRange => "stays at",
    }
}
