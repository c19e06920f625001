//! The rules that KEDA adds to the Kubernetes HPA: activation and fallback.
//!
//! Source: KEDA, `pkg/scaling/executor/scale_scaledobjects.go` and `pkg/fallback/fallback.go`, and the page "Scaling
//! Deployments, StatefulSets & Custom Resources" of its documentation.

mod activation;
mod fallback;
pub(crate) mod policy;

pub use activation::{KedaActivation, KedaPauses, KedaScale, KedaSituation};
pub use fallback::{KedaFallback, KedaFallbackBase, KedaMetricType, KedaReading};
pub use policy::Keda;
