//! Stations: the scenarios that models of queueing theory become.

use super::case::Case;
use super::experiment::Experiment;
use super::journal::Journal;
use cusinart_report::replication_seed;
use cusinart_scenarios::{Overlay, Scenario, parse};
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

/// A distribution as the cases write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Law {
    Exponential { mean_s: f64 },
    Deterministic { mean_s: f64 },
    Lognormal { mean_s: f64, cv: f64 },
    Hyperexp2 { p1: f64, mean1_s: f64, mean2_s: f64 },
    Pareto { alpha: f64, xmin_s: f64 },
    BoundedPareto { alpha: f64, xmin_s: f64, xmax_s: f64 },
    Erlang { k: u32, mean_s: f64 },
    Uniform { min_s: f64, max_s: f64 },
    Weibull { shape: f64, mean_s: f64 },
    BimodalExponential { p_slow: f64, mean_fast_s: f64, mean_slow_s: f64 },
}

impl Law {
    /// As it stands in a scenario.
    pub(super) fn yaml(&self) -> String {
        let percent = |share: f64| format!("{}%", share * 100.0);
        match *self {
            Self::Exponential { mean_s } => format!("{{ exponential: {{ mean: {mean_s}s }} }}"),
            Self::Deterministic { mean_s } => format!("{mean_s}s"),
            Self::Lognormal { mean_s, cv } => format!("{{ lognormal: {{ mean: {mean_s}s, cv: {cv} }} }}"),
            Self::Hyperexp2 { p1, mean1_s, mean2_s } => format!(
                "{{ hyperexponential: {{ p1: {}, mean1: {mean1_s}s, mean2: {mean2_s}s }} }}",
                percent(p1)
            ),
            Self::BimodalExponential { p_slow, mean_fast_s, mean_slow_s } => format!(
                "{{ hyperexponential: {{ p1: {}, mean1: {mean_slow_s}s, mean2: {mean_fast_s}s }} }}",
                percent(p_slow)
            ),
            Self::Pareto { alpha, xmin_s } => format!("{{ pareto: {{ alpha: {alpha}, min: {xmin_s}s }} }}"),
            Self::BoundedPareto { alpha, xmin_s, xmax_s } => {
                format!("{{ bounded_pareto: {{ alpha: {alpha}, min: {xmin_s}s, max: {xmax_s}s }} }}")
            }
            Self::Erlang { k, mean_s } => format!("{{ erlang: {{ k: {k}, mean: {mean_s}s }} }}"),
            Self::Uniform { min_s, max_s } => format!("{{ uniform: {{ min: {min_s}s, max: {max_s}s }} }}"),
            Self::Weibull { shape, mean_s } => {
                format!("{{ weibull: {{ shape: {shape}, mean: {mean_s}s }} }}")
            }
        }
    }

    /// The same law in another unit of time.
    pub(super) fn scaled(&self, unit: f64) -> Self {
        match *self {
            Self::Exponential { mean_s } => Self::Exponential { mean_s: mean_s * unit },
            Self::Deterministic { mean_s } => Self::Deterministic { mean_s: mean_s * unit },
            Self::Lognormal { mean_s, cv } => Self::Lognormal { mean_s: mean_s * unit, cv },
            Self::Hyperexp2 { p1, mean1_s, mean2_s } => {
                Self::Hyperexp2 { p1, mean1_s: mean1_s * unit, mean2_s: mean2_s * unit }
            }
            Self::Pareto { alpha, xmin_s } => Self::Pareto { alpha, xmin_s: xmin_s * unit },
            Self::BoundedPareto { alpha, xmin_s, xmax_s } => {
                Self::BoundedPareto { alpha, xmin_s: xmin_s * unit, xmax_s: xmax_s * unit }
            }
            Self::Erlang { k, mean_s } => Self::Erlang { k, mean_s: mean_s * unit },
            Self::Uniform { min_s, max_s } => Self::Uniform { min_s: min_s * unit, max_s: max_s * unit },
            Self::Weibull { shape, mean_s } => Self::Weibull { shape, mean_s: mean_s * unit },
            Self::BimodalExponential { p_slow, mean_fast_s, mean_slow_s } => Self::BimodalExponential {
                p_slow,
                mean_fast_s: mean_fast_s * unit,
                mean_slow_s: mean_slow_s * unit,
            },
        }
    }

    /// The probability of a time of at most `x` seconds; `None` where no formula stands here.
    pub(super) fn cdf(&self, x: f64) -> Option<f64> {
        let exponential = |mean: f64| -libm::expm1(-x / mean);
        Some(match *self {
            Self::Exponential { mean_s } => exponential(mean_s),
            Self::Lognormal { mean_s, cv } => {
                let sigma2 = libm::log1p(cv * cv);
                let mu = libm::log(mean_s) - sigma2 / 2.0;
                libm::erfc((mu - libm::log(x)) / libm::sqrt(2.0 * sigma2)) / 2.0
            }
            Self::Hyperexp2 { p1, mean1_s, mean2_s } => {
                p1 * exponential(mean1_s) + (1.0 - p1) * exponential(mean2_s)
            }
            Self::BimodalExponential { p_slow, mean_fast_s, mean_slow_s } => {
                p_slow * exponential(mean_slow_s) + (1.0 - p_slow) * exponential(mean_fast_s)
            }
            Self::Pareto { alpha, xmin_s } => 1.0 - libm::pow((xmin_s / x).min(1.0), alpha),
            Self::BoundedPareto { alpha, xmin_s, xmax_s } => {
                let tail = libm::pow((xmin_s / x).min(1.0), alpha);
                (1.0 - tail) / (1.0 - libm::pow(xmin_s / xmax_s, alpha))
            }
            Self::Uniform { min_s, max_s } => ((x - min_s) / (max_s - min_s)).clamp(0.0, 1.0),
            Self::Weibull { shape, mean_s } => {
                let scale = mean_s / libm::tgamma(1.0 + 1.0 / shape);
                -libm::expm1(-libm::pow(x / scale, shape))
            }
            Self::Erlang { k, mean_s } => {
                let y = x * f64::from(k) / mean_s;
                let mut term = libm::exp(-y);
                let mut tail = 0.0;
                for stage in 0..k {
                    tail += term;
                    term *= y / f64::from(stage + 1);
                }
                1.0 - tail
            }
            Self::Deterministic { .. } => return None,
        })
    }

    /// Its mean in seconds.
    pub(super) fn mean_s(&self) -> f64 {
        match *self {
            Self::Exponential { mean_s }
            | Self::Deterministic { mean_s }
            | Self::Lognormal { mean_s, .. }
            | Self::Erlang { mean_s, .. }
            | Self::Weibull { mean_s, .. } => mean_s,
            Self::Hyperexp2 { p1, mean1_s, mean2_s } => p1 * mean1_s + (1.0 - p1) * mean2_s,
            Self::BimodalExponential { p_slow, mean_fast_s, mean_slow_s } => {
                p_slow * mean_slow_s + (1.0 - p_slow) * mean_fast_s
            }
            Self::Pareto { alpha, xmin_s } => alpha * xmin_s / (alpha - 1.0),
            Self::BoundedPareto { xmin_s, xmax_s, .. } => (xmin_s * xmax_s).sqrt(),
            Self::Uniform { min_s, max_s } => (min_s + max_s) / 2.0,
        }
    }
}

/// Nodes of one kind and the client that sends to them, on a network that costs nothing.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub(super) nodes: u32,
    pub(super) workers: u32,
    /// Requests that may wait at a node; `None` is without limit.
    pub(super) queue: Option<u32>,
    /// Fields of the node type beside those above.
    pub(super) node_type: String,
    /// Whether all nodes share one queue.
    pub(super) shared_queue: bool,
    /// As in a scenario.
    pub(super) service_time: String,
    /// As in a scenario.
    pub(super) arrivals: String,
    pub(super) requests: u64,
    /// As in a scenario; nothing for a single node.
    pub(super) balancer: String,
    /// Fields of the client beside those above.
    pub(super) client: String,
    /// Fields of the scenario beside those below.
    pub(super) more: String,
    /// More than enough for all requests to end.
    pub(super) duration_s: f64,
}

/// Requests without limit.
pub(super) const FOR_EVER: u64 = u32::MAX as u64;
/// Workers without limit.
pub(super) const ALL: u32 = u32::MAX - 1;

/// A control plane that looks so rarely that it does nothing within the time of a model.
pub(super) const NO_CONTROL: &str =
    "control:\n  health_monitor: { period: 8760h }\n  metrics: { period: 8760h }\n";

impl Station {
    /// The scenario of a case.
    pub(super) fn yaml(&self, case: &Case) -> String {
        let name: String = case.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let queue = self.queue.map_or_else(|| "unlimited".to_owned(), |queue| queue.to_string());
        let mut text = format!("version: 1\nname: {name}\n");
        let _ = writeln!(text, "description: The model `{}` of the validation cases.", case.family);
        let _ = writeln!(text, "duration: {}\nzones: [z]", time(self.duration_s));
        let _ = writeln!(
            text,
            "node_types:\n  server: {{ workers: {}, queue: {queue}{} }}",
            self.workers, self.node_type
        );
        let _ = writeln!(text, "services:\n  station:\n    node_type: server\n    nodes: {}", self.nodes);
        let _ = writeln!(text, "    service_time: {}", self.service_time);
        if self.shared_queue {
            let _ = writeln!(text, "    shared_queue: unlimited");
        }
        let _ = writeln!(text, "clients:\n  source:\n    service: station");
        if self.requests < FOR_EVER {
            let _ = writeln!(text, "    requests: {}", self.requests);
        }
        let _ = writeln!(text, "    arrivals: {}", self.arrivals);
        text += &self.client;
        text += NO_CONTROL;
        if !self.balancer.is_empty() {
            let _ = writeln!(text, "  load_balancer: {}", self.balancer);
        }
        text + &self.more
    }

    /// The experiment that reads the numbers of a case from the journal of a run.
    pub(super) fn experiment(self, case: &Case) -> Result<Experiment, String> {
        let servers = f64::from(self.nodes) * f64::from(self.workers);
        from_journal(case, &self.yaml(case), self.requests, servers)
    }
}

/// The experiment that reads the numbers of a case from the journal of so many requests to so many servers.
pub(super) fn from_journal(
    case: &Case,
    text: &str,
    requests: u64,
    servers: f64,
) -> Result<Experiment, String> {
    let (text, scenario) = read(case, text)?;
    let metrics = known_metrics(case);
    let replicate = move |seed: u64| {
        let journal = Journal::of(&with_seed(&scenario, seed), requests as usize)?;
        let of = |metric: &String| {
            let number = journal.number(metric, servers);
            number.map(|number| (metric.clone(), number.into())).ok_or(format!("no metric `{metric}`"))
        };
        metrics.iter().map(of).collect()
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

/// The names of the metrics of a case that are to be measured, each once.
pub(super) fn known_metrics(case: &Case) -> Vec<String> {
    let mut metrics: Vec<String> = Vec::new();
    for expected in case.expected.iter().filter(|expected| expected.kind != super::case::Kind::Information) {
        if !metrics.contains(&expected.metric) {
            metrics.push(expected.metric.clone());
        }
    }
    metrics
}

/// A scenario that was made of a case, with its text.
pub(super) fn read(case: &Case, text: &str) -> Result<(String, Scenario), String> {
    let scenario = parse(&case.id, text, Path::new("."), &Overlay::default());
    scenario.map(|scenario| (text.to_owned(), scenario)).map_err(|error| error.to_string())
}

/// The same scenario with another seed.
pub(super) fn with_seed(scenario: &Scenario, seed: u64) -> Scenario {
    Scenario { seed, ..scenario.clone() }
}

/// The seed of a part of a replication.
pub(super) fn part_seed(seed: u64, part: u64) -> u64 {
    replication_seed(seed ^ part.rotate_left(32), 0)
}

/// A time as in a scenario, to the nanosecond.
pub(super) fn time(seconds: f64) -> String {
    format!("{seconds:.9}s")
}
