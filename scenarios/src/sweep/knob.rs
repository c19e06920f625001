//! From what is written to a knob that makes sense.

use super::flow;
use super::model::{Knob, Level, POINTS_MAX, Range, Scale, Values};
use super::quantity::{Family, Quantity};
use super::raw::{RawKnob, RawRange, RawScale, RawValues};
use crate::log::{Finding, Log, Mark, quote};
use crate::read::{At, Scalar};
use crate::tree::{Node, Value};

/// Most values of a knob on a grid.
const LEVELS_MAX: u32 = 10_000;
/// Most knobs: as many as a Sobol sequence has dimensions.
const KNOBS_MAX: usize = 256;

/// Whether a list may hold the same value twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It may.
    Allowed,
    /// It may not.
    Refused,
}

/// The knobs, as far as they make sense.
pub(super) fn knobs(raw: &[RawKnob], repeats: Repeats, log: &mut Log) -> Vec<Knob> {
    if let Some(knob) = raw.get(KNOBS_MAX) {
        let found = format!("{} knobs", raw.len());
        log.report(Finding::at(knob.path.mark, found, format!("at most {KNOBS_MAX}")));
        return Vec::new();
    }
    for (position, knob) in raw.iter().enumerate() {
        check_path(&knob.path.value.0, knob.path.mark, log);
        for earlier in &raw[..position] {
            check_apart(&knob.path.value.0, &earlier.path.value.0, knob.path.mark, log);
        }
    }
    raw.iter()
        .filter_map(|raw| {
            let (family, values) = match &raw.values {
                RawValues::List(items, mark) => list(items, *mark, repeats, log)?,
                RawValues::Range(written) => {
                    let range = range(written, log)?;
                    (Some(range.family), Values::Range(range))
                }
            };
            Some(Knob { path: raw.path.value.0.clone(), family, values })
        })
        .collect()
}

/// Where a knob is written, for a message about it.
pub(super) fn place(raw: &RawKnob) -> Mark {
    match &raw.values {
        RawValues::List(_, mark) => *mark,
        RawValues::Range(range) => range.mark,
    }
}

fn check_path(path: &str, mark: Mark, log: &mut Log) {
    let expected = "a path in the scenario, such as `services.frontend.nodes`";
    if path.split('.').any(|step| step.is_empty() || step.trim() != step) || path.contains('=') {
        log.report(Finding::at(mark, quote(path), expected));
    } else if path == "seed" {
        let hint = "every point runs with the same seeds; say how many with `replications`";
        log.report(Finding::at(mark, "the seed", expected).hint(hint));
    } else if path == "version" || path == "name" {
        log.report(Finding::at(mark, quote(path), expected).hint("it has no effect on what happens"));
    }
}

/// Two knobs must not turn the same setting, nor one a part of the other's.
fn check_apart(path: &str, earlier: &str, mark: Mark, log: &mut Log) {
    let inside = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if inside(path, earlier) || inside(earlier, path) {
        let expected = format!("a setting that is not part of {}", quote(earlier));
        log.report(Finding::at(mark, quote(path), expected));
    }
}

fn list(items: &[Node], mark: Mark, repeats: Repeats, log: &mut Log) -> Option<(Option<Family>, Values)> {
    if items.len() < 2 {
        let found = if items.is_empty() { "an empty list" } else { "one value" };
        let hint = "a value that does not vary belongs into the scenario, or into --set";
        log.report(Finding::at(mark, found, "at least two values, or a range").hint(hint));
        return None;
    }
    let quantity = |item: &Node| match &item.value {
        Value::Scalar(text) => Quantity::parse(text).ok(),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    };
    let quantities: Option<Vec<Quantity>> = items.iter().map(quantity).collect();
    let family = quantities.as_ref().and_then(|quantities| {
        let first = quantities.first()?.family;
        quantities.iter().try_fold(first, |family, quantity| family.with(quantity.family))
    });
    let mut levels: Vec<Level> = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let number = family.and(quantities.as_ref()).map(|quantities| quantities[position].value);
        let level = Level { text: flow::text(item), number };
        let is_same =
            |known: &Level| known.text == level.text || (number.is_some() && known.number == number);
        if repeats == Repeats::Refused && levels.iter().any(is_same) {
            log.report(Finding::at(
                item.mark,
                format!("{} a second time", quote(&level.text)),
                "each value once",
            ));
            return None;
        }
        levels.push(level);
    }
    Some((family, Values::Listed(levels)))
}

fn range(raw: &RawRange, log: &mut Log) -> Option<Range> {
    let (from, to) = (raw.from.value, raw.to.value);
    let family = fits(&raw.to, from.family, "as `from` is", log)?;
    if to.value <= from.value || !(to.value - from.value).is_finite() {
        let expected = format!("a value above {}", quote(&from.to_string()));
        log.report(Finding::at(raw.to.mark, quote(&to.to_string()), expected));
        return None;
    }
    let is_log = raw.scale.is_some_and(|scale| scale.value == RawScale::Log);
    if is_log && from.value <= 0.0 {
        let expected = "a value above zero, because the scale is `log`";
        log.report(Finding::at(raw.from.mark, quote(&from.to_string()), expected));
        return None;
    }
    let levels = levels(raw, log)?;
    let (family, scale) = match (&raw.step, levels) {
        (Some(step), _) if is_log || levels.is_some() => {
            let other = if is_log { "`scale: log`" } else { "`levels`" };
            let expected = format!("either `step` or {other}");
            log.report(Finding::at(step.mark, "`step` as well", expected).hint("`levels` fits both scales"));
            return None;
        }
        (Some(step), _) => {
            let family = fits(step, family, "as the ends are", log)?;
            let scale = steps(to.value - from.value, step, log)?;
            (family, scale)
        }
        (None, Some(count)) if is_log => (family, Scale::LogSteps { count }),
        (None, Some(count)) => {
            let step = (to.value - from.value) / f64::from(count - 1);
            (family, Scale::Steps { count, step })
        }
        (None, None) if is_log => (family, Scale::Log),
        (None, None) => (family, evenly(family, to.value - from.value)),
    };
    Some(Range { family, from: from.value, to: to.value, scale })
}

/// The number of values that is asked for, if any; `None` if it makes no sense.
fn levels(raw: &RawRange, log: &mut Log) -> Option<Option<u32>> {
    let Some(levels) = raw.levels else { return Some(None) };
    let count = levels.value.get();
    if (2..=LEVELS_MAX).contains(&count) {
        return Some(Some(count));
    }
    log.report(Finding::at(levels.mark, format!("{count} levels"), format!("from 2 to {LEVELS_MAX}")));
    None
}

/// All values between two ends: of whole numbers each one, if they are not too many to list.
fn evenly(family: Family, width: f64) -> Scale {
    if family == Family::Count && width < POINTS_MAX as f64 {
        Scale::Steps { count: width as u32 + 1, step: 1.0 }
    } else {
        Scale::Linear
    }
}

fn steps(width: f64, step: &At<Quantity>, log: &mut Log) -> Option<Scale> {
    let distance = step.value.value;
    // A little more, so that the error of binary floats does not lose the last value.
    let count = width / distance + 1.0 + 1e-9;
    if distance > 0.0 && count >= 2.0 && count < f64::from(LEVELS_MAX) + 1.0 {
        return Some(Scale::Steps { count: count as u32, step: distance });
    }
    let expected = format!("a step above zero with 2 to {LEVELS_MAX} values between the ends");
    log.report(Finding::at(step.mark, quote(&step.value.to_string()), expected));
    None
}

/// The family of a number together with that of others.
fn fits(number: &At<Quantity>, family: Family, why: &str, log: &mut Log) -> Option<Family> {
    let both = family.with(number.value.family);
    if both.is_none() {
        let found = format!("{}, {}", quote(&number.value.to_string()), number.value.family.word());
        log.report(Finding::at(number.mark, found, format!("{}, {why}", family.word())));
    }
    both
}
