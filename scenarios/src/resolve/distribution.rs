//! Distributions: from the parameters people know to the parameters that are sampled.

use crate::distribution::Distribution;
use crate::log::{Finding, Log, Mark};
use crate::quantity::{Factor, Seconds};
use crate::raw::{RawDistribution, RawEmpirical, RawForm, RawHyperexponential, RawLognormal};
use crate::read::{At, Many};
use crate::units::TIME_MAX;

/// The 99 % quantile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_840_8;
/// Greatest standard deviation of a logarithm; the mean is e^50 times the median there.
const SIGMA_MAX: f64 = 10.0;
/// Greatest magnitude of the mean of a logarithm.
const MU_MAX: f64 = 100.0;
/// Most stages of an Erlang distribution.
const STAGES_MAX: u32 = 1_000;
/// Most values of an empirical distribution.
const VALUES_MAX: usize = 1_000;

/// A distribution for sampling. On a problem it is reported and zero returned.
pub(super) fn distribution(raw: &RawDistribution, log: &mut Log) -> Distribution {
    match convert(raw) {
        Ok(distribution) => distribution,
        Err(finding) => {
            log.report(finding);
            Distribution::ZERO
        }
    }
}

/// A distribution that may be left out: zero then.
pub(super) fn or_zero(raw: Option<&RawDistribution>, log: &mut Log) -> Distribution {
    raw.map_or(Distribution::ZERO, |raw| distribution(raw, log))
}

fn convert(raw: &RawDistribution) -> Result<Distribution, Finding> {
    let at = raw.mark;
    Ok(match &raw.form {
        RawForm::Constant(value) => Distribution::Constant { value_s: value.value.0 },
        RawForm::Exponential(raw) => Distribution::Exponential { mean_s: positive(&raw.mean)? },
        RawForm::Lognormal(raw) => lognormal(raw)?,
        RawForm::Uniform(raw) => {
            ordered(&raw.min, &raw.max)?;
            Distribution::Uniform { min_s: raw.min.value.0, max_s: raw.max.value.0 }
        }
        RawForm::Weibull(raw) => {
            let shape = raw.shape.value.0;
            let scale_s = match (&raw.scale, &raw.mean) {
                (Some(scale), None) => positive(scale)?,
                (None, Some(mean)) => positive(mean)? / libm::tgamma(1.0 + 1.0 / shape),
                (Some(_), Some(_)) | (None, None) => {
                    return Err(Finding::at(
                        raw.mark,
                        "a Weibull distribution",
                        "`shape` and one of `scale` and `mean`",
                    ));
                }
            };
            sane(Distribution::Weibull { shape, scale_s }, at)?
        }
        RawForm::Pareto(raw) => {
            let (alpha, xmin_s) = (raw.alpha.value.0, positive(&raw.min)?);
            if alpha <= 1.0 {
                let hint = "up to 1 the mean is infinite; use `bounded_pareto: { alpha, min, max }`";
                return Err(Finding::at(raw.alpha.mark, format!("`{alpha}`"), "a number above 1").hint(hint));
            }
            sane(Distribution::Pareto { alpha, xmin_s }, at)?
        }
        RawForm::BoundedPareto(raw) => {
            let xmin_s = positive(&raw.min)?;
            ordered(&raw.min, &raw.max)?;
            sane(
                Distribution::BoundedPareto { alpha: raw.alpha.value.0, xmin_s, xmax_s: raw.max.value.0 },
                at,
            )?
        }
        RawForm::Hyperexponential(raw) => hyperexponential(raw)?,
        RawForm::Erlang(raw) => {
            let k = raw.k.value.get();
            if k > STAGES_MAX {
                return Err(Finding::at(
                    raw.k.mark,
                    format!("`{k}`"),
                    format!("at most {STAGES_MAX} stages"),
                ));
            }
            Distribution::Erlang { k, mean_s: positive(&raw.mean)? }
        }
        RawForm::Empirical(raw) => empirical(raw)?,
    })
}

fn lognormal(raw: &RawLognormal) -> Result<Distribution, Finding> {
    let (mu, sigma) = match (&raw.mean, &raw.cv, &raw.median, &raw.p99, &raw.mu, &raw.sigma) {
        (Some(mean), Some(cv), None, None, None, None) => {
            let variance = libm::log1p(cv.value.0 * cv.value.0);
            (libm::log(positive(mean)?) - variance / 2.0, libm::sqrt(variance))
        }
        (None, None, Some(median), Some(p99), None, None) => {
            ordered(median, p99)?;
            let mu = libm::log(positive(median)?);
            (mu, (libm::log(p99.value.0) - mu) / Z99)
        }
        (None, None, Some(median), None, None, Some(sigma)) => (libm::log(positive(median)?), sigma.value.0),
        (None, None, None, None, Some(mu), Some(sigma)) => (mu.value.0, sigma.value.0),
        _ => {
            let expected = "`mean` and `cv`, `median` and `p99`, `median` and `sigma`, or `mu` and `sigma`";
            return Err(Finding::at(raw.mark, "another set of parameters", expected));
        }
    };
    if !(0.0..=SIGMA_MAX).contains(&sigma) || mu.abs() > MU_MAX {
        let found = format!("a lognormal distribution with mu {mu} and sigma {sigma}");
        let expected = format!("mu from -{MU_MAX} to {MU_MAX} and sigma from 0 to {SIGMA_MAX}");
        return Err(Finding::at(raw.mark, found, expected));
    }
    sane(Distribution::Lognormal { mu, sigma }, raw.mark)
}

fn hyperexponential(raw: &RawHyperexponential) -> Result<Distribution, Finding> {
    match (&raw.mean, &raw.cv, &raw.p1, &raw.mean1, &raw.mean2) {
        (Some(mean), Some(cv), None, None, None) => {
            let (mean, square) = (positive(mean)?, cv.value.0 * cv.value.0);
            if square < 1.0 {
                let hint = "below 1 use `erlang`";
                return Err(Finding::at(cv.mark, format!("`{}`", cv.value.0), "at least 1").hint(hint));
            }
            // Balanced means: both exponentials bear half of the mean.
            let p1 = (1.0 + libm::sqrt((square - 1.0) / (square + 1.0))) / 2.0;
            let found = Distribution::Hyperexponential {
                p1,
                mean1_s: mean / (2.0 * p1),
                mean2_s: mean / (2.0 * (1.0 - p1)),
            };
            sane(found, raw.mark)
        }
        (None, None, Some(p1), Some(mean1), Some(mean2)) => Ok(Distribution::Hyperexponential {
            p1: p1.value.0,
            mean1_s: positive(mean1)?,
            mean2_s: positive(mean2)?,
        }),
        _ => Err(Finding::at(
            raw.mark,
            "another set of parameters",
            "`mean` and `cv`, or `p1`, `mean1` and `mean2`",
        )),
    }
}

fn empirical(raw: &RawEmpirical) -> Result<Distribution, Finding> {
    let Many { items, mark } = &raw.0;
    if items.len() > VALUES_MAX {
        let found = format!("{} values", items.len());
        return Err(Finding::at(*mark, found, format!("at most {VALUES_MAX} values")));
    }
    let weight = |weight: Option<At<Factor>>| weight.map_or(1.0, |weight| weight.value.0);
    let mut values: Vec<(f64, f64)> =
        items.iter().map(|item| (item.value.value.0, weight(item.weight))).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(Distribution::Empirical { values })
}

/// A time above zero.
fn positive(time: &At<Seconds>) -> Result<f64, Finding> {
    if time.value.0 > 0.0 {
        Ok(time.value.0)
    } else {
        Err(Finding::at(time.mark, "`0s`", "a time above zero").hint("a bare `0s` is the constant zero"))
    }
}

/// Two times in ascending order.
fn ordered(low: &At<Seconds>, high: &At<Seconds>) -> Result<(), Finding> {
    if low.value.0 < high.value.0 {
        return Ok(());
    }
    let least = crate::units::seconds_text(low.value.0);
    let found = crate::units::seconds_text(high.value.0);
    Err(Finding::at(high.mark, format!("`{found}`"), format!("a time above `{least}`")))
}

/// The same distribution if its mean and the means it is made of are times that can be simulated.
fn sane(distribution: Distribution, at: Mark) -> Result<Distribution, Finding> {
    let mean = distribution.mean_s();
    let largest = match &distribution {
        Distribution::Weibull { scale_s, .. } => *scale_s,
        Distribution::Hyperexponential { mean1_s, mean2_s, .. } => mean1_s.max(*mean2_s),
        Distribution::Constant { .. }
        | Distribution::Exponential { .. }
        | Distribution::Lognormal { .. }
        | Distribution::Uniform { .. }
        | Distribution::Pareto { .. }
        | Distribution::BoundedPareto { .. }
        | Distribution::Erlang { .. }
        | Distribution::Empirical { .. } => 0.0,
    };
    let limit = TIME_MAX.as_secs_f64();
    if mean.is_finite() && mean <= limit && largest.is_finite() && largest <= limit {
        return Ok(distribution);
    }
    let found = "a distribution with means beyond all bounds";
    Err(Finding::at(at, found, "means of at most 20 years"))
}
