//! The rules of Knative's pod autoscaler (KPA).
//!
//! Source: Knative Serving, `pkg/autoscaler/scaling/autoscaler.go`, `pkg/autoscaler/aggregation/bucketing.go`,
//! `pkg/reconciler/autoscaling/resources/target.go`, and the page "Supported autoscaler types" of its documentation.

mod decider;
pub(crate) mod policy;
mod target;
mod window;

pub use decider::{KpaDecider, KpaDecision, KpaLoad, KpaSpec};
pub use policy::KnativeKpa;
pub use target::{KpaMetric, KpaTarget, kpa_target};
pub use window::BucketWindow;
