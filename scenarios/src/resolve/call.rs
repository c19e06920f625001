//! Requests that services make to others.

use super::{Names, client, overload};
use crate::log::{Finding, Log, Mark};
use crate::model::{Cache, Call, CallStep};
use crate::raw::{RawCache, RawCall};
use crate::read::At;
use std::num::NonZeroU32;

/// Most requests of one step.
const FAN_OUT_MAX: u32 = 1_000;
/// Entries of a cache that does not say.
const ENTRIES_DEFAULT: u32 = 1_000;

/// What one entry of the list of calls asks for.
pub(super) fn step(raw: &RawCall, names: &Names, log: &mut Log) -> CallStep {
    let calls = match &raw.parallel {
        Some(parallel) => {
            check_parallel(raw, parallel, log);
            parallel.iter().map(|raw| call(raw, names, log)).collect()
        }
        None => vec![call(raw, names, log)],
    };
    let made: u32 = calls.iter().map(|call: &Call| u32::from(call.fan_out)).sum();
    if made > FAN_OUT_MAX {
        let expected = format!("at most {FAN_OUT_MAX}");
        log.report(Finding::at(raw.mark, format!("{made} requests at the same time"), expected));
    }
    CallStep { need: need(raw.need, made, log), calls }
}

/// Good answers that a step of so many requests waits for.
fn need(raw: Option<At<NonZeroU32>>, made: u32, log: &mut Log) -> u16 {
    let need = raw.map_or(made, |need| need.value.get());
    if let Some(raw) = raw
        && need > made
    {
        let expected = format!("at most {made}, the number of requests that are made");
        log.report(Finding::at(raw.mark, format!("`need: {need}`"), expected));
    }
    u16::try_from(need).unwrap_or(u16::MAX)
}

/// How many calls an entry of the list stands for.
pub(super) fn len(raw: &RawCall) -> usize {
    raw.parallel.as_ref().map_or(1, Vec::len)
}

/// Where the services of a call are named, in the order of its calls.
pub(super) fn marks(raw: &RawCall) -> Vec<Mark> {
    let mark = |raw: &RawCall| raw.service.as_ref().map_or(raw.mark, |service| service.mark);
    raw.parallel.as_ref().map_or_else(|| vec![mark(raw)], |calls| calls.iter().map(mark).collect())
}

/// What belongs to the calls inside must not stand beside them.
fn check_parallel(raw: &RawCall, inside: &[RawCall], log: &mut Log) {
    let beside = [
        ("service", raw.service.is_some()),
        ("fan_out", raw.fan_out.is_some()),
        ("probability", raw.probability.is_some()),
        ("cache", raw.cache.is_some()),
        ("timeout", raw.timeout.is_some()),
        ("retries", raw.retries.is_some()),
        ("breaker", raw.breaker.is_some()),
        ("hedging", raw.hedging.is_some()),
        ("deadline", raw.deadline.is_some()),
    ];
    for (key, _) in beside.into_iter().filter(|(_, given)| *given) {
        let found = format!("`{key}` beside `parallel`");
        log.report(Finding::at(raw.mark, found, format!("`{key}` in the calls of `parallel`")));
    }
    if inside.is_empty() {
        log.report(Finding::at(raw.mark, "an empty `parallel`", "at least one call"));
    }
    for call in inside {
        let nested = [("parallel", call.parallel.is_some()), ("need", call.need.is_some())];
        for (key, _) in nested.into_iter().filter(|(_, given)| *given) {
            let found = format!("`{key}` inside `parallel`");
            log.report(Finding::at(call.mark, found, "calls with `service`"));
        }
    }
}

fn call(raw: &RawCall, names: &Names, log: &mut Log) -> Call {
    let service = raw.service.as_ref().map(|name| names.service(name, log));
    if service.is_none() && raw.parallel.is_none() {
        let finding = Finding::at(raw.mark, "a call without `service`", "the key `service` with a name");
        log.report(finding.hint("or `parallel` with a list of calls"));
    }
    let mut patience = client::patience(raw.timeout, raw.retries.as_ref(), log);
    patience.breaker = raw.breaker.as_ref().map(|policy| policy.0.clone());
    overload::add(&mut patience, raw.hedging.as_ref(), raw.deadline.as_ref(), log);
    let probability = raw.probability.map_or(1.0, |share| share.value.0);
    if let Some(raw) = raw.probability
        && probability == 0.0
    {
        log.report(Finding::at(raw.mark, "a call that is never made", "a share above `0%`"));
    }
    Call {
        service: service.unwrap_or(super::service::id(0)),
        fan_out: raw.fan_out.map_or(1, |number| u16::try_from(number.value.get()).unwrap_or(u16::MAX)),
        probability,
        cache: raw.cache.as_ref().map(|raw| cache(raw, log)),
        patience,
    }
}

fn cache(raw: &RawCache, log: &mut Log) -> Cache {
    let hit_ratio = raw.hit_rate.value.0;
    if hit_ratio == 0.0 {
        log.report(Finding::at(raw.hit_rate.mark, "a cache that never hits", "a share above `0%`"));
    }
    Cache {
        hit_ratio,
        entries: raw.entries.map_or(ENTRIES_DEFAULT, |entries| entries.value.get()),
        cold: raw.cold.is_some_and(|cold| cold.value),
    }
}
