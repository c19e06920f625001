//! How much of what a limit allows is used.

use super::page::{Gauge, Tone};
use crate::human;
use cusinart_scenarios::Unit;

/// A measured value beside its limit.
pub(super) struct Limited {
    /// The value, in `unit`; `None` if nothing was measured or it is infinite.
    pub(super) measured: Option<f64>,
    /// Whether it is a time that never came.
    pub(super) infinite: bool,
    /// `<`, `<=`, `>`, `>=` or `==`.
    pub(super) comparison: &'static str,
    /// The limit, in `unit`.
    pub(super) limit: f64,
    /// Unit of both.
    pub(super) unit: Unit,
    /// Whether the value keeps the limit.
    pub(super) passed: bool,
}

impl Limited {
    /// How much of what the limit allows is used: of an upper limit the measured value, of a lower limit of a share
    /// what is missing to the whole, of another lower limit the limit itself.
    pub(super) fn gauge(&self, tone: Tone) -> Gauge {
        let upper = self.comparison.starts_with('<');
        let part = |part: f64, whole: f64| if part <= 0.0 { 0.0 } else { part / whole };
        let used = self.measured.map(|measured| match (upper, self.unit) {
            (true, _) => part(measured, self.limit),
            (false, Unit::Fraction) => part(1.0 - measured, 1.0 - self.limit),
            (false, Unit::Seconds | Unit::Count | Unit::Currency | Unit::PerSecond | Unit::Factor) => {
                part(self.limit, measured)
            }
        });
        let finite = used.filter(|used| used.is_finite());
        let text = match finite {
            Some(used) if self.comparison == "==" && self.passed => human::percent(used.min(1.0)),
            Some(used) if used < 10.0 => format!("{:.0} %", used * 100.0),
            Some(used) => format!("{} times", human::count(used as u64)),
            None if self.infinite => "without end".into(),
            None if self.measured.is_none() => "no data".into(),
            None => "nothing was allowed".into(),
        };
        Gauge { used: finite.map(|used| used.min(1e6)).or(self.passed.then_some(0.0)), text, tone }
    }
}
