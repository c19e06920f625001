//! The step adjustment of AWS Auto Scaling.

use alloc::vec::Vec;

/// A table of steps and what they do.
///
/// Source: Amazon EC2 Auto Scaling, user guide, "Step and simple scaling policies".
#[derive(Clone, Debug, PartialEq)]
pub struct StepTable {
    /// Whether it adds or removes.
    pub direction: StepDirection,
    /// What an adjustment counts.
    pub unit: StepUnit,
    /// The steps, in the order they are looked at.
    pub steps: Vec<Step>,
    /// Least change of a step in percent that changes anything; `None` is 1.
    pub magnitude_min: Option<i64>,
}

/// A step: what to do while the metric is so far from the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Least distance; `None` is open. It belongs to the step out, not in.
    pub lower: Option<f64>,
    /// Greatest distance; `None` is open. It belongs to the step in, not out.
    pub upper: Option<f64>,
    /// What to do.
    pub adjustment: i64,
}

/// Whether a table adds or removes instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepDirection {
    /// It adds.
    Out,
    /// It removes.
    In,
}

/// What an adjustment counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepUnit {
    /// Instances, added.
    ChangeInCapacity,
    /// Instances, set.
    ExactCapacity,
    /// Percent of the instances, added.
    PercentChangeInCapacity,
}

/// Numbers of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepCapacity {
    /// Those that an adjustment counts from: without the warming ones.
    pub warm: i64,
    /// Wanted so far, the warming ones among them.
    pub desired: i64,
    /// Fewest.
    pub min: i64,
    /// Most.
    pub max: i64,
}

impl StepTable {
    /// The number of instances wanted when the metric is `distance` above the threshold; `None` if no step is about that.
    pub fn wanted(&self, distance: f64, capacity: StepCapacity) -> Option<i64> {
        let StepCapacity { warm, desired, min, max } = capacity;
        let step = self.steps.iter().find(|step| step.contains(distance, self.direction))?;
        let wanted = match self.unit {
            StepUnit::ChangeInCapacity => warm.saturating_add(step.adjustment),
            StepUnit::ExactCapacity => step.adjustment,
            StepUnit::PercentChangeInCapacity => {
                let change = percent_change(warm, step.adjustment);
                let least = self.magnitude_min.unwrap_or(0);
                let size = change.saturating_abs().max(least);
                warm.saturating_add(size.saturating_mul(change.signum()))
            }
        };
        let wanted = match self.direction {
            StepDirection::Out => wanted.max(desired),
            StepDirection::In => wanted,
        };
        Some(wanted.min(max).max(min))
    }
}

impl Step {
    fn contains(&self, distance: f64, direction: StepDirection) -> bool {
        match direction {
            StepDirection::Out => {
                self.lower.is_none_or(|lower| lower <= distance)
                    && self.upper.is_none_or(|upper| distance < upper)
            }
            StepDirection::In => {
                self.lower.is_none_or(|lower| lower < distance)
                    && self.upper.is_none_or(|upper| distance <= upper)
            }
        }
    }
}

/// `base * percent / 100`, rounded toward 0, but to 1 or -1 where that would be nothing.
fn percent_change(base: i64, percent: i64) -> i64 {
    let hundredths = base.saturating_mul(percent);
    match hundredths {
        0 => 0,
        1..=100 => 1,
        -100..=-1 => -1,
        _ => hundredths / 100,
    }
}
