//! Adapters of the vectors of CoDel.

use super::super::Family;
use super::super::reading::{at_ms, in_millis, millis, read};
use cusinart_policies::Instant;
use cusinart_policies::overload::{Codel, CodelSettings, Head, codel_control_law};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;

pub(super) const ADAPTERS: Family = &[("codel.control_law", control_law), ("codel.timeline", timeline)];

fn control_law(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        t_ms: f64,
        interval_ms: f64,
        count: u32,
    }
    let inputs: Inputs = read(inputs)?;
    Ok(json!({ "next_ms": codel_control_law(inputs.t_ms, inputs.interval_ms, inputs.count) }))
}

fn timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        target_ms: f64,
        interval_ms: f64,
        arrivals_ms: Vec<f64>,
        dequeue_times_ms: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let settings = CodelSettings { target: millis(inputs.target_ms), interval: millis(inputs.interval_ms) };
    let mut codel = Codel::new(settings);
    let mut arrivals = inputs.arrivals_ms.into_iter().map(at_ms).peekable();
    let queue = RefCell::new(VecDeque::<Instant>::new());
    let take = || {
        let mut queue = queue.borrow_mut();
        let arrived = queue.pop_front()?;
        Some(Head { item: arrived, arrived, last: queue.is_empty() })
    };
    let (mut served, mut drop_events, mut total) = (Vec::new(), Vec::new(), 0);
    for now in inputs.dequeue_times_ms.into_iter().map(at_ms) {
        while let Some(arrived) = arrivals.next_if(|&arrived| arrived <= now) {
            queue.borrow_mut().push_back(arrived);
        }
        let mut dropped = Vec::new();
        let item = codel.dequeue(now, take, |item| dropped.push(name(item)));
        served.extend(item.map(name));
        if !dropped.is_empty() {
            total += dropped.len();
            drop_events.push(json!({ "t_ms": name(now), "dropped": dropped, "served": item.map(name) }));
        }
    }
    Ok(json!({ "drop_events": drop_events, "total_dropped": total, "served": served }))
}

/// Items are named by the time they arrived.
fn name(at: Instant) -> f64 {
    in_millis(at.since(Instant::ZERO))
}
