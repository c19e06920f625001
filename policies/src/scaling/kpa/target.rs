//! What one pod is meant to carry.

/// The least target.
const TARGET_MIN: f64 = 0.01;

/// What is held at its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KpaMetric {
    /// Requests at a pod at once.
    Concurrency {
        /// What a pod takes at most; 0 has no limit.
        container_limit: f64,
        /// What stands for the limit where there is none. Default 100.
        default: f64,
        /// Share of it to aim for. Default 0.7.
        utilization: f64,
    },
    /// Requests per second at a pod.
    Rps {
        /// What a pod can do. Default 200.
        default: f64,
        /// Share of it to aim for. Default 0.7.
        utilization: f64,
    },
}

/// What one pod is meant to carry and can carry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KpaTarget {
    /// To aim for.
    pub target: f64,
    /// All that it can carry.
    pub total: f64,
}

/// The target of a pod. `target` and `utilization` are those that the service itself asks for: its target takes the place of
/// the limit or the default, but not beyond the limit; its utilization takes the place of the metric's.
pub fn kpa_target(metric: KpaMetric, target: Option<f64>, utilization: Option<f64>) -> KpaTarget {
    let (total, default) = match metric {
        KpaMetric::Concurrency { container_limit, default, utilization } => {
            let limited = container_limit != 0.0;
            let total = match target {
                Some(target) if limited => target.min(container_limit),
                Some(target) => target,
                None if limited => container_limit,
                None => default,
            };
            (total, utilization)
        }
        KpaMetric::Rps { default, utilization } => (target.unwrap_or(default), utilization),
    };
    KpaTarget { target: (total * utilization.unwrap_or(default)).max(TARGET_MIN), total }
}
