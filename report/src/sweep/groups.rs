//! Points of a design parted by the value of one knob.

use super::plan::{PlannedKnob, SweepPlan};

/// Values of a knob that are looked at one by one; numbers with more values are put into bins.
const LEVELS_MAX: usize = 12;
/// Most bins of a knob.
const BINS_MAX: usize = 10;
/// Most bins of a knob when two of them are crossed.
const CROSSED_MAX: usize = 4;

/// Points parted by one knob.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// By group: what its points have in common.
    pub(super) labels: Vec<String>,
    /// By group: least and greatest value, if they are numbers.
    pub(super) bounds: Vec<Option<(f64, f64)>>,
    /// By point: its group.
    pub(super) of: Vec<usize>,
}

impl Groups {
    /// Number of groups that hold a point.
    pub(super) fn count(&self) -> usize {
        self.labels.len()
    }

    /// The members of a group.
    pub(super) fn members(&self, group: usize) -> impl Iterator<Item = usize> {
        self.of.iter().enumerate().filter(move |(_, of)| **of == group).map(|(member, _)| member)
    }
}

/// Parts points by a knob, finely enough to see an effect.
pub(super) fn by_knob(plan: &SweepPlan, knob: usize, points: &[usize]) -> Groups {
    let spare = points.len().saturating_sub(1) / (2 * plan.knobs.len()).max(1);
    let bins = (libm::sqrt(points.len() as f64) as usize).min(spare + 1).clamp(2, BINS_MAX);
    parted(plan, knob, points, bins)
}

impl Groups {
    /// The groups joined to few, neighbours with neighbours, to cross them with those of another knob. Words, which have
    /// no neighbours, stay as they are.
    pub(super) fn joined(&self) -> Self {
        let count = self.count().min(CROSSED_MAX);
        if count == self.count() || self.bounds.iter().any(Option::is_none) {
            return self.clone();
        }
        let join = |group: usize| group * count / self.count();
        let mut joined = Self {
            labels: Vec::new(),
            bounds: Vec::new(),
            of: self.of.iter().map(|group| join(*group)).collect(),
        };
        for group in 0..count {
            let mut parts = (0..self.count()).filter(|part| join(*part) == group);
            let first = parts.next().expect("there are no more groups than parts");
            let last = parts.next_back().unwrap_or(first);
            let ends = self.bounds[first].zip(self.bounds[last]).map(|((low, _), (_, high))| (low, high));
            joined.bounds.push(ends);
            joined.labels.push(
                match (self.labels[first].split('–').next(), self.labels[last].rsplit('–').next()) {
                    (Some(low), Some(high)) if low != high => format!("{low}–{high}"),
                    (Some(_) | None, _) => self.labels[first].clone(),
                },
            );
        }
        joined
    }
}

fn parted(plan: &SweepPlan, knob: usize, points: &[usize], bins: usize) -> Groups {
    let planned = &plan.knobs[knob];
    let levels = planned.levels.as_ref().map_or(usize::MAX, Vec::len);
    if planned.family.is_none() || levels <= LEVELS_MAX {
        by_level(plan, knob, points)
    } else {
        by_bin(plan, knob, points, bins)
    }
}

/// One group per value, in the order of the knob's values.
fn by_level(plan: &SweepPlan, knob: usize, points: &[usize]) -> Groups {
    let planned: &PlannedKnob = &plan.knobs[knob];
    let text = |point: usize| plan.points[point].settings[knob].text.as_str();
    let levels = planned.levels.as_deref().unwrap_or_default();
    let used: Vec<_> =
        levels.iter().filter(|level| points.iter().any(|point| text(*point) == level.text)).collect();
    let of = points.iter().map(|point| {
        used.iter().position(|level| level.text == text(*point)).expect("settings are values of their knob")
    });
    Groups {
        of: of.collect(),
        labels: used.iter().map(|level| level.text.clone()).collect(),
        bounds: used.iter().map(|level| level.number.map(|number| (number, number))).collect(),
    }
}

/// Groups of nearly the same size, by ascending value; equal values stay together.
fn by_bin(plan: &SweepPlan, knob: usize, points: &[usize], bins: usize) -> Groups {
    let number = |point: usize| plan.points[point].settings[knob].number.unwrap_or(0.0);
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|one, other| number(points[*one]).total_cmp(&number(points[*other])));
    let mut groups = Groups { labels: Vec::new(), bounds: Vec::new(), of: vec![0; points.len()] };
    let mut first: Option<usize> = None;
    for (rank, member) in order.iter().copied().enumerate() {
        let starts = match first {
            None => true,
            Some(start) => {
                let due = rank * bins / points.len() > (start * bins) / points.len();
                due && number(points[member]) > number(points[order[rank - 1]])
            }
        };
        if starts {
            first = Some(rank);
            groups.bounds.push(Some((number(points[member]), number(points[member]))));
            groups.labels.push(plan.points[points[member]].settings[knob].text.clone());
        }
        let group = groups.labels.len() - 1;
        groups.of[member] = group;
        if let Some(Some((_, high))) = groups.bounds.last_mut() {
            *high = number(points[member]);
        }
    }
    name_bins(plan, knob, points, &mut groups);
    groups
}

/// Bins are named by their least and greatest value.
fn name_bins(plan: &SweepPlan, knob: usize, points: &[usize], groups: &mut Groups) {
    for group in 0..groups.labels.len() {
        let Some((low, high)) = groups.bounds[group] else { continue };
        let greatest = groups.members(group).find_map(|member| {
            let level = &plan.points[points[member]].settings[knob];
            (level.number == Some(high)).then(|| level.text.clone())
        });
        if let Some(greatest) = greatest.filter(|_| high > low) {
            groups.labels[group] = format!("{}–{greatest}", groups.labels[group]);
        }
    }
}
