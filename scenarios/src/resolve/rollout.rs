//! Rolling updates, and where their nodes come from.

use super::{Names, distribution, fault};
use crate::log::{Finding, Log};
use crate::model::{Provisioning, Queues, Rollout};
use crate::raw::{RawProvisioning, RawRollout};
use cusinart_policies::recovery::CountOrPercent;

/// Surge and missing nodes that a rolling update may have if it does not say (Kubernetes, `Deployment`).
const SHARE_DEFAULT: CountOrPercent = CountOrPercent::Percent(25);

/// Most nodes that are handed out at once.
const AT_ONCE_MAX: u32 = 10_000;

/// A rolling update.
pub(super) fn rollout(raw: &RawRollout, names: &Names, log: &mut Log) -> Rollout {
    fault::in_run(raw.at, "begin", names, log);
    Rollout {
        at: raw.at.value,
        service: names.service(&raw.service, log),
        max_surge: raw.max_surge.map_or(SHARE_DEFAULT, |surge| surge.value),
        max_unavailable: raw.max_unavailable.map_or(SHARE_DEFAULT, |unavailable| unavailable.value),
    }
}

/// Where nodes come from.
pub(super) fn provisioning(raw: &RawProvisioning, log: &mut Log) -> Provisioning {
    if let Some(number) = raw.at_once.filter(|number| number.value.get() > AT_ONCE_MAX) {
        let found = format!("`{}`", number.value);
        log.report(Finding::at(number.mark, found, format!("at most {AT_ONCE_MAX} requests at once")));
    }
    Provisioning {
        takes: distribution::distribution(&raw.takes, log),
        at_once: raw.at_once.map_or(1, |number| number.value.get().min(AT_ONCE_MAX)),
        queues: raw.queues.map_or(Queues::Shared, |queues| queues.value),
        fail_ratio: raw.fails.map_or(0.0, |fails| fails.value.0),
    }
}
