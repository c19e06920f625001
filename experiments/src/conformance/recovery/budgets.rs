//! Adapters of the vectors of disruption budgets and rolling updates.

use super::super::Family;
use super::super::reading::{NodeAmount, read};
use cusinart_policies::recovery::{HealthyMin, disruptions_allowed, rolling_bounds};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family =
    &[("pdb.disruptions_allowed", pdb), ("rolling_update.bounds", rolling_update)];

fn pdb(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        expected_pods: u32,
        healthy_pods: u32,
        min_available: Option<NodeAmount>,
        max_unavailable: Option<NodeAmount>,
    }
    let inputs: Inputs = read(inputs)?;
    let least = match (inputs.min_available, inputs.max_unavailable) {
        (Some(least), _) => HealthyMin::AtLeast(least.0),
        (None, Some(most)) => HealthyMin::AllBut(most.0),
        (None, None) => return Err("neither min_available nor max_unavailable".into()),
    };
    Ok(json!({
        "desired_healthy": least.of(inputs.expected_pods),
        "disruptions_allowed": disruptions_allowed(least, inputs.expected_pods, inputs.healthy_pods),
    }))
}

fn rolling_update(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        replicas: u32,
        max_surge: NodeAmount,
        max_unavailable: NodeAmount,
    }
    let inputs: Inputs = read(inputs)?;
    let bounds = rolling_bounds(inputs.replicas, inputs.max_surge.0, inputs.max_unavailable.0);
    Ok(json!({ "max_total_pods": bounds.total_max, "min_available_pods": bounds.available_min }))
}
