//! What is decided about calls: which are made at the same time and how many good answers are enough (a *brood* is the
//! tries that one try waits for), which are left out by chance, and which a cache answers.

use super::World;
use super::clients::CallerId;
use super::tries::{NONE, Phase};
use crate::random::{self, Purpose};
use cusinart_record::EarlyEnd;
use cusinart_scenarios::{Cache, CallStep, Scenario};

/// Rounds of the draws of a call: whether it is made, and what it asks for.
const MADE: u32 = 0;
const KEY: u32 = 1;

/// Calls that are made at the same time.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) calls: Vec<StepCall>,
    /// Good answers that are enough.
    need: u16,
    /// Number of its first call among all of the service.
    pub(super) first: u32,
}

/// A call of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepCall {
    pub(super) caller: CallerId,
    probability: f64,
    /// Its cache, and its position among those of a node.
    cache: Option<(Cache, u16)>,
}

/// How many entries are filled of the caches of a node, and where the draws come from.
#[derive(Debug)]
pub(super) struct Caches {
    draws: Purpose,
    /// Those of a node of the start, and the empty ones of a process that starts.
    at_start: Box<[u32]>,
    empty: Box<[u32]>,
}

impl Caches {
    /// The caches of a service, if it has any.
    pub(super) fn new(scenario: &Scenario, position: usize) -> Self {
        let service = &scenario.services[position];
        let calls = service.calls.iter().flat_map(|step| &step.calls);
        let caches = calls.filter_map(|call| call.cache);
        let at_start: Box<[u32]> = caches.map(|cache| if cache.cold { 0 } else { cache.entries }).collect();
        Self {
            draws: Purpose::new(scenario.seed, &format!("calls/{}", service.name)),
            empty: vec![0; at_start.len()].into(),
            at_start,
        }
    }

    /// The caches of a node of the start of the run, or those of a process that starts.
    pub(super) fn of_node(&self, at_start: bool) -> Box<[u32]> {
        if at_start { self.at_start.clone() } else { self.empty.clone() }
    }
}

/// The steps of a service, whose calls are made by `callers` in turn.
pub(super) fn steps(steps: &[CallStep], callers: &[CallerId]) -> Vec<Step> {
    let (mut callers, mut caches, mut first) = (callers.iter(), 0, 0);
    let mut built = Vec::with_capacity(steps.len());
    for step in steps {
        let mut calls = Vec::new();
        for call in &step.calls {
            let &caller = callers.next().expect("each call has a caller");
            let cache = call.cache.map(|cache| (cache, caches));
            caches += u16::from(cache.is_some());
            let planned = StepCall { caller, probability: call.probability, cache };
            calls.extend(std::iter::repeat_n(planned, call.fan_out.into()));
        }
        let next = first + calls.len() as u32;
        built.push(Step { calls, need: step.need, first });
        first = next;
    }
    built
}

/// What a try waits for that made several calls at the same time.
#[derive(Debug, Default)]
pub(super) struct Brood {
    /// Slots of the calls by place; `NONE` where one ended or was not made.
    pub(super) children: Vec<u32>,
    /// Good answers that are still needed.
    needed: u16,
    /// Bad ones that may still come.
    spare: u16,
    /// Whether its calls are being made.
    opening: bool,
    /// Whether it has all answers that it needs, once that is known.
    outcome: Option<bool>,
}

impl World {
    /// Whether a try is at a step of several calls.
    #[inline]
    pub(super) fn has_brood(&self, slot: u32) -> bool {
        let item = &self.tries[slot];
        item.phase == Phase::Calling
            && self.services[item.service.index()].steps[usize::from(item.step)].calls.len() > 1
    }

    /// Makes all calls of a try's step.
    pub(super) fn call_all(&mut self, slot: u32) {
        let item = &self.tries[slot];
        let step = &self.services[item.service.index()].steps[usize::from(item.step)];
        let (places, need) = (step.calls.len() as u16, step.need);
        if self.broods.len() <= slot as usize {
            self.broods.resize_with(slot as usize + 1, Brood::default);
        }
        if self.tries.is_nearly_full() {
            self.early_end = Some(EarlyEnd::TooManyRequests);
            self.end_service(slot, false);
            return;
        }
        let mut children = std::mem::take(&mut self.broods[slot as usize].children);
        children.clear();
        for place in 0..places {
            let child = if self.is_made(slot, place) { self.new_call(slot, place) } else { NONE };
            children.push(child);
        }
        let made = children.iter().filter(|&&child| child != NONE).count() as u16;
        let needed = need.min(made);
        let outcome = (needed == 0).then_some(true);
        self.broods[slot as usize] = Brood { children, needed, spare: made - needed, opening: true, outcome };
        for place in 0..places {
            let child = self.broods[slot as usize].children[usize::from(place)];
            if child != NONE {
                self.send(child);
            }
        }
        let brood = &mut self.broods[slot as usize];
        brood.opening = false;
        if let Some(ok) = brood.outcome {
            self.brood_decided(slot, ok);
        }
    }

    /// A call ended that was made beside others.
    pub(super) fn one_of_brood_ended(&mut self, parent: u32, place: u16, ok: bool) {
        let brood = &mut self.broods[parent as usize];
        brood.children[usize::from(place)] = NONE;
        let left = if ok { &mut brood.needed } else { &mut brood.spare };
        match (*left, ok) {
            (1, true) => brood.outcome = brood.outcome.or(Some(true)),
            (0, false) => brood.outcome = brood.outcome.or(Some(false)),
            _ => {}
        }
        *left = left.saturating_sub(1);
        if let Some(ok) = brood.outcome
            && !brood.opening
        {
            self.brood_decided(parent, ok);
        }
    }

    /// A try has all answers it needs, or cannot have them any more: it goes on without the rest.
    fn brood_decided(&mut self, parent: u32, ok: bool) {
        self.abandon_brood(parent);
        self.step_ended(parent, ok);
    }

    /// Gives up all calls of a try that are under way.
    pub(super) fn abandon_brood(&mut self, parent: u32) {
        let mut children = std::mem::take(&mut self.broods[parent as usize].children);
        for child in children.drain(..).filter(|&child| child != NONE) {
            self.abandon(child);
        }
        self.broods[parent as usize].children = children;
    }

    /// Whether a call is made: by chance, and because no cache answers it.
    pub(super) fn is_made(&self, slot: u32, place: u16) -> bool {
        let item = &self.tries[slot];
        let service = &self.services[item.service.index()];
        let step = &service.steps[usize::from(item.step)];
        let call = &step.calls[usize::from(place)];
        if call.probability == 1.0 && call.cache.is_none() {
            return true;
        }
        let request = item.child_request(step.first + u32::from(place));
        let draw = |round| random::uniform(&mut service.caches.draws.draws(request, round));
        if call.probability < 1.0 && draw(MADE) >= call.probability {
            return false;
        }
        let Some((cache, position)) = call.cache else { return true };
        let filled = self.nodes[item.node.index()].rest.caches[usize::from(position)];
        draw(KEY) >= cache.hit_ratio * f64::from(filled) / f64::from(cache.entries)
    }

    /// A call was answered well: its node keeps the answer if it is worth it.
    pub(super) fn fill_cache(&mut self, parent: u32, place: u16, request: u64) {
        let item = &self.tries[parent];
        let service = &self.services[item.service.index()];
        let Some((cache, position)) = service.steps[usize::from(item.step)].calls[usize::from(place)].cache
        else {
            return;
        };
        if random::uniform(&mut service.caches.draws.draws(request, KEY)) < cache.hit_ratio {
            let filled = &mut self.nodes[item.node.index()].rest.caches[usize::from(position)];
            *filled = (*filled + 1).min(cache.entries);
        }
    }
}
