//! Adapters of the vectors of supervisors.

use super::super::Family;
use super::super::reading::{at_s, read};
use cusinart_policies::recovery::{
    ExitReason, RestartIntensity, RestartType, SupervisionStrategy, SupervisorDecision, restart_order,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const ADAPTERS: Family = &[
    ("supervisor.intensity", intensity),
    ("supervisor.strategy", strategy),
    ("supervisor.restart_type", restart_type),
];

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Type {
    Permanent,
    Transient,
    Temporary,
}

impl Type {
    fn of_policy(self) -> RestartType {
        match self {
            Self::Permanent => RestartType::Permanent,
            Self::Transient => RestartType::Transient,
            Self::Temporary => RestartType::Temporary,
        }
    }
}

fn intensity(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        intensity: u32,
        period_s: u64,
        crash_times_s: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut supervisor = RestartIntensity::new(inputs.intensity, inputs.period_s);
    let decisions = inputs.crash_times_s.into_iter().map(|at| match supervisor.crash(at_s(at)) {
        SupervisorDecision::Restart => "restart",
        SupervisorDecision::Terminate => "terminate_supervisor",
        SupervisorDecision::AlreadyTerminated => "already_terminated",
    });
    Ok(json!({ "decisions": decisions.collect::<Vec<_>>() }))
}

fn strategy(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        strategy: Strategy,
        children_in_start_order: Vec<String>,
        restart_types: BTreeMap<String, Type>,
        failed_child: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Strategy {
        OneForOne,
        RestForOne,
        OneForAll,
    }
    let inputs: Inputs = read(inputs)?;
    let names = &inputs.children_in_start_order;
    let children: Vec<RestartType> = names
        .iter()
        .map(|name| inputs.restart_types.get(name).map_or(RestartType::Permanent, |of| of.of_policy()))
        .collect();
    let failed = names.iter().position(|name| *name == inputs.failed_child);
    let failed = failed.ok_or_else(|| format!("no child {:?}", inputs.failed_child))?;
    let strategy = match inputs.strategy {
        Strategy::OneForOne => SupervisionStrategy::OneForOne,
        Strategy::RestForOne => SupervisionStrategy::RestForOne,
        Strategy::OneForAll => SupervisionStrategy::OneForAll,
    };
    let order = restart_order(strategy, &children, failed);
    let named = |children: Vec<usize>| children.into_iter().map(|child| &names[child]).collect::<Vec<_>>();
    Ok(json!({ "stopped_in_order": named(order.stopped), "started_in_order": named(order.started) }))
}

fn restart_type(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        restart_type: Type,
        exit_reason: Reason,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Reason {
        Normal,
        Shutdown,
        Abnormal,
    }
    let inputs: Inputs = read(inputs)?;
    let reason = match inputs.exit_reason {
        Reason::Normal => ExitReason::Normal,
        Reason::Shutdown => ExitReason::Shutdown,
        Reason::Abnormal => ExitReason::Abnormal,
    };
    Ok(json!({ "restart": inputs.restart_type.of_policy().restarts(reason) }))
}
