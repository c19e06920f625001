//! Hedges and deadlines of requests.

use super::client;
use crate::log::{Finding, Log};
use crate::model::{HedgeAfter, Hedging, Patience, RequestDeadline};
use crate::raw::{RawDeadline, RawHedging};
use cusinart_policies::Duration;

/// Most hedges at once.
const HEDGES_MAX: u32 = 5;

/// Adds hedges and the deadline to the patience of a sender.
pub(super) fn add(
    patience: &mut Patience,
    hedging: Option<&RawHedging>,
    deadline: Option<&RawDeadline>,
    log: &mut Log,
) {
    patience.deadline = deadline.map(self::deadline);
    patience.hedging = hedging.map(|raw| self::hedging(raw, patience, log));
}

fn deadline(raw: &RawDeadline) -> RequestDeadline {
    match raw {
        RawDeadline::After(after) => RequestDeadline { after: after.value.0, propagate: true },
        RawDeadline::Full(raw) => RequestDeadline {
            after: raw.after.value.0,
            propagate: raw.propagate.is_none_or(|propagate| propagate.value),
        },
    }
}

fn hedging(raw: &RawHedging, patience: &Patience, log: &mut Log) -> Hedging {
    let ends: [(Option<Duration>, &str); 2] =
        [(patience.timeout, "timeout"), (patience.deadline.map(|deadline| deadline.after), "deadline")];
    if let HedgeAfter::Time(after) = raw.after.value {
        for (end, name) in ends.into_iter().filter_map(|(end, name)| end.map(|end| (end, name))) {
            if after >= end {
                let expected = format!("less than `{end}`, the value of `{name}`");
                log.report(Finding::at(raw.after.mark, format!("`{after}`"), expected));
            }
        }
    }
    if let Some(max) = raw.max.filter(|max| !(1..=HEDGES_MAX).contains(&max.value)) {
        let expected = format!("from 1 to {HEDGES_MAX} hedges");
        log.report(Finding::at(max.mark, format!("`{}`", max.value), expected));
    }
    Hedging {
        after: raw.after.value,
        max: raw.max.map_or(1, |max| max.value),
        budget: client::budget(raw.budget.as_ref()),
    }
}
