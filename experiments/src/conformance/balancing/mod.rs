//! Adapters of the balancing vectors.

mod hashing;
mod peak_ewma;
mod prequal;
mod priority;
mod requests;
mod turns;

use super::Family;

pub(super) const ADAPTERS: Family = &[
    ("smooth_wrr.sequence", turns::smooth_sequence),
    ("smooth_wrr.with_failures", turns::smooth_with_failures),
    ("round_robin", turns::round_robin),
    ("envoy_edf.sequence", turns::edf_sequence),
    ("envoy_least_request.weight", requests::weight),
    ("envoy_least_request.edf_sequence", requests::edf_sequence),
    ("envoy_least_request.n_choices", requests::n_choices),
    ("envoy_slow_start.factor", requests::slow_start),
    ("full_scan", requests::full_scan),
    ("jsq", requests::jsq),
    ("envoy_priority.load", priority::load),
    ("envoy_priority.choose", priority::choose),
    ("envoy_zone_aware.routing", priority::zone_aware),
    ("maglev.table", hashing::maglev_table),
    ("maglev.from_offset_skip", hashing::maglev_from_offset_skip),
    ("maglev.lookup", hashing::maglev_lookup),
    ("ring_hash.ring", hashing::ring),
    ("hash.xxhash64", hashing::xxhash64),
    ("bounded_load.overload_factor", hashing::overload_factor),
    ("bounded_load.probe_order", hashing::probe_order),
    ("bounded_load.choose", hashing::bounded_choose),
    ("peak_ewma.tower", peak_ewma::tower),
    ("peak_ewma.finagle", peak_ewma::finagle),
    ("prequal.select", prequal::select),
    ("prequal.remove_worst", prequal::remove_worst),
    ("prequal.rif_quantile", prequal::rif_quantile),
    ("prequal.reuse_budget", prequal::reuse),
    ("prequal.randomized_round", prequal::rounding),
    ("prequal.pool_timeline", prequal::pool_timeline),
];
