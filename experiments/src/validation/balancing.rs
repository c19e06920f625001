//! Balancing: servers with a queue each.

use super::case::Case;
use super::experiment::{Experiment, Family};
use super::queueing::{enough_s, exponential, poisson, station};
use super::station::{NO_CONTROL, Station, time};
use serde::Deserialize;
use std::fmt::Write as _;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("rr_split", |case, requests| split(case, requests, "{ round_robin: {} }", Total::Given)),
    ("random_split", |case, requests| split(case, requests, "{ random: {} }", Total::Given)),
    ("jsq_exact", |case, requests| split(case, requests, "{ join_shortest_queue: {} }", Total::Given)),
    ("weighted_split", weighted_split),
    ("jsqd", of_choices),
    ("jsqd_finite", of_choices),
];

/// Whether the rate of the model is that of all servers or of each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Total {
    Given,
    PerServer,
}

#[derive(Deserialize)]
struct Split {
    n: u32,
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
}

fn split(case: &Case, requests: u64, balancer: &str, total: Total) -> Result<Experiment, String> {
    let model: Split = case.model()?;
    let rate = match total {
        Total::Given => model.arrival_rate_per_s,
        Total::PerServer => model.arrival_rate_per_s * f64::from(model.n),
    };
    Station {
        nodes: model.n,
        service_time: exponential(model.service_rate_per_s),
        arrivals: poisson(rate),
        balancer: balancer.to_owned(),
        duration_s: enough_s(requests, rate, 1.0 / model.service_rate_per_s),
        ..station(1, requests)
    }
    .experiment(case)
}

#[derive(Deserialize)]
struct Choices {
    choices: u32,
    sampling: Sampling,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sampling {
    WithReplacement,
    WithoutReplacement,
}

fn of_choices(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Choices = case.model()?;
    let replacement = matches!(model.sampling, Sampling::WithReplacement);
    let balancer =
        format!("{{ power_of_two: {{ choices: {}, replacement: {replacement} }} }}", model.choices);
    split(case, requests, &balancer, Total::PerServer)
}

#[derive(Deserialize)]
struct Weighted {
    arrival_rate_per_s: f64,
    servers: Vec<Server>,
}

#[derive(Deserialize)]
struct Server {
    weight: f64,
    service_rate_per_s: f64,
}

/// A Poisson process whose requests choose a server at random is a Poisson process for each server, independent of the
/// others: each server is a service with a client of its own.
fn weighted_split(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Weighted = case.model()?;
    let total: f64 = model.servers.iter().map(|server| server.weight).sum();
    let slowest = model.servers.iter().map(|server| server.service_rate_per_s).fold(f64::INFINITY, f64::min);
    let (mut services, mut clients) = (String::new(), String::new());
    for (number, server) in model.servers.iter().enumerate() {
        let (name, rate) = (format!("server{number}"), server.weight / total * model.arrival_rate_per_s);
        let _ = write!(services, "  {name}:\n    node_type: server\n    nodes: 1\n");
        let _ = writeln!(services, "    service_time: {}", exponential(server.service_rate_per_s));
        let _ = write!(clients, "  to_{name}:\n    service: {name}\n    arrivals: {}\n", poisson(rate));
    }
    let name: String = case.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let duration = time(enough_s(requests, model.arrival_rate_per_s, 1.0 / slowest));
    let text = format!(
        "version: 1\nname: {name}\nduration: {duration}\nzones: [z]\nnode_types:\n  server: {{ workers: 1 }}\n\
         services:\n{services}clients:\n{clients}{NO_CONTROL}"
    );
    let servers = model.servers.len() as f64;
    super::station::from_journal(case, &text, requests, servers)
}
