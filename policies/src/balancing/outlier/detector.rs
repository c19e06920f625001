//! Outlier detection for the hosts of a service.

use super::rules::{ejection_jitter, failure_percentage_ejects, may_eject, success_rate_threshold};
use super::{OutlierHost, OutlierSettings};
use crate::{Duration, EjectionReason, Instant, NodeId};
use alloc::vec::Vec;

/// What outlier detection did with a host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OutlierChange {
    /// It is out of the rotation.
    Ejected {
        /// The host.
        node: NodeId,
        /// Why.
        reason: EjectionReason,
        /// For how long at least; it returns with the next sweep after.
        lasts: Duration,
    },
    /// It is back.
    Returned {
        /// The host.
        node: NodeId,
    },
}

/// Watches the responses of a service's hosts.
///
/// A run of failures ejects at once, the other two rules at sweeps. The caller sweeps each
/// [`OutlierSettings::interval`] and gives a random number for the jitter of each ejection.
///
/// Known differences from Envoy: gateway failures and failures of local origin are not told from others; the enforcing
/// percentages are all or nothing.
#[derive(Clone, Debug)]
pub struct OutlierDetector {
    settings: OutlierSettings,
    /// By node; nodes of other services have an absent row.
    hosts: Vec<Option<OutlierHost>>,
    members: u32,
    ejected: u32,
}

impl OutlierDetector {
    /// A detector without hosts.
    pub const fn new(settings: OutlierSettings) -> Self {
        Self { settings, hosts: Vec::new(), members: 0, ejected: 0 }
    }

    /// Adds a host. One that is there already is left as it is.
    pub fn join(&mut self, node: NodeId) {
        if self.hosts.len() <= node.index() {
            self.hosts.resize(node.index() + 1, None);
        }
        let host = &mut self.hosts[node.index()];
        if host.is_none() {
            *host = Some(OutlierHost::default());
            self.members += 1;
        }
    }

    /// Removes a host.
    pub fn leave(&mut self, node: NodeId) {
        if let Some(host) = self.hosts.get_mut(node.index()).and_then(Option::take) {
            self.members -= 1;
            self.ejected -= u32::from(host.is_ejected());
        }
    }

    /// Takes a response of a host. With `may_lose` false the host must not be ejected, whatever the limits say; `draw`
    /// is asked for a random number only for an ejection.
    pub fn response(
        &mut self,
        now: Instant,
        node: NodeId,
        failed: bool,
        may_lose: bool,
        draw: impl FnOnce() -> u64,
    ) -> Option<OutlierChange> {
        let host = self.hosts.get_mut(node.index()).and_then(Option::as_mut)?;
        let failures = host.response(failed, &self.settings)?;
        if may_lose {
            self.eject(now, node, EjectionReason::ConsecutiveFailures { failures }, draw())
        } else {
            None
        }
    }

    /// One sweep over all hosts: returns what it changed, by rule and then by host.
    ///
    /// `draw` gives a random number for the ejection of a host; `may_lose` says whether it may be ejected at all.
    pub fn sweep(
        &mut self,
        now: Instant,
        mut may_lose: impl FnMut(NodeId) -> bool,
        mut draw: impl FnMut(NodeId) -> u64,
    ) -> Vec<OutlierChange> {
        let mut changes = Vec::new();
        self.release(now, &mut changes);
        for (node, reason) in self.outliers() {
            if may_lose(node) {
                changes.extend(self.eject(now, node, reason, draw(node)));
            }
        }
        self.hosts.iter_mut().flatten().for_each(OutlierHost::start_interval);
        changes
    }

    /// What is kept of a host.
    pub fn host(&self, node: NodeId) -> Option<&OutlierHost> {
        self.hosts.get(node.index()).and_then(Option::as_ref)
    }

    /// Whether a sweep could change anything.
    pub fn needs_sweeps(&self) -> bool {
        let judges = self.settings.success_rate.is_some() || self.settings.failure_percentage.is_some();
        judges || self.hosts.iter().flatten().any(|host| host.is_ejected() || host.backoff() > 0)
    }

    /// The sweep after `now`: they come at whole multiples of the interval since the start of the run.
    pub fn next_sweep(&self, now: Instant) -> Instant {
        let interval = self.settings.interval.as_nanos().max(1);
        now + Duration::from_nanos(interval - now.as_nanos() % interval)
    }

    fn release(&mut self, now: Instant, changes: &mut Vec<OutlierChange>) {
        for (node, host) in (0..).zip(&mut self.hosts) {
            let Some(host) = host else { continue };
            if host.release(now, &self.settings) {
                self.ejected -= 1;
                changes.push(OutlierChange::Returned { node: NodeId(node) });
            }
            host.forgive(now, &self.settings);
        }
    }

    /// Hosts that the responses since the last sweep speak against, those with a low success rate first.
    fn outliers(&self) -> Vec<(NodeId, EjectionReason)> {
        let judged = |volume: u32| {
            let in_rotation = move |host: &&OutlierHost| !host.is_ejected() && host.responses() >= volume;
            (0..).zip(&self.hosts).filter_map(move |(node, host)| {
                host.as_ref().filter(in_rotation).map(|host| (NodeId(node), host))
            })
        };
        let mut outliers = Vec::new();
        if let Some(settings) = &self.settings.success_rate {
            let hosts = judged(settings.request_volume);
            let rates = hosts.clone().map(|(_, host)| host.success_rate_pct());
            let limit = success_rate_threshold(rates, settings);
            outliers.extend(hosts.filter_map(|(node, host)| {
                let (rate_pct, limit) = (host.success_rate_pct(), limit?);
                let reason = EjectionReason::SuccessRate { rate_pct, threshold_pct: limit.threshold };
                limit.ejects(rate_pct).then_some((node, reason))
            }));
        }
        if let Some(settings) = &self.settings.failure_percentage {
            let hosts = judged(settings.request_volume);
            let with_volume = u32::try_from(hosts.clone().count()).unwrap_or(u32::MAX);
            outliers.extend(hosts.filter_map(|(node, host)| {
                let rate_pct = host.success_rate_pct();
                let reason = EjectionReason::FailurePercentage { failed_pct: 100.0 - rate_pct };
                failure_percentage_ejects(rate_pct, host.responses(), with_volume, settings)
                    .then_some((node, reason))
            }));
        }
        outliers
    }

    /// Ejects a host that is not ejected, if the limits allow one more.
    fn eject(
        &mut self,
        now: Instant,
        node: NodeId,
        reason: EjectionReason,
        draw: u64,
    ) -> Option<OutlierChange> {
        let settings = self.settings;
        let host = self.hosts.get_mut(node.index()).and_then(Option::as_mut)?;
        let (percent, always_one) = (settings.max_ejection_percent, settings.always_eject_one_host);
        if host.is_ejected() || !may_eject(self.members, self.ejected, percent, always_one) {
            return None;
        }
        let jitter = ejection_jitter(draw, settings.max_ejection_time_jitter);
        let lasts = host.eject(now, jitter, &settings);
        self.ejected += 1;
        Some(OutlierChange::Ejected { node, reason, lasts })
    }
}
