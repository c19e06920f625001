//! Choosing by active requests.

use crate::conformance::reading::{millis, read};
use cusinart_policies::balancing::{self, EdfSchedule, ShortestQueue, SlowStart, effective_weight};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn weight(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        weight: f64,
        active_requests: u32,
        active_request_bias: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let weight = effective_weight(inputs.weight, inputs.active_requests, inputs.active_request_bias);
    Ok(json!({ "effective_weight": weight }))
}

pub(super) fn edf_sequence(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        weights: Vec<f64>,
        active_request_bias: f64,
        phases: Vec<Phase>,
    }
    #[derive(Deserialize)]
    struct Phase {
        active_requests: Vec<u32>,
        picks: usize,
    }
    let inputs: Inputs = read(inputs)?;
    let weight =
        |host: usize, active: u32| effective_weight(inputs.weights[host], active, inputs.active_request_bias);
    let mut schedule = EdfSchedule::default();
    for host in 0..inputs.weights.len() {
        schedule.insert(host, weight(host, 0));
    }
    let mut sequences = Vec::new();
    for phase in &inputs.phases {
        let active = |host: usize| phase.active_requests.get(host).copied().unwrap_or(0);
        let picks = (0..phase.picks).map(|_| schedule.pick(|host| weight(host, active(host))));
        sequences.push(picks.collect::<Vec<_>>());
    }
    Ok(json!({ "sequence_per_phase": sequences }))
}

/// The draws of a vector, one after the other.
struct Draws {
    draws: std::vec::IntoIter<u64>,
    short: bool,
}

impl Draws {
    fn new(draws: Vec<u64>) -> Self {
        Self { draws: draws.into_iter(), short: false }
    }

    fn next(&mut self) -> u64 {
        self.draws.next().unwrap_or_else(|| {
            self.short = true;
            0
        })
    }

    fn enough(&self) -> Result<(), String> {
        if self.short { Err("too few draws, expected one for each choice or tie".into()) } else { Ok(()) }
    }
}

pub(super) fn n_choices(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        active_requests: Vec<u32>,
        choice_count: u32,
        random_u64_draws: Vec<u64>,
    }
    let inputs: Inputs = read(inputs)?;
    let active = &inputs.active_requests;
    let mut draws = Draws::new(inputs.random_u64_draws);
    let picked =
        balancing::n_choices(active.len(), inputs.choice_count, |host| active[host], || draws.next());
    draws.enough()?;
    Ok(json!({ "picked": picked }))
}

pub(super) fn full_scan(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        active_requests: Vec<u32>,
        random_u64_draws: Vec<u64>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut draws = Draws::new(inputs.random_u64_draws);
    let picked = balancing::full_scan(inputs.active_requests, || draws.next());
    draws.enough()?;
    Ok(json!({ "picked": picked }))
}

pub(super) fn slow_start(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        in_healthy_state_ms: f64,
        window_ms: f64,
        aggression: f64,
        min_weight_fraction: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let slow_start = SlowStart {
        window: millis(inputs.window_ms),
        aggression: inputs.aggression,
        weight_ratio_min: inputs.min_weight_fraction,
    };
    Ok(json!({ "factor": slow_start.factor(millis(inputs.in_healthy_state_ms)) }))
}

/// FIFO servers that work on one job at a time; the policy says which queue a job joins.
pub(super) fn jsq(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        arrivals: Vec<f64>,
        service_times: Vec<f64>,
        servers: usize,
    }
    let inputs: Inputs = read(inputs)?;
    // Of each server the ends of its jobs, in order of arrival.
    let mut finishes = vec![Vec::<f64>::new(); inputs.servers];
    let (mut queues, mut assignments) = (ShortestQueue::default(), Vec::new());
    for (arrival, service_time) in inputs.arrivals.iter().zip(&inputs.service_times) {
        let unfinished = |jobs: &Vec<f64>| jobs.iter().filter(|finish| **finish > *arrival).count() as u32;
        queues.rebuild(&finishes.iter().map(unfinished).collect::<Vec<_>>());
        let Some(server) = queues.first() else {
            return Err("0 servers, expected at least one".into());
        };
        let free = finishes[server].last().copied().unwrap_or(0.0);
        let finish = free.max(*arrival) + service_time;
        finishes[server].push(finish);
        assignments.push(json!({ "server": server, "finish": finish }));
    }
    Ok(json!({ "assignments": assignments }))
}
