//! Levels of priority, overprovisioning and panic, as Envoy spreads load over them.

use alloc::vec;
use alloc::vec::Vec;

/// The hosts of one level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelHosts {
    /// All.
    pub hosts: u32,
    /// Of these healthy.
    pub healthy: u32,
    /// Of these degraded: used after the healthy ones of all levels.
    pub degraded: u32,
    /// Of these excluded: they count as if they were not there.
    pub excluded: u32,
}

/// How load passes from level to level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorityLimits {
    /// A level takes all the load it is given while `healthy share * this` is at least 100. Percent, default 140.
    pub overprovisioning_pct: u32,
    /// A level with a smaller share of available hosts panics, if all levels together are short of 100. Percent,
    /// default 50; 0 never panics.
    pub panic_threshold_pct: f64,
}

/// The load of each level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriorityLoad {
    /// Percent to the healthy hosts.
    pub healthy_pct: Vec<u32>,
    /// Percent to the degraded hosts.
    pub degraded_pct: Vec<u32>,
    /// Whether the level panics: its load goes to all its hosts, whatever their health.
    pub panic: Vec<bool>,
}

/// To which hosts of a level a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// The healthy ones.
    Healthy,
    /// The degraded ones.
    Degraded,
}

/// What a level can take, of its hosts that are not excluded.
#[derive(Clone, Copy, Debug)]
struct Capacity {
    healthy_pct: u64,
    degraded_pct: u64,
    available_pct: f64,
}

impl Capacity {
    fn new(level: &LevelHosts, overprovisioning_pct: u32) -> Self {
        let hosts = u64::from(level.hosts.saturating_sub(level.excluded));
        let part = |hosts_of_kind: u32| {
            let scaled = u64::from(overprovisioning_pct) * u64::from(hosts_of_kind);
            scaled.checked_div(hosts).unwrap_or(0).min(100)
        };
        let available = f64::from(level.healthy) + f64::from(level.degraded);
        let available_pct = if hosts == 0 { 0.0 } else { 100.0 * available / hosts as f64 };
        Self { healthy_pct: part(level.healthy), degraded_pct: part(level.degraded), available_pct }
    }
}

/// Spreads 100 percent of load over the levels.
///
/// Each level takes what its healthy share times the overprovisioning allows, in order, then degraded hosts likewise; a
/// level that is short passes the rest on. If all together are short of 100, shares are scaled up, and levels whose
/// available share is below the threshold panic. If all panic, load follows the number of hosts. If nobody is available,
/// and none panics, level 0 has it all. What rounding leaves goes to the first level that has any.
///
/// Source: Envoy, `LoadBalancerBase::recalculatePerPriorityState` and `recalculateLoadInTotalPanic`.
pub fn priority_load(levels: &[LevelHosts], limits: &PriorityLimits) -> PriorityLoad {
    let capacities: Vec<Capacity> =
        levels.iter().map(|level| Capacity::new(level, limits.overprovisioning_pct)).collect();
    let total: u64 = capacities.iter().map(|of| of.healthy_pct + of.degraded_pct).sum();
    let total = total.min(100);
    let panics = |of: &Capacity| total < 100 && of.available_pct < limits.panic_threshold_pct;
    let panic: Vec<bool> = capacities.iter().map(panics).collect();
    let mut load =
        PriorityLoad { healthy_pct: vec![0; levels.len()], degraded_pct: vec![0; levels.len()], panic };
    if load.panic.iter().all(|panic| *panic) {
        by_hosts(levels, &mut load.healthy_pct);
    } else if total == 0 {
        load.healthy_pct[0] = 100;
    } else {
        by_capacity(&capacities, total, &mut load);
    }
    load
}

/// Shares by the number of hosts.
fn by_hosts(levels: &[LevelHosts], shares: &mut [u32]) {
    let total: u64 = levels.iter().map(|level| u64::from(level.hosts)).sum();
    for (share, level) in shares.iter_mut().zip(levels) {
        *share = (100 * u64::from(level.hosts)).checked_div(total).unwrap_or(0) as u32;
    }
    let first = levels.iter().position(|level| level.hosts > 0).unwrap_or(0);
    let left = 100 - shares.iter().sum::<u32>();
    if let Some(share) = shares.get_mut(first) {
        *share += left;
    }
}

/// Shares by what levels can take.
fn by_capacity(capacities: &[Capacity], total: u64, load: &mut PriorityLoad) {
    let mut left = 100;
    let mut give = |capacity_pct: u64| {
        let share = (capacity_pct * 100 / total).min(left);
        left -= share;
        share as u32
    };
    for (share, of) in load.healthy_pct.iter_mut().zip(capacities) {
        *share = give(of.healthy_pct);
    }
    for (share, of) in load.degraded_pct.iter_mut().zip(capacities) {
        *share = give(of.degraded_pct);
    }
    let left = left as u32;
    if let Some(first) = capacities.iter().position(|of| of.healthy_pct > 0) {
        load.healthy_pct[first] += left;
    } else if let Some(first) = capacities.iter().position(|of| of.degraded_pct > 0) {
        load.degraded_pct[first] += left;
    }
}

impl PriorityLoad {
    /// The level of a request: the first one whose summed load, healthy hosts before degraded ones, reaches
    /// `hash mod 100 + 1`.
    pub fn choose(&self, hash: u64) -> (usize, Availability) {
        let wanted = (hash % 100) as u32 + 1;
        let healthy =
            self.healthy_pct.iter().enumerate().map(|(level, load)| (level, Availability::Healthy, *load));
        let degraded =
            self.degraded_pct.iter().enumerate().map(|(level, load)| (level, Availability::Degraded, *load));
        let mut sum = 0;
        for (level, availability, load) in healthy.chain(degraded) {
            sum += load;
            if sum >= wanted {
                return (level, availability);
            }
        }
        // Loads sum up to 100; if a caller gives less, Envoy takes the first level too.
        (0, Availability::Healthy)
    }
}
