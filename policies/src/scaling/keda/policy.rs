//! `keda`: idle and active, with the HPA while active.

use super::{
    KedaActivation, KedaFallback, KedaFallbackBase, KedaMetricType, KedaPauses, KedaReading, KedaSituation,
};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::scaling::hpa::policy::{explain, milli};
use crate::scaling::hpa::{Hpa, HpaDecision, HpaMetric, HpaScale, HpaSettings};
use crate::scaling::metric::{
    METRIC, Measured, ScalingMetric, TARGET_PER_NODE, signed, target_share, unsigned,
};
use crate::{Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::string::ToString;

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "keda",
        summary: "KEDA: few idle nodes without activity, else the HPA on the total of a metric.",
        source: "KEDA, pkg/scaling/executor and pkg/fallback; Scaling Deployments, StatefulSets & Custom Resources",
        params: &[
            METRIC,
            target_share(0.8),
            TARGET_PER_NODE,
            ParamInfo {
                name: "activation",
                doc: "Total of the metric over all nodes above which the service is active.",
                form: ParamForm::Number { default: 0.0, min: 0.0, max: 1e9 },
            },
            ParamInfo {
                name: "idle_nodes",
                doc: "Nodes while the service is not active; has no effect if not below min_nodes. A service keeps a node \
                      in any case, since nodes are what it is measured by.",
                form: ParamForm::Count { default: 1, min: 1, max: 1_000_000 },
            },
            ParamInfo {
                name: "min_nodes",
                doc: "Fewest nodes while the service is active; the auto-scaler's min if that is more.",
                form: ParamForm::Count { default: 1, min: 1, max: 1_000_000 },
            },
            ParamInfo {
                name: "cooldown",
                doc: "Time since the last activity after which the service becomes idle. Longer costs more and wakes less.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(300),
                    min: Duration::ZERO,
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "fallback_nodes",
                doc: "Nodes held while no node reports; 0 is no fallback: the number stays as it is.",
                form: ParamForm::Count { default: 0, min: 0, max: 1_000_000 },
            },
            ParamInfo {
                name: "failure_threshold",
                doc: "Cycles in a row without a report that are still waited out before the fallback holds.",
                form: ParamForm::Count { default: 3, min: 0, max: 1_000_000 },
            },
        ],
        example: "keda: { metric: in_flight, target_per_node: 8, min_nodes: 4, idle_nodes: 1 }",
    },
    build: |params| Ok(Box::new(Keda::from_params(params))),
};

/// Polls [`KedaActivation`] in each cycle (KEDA's polling interval, 30 s there), and lets [`Hpa`] choose the number while the service
/// is active: the total of the metric as an external metric with an average value.
///
/// A cycle in which no node reported is a failure of the source; [`KedaFallback`] publishes a value for it. The policy has
/// limits of its own, so the cooldowns of the auto-scaler are none unless they are written.
///
/// Known differences: idle is at least one node, where KEDA goes to 0 (and allows no other number): requests would have
/// no queue to wait in, and the service nothing to be measured by.
#[derive(Clone, Debug)]
pub struct Keda {
    metric: ScalingMetric,
    target: f64,
    activation: f64,
    idle: i32,
    min: i32,
    cooldown: Duration,
    fallback: Option<KedaFallback>,
    hpa: Hpa,
    failures: i32,
    last_active: Option<Instant>,
}

impl Keda {
    fn from_params(params: &Params<'_>) -> Self {
        let (metric, target) = ScalingMetric::chosen(params, "target", "target_per_node");
        let fallback = match signed(params.count("fallback_nodes")) {
            0 => None,
            replicas => Some(KedaFallback {
                threshold: signed(params.count("failure_threshold")),
                replicas,
                base: KedaFallbackBase::Static,
            }),
        };
        Self {
            metric,
            target,
            activation: params.number("activation"),
            idle: signed(params.count("idle_nodes")),
            min: signed(params.count("min_nodes")),
            cooldown: params.duration("cooldown"),
            fallback,
            hpa: Hpa::new(HpaSettings::default()),
            failures: 0,
            last_active: None,
        }
    }

    /// The rules of activation within the bounds of the service.
    fn activation(&self, view: &ScalingView<'_>) -> KedaActivation {
        let min = self.min.max(signed(view.min)).min(signed(view.max));
        let idle = self.idle.max(signed(view.min));
        KedaActivation {
            min,
            idle: (idle < min).then_some(idle),
            fallback: self.fallback.map(|fallback| fallback.replicas),
            cooldown: self.cooldown,
            initial_cooldown: Duration::ZERO,
            pauses: KedaPauses::default(),
            force: false,
        }
    }

    /// Lets the HPA choose the number for a total.
    fn ask_hpa(&mut self, now: Instant, current: i32, total: f64) -> HpaDecision {
        let values = [milli(total)];
        let metric = HpaMetric::Average { values: &values, target: milli(self.target).max(1) };
        self.hpa.reconcile(now, HpaScale { spec: current, status: current }, &[Some(metric)], &[], &[])
    }
}

impl ScalingPolicy for Keda {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let current = signed(view.ready.saturating_add(view.starting));
        let ready = f64::from(view.ready.max(1));
        let total = self.metric.value(&view).map(|mean| mean * ready);
        let fallback = self.fallback;
        let kind = KedaMetricType::AverageValue;
        let reading = KedaReading::next(total, self.failures, fallback.as_ref(), self.target, current, kind);
        self.failures = reading.failures;
        let activation = self.activation(&view);
        let scale = activation.poll(&KedaSituation {
            current,
            active: total.is_some_and(|total| total > self.activation),
            failed: total.is_none(),
            last_active_age: self.last_active.map(|last| now.since(last)),
            created_age: now.since(Instant::ZERO),
        });
        if scale.marks_active {
            self.last_active = Some(now);
        }
        let value = reading.metric.map(|total| total / ready);
        let measured = Measured { metric: self.metric.word(), value, target: self.target };
        let mut reason = measured.reason(self.name(), &view, unsigned(current));
        self.hpa.settings.min = activation.min;
        self.hpa.settings.max = signed(view.max);
        let desired = if scale.replicas != current {
            let code = if scale.replicas > current { "activated" } else { "idle" };
            (reason.code, reason.proposed) = (Some(code.to_string()), unsigned(scale.replicas));
            scale.replicas
        } else if activation.idle.is_some_and(|idle| current <= idle) {
            reason.code = Some("idle".to_string());
            current
        } else if let Some(total) = reading.metric {
            let decision = self.ask_hpa(now, current, total);
            explain(&decision, &mut reason);
            decision.desired
        } else {
            current
        };
        ScalingProposal { desired: unsigned(desired), reason }
    }

    fn applied(&mut self, now: Instant, from: u32, to: u32) {
        self.hpa.scaled(now, signed(from), signed(to));
    }

    fn paces_itself(&self) -> bool {
        true
    }
}
