//! From idle to active and back.

use crate::Duration;

/// What is set about the activation of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KedaActivation {
    /// Fewest pods while active.
    pub min: i32,
    /// Pods while idle; `None` is `min`.
    pub idle: Option<i32>,
    /// Pods while a trigger fails; `None` is none set.
    pub fallback: Option<i32>,
    /// Time since the last activity after which the object becomes idle. Default 5 min.
    pub cooldown: Duration,
    /// Time since the creation before which an object that was never active does not become idle. Default none.
    pub initial_cooldown: Duration,
    /// Holds that people asked for.
    pub pauses: KedaPauses,
    /// Whether the object counts as active in any case.
    pub force: bool,
}

/// Holds that people asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KedaPauses {
    /// Nothing changes.
    pub all: bool,
    /// It does not become idle.
    pub scale_in: bool,
    /// It does not become active.
    pub scale_out: bool,
}

/// What a poll of the triggers found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KedaSituation {
    /// Pods wanted so far.
    pub current: i32,
    /// Whether a trigger is above its activation threshold.
    pub active: bool,
    /// Whether a trigger failed.
    pub failed: bool,
    /// Time since the last activity; `None` if there was none.
    pub last_active_age: Option<Duration>,
    /// Time since the creation.
    pub created_age: Duration,
}

/// What a poll leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KedaScale {
    /// Pods wanted.
    pub replicas: i32,
    /// Whether the time of the last activity becomes this moment.
    pub marks_active: bool,
}

impl KedaActivation {
    /// What a poll leads to: the step from idle to `min`, the step back after the cooldown, or nothing. Numbers above
    /// are the business of the HPA.
    pub fn poll(&self, situation: &KedaSituation) -> KedaScale {
        let KedaSituation { current, failed, .. } = *situation;
        let to = |replicas| KedaScale { replicas, marks_active: false };
        if self.pauses.all {
            return to(current);
        }
        if situation.active || self.force {
            return self.activate(current, failed);
        }
        if failed && self.fallback != Some(0) {
            return to(current);
        }
        let may_rest = self.idle.is_some_and(|idle| current > idle) || (current > 0 && self.min == 0);
        if may_rest {
            let rests = !self.pauses.scale_in && self.is_cool(situation);
            return to(if rests { self.idle.unwrap_or(self.min) } else { current });
        }
        to(if self.idle.is_none() && current < self.min { self.min } else { current })
    }

    fn activate(&self, current: i32, failed: bool) -> KedaScale {
        if !((self.idle.is_some() && current < self.min) || current == 0) {
            return KedaScale { replicas: current, marks_active: !failed };
        }
        if self.pauses.scale_out {
            return KedaScale { replicas: current, marks_active: false };
        }
        KedaScale { replicas: if self.min > 0 { self.min } else { 1 }, marks_active: true }
    }

    fn is_cool(&self, situation: &KedaSituation) -> bool {
        match situation.last_active_age {
            None => situation.created_age > self.initial_cooldown,
            Some(age) => age > self.cooldown,
        }
    }
}
