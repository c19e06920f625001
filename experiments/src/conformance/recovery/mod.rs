//! Adapters of the recovery vectors.

mod budgets;
mod remediation;
mod restarts;
mod supervision;
mod transfers;

pub(super) const ADAPTERS: &[super::Family] = &[
    budgets::ADAPTERS,
    remediation::ADAPTERS,
    restarts::ADAPTERS,
    supervision::ADAPTERS,
    transfers::ADAPTERS,
];
