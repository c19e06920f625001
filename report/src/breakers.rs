//! Circuit breakers in words: when they opened and closed, and why.

use crate::human;
use crate::why::service_name;
use cusinart_policies::overload::{BreakerChange, BreakerReason};
use cusinart_policies::{Instant, ServiceId};
use cusinart_record::{FactKind, RunRecord};
use std::collections::{BTreeMap, BTreeSet};

/// What a breaker did.
pub(crate) const fn breaker_word(change: &BreakerChange) -> &'static str {
    match change {
        BreakerChange::Opened { .. } => "breaker opened",
        BreakerChange::HalfOpened { .. } => "breaker half-open",
        BreakerChange::Closed { .. } => "breaker closed",
    }
}

/// Why it did so.
pub(crate) fn breaker_words(change: &BreakerChange) -> String {
    match change {
        BreakerChange::Opened { reason, trial, stays } => {
            let trial = if *trial { "the trial failed: " } else { "" };
            format!("{trial}{}; stays open for {}", reason_words(reason), human::span(*stays))
        }
        BreakerChange::HalfOpened { calls } => {
            format!("lets {} through to try", human::counted(u64::from(*calls), "call"))
        }
        BreakerChange::Closed { calls } => {
            format!("{} went well enough", human::counted(u64::from(*calls), "trial call"))
        }
    }
}

/// What led to an opening: `60 % of 100 calls failed, limit 50 %`.
fn reason_words(reason: &BreakerReason) -> String {
    let share = |share_pct: f64, threshold_pct: f64, calls: u32, what: &str| {
        let percent = |percent: f64| human::percent(percent / 100.0);
        let calls = human::counted(u64::from(calls), "call");
        format!("{} of {calls} {what}, limit {}", percent(share_pct), percent(threshold_pct))
    };
    match *reason {
        BreakerReason::FailureRate { failed_pct, threshold_pct, calls } => {
            share(failed_pct, threshold_pct, calls, "failed")
        }
        BreakerReason::SlowCallRate { slow_pct, threshold_pct, calls } => {
            share(slow_pct, threshold_pct, calls, "were slow")
        }
        BreakerReason::ConsecutiveFailures { failures } => {
            format!("{} failed in a row", human::counted(u64::from(failures), "call"))
        }
    }
}

/// What the breakers before some services did between two moments, as sentences; empty if nothing.
pub(crate) fn sentences(
    record: &RunRecord,
    from: Instant,
    to: Instant,
    services: &BTreeSet<ServiceId>,
) -> Vec<String> {
    let mut openings: BTreeMap<(&str, ServiceId), (u64, Instant, &BreakerChange)> = BTreeMap::new();
    for fact in record.facts.iter().filter(|fact| fact.at >= from && fact.at <= to) {
        if let FactKind::Breaker { sender, service, change: change @ BreakerChange::Opened { .. } } =
            &fact.kind
            && services.contains(service)
        {
            openings.entry((sender, *service)).or_insert((0, fact.at, change)).0 += 1;
        }
    }
    let sentence = |((sender, service), (count, first, change)): (_, (u64, Instant, &BreakerChange))| {
        let times = match count {
            1 => "at".into(),
            2 => "twice from".into(),
            more => format!("{} times from", human::count(more)),
        };
        format!(
            "The breaker of {sender} before {} opened {times} {} ({}).",
            service_name(record, service),
            human::clock(first),
            breaker_words(change),
        )
    };
    openings.into_iter().map(sentence).collect()
}
