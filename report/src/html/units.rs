//! From the words of metrics to those of charts.

use super::page::Measure;
use super::study::Better as Way;
use crate::sweep::response::ALL_HOLD;
use cusinart_scenarios::{Better, METRICS, Unit};

/// What numbers of a unit count on an axis.
pub(super) const fn measure(unit: Unit) -> Measure {
    match unit {
        Unit::Fraction => Measure::Fraction,
        Unit::Seconds => Measure::Seconds,
        Unit::PerSecond => Measure::PerSecond,
        Unit::Count | Unit::Factor => Measure::Count,
        Unit::Currency => Measure::Currency,
    }
}

/// Which way is better, of a metric in normal form such as `latency.p99(shoppers)`, or of whether all SLAs hold; `None`
/// if there is no such metric.
pub(super) fn better_of(metric: &str) -> Option<Better> {
    if metric == ALL_HOLD {
        return Some(Better::Higher);
    }
    let end = metric.find(['.', '(', ' ']).unwrap_or(metric.len());
    METRICS.iter().find(|info| info.name == &metric[..end]).map(|info| info.better)
}

/// The same for an axis.
pub(super) fn way_of(metric: &str) -> Way {
    better_of(metric).map_or(Way::Neither, way)
}

/// Which way is better, for an axis.
pub(super) const fn way(better: Better) -> Way {
    match better {
        Better::Higher => Way::More,
        Better::Lower => Way::Less,
    }
}
