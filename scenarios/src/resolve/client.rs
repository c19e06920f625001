//! Clients and the patience of senders.

use super::distribution::distribution;
use super::{Names, arrivals, overload};
use crate::log::{Finding, Log};
use crate::model::{Client, Jitter, Patience, Place, RetryBudget, WindowBudget};
use crate::quantity::Timeout;
use crate::raw::{RawBudget, RawClient, RawLibraryBudget, RawRetries, RawWindowBudget};
use crate::read::{At, Named};
use cusinart_policies::Duration;
use std::path::Path;

/// Pause before the first retry when the file does not say.
const BACKOFF_INITIAL: Duration = Duration::from_millis(100);
/// Growth of the pause when the file does not say.
const BACKOFF_FACTOR: f64 = 2.0;
/// Longest pause when the file does not say.
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// Tokens a retry budget keeps when the file does not say.
const BURST: f64 = 10.0;
/// What Finagle and tower do when the file does not say.
const BUDGET_TTL: Duration = Duration::from_secs(10);
const MIN_PER_SECOND: u32 = 10;
const SHARE: f64 = 0.2;
/// The example of gRPC's documentation, which has no defaults.
const MAX_TOKENS: f64 = 10.0;
const TOKEN_RATIO: f64 = 0.1;
/// Most retries of a request.
const RETRIES_MAX: u32 = 1_000;

/// The clients, in the order of the file.
pub(super) fn clients(raw: &Named<RawClient>, names: &Names, dir: &Path, log: &mut Log) -> Vec<Client> {
    raw.0
        .iter()
        .map(|(name, raw)| {
            let mut patience = patience(raw.timeout, raw.retries.as_ref(), log);
            patience.in_queue = raw.patience.as_ref().map(|raw| distribution(raw, log));
            patience.breaker = raw.breaker.as_ref().map(|policy| policy.0.clone());
            overload::add(&mut patience, raw.hedging.as_ref(), raw.deadline.as_ref(), log);
            Client {
                name: name.value.0.clone(),
                service: names.service(&raw.service, log),
                place: raw.from.as_ref().map_or(Place::Outside, |from| names.place(from, log)),
                labels: names.wanted(raw.labels.as_deref(), log),
                arrivals: arrivals::arrivals(&raw.arrivals, names, dir, log),
                requests_max: raw.requests.map(|at| at.value.get()),
                patience,
            }
        })
        .collect()
}

/// How a sender waits and tries again.
pub(super) fn patience(
    timeout: Option<At<Timeout>>,
    retries: Option<&RawRetries>,
    log: &mut Log,
) -> Patience {
    let backoff = retries.and_then(|retries| retries.backoff.as_ref());
    let initial =
        backoff.and_then(|backoff| backoff.initial).map_or(BACKOFF_INITIAL, |initial| initial.value);
    let max = backoff.and_then(|backoff| backoff.max);
    let factor = backoff.and_then(|backoff| backoff.factor);
    if let Some(max) = max.filter(|max| max.value < initial) {
        let expected = format!("at least `{initial}`, the first pause");
        log.report(Finding::at(max.mark, format!("`{}`", max.value), expected));
    }
    if let Some(factor) = factor.filter(|factor| factor.value.0 < 1.0) {
        log.report(Finding::at(factor.mark, format!("`{}`", factor.value.0), "a number of at least 1"));
    }
    if let Some(max) = retries.map(|retries| retries.max).filter(|max| max.value > RETRIES_MAX) {
        log.report(Finding::at(
            max.mark,
            format!("`{}`", max.value),
            format!("at most {RETRIES_MAX} retries"),
        ));
    }
    Patience {
        timeout: timeout.and_then(|timeout| timeout.value.0),
        retries_max: retries.map_or(0, |retries| retries.max.value),
        backoff_initial: initial,
        backoff_factor: factor.map_or(BACKOFF_FACTOR, |factor| factor.value.0),
        backoff_max: max.map_or_else(|| BACKOFF_MAX.max(initial), |max| max.value),
        jitter: backoff.and_then(|backoff| backoff.jitter).map_or(Jitter::Full, |jitter| jitter.value),
        retry_budget: retries.and_then(|retries| budget(retries.budget.as_ref())),
        breaker: None,
        in_queue: None,
        hedging: None,
        deadline: None,
    }
}

/// A budget of further tries.
pub(super) fn budget(raw: Option<&RawBudget>) -> Option<RetryBudget> {
    match raw {
        None | Some(RawBudget::Unlimited) => None,
        Some(RawBudget::Share(ratio)) => Some(RetryBudget::Ratio { ratio: ratio.value.0, burst: BURST }),
        Some(RawBudget::Bucket(bucket)) => Some(RetryBudget::Ratio {
            ratio: bucket.ratio.value.0,
            burst: bucket.burst.map_or(BURST, |burst| burst.value.0),
        }),
        Some(RawBudget::Library(budget)) => Some(match budget {
            RawLibraryBudget::Finagle(raw) => RetryBudget::Finagle(window_budget(raw)),
            RawLibraryBudget::Tower(raw) => RetryBudget::Tower(window_budget(raw)),
            RawLibraryBudget::Grpc(raw) => RetryBudget::Grpc {
                max_tokens: raw.max_tokens.map_or(MAX_TOKENS, |at| at.value.0),
                token_ratio: raw.token_ratio.map_or(TOKEN_RATIO, |at| at.value.0),
            },
        }),
    }
}

fn window_budget(raw: &RawWindowBudget) -> WindowBudget {
    WindowBudget {
        ttl: raw.ttl.map_or(BUDGET_TTL, |at| at.value.0),
        min_per_second: raw.min_per_second.map_or(MIN_PER_SECOND, |at| at.value),
        share: raw.share.map_or(SHARE, |at| at.value.0),
    }
}
