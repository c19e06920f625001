//! The list of all built-in policies, and how they are built.

use crate::catalogue::check::{check_params, unknown_name};
use crate::catalogue::{Params, PolicyEntry, PolicyKind, PolicySpec};
use crate::overload::{Breaker, ConcurrencyLimit, QueueDiscipline};
use crate::{BalancingStrategy, ConfigError, FailureDetector, RecoveryStrategy, ScalingPolicy};
use crate::{balancing, detection, membership, overload, recovery, scaling};
use alloc::boxed::Box;

/// A built-in policy: what the catalogue says of it, and its constructor.
pub(crate) struct Builtin<T: ?Sized + 'static> {
    /// What the catalogue says.
    pub(crate) entry: &'static PolicyEntry,
    /// Builds the policy. An error is a pair of parameters that do not fit together.
    pub(crate) build: fn(&Params<'_>) -> Result<Box<T>, ConfigError>,
}

const DETECTORS: &[Builtin<dyn FailureDetector>] = &[
    detection::consecutive::BUILTIN,
    detection::haproxy::BUILTIN,
    detection::consul::BUILTIN,
    detection::kubernetes_probes::BUILTIN,
    detection::kubernetes_node_lease::BUILTIN,
    detection::phi_accrual::BUILTIN,
    detection::phi_accrual_exponential::BUILTIN,
    detection::deadline::BUILTIN,
    membership::detector::BUILTIN,
];

const RECOVERIES: &[Builtin<dyn RecoveryStrategy>] = &[
    recovery::redirect_traffic::BUILTIN,
    recovery::restart_node::BUILTIN,
    recovery::crash_loop::BUILTIN,
    recovery::supervisor::BUILTIN,
    recovery::start_limit::BUILTIN,
    recovery::escalating_remediation::BUILTIN,
    recovery::replicate_state::BUILTIN,
];

const BALANCINGS: &[Builtin<dyn BalancingStrategy>] = &[
    balancing::round_robin::BUILTIN,
    balancing::weighted_round_robin::BUILTIN,
    balancing::edf_round_robin::BUILTIN,
    balancing::least_connections::BUILTIN,
    balancing::join_shortest_queue::BUILTIN,
    balancing::least_request::BUILTIN,
    balancing::power_of_two::BUILTIN,
    balancing::peak_ewma::BUILTIN,
    balancing::prequal::BUILTIN,
    balancing::consistent::RING_HASH,
    balancing::consistent::MAGLEV,
    balancing::random::BUILTIN,
];

const SCALINGS: &[Builtin<dyn ScalingPolicy>] = &[
    scaling::threshold::BUILTIN,
    scaling::target_tracking::BUILTIN,
    scaling::fixed::BUILTIN,
    scaling::scheduled::BUILTIN,
    scaling::hpa::policy::BUILTIN,
    scaling::keda::policy::BUILTIN,
    scaling::kpa::policy::BUILTIN,
    scaling::aws_step_scaling::BUILTIN,
    scaling::aws_target_tracking::BUILTIN,
    scaling::holt_winters::BUILTIN,
    scaling::recommender::BUILTIN,
];

const BREAKERS: &[Builtin<Breaker>] = &[
    overload::breaker::COUNT_WINDOW,
    overload::breaker::TIME_WINDOW,
    overload::breaker::CONSECUTIVE_FAILURES,
];

const CONCURRENCY_LIMITS: &[Builtin<ConcurrencyLimit>] = &[
    overload::concurrency_limit::AIMD,
    overload::concurrency_limit::VEGAS,
    overload::concurrency_limit::GRADIENT2,
];

const QUEUE_DISCIPLINES: &[Builtin<QueueDiscipline>] =
    &[overload::queue_discipline::FIFO, overload::queue_discipline::CODEL];

const COUNT: usize = DETECTORS.len()
    + RECOVERIES.len()
    + BALANCINGS.len()
    + SCALINGS.len()
    + BREAKERS.len()
    + CONCURRENCY_LIMITS.len()
    + QUEUE_DISCIPLINES.len();

/// The entries of the lists, one after the other.
static ENTRIES: [&PolicyEntry; COUNT] = {
    let mut all = [DETECTORS[0].entry; COUNT];
    let mut next = 0;
    next = copy_entries(DETECTORS, &mut all, next);
    next = copy_entries(RECOVERIES, &mut all, next);
    next = copy_entries(BALANCINGS, &mut all, next);
    next = copy_entries(SCALINGS, &mut all, next);
    next = copy_entries(BREAKERS, &mut all, next);
    next = copy_entries(CONCURRENCY_LIMITS, &mut all, next);
    next = copy_entries(QUEUE_DISCIPLINES, &mut all, next);
    assert!(next == COUNT, "every slot is filled");
    all
};

const fn copy_entries<T: ?Sized>(
    from: &[Builtin<T>],
    to: &mut [&'static PolicyEntry; COUNT],
    start: usize,
) -> usize {
    let mut index = 0;
    while index < from.len() {
        to[start + index] = from[index].entry;
        index += 1;
    }
    start + from.len()
}

/// Returns all entries, ordered by kind and then as a reader would meet them.
pub fn entries() -> &'static [&'static PolicyEntry] {
    &ENTRIES
}

/// Returns the entry of a policy, if the catalogue has it.
pub fn find(kind: PolicyKind, name: &str) -> Option<&'static PolicyEntry> {
    entries().iter().copied().find(|entry| entry.kind == kind && entry.name == name)
}

/// Builds a failure detector.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_detector(spec: &PolicySpec) -> Result<Box<dyn FailureDetector>, ConfigError> {
    build(PolicyKind::Detector, DETECTORS, spec)
}

/// Builds a recovery strategy.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_recovery(spec: &PolicySpec) -> Result<Box<dyn RecoveryStrategy>, ConfigError> {
    build(PolicyKind::Recovery, RECOVERIES, spec)
}

/// Builds a balancing strategy.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_balancing(spec: &PolicySpec) -> Result<Box<dyn BalancingStrategy>, ConfigError> {
    build(PolicyKind::Balancing, BALANCINGS, spec)
}

/// Builds a scaling policy.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_scaling(spec: &PolicySpec) -> Result<Box<dyn ScalingPolicy>, ConfigError> {
    build(PolicyKind::Scaling, SCALINGS, spec)
}

/// Builds a circuit breaker, closed.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_breaker(spec: &PolicySpec) -> Result<Box<Breaker>, ConfigError> {
    build(PolicyKind::Breaker, BREAKERS, spec)
}

/// Builds a limit of concurrency that has learnt nothing.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_concurrency_limit(spec: &PolicySpec) -> Result<Box<ConcurrencyLimit>, ConfigError> {
    build(PolicyKind::ConcurrencyLimit, CONCURRENCY_LIMITS, spec)
}

/// Builds the discipline of an empty queue.
///
/// # Errors
/// As [`check`](crate::catalogue::check).
pub fn build_queue_discipline(spec: &PolicySpec) -> Result<Box<QueueDiscipline>, ConfigError> {
    build(PolicyKind::QueueDiscipline, QUEUE_DISCIPLINES, spec)
}

fn build<T: ?Sized>(
    kind: PolicyKind,
    builtins: &[Builtin<T>],
    spec: &PolicySpec,
) -> Result<Box<T>, ConfigError> {
    let builtin = builtins
        .iter()
        .find(|builtin| builtin.entry.name == spec.name)
        .ok_or_else(|| unknown_name(kind, &spec.name))?;
    check_params(builtin.entry, spec)?;
    (builtin.build)(&Params::new(builtin.entry, spec))
}
