//! Explanations of missed agreements: which time was worst, what was wrong then, and what the control plane did.

use super::nodes::{capacity, given_up, loss, mistakes, size};
use super::requests::{burning, requests};
use super::times::{detection, healing, recovery};
use super::words::sentence;
use crate::episode::Badness;
use crate::sla::{Ground, SlaResult};
use cusinart_scenarios::{During, Metric, Sla, Statistic};

/// Says in a few sentences why an agreement was missed.
pub(crate) fn explain(ground: &Ground<'_>, sla: &Sla, result: &SlaResult) -> Vec<String> {
    if result.measured.is_none() && !result.infinite {
        return result.notes.iter().map(|note| sentence(note)).collect();
    }
    // Of an interval that hangs on a fault, the worst one is explained.
    let mut fixed = sla.clone();
    fixed.objective.during = result.during_ns.map(|(from, to)| During::between(from, to));
    let sla = &fixed;
    let of_requests = |badness| requests(ground, sla, badness);
    match sla.objective.metric {
        Metric::Availability | Metric::ErrorRatio => of_requests(Badness::Failed),
        Metric::Goodput | Metric::Throughput => of_requests(Badness::NotGood),
        Metric::ErrorBudget { .. } => of_requests(Badness::Failed),
        Metric::BurnRate { target, long, short } => {
            let mut sentences = burning(ground, sla, (target, long, short));
            sentences.extend(of_requests(Badness::Failed));
            sentences
        }
        Metric::RetryRatio => of_requests(Badness::Retries),
        Metric::Unrouted => of_requests(Badness::Unrouted),
        Metric::Latency(statistic) => of_requests(match statistic {
            Statistic::Mean => Badness::MeanLatency,
            Statistic::Max => Badness::MaxLatency,
            Statistic::Quantile(q) if q <= 0.5 => Badness::P50,
            Statistic::Quantile(q) if q <= 0.95 => Badness::P95,
            // Within an interval the measured value is the greatest of the windows.
            Statistic::Quantile(q) if q > 0.99 && sla.objective.during.is_some() => Badness::MaxLatency,
            Statistic::Quantile(_) => Badness::P99,
        }),
        Metric::TimeToDetect(_) => detection(ground, sla),
        Metric::TimeToRecover(_) => recovery(ground, sla),
        Metric::FalseAlarms | Metric::HealthyRestarted => mistakes(ground, sla),
        Metric::Cost | Metric::NodesMax => size(ground, sla),
        Metric::NodesMin => capacity(ground, sla, Badness::FewHealthy),
        Metric::QueueMax => capacity(ground, sla, Badness::Waiting),
        Metric::TimeToConverge => healing(ground, sla),
        Metric::ShardsLost | Metric::ReplicasLost => loss(ground, sla),
        Metric::PlansGivenUp => given_up(ground, sla),
    }
}
