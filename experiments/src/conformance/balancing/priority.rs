//! Levels of priority and zones.

use crate::conformance::reading::read;
use cusinart_policies::balancing::{
    Availability, LevelHosts, PriorityLimits, PriorityLoad, ZoneRouting, priority_load, zone_routing,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn load(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        levels: Vec<Level>,
        healthy_panic_threshold_pct: f64,
        overprovisioning_factor_pct: u32,
    }
    #[derive(Deserialize)]
    struct Level {
        hosts: u32,
        healthy: u32,
        #[serde(default)]
        degraded: u32,
        #[serde(default)]
        excluded: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let level = |level: &Level| LevelHosts {
        hosts: level.hosts,
        healthy: level.healthy,
        degraded: level.degraded,
        excluded: level.excluded,
    };
    let levels: Vec<LevelHosts> = inputs.levels.iter().map(level).collect();
    let limits = PriorityLimits {
        overprovisioning_pct: inputs.overprovisioning_factor_pct,
        panic_threshold_pct: inputs.healthy_panic_threshold_pct,
    };
    let load = priority_load(&levels, &limits);
    Ok(json!({
        "healthy_load_pct": load.healthy_pct,
        "degraded_load_pct": load.degraded_pct,
        "panic": load.panic,
    }))
}

pub(super) fn choose(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        hash_u64: u64,
        healthy_load_pct: Vec<u32>,
        degraded_load_pct: Vec<u32>,
    }
    let inputs: Inputs = read(inputs)?;
    let load = PriorityLoad {
        panic: vec![false; inputs.healthy_load_pct.len()],
        healthy_pct: inputs.healthy_load_pct,
        degraded_pct: inputs.degraded_load_pct,
    };
    let (level, availability) = load.choose(inputs.hash_u64);
    let availability = match availability {
        Availability::Healthy => "healthy",
        Availability::Degraded => "degraded",
    };
    Ok(json!({ "priority": level, "availability": availability }))
}

pub(super) fn zone_aware(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        local_proxies_per_zone: Vec<u64>,
        healthy_upstreams_per_zone: Vec<u64>,
        min_cluster_size: u64,
    }
    let inputs: Inputs = read(inputs)?;
    let (senders, nodes) = (&inputs.local_proxies_per_zone, &inputs.healthy_upstreams_per_zone);
    Ok(match zone_routing(senders, nodes, inputs.min_cluster_size) {
        ZoneRouting::Off => json!({ "mode": "none" }),
        ZoneRouting::AllLocal => json!({ "mode": "all_local" }),
        ZoneRouting::Residual { local_share, room } => json!({
            "mode": "residual",
            "local_percent_to_route_x100": local_share,
            "residual_capacity": room,
        }),
    })
}
