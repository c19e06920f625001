//! Network, node types, services, clients and distributions, written in full.

use super::control;
use super::yaml::Yaml;
use crate::distribution::Distribution;
use crate::model::{
    Arrivals, Call, CallStep, Client, HedgeAfter, Hedging, Jitter, Link, MmppState, NodeType, Patience,
    Place, Provisioning, Queues, RequestDeadline, RetryBudget, Rollout, Scenario, WindowBudget,
};
use crate::units::{bandwidth_text, bytes_text, percent_text, rate_text, seconds_text};
use cusinart_policies::{Instant, Labels};

/// A distribution: a constant as a bare time.
pub(super) fn distribution(distribution: &Distribution) -> Yaml {
    let time = |seconds: &f64| Yaml::text(seconds_text(*seconds));
    let form = |name: &str, params: &[(&str, Yaml)]| {
        Yaml::inline([(name, Yaml::inline(params.iter().map(|(key, value)| (*key, value.clone()))))])
    };
    match distribution {
        Distribution::Constant { value_s } => time(value_s),
        Distribution::Exponential { mean_s } => form("exponential", &[("mean", time(mean_s))]),
        Distribution::Lognormal { mu, sigma } => {
            form("lognormal", &[("mu", Yaml::Number(*mu)), ("sigma", Yaml::Number(*sigma))])
        }
        Distribution::Uniform { min_s, max_s } => {
            form("uniform", &[("min", time(min_s)), ("max", time(max_s))])
        }
        Distribution::Weibull { shape, scale_s } => {
            form("weibull", &[("shape", Yaml::Number(*shape)), ("scale", time(scale_s))])
        }
        Distribution::Pareto { alpha, xmin_s } => {
            form("pareto", &[("alpha", Yaml::Number(*alpha)), ("min", time(xmin_s))])
        }
        Distribution::BoundedPareto { alpha, xmin_s, xmax_s } => form(
            "bounded_pareto",
            &[("alpha", Yaml::Number(*alpha)), ("min", time(xmin_s)), ("max", time(xmax_s))],
        ),
        Distribution::Hyperexponential { p1, mean1_s, mean2_s } => form(
            "hyperexponential",
            &[("p1", Yaml::text(percent_text(*p1))), ("mean1", time(mean1_s)), ("mean2", time(mean2_s))],
        ),
        Distribution::Erlang { k, mean_s } => {
            form("erlang", &[("k", Yaml::Count(u64::from(*k))), ("mean", time(mean_s))])
        }
        Distribution::Empirical { values } => {
            let pair = |(value, weight): &(f64, f64)| Yaml::List(vec![time(value), Yaml::Number(*weight)]);
            form("empirical", &[("values", Yaml::List(values.iter().map(pair).collect()))])
        }
    }
}

/// The network: one link for each kind of pair, and the exceptions.
pub(super) fn network(scenario: &Scenario) -> Yaml {
    let zones = scenario.zones.len();
    let link = |from: usize, to: usize| &scenario.network.links[from * (zones + 1) + to];
    let (within, outside) = (link(0, 0), link(zones, 0));
    let between = if zones > 1 { link(0, 1) } else { within };
    let nothing = Link { latency: Distribution::ZERO, loss: 0.0 };
    let mut exceptions = Vec::new();
    for (from, to) in (0..=zones).flat_map(|from| (0..=zones).map(move |to| (from, to))) {
        let usual = match (from == zones, to == zones) {
            (true, true) => &nothing,
            (true, false) | (false, true) => outside,
            (false, false) if from == to => within,
            (false, false) => between,
        };
        if link(from, to) != usual {
            exceptions.push(Yaml::inline([
                ("from", Yaml::text(zone_name(scenario, from))),
                ("to", Yaml::text(zone_name(scenario, to))),
                ("one_way", Yaml::Flag(true)),
                ("latency", distribution(&link(from, to).latency)),
                ("loss", Yaml::text(percent_text(link(from, to).loss))),
            ]));
        }
    }
    let one = |link: &Link| {
        Yaml::inline([
            ("latency", distribution(&link.latency)),
            ("loss", Yaml::text(percent_text(link.loss))),
        ])
    };
    Yaml::map([
        ("within_zone", one(within)),
        ("between_zones", one(between)),
        ("outside", one(outside)),
        ("links", Yaml::List(exceptions)),
    ])
}

/// A node type under its name.
pub(super) fn node_type(node_type: &NodeType) -> (String, Yaml) {
    let cold_start = node_type.cold_start.map(|cold| {
        let cold = [("for", Yaml::text(cold.lasts)), ("slowdown", Yaml::Number(cold.slowdown))];
        ("cold_start", Yaml::inline(cold))
    });
    let fields = [
        ("workers", Yaml::Count(u64::from(node_type.workers))),
        ("queue", limit(node_type.queue)),
        ("boot_time", distribution(&node_type.boot_time)),
        ("cost_per_hour", Yaml::Number(node_type.cost_per_hour)),
        ("state", Yaml::text(bytes_text(node_type.state_bytes))),
        ("bandwidth", Yaml::text(bandwidth_text(node_type.bandwidth_bytes_per_s))),
        ("transfer_slowdown", Yaml::text(percent_text(node_type.transfer_slowdown))),
        ("speed", speed(&node_type.speeds)),
    ];
    let sharing = node_type.processor_sharing.then_some(("processor_sharing", Yaml::Flag(true)));
    (node_type.name.clone(), Yaml::map(fields.into_iter().chain(cold_start).chain(sharing)))
}

/// The speed of all nodes, or those they take in turn.
fn speed(speeds: &[f64]) -> Yaml {
    match speeds {
        [speed] => Yaml::Number(*speed),
        _ => Yaml::List(speeds.iter().copied().map(Yaml::Number).collect()),
    }
}

/// A service.
pub(super) fn service(scenario: &Scenario, at: usize) -> Yaml {
    let service = &scenario.services[at];
    let config = &scenario.control.cluster.services[at];
    let mut fields = vec![
        ("node_type", Yaml::text(&scenario.node_types[service.node_type].name)),
        ("nodes", Yaml::Count(u64::from(service.nodes))),
        ("zones", Yaml::words(service.zones.iter().map(|zone| zone_name(scenario, zone.index())))),
        ("labels", labels(scenario, service.labels)),
        ("service_time", distribution(&service.service_time)),
        ("errors", Yaml::text(percent_text(service.error_ratio))),
        ("calls", Yaml::List(service.calls.iter().map(|step| call_step(scenario, step)).collect())),
    ];
    if let Some(state) = &service.state {
        let state = Yaml::inline([
            ("shards", Yaml::Count(u64::from(state.shards))),
            ("replicas", Yaml::Count(u64::from(state.replicas))),
            ("shard_size", Yaml::text(bytes_text(state.shard_bytes))),
            ("survives_restart", Yaml::Flag(state.survives_restart)),
        ]);
        fields.push(("state", state));
    }
    // What few scenarios have is written only where it is.
    fields
        .extend(service.concurrency_limit.as_ref().map(|spec| ("concurrency_limit", control::policy(spec))));
    fields.extend(service.queue_discipline.as_ref().map(|spec| ("queue_discipline", control::policy(spec))));
    match service.shared_queue {
        Some(max) => fields.push(("shared_queue", limit(max))),
        None => fields.push(("load_balancer", control::balancer(scenario, &config.balancer))),
    }
    fields.push(("auto_scaler", control::scaler(config.auto_scaler.as_ref())));
    Yaml::map(fields)
}

/// Where nodes come from.
pub(super) fn provisioning(rules: &Provisioning) -> Yaml {
    let queues = match rules.queues {
        Queues::Shared => "shared",
        Queues::PerZone => "per_zone",
    };
    Yaml::map([
        ("takes", distribution(&rules.takes)),
        ("at_once", Yaml::Count(rules.at_once.into())),
        ("queues", Yaml::text(queues)),
        ("fails", Yaml::text(percent_text(rules.fail_ratio))),
    ])
}

/// Calls that are made at the same time.
fn call_step(scenario: &Scenario, step: &CallStep) -> Yaml {
    let made: u32 = step.calls.iter().map(|call| u32::from(call.fan_out)).sum();
    let need = (u32::from(step.need) != made).then_some(("need", Yaml::Count(step.need.into())));
    match step.calls.as_slice() {
        [only] => Yaml::map(call(scenario, only).into_iter().chain(need)),
        calls => {
            let inside = calls.iter().map(|inner| Yaml::map(call(scenario, inner))).collect();
            Yaml::map([("parallel", Yaml::List(inside))].into_iter().chain(need))
        }
    }
}

fn call(scenario: &Scenario, call: &Call) -> Vec<(&'static str, Yaml)> {
    let mut fields = vec![("service", Yaml::text(&scenario.services[call.service.index()].name))];
    // What few calls have is written only where it is.
    fields.extend((call.fan_out != 1).then_some(("fan_out", Yaml::Count(call.fan_out.into()))));
    let probability = Yaml::text(percent_text(call.probability));
    fields.extend((call.probability != 1.0).then_some(("probability", probability)));
    fields.extend(call.cache.map(|cache| {
        let cache = [
            ("hit_rate", Yaml::text(percent_text(cache.hit_ratio))),
            ("entries", Yaml::Count(cache.entries.into())),
            ("cold", Yaml::Flag(cache.cold)),
        ];
        ("cache", Yaml::inline(cache))
    }));
    fields.extend(patience(&call.patience));
    fields
}

/// A client under its name.
pub(super) fn client(scenario: &Scenario, client: &Client) -> (String, Yaml) {
    let mut fields = vec![
        ("service", Yaml::text(&scenario.services[client.service.index()].name)),
        ("from", Yaml::text(place_name(scenario, client.place))),
        ("labels", labels(scenario, client.labels)),
        ("arrivals", arrivals(&client.arrivals)),
    ];
    fields.extend(client.requests_max.map(|max| ("requests", Yaml::Count(u64::from(max)))));
    fields.extend(patience(&client.patience));
    (client.name.clone(), Yaml::map(fields))
}

fn arrivals(arrivals: &Arrivals) -> Yaml {
    match arrivals {
        Arrivals::Poisson(curve) => {
            let stage = |(at, rate): &(Instant, f64)| {
                Yaml::inline([("at", Yaml::text(at)), ("rate", Yaml::text(rate_text(*rate)))])
            };
            let stages = Yaml::List(curve.points.iter().map(stage).collect());
            Yaml::map([("poisson", Yaml::map([("stages", stages)]))])
        }
        Arrivals::Renewal(gaps) => Yaml::map([("renewal", distribution(gaps))]),
        Arrivals::Mmpp(states) => {
            let state = |state: &MmppState| {
                let rate = Yaml::text(rate_text(state.rate));
                Yaml::inline([("rate", rate), ("mean_hold", Yaml::text(state.mean_hold))])
            };
            Yaml::map([("mmpp", Yaml::List(states.iter().map(state).collect()))])
        }
        Arrivals::ClosedLoop { clients, think } => {
            let clients = Yaml::Count(u64::from(*clients));
            Yaml::map([("closed_loop", Yaml::inline([("clients", clients), ("think", distribution(think))]))])
        }
    }
}

/// A rolling update.
pub(super) fn rollout(scenario: &Scenario, rollout: &Rollout) -> Yaml {
    Yaml::inline([
        ("at", Yaml::text(rollout.at)),
        ("service", Yaml::text(&scenario.services[rollout.service.index()].name)),
        ("max_surge", control::count_or_percent(rollout.max_surge)),
        ("max_unavailable", control::count_or_percent(rollout.max_unavailable)),
    ])
}

/// The name of a place.
pub(super) fn place_name(scenario: &Scenario, place: Place) -> &str {
    match place {
        Place::Zone(zone) => zone_name(scenario, zone.index()),
        Place::Outside => "outside",
    }
}

/// A count, or that there is no limit.
pub(super) fn limit(count: u32) -> Yaml {
    if count == u32::MAX { Yaml::text("unlimited") } else { Yaml::Count(u64::from(count)) }
}

/// The name of a row of links.
fn zone_name(scenario: &Scenario, row: usize) -> &str {
    scenario.zones.get(row).map_or("outside", String::as_str)
}

fn labels(scenario: &Scenario, labels: Labels) -> Yaml {
    let carried = scenario.labels.iter().enumerate().filter(|(bit, _)| labels.0 >> bit & 1 == 1);
    Yaml::words(carried.map(|(_, name)| name))
}

fn hedging(hedging: &Hedging) -> Yaml {
    let after = match hedging.after {
        HedgeAfter::Time(after) => Yaml::text(after),
        HedgeAfter::Percentile(percent) => Yaml::text(format_args!("p{percent}")),
    };
    let max = Yaml::Count(u64::from(hedging.max));
    Yaml::inline([("after", after), ("max", max), ("budget", budget(hedging.budget.as_ref()))])
}

/// A budget of further tries, or that there is none.
fn budget(budget: Option<&RetryBudget>) -> Yaml {
    budget.map_or_else(|| Yaml::text("unlimited"), retry_budget)
}

fn retry_budget(budget: &RetryBudget) -> Yaml {
    let window = |budget: &WindowBudget| {
        Yaml::inline([
            ("ttl", Yaml::text(budget.ttl)),
            ("min_per_second", Yaml::Count(u64::from(budget.min_per_second))),
            ("share", Yaml::text(percent_text(budget.share))),
        ])
    };
    let (library, fields) = match budget {
        RetryBudget::Ratio { ratio, burst } => {
            let ratio = ("ratio", Yaml::text(percent_text(*ratio)));
            return Yaml::inline([ratio, ("burst", Yaml::Number(*burst))]);
        }
        RetryBudget::Finagle(budget) => ("finagle", window(budget)),
        RetryBudget::Tower(budget) => ("tower", window(budget)),
        RetryBudget::Grpc { max_tokens, token_ratio } => {
            let ratio = ("token_ratio", Yaml::Number(*token_ratio));
            ("grpc", Yaml::inline([("max_tokens", Yaml::Number(*max_tokens)), ratio]))
        }
    };
    Yaml::inline([(library, fields)])
}

/// The keys `timeout` and `retries`, and those of breaker, hedges and deadline where there are such.
fn patience(patience: &Patience) -> Vec<(&'static str, Yaml)> {
    let jitter = match patience.jitter {
        Jitter::None => "none",
        Jitter::Full => "full",
        Jitter::Equal => "equal",
    };
    let backoff = Yaml::inline([
        ("initial", Yaml::text(patience.backoff_initial)),
        ("factor", Yaml::Number(patience.backoff_factor)),
        ("max", Yaml::text(patience.backoff_max)),
        ("jitter", Yaml::text(jitter)),
    ]);
    let budget = budget(patience.retry_budget.as_ref());
    let retries = Yaml::inline([
        ("max", Yaml::Count(u64::from(patience.retries_max))),
        ("backoff", backoff),
        ("budget", budget),
    ]);
    let timeout = patience.timeout.map_or_else(|| Yaml::text("none"), Yaml::text);
    let mut fields = vec![("timeout", timeout), ("retries", retries)];
    fields.extend(patience.in_queue.as_ref().map(|law| ("patience", distribution(law))));
    fields.extend(patience.breaker.as_ref().map(|spec| ("breaker", control::policy(spec))));
    fields.extend(patience.hedging.as_ref().map(|hedges| ("hedging", hedging(hedges))));
    fields.extend(patience.deadline.map(|RequestDeadline { after, propagate }| {
        ("deadline", Yaml::inline([("after", Yaml::text(after)), ("propagate", Yaml::Flag(propagate))]))
    }));
    fields
}
