//! Arrivals: every form of a Poisson process becomes a curve of rates.

use super::distribution::distribution;
use super::{Names, trace};
use crate::distribution::Distribution;
use crate::log::{Finding, Log};
use crate::model::{Arrivals, MmppState, RateCurve};
use crate::raw::{RawArrivals, RawDistribution, RawDiurnal, RawMmppState, RawPoisson, RawSpike, RawStage};
use crate::read::Many;
use crate::units::{RATE_MAX, TIME_MAX, seconds_text};
use cusinart_policies::{Duration, Instant};
use std::path::Path;

/// Most points of a curve.
pub(super) const POINTS_MAX: usize = 100_000;
/// Most clients of a closed loop.
const CLIENTS_MAX: u32 = 1_000_000;
/// Points per day of a diurnal curve: one per quarter of an hour.
const POINTS_PER_PERIOD: u64 = 96;

/// When requests start.
pub(super) fn arrivals(raw: &RawArrivals, names: &Names, dir: &Path, log: &mut Log) -> Arrivals {
    let raw = match raw {
        RawArrivals::Poisson(raw) => raw,
        RawArrivals::Renewal(gaps) => return Arrivals::Renewal(renewal(gaps, log)),
        RawArrivals::Mmpp(states) => return Arrivals::Mmpp(mmpp(states, log)),
        RawArrivals::ClosedLoop(raw) => {
            if raw.clients.value.get() > CLIENTS_MAX {
                let found = format!("`{}`", raw.clients.value);
                log.report(Finding::at(raw.clients.mark, found, format!("at most {CLIENTS_MAX} clients")));
            }
            let think = distribution(&raw.think, log);
            return Arrivals::ClosedLoop { clients: raw.clients.value.get(), think };
        }
    };
    let points = match raw {
        RawPoisson::Rate(rate) => vec![(Instant::ZERO, rate.value.0)],
        RawPoisson::Stages(stages) => stages_points(stages, log),
        RawPoisson::Spike(spike) => spike_points(spike, log),
        RawPoisson::Diurnal(diurnal) => diurnal_points(diurnal, names.end, log),
        RawPoisson::Trace(raw) => trace::points(raw, names.end, dir, log),
    };
    Arrivals::Poisson(RateCurve { points })
}

/// Gaps between requests; too short on average only after a report.
fn renewal(raw: &RawDistribution, log: &mut Log) -> Distribution {
    let gaps = distribution(raw, log);
    if gaps.mean_s() * RATE_MAX < 1.0 && log.is_clean() {
        let found = format!("gaps of `{}` on average", seconds_text(gaps.mean_s()));
        log.report(Finding::at(raw.mark, found, format!("at most {RATE_MAX} requests per second")));
    }
    gaps
}

fn mmpp(states: &Many<RawMmppState>, log: &mut Log) -> Vec<MmppState> {
    if states.items.iter().all(|state| state.rate.value.0 <= 0.0) {
        log.report(Finding::at(states.mark, "states without requests", "at least one rate above zero"));
    }
    let state =
        |state: &RawMmppState| MmppState { rate: state.rate.value.0, mean_hold: state.mean_hold.value.0 };
    states.items.iter().map(state).collect()
}

fn stages_points(stages: &Many<RawStage>, log: &mut Log) -> Vec<(Instant, f64)> {
    for first in stages.items.iter().take(1).filter(|first| first.at.value > Instant::ZERO) {
        let hint = "add `{ at: 0s, rate: … }` in front";
        let finding = Finding::at(first.at.mark, format!("`{}`", first.at.value), "the first stage at `0s`");
        log.report(finding.hint(hint));
    }
    if stages.items.len() > POINTS_MAX {
        let found = format!("{} stages", stages.items.len());
        log.report(Finding::at(stages.mark, found, format!("at most {POINTS_MAX}")));
    }
    for pair in stages.items.windows(2) {
        if pair[1].at.value < pair[0].at.value {
            let expected = format!("at least `{}`: stages are in order of time", pair[0].at.value);
            log.report(Finding::at(pair[1].at.mark, format!("`{}`", pair[1].at.value), expected));
        }
    }
    stages.items.iter().map(|stage| (stage.at.value, stage.rate.value.0)).collect()
}

fn spike_points(raw: &RawSpike, log: &mut Log) -> Vec<(Instant, f64)> {
    let (base, peak) = (raw.base.value.0, raw.peak.value.0);
    let zero = |time: Option<crate::read::At<Duration>>| time.map_or(Duration::ZERO, |time| time.value);
    let start = raw.at.value;
    let top = start + zero(raw.rise);
    let edge = top + raw.hold.value;
    let last = edge + zero(raw.fall);
    if last > Instant::ZERO + TIME_MAX {
        log.report(Finding::at(raw.mark, format!("a spike until `{last}`"), "an end within 20 years"));
    }
    let mut points = vec![(start, base), (top, peak), (edge, peak), (last, base)];
    if start > Instant::ZERO {
        points.insert(0, (Instant::ZERO, base));
    }
    points
}

fn diurnal_points(raw: &RawDiurnal, end: Instant, log: &mut Log) -> Vec<(Instant, f64)> {
    let period = raw.period.map_or(Duration::from_secs(86_400), |period| period.value.0);
    let peak = raw.peak_at.map_or(Duration::from_secs(14 * 3_600), |peak| peak.value);
    let count = end.as_nanos().saturating_mul(POINTS_PER_PERIOD) / period.as_nanos();
    if count + 2 > POINTS_MAX as u64 || period.as_nanos() < POINTS_PER_PERIOD {
        let at = raw.period.map_or(raw.mark, |period| period.mark);
        let expected = format!("at most {} periods in a run", POINTS_MAX as u64 / POINTS_PER_PERIOD);
        log.report(Finding::at(at, format!("the period `{period}`"), expected));
        return Vec::new();
    }
    let (mean, amplitude) = (raw.mean.value.0, raw.amplitude.value.0);
    if mean * (1.0 + amplitude) > RATE_MAX {
        let found = "a greatest rate beyond all bounds";
        log.report(Finding::at(raw.mean.mark, found, format!("at most {RATE_MAX}/s at the peak")));
    }
    let rate = |at: Duration| {
        let turns = (at.as_secs_f64() - peak.as_secs_f64()) / period.as_secs_f64();
        (mean * (1.0 + amplitude * libm::cos(2.0 * std::f64::consts::PI * turns))).max(0.0) + 0.0
    };
    let point = |n: u64| {
        // The product is exact in 128 bits, so points do not drift.
        let nanos = u128::from(period.as_nanos()) * u128::from(n) / u128::from(POINTS_PER_PERIOD);
        let at = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        (Instant::ZERO + at, rate(at))
    };
    (0..=count + 1).map(point).collect()
}
