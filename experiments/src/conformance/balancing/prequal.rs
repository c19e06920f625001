//! Prequal.

use crate::conformance::reading::{at_ms, millis, read};
use cusinart_policies::NodeId;
use cusinart_policies::balancing::{
    Probe, ProbePool, ProbePoolLimits, ReuseSizes, RifSample, Temperature, randomized_round, reuse_budget,
    select_probe, worst_probe,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Entry {
    replica: u32,
    rif: u32,
    latency_ms: f64,
    #[serde(default)]
    received_at_ms: f64,
}

impl Entry {
    fn probe(&self) -> Probe {
        Probe {
            node: NodeId(self.replica),
            in_flight: self.rif,
            latency: millis(self.latency_ms),
            received: at_ms(self.received_at_ms),
            uses: 1,
        }
    }
}

/// A number, or `"inf"`, `"unbounded"`.
#[derive(Clone, Copy, Deserialize)]
struct Real(#[serde(deserialize_with = "real")] f64);

fn real<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Word(Word),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Inf,
        Unbounded,
    }
    Ok(match Written::deserialize(input)? {
        Written::Number(number) => number,
        Written::Word(Word::Inf | Word::Unbounded) => f64::INFINITY,
    })
}

pub(super) fn select(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        pool: Vec<Entry>,
        theta_rif: Real,
        eligible_replicas: Option<Vec<u32>>,
    }
    let inputs: Inputs = read(inputs)?;
    let probes: Vec<Probe> = inputs.pool.iter().map(Entry::probe).collect();
    let is_eligible =
        |node: NodeId| inputs.eligible_replicas.as_ref().is_none_or(|replicas| replicas.contains(&node.0));
    let selected = select_probe(&probes, inputs.theta_rif.0, is_eligible);
    let class = selected.map(|(_, temperature)| match temperature {
        Temperature::Hot => "hot",
        Temperature::Cold => "cold",
    });
    Ok(json!({ "replica": selected.map(|(position, _)| probes[position].node.0), "class": class }))
}

pub(super) fn remove_worst(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        pool: Vec<Entry>,
        theta_rif: Real,
    }
    let inputs: Inputs = read(inputs)?;
    let probes: Vec<Probe> = inputs.pool.iter().map(Entry::probe).collect();
    let worst = worst_probe(&probes, inputs.theta_rif.0);
    Ok(json!({ "removed_replica": worst.map(|position| probes[position].node.0) }))
}

pub(super) fn rif_quantile(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        rif_samples: Vec<u32>,
        q_rif: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let mut sample = RifSample::new(inputs.rif_samples.len());
    inputs.rif_samples.iter().for_each(|rif| sample.add(*rif));
    Ok(json!({ "theta_rif": sample.quantile(inputs.q_rif) }))
}

pub(super) fn reuse(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        replicas_n: f64,
        pool_size_m: f64,
        r_probe: f64,
        r_remove: f64,
        delta: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let budget = reuse_budget(&ReuseSizes {
        nodes: inputs.replicas_n,
        pool_size: inputs.pool_size_m,
        probe_rate: inputs.r_probe,
        remove_rate: inputs.r_remove,
        delta: inputs.delta,
    });
    Ok(json!({ "b_reuse": if budget.is_finite() { json!(budget) } else { json!("unbounded") } }))
}

pub(super) fn rounding(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        b_reuse: Real,
        u01: f64,
    }
    let inputs: Inputs = read(inputs)?;
    Ok(json!({ "uses": randomized_round(inputs.b_reuse.0, inputs.u01) }))
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum PoolOp {
    ProbeResponse { t_ms: f64, replica: u32, rif: u32, latency_ms: f64 },
    Query { t_ms: f64, theta_rif: Real },
    RemoveOne { t_ms: f64, theta_rif: Real },
}

pub(super) fn pool_timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        config: Config,
        ops: Vec<PoolOp>,
    }
    #[derive(Deserialize)]
    struct Config {
        pool_size: usize,
        max_age_ms: f64,
        uses_per_probe: u32,
        min_pool_for_hcl: usize,
    }
    let Inputs { config, ops } = read(inputs)?;
    let mut pool = ProbePool::new(ProbePoolLimits {
        size: config.pool_size,
        age_max: millis(config.max_age_ms),
        probes_min: config.min_pool_for_hcl,
    });
    let mut after_each = Vec::new();
    for op in ops {
        let mut row = match op {
            PoolOp::ProbeResponse { t_ms, replica, rif, latency_ms } => {
                let entry = Entry { replica, rif, latency_ms, received_at_ms: t_ms };
                pool.add(Probe { uses: config.uses_per_probe, ..entry.probe() });
                json!({ "t_ms": t_ms })
            }
            PoolOp::Query { t_ms, theta_rif } => {
                let picked = pool.take(at_ms(t_ms), theta_rif.0).map(|node| node.0);
                json!({ "t_ms": t_ms, "picked": picked, "fallback": picked.is_none() })
            }
            PoolOp::RemoveOne { t_ms, theta_rif } => {
                pool.remove_one(theta_rif.0);
                json!({ "t_ms": t_ms })
            }
        };
        row["pool"] = pool.probes().iter().map(|probe| probe.node.0).collect();
        after_each.push(row);
    }
    Ok(json!({ "after_each": after_each }))
}
