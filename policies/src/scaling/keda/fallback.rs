//! The value of a metric whose source fails.

/// What is published while the source of a metric fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KedaFallback {
    /// Failures in a row that are still errors; negative is not allowed.
    pub threshold: i32,
    /// Pods to hold after more failures; negative is not allowed.
    pub replicas: i32,
    /// How they relate to the current ones.
    pub base: KedaFallbackBase,
}

/// How many pods a fallback holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KedaFallbackBase {
    /// Those of the fallback.
    #[default]
    Static,
    /// The current ones.
    Current,
    /// The current ones if they are more.
    CurrentIfHigher,
    /// The current ones if they are fewer.
    CurrentIfLower,
}

/// What the HPA does with the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KedaMetricType {
    /// Divides it among the pods.
    AverageValue,
    /// Compares it with the target and multiplies the ready pods.
    Value {
        /// The ready pods.
        ready: i32,
    },
}

/// A metric as it is published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KedaReading {
    /// Its value; `None` is an error.
    pub metric: Option<f64>,
    /// Failures in a row so far.
    pub failures: i32,
}

impl KedaReading {
    /// The next reading of a metric with this target after `failures` failures in a row. `measured` is `None` when the
    /// source failed, `fallback` when none is set. A fallback is published as the value at which the HPA asks for its pods.
    pub fn next(
        measured: Option<f64>,
        failures: i32,
        fallback: Option<&KedaFallback>,
        target: f64,
        current: i32,
        metric_type: KedaMetricType,
    ) -> Self {
        if measured.is_some() {
            return Self { metric: measured, failures: 0 };
        }
        let failures = failures.saturating_add(1);
        let usable = |fallback: &&KedaFallback| {
            fallback.threshold >= 0 && fallback.replicas >= 0 && failures > fallback.threshold
        };
        let metric = fallback.filter(usable).and_then(|fallback| {
            let pods = f64::from(fallback.pods(current));
            match metric_type {
                KedaMetricType::AverageValue => Some(target * pods),
                KedaMetricType::Value { ready: 0 } => None,
                KedaMetricType::Value { ready } => Some(target * (pods / f64::from(ready))),
            }
        });
        Self { metric, failures }
    }
}

impl KedaFallback {
    fn pods(&self, current: i32) -> i32 {
        match self.base {
            KedaFallbackBase::Static => self.replicas,
            KedaFallbackBase::Current => current,
            KedaFallbackBase::CurrentIfHigher => current.max(self.replicas),
            KedaFallbackBase::CurrentIfLower => current.min(self.replicas),
        }
    }
}
