//! The rules of the Kubernetes HorizontalPodAutoscaler, to the last rounding.
//!
//! Source: Kubernetes, `pkg/controller/podautoscaler` (`replica_calculator.go`, `horizontal.go`) and the page
//! "Horizontal Pod Autoscaling" of its documentation. Numbers of pods are `i32`, amounts are `i64` of a thousandth, ratios
//! are `f64`, all as there; what would leave its range stops at the end of it.

mod behavior;
mod events;
mod pods;
pub(crate) mod policy;
mod reconcile;
mod replicas;
mod stabilization;
mod up_down;

pub use behavior::{
    HpaChange, HpaLimited, HpaReason, RatePolicy, RateUnit, ScalingRules, SelectPolicy, legacy_clamp,
    rate_limit,
};
pub use events::{ScaleEvent, ScaleEvents};
pub use pods::{Pod, PodGroup, PodPhase, PodSample, Readiness};
pub use policy::KubernetesHpa;
pub use reconcile::{Hpa, HpaDecision, HpaPaced, HpaScale, HpaSettings};
pub use replicas::{HpaAnswer, HpaError, HpaMetric, HpaTolerance, HpaWorld, replicas};
pub use stabilization::{Recommendation, RecommendationLog};
pub use up_down::UpDown;
