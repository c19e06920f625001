//! The warm-up that MSER-5 finds in trial runs.
//!
//! The series is the mean latency of the requests that ended well in each window, averaged over a few trial runs
//! (Welch's averaging takes out the noise before the rule is asked). The runs count from the very start.

use crate::pool::{Pool, Stop};
use crate::replicate::run_watched;
use cusinart_policies::Duration;
use cusinart_record::RunRecord;
use cusinart_report::{mser5, replication_seed};
use cusinart_scenarios::Scenario;
use std::ops::ControlFlow;

/// Trial runs.
const PILOTS: u32 = 5;
/// Trial runs use seeds that no replication of a usual study has.
const FIRST_PILOT: u32 = 1 << 30;

/// What trial runs found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmupPilot {
    /// Time from the start that should not count: whole windows.
    pub warmup: Duration,
    /// Whether the rest looks steady. If not, the rule would have gone on to leave out more than half of the run.
    pub steady: bool,
}

/// Finds the warm-up of a scenario.
pub fn mser5_warmup(scenario: &Scenario, pool: &Pool) -> WarmupPilot {
    let pilots: Vec<u32> = (0..PILOTS).map(|pilot| FIRST_PILOT + pilot).collect();
    let series = |index: &u32, stop: &Stop<'_>| {
        let seed = replication_seed(scenario.seed, *index);
        run_watched(&Scenario { seed, warmup: Duration::ZERO, ..scenario.clone() }, stop)
            .map(|run| latencies(&run))
    };
    let all = pool.map(&pilots, series, &|_| ControlFlow::Continue(()));
    let mean = averaged(&all);
    // Windows before the first answer say nothing about the latency, and are no part of a steady state.
    let silent = mean.iter().take_while(|value| value.is_none()).count();
    let known: Vec<f64> = mean.iter().flatten().copied().collect();
    let Some(truncation) = mser5(&known) else {
        return WarmupPilot { warmup: Duration::ZERO, steady: false };
    };
    let batches = known.len() / 5;
    WarmupPilot {
        warmup: scenario.window * (silent + truncation.observations) as u64,
        steady: truncation.observations < 5 * (batches / 2),
    }
}

/// The mean latency of all good requests in each window, in seconds.
fn latencies(run: &RunRecord) -> Vec<Option<f64>> {
    let windows = run.clients.iter().map(|client| client.windows.len()).max().unwrap_or(0);
    (0..windows)
        .map(|index| {
            let all = || run.clients.iter().filter_map(|client| client.windows.get(index));
            let good: u64 = all().map(|window| window.counts.ok).sum();
            let sum: f64 = all().map(|window| window.latency_sum as f64).sum();
            (good > 0).then(|| sum / good as f64 / 1e9)
        })
        .collect()
}

/// The mean of the series that have a value, place by place.
fn averaged(series: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let length = series.iter().map(Vec::len).max().unwrap_or(0);
    (0..length)
        .map(|index| {
            let values: Vec<f64> =
                series.iter().filter_map(|one| one.get(index).copied().flatten()).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        })
        .collect()
}
