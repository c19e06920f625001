//! Student's t distribution.
//!
//! Both tails together hold `I_x(df / 2, 1 / 2)` with `x = df / (df + t²)`, the regularised incomplete beta function.
//! Two continued fractions compute it, each where it converges fast and loses no digits, both by the modified Lentz
//! method (Thompson and Barnett, J. Comput. Phys. 64 (1986) 490): the tails by that of Didonato and Morris (ACM TOMS 18
//! (1992) 360), which takes `1 - x` beside `x`; the middle by the classical one (NIST DLMF 8.17.22) of
//! `I_(1-x)(1 / 2, df / 2)`. Relative errors stay near 1e-14 for degrees of freedom from 1 to 1e7.
//!
//! The ratio of gamma functions in front comes from its own series, not from `lgamma`: the difference of two
//! logarithms of a million and more would cost eight digits.

use super::normal::{normal_quantile, two_tails};

/// Degrees of freedom from which t is the normal distribution to 1e-13.
const NORMAL_FROM: f64 = 1e15;
/// Terms after which a continued fraction is cut; some 60 are needed.
const TERMS_MAX: u32 = 10_000;
/// Steps after which the search for a quantile is cut; some 10 are needed.
const STEPS_MAX: u32 = 300;
/// Step of Newton's method in the logarithm of t after which the next would change nothing.
const CLOSE: f64 = 1e-9;
/// Greatest t² at which the middle is computed, not the tails.
const MIDDLE_MAX: f64 = 3.0;

/// The value below which a number of Student's t distribution lies with probability `p`.
///
/// `p` from 0 to 1; the ends give `-inf` and `+inf`, and a `p` outside counts as the nearer end. `df` are the degrees of
/// freedom, at least 1 (less counts as 1).
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if p < 0.5 { -upper_quantile(p, df) } else { upper_quantile(1.0 - p, df) }
}

/// The probability that a number of Student's t distribution lies at least as far from 0 as `t`, on either side.
///
/// `df` are the degrees of freedom, at least 1 (less counts as 1).
pub fn t_p_value(t: f64, df: f64) -> f64 {
    if df >= NORMAL_FROM {
        return two_tails(t.abs());
    }
    Parts::of(t.abs(), df.max(1.0)).tails.min(1.0)
}

/// The value above which lies the probability `tail`, at most 1/2.
///
/// Newton's method for the logarithm of the probability in the logarithm of t, nearly a straight line, kept inside a
/// shrinking bracket.
pub(super) fn upper_quantile(tail: f64, df: f64) -> f64 {
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    if tail >= 0.5 {
        return 0.0;
    }
    let start = -normal_quantile(tail);
    if df >= NORMAL_FROM {
        return start;
    }
    let df = df.max(1.0);
    // Near the middle the tails say little about t; the part between them says it to full precision.
    let by_middle = tail > 0.25;
    let goal = libm::log(if by_middle { 1.0 - 2.0 * tail } else { 2.0 * tail });
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut place = libm::log(start);
    for _ in 0..STEPS_MAX {
        let parts = Parts::of(libm::exp(place), df);
        let (part, sign) = if by_middle { (parts.middle, 1.0) } else { (parts.tails, -1.0) };
        let miss = (libm::log(part) - goal) * sign;
        if miss < 0.0 {
            low = place
        } else {
            high = place
        }
        let newton = place - miss * part / (2.0 * parts.slope);
        if (newton - place).abs() <= CLOSE {
            return libm::exp(newton);
        }
        place = if newton > low && newton < high { newton } else { between(low, high, place) };
    }
    libm::exp(place)
}

/// A place inside the bracket when Newton's method leaves it.
fn between(low: f64, high: f64, place: f64) -> f64 {
    if high == f64::INFINITY {
        place + 1.0
    } else if low == f64::NEG_INFINITY {
        place - 1.0
    } else {
        low + (high - low) / 2.0
    }
}

/// The probability inside `-t..t` and outside.
#[derive(Clone, Copy, Debug)]
struct Parts {
    middle: f64,
    tails: f64,
    /// The density at t, times t: half of what `middle` grows by when the logarithm of t does.
    slope: f64,
}

impl Parts {
    fn of(t: f64, df: f64) -> Self {
        let a = df / 2.0;
        // t² / df, in an order that does not overflow before the quotient does.
        let ratio = t / df * t;
        let x = 1.0 / (1.0 + ratio);
        let y = if ratio > 1.0 { 1.0 / (1.0 + 1.0 / ratio) } else { ratio / (1.0 + ratio) };
        let log_x = if ratio < 1e300 { -libm::log1p(ratio) } else { libm::log(df) - 2.0 * libm::log(t) };
        let slope = libm::exp(a * log_x) * libm::sqrt(y) * gamma_ratio(a) / libm::sqrt(core::f64::consts::PI);
        if t * t <= MIDDLE_MAX {
            let middle = 2.0 * slope * middle_fraction(a, y);
            Self { middle, tails: 1.0 - middle, slope }
        } else {
            let tails = slope * tail_fraction(a, x, y);
            Self { middle: 1.0 - tails, tails, slope }
        }
    }
}

/// `Γ(a + 1/2) / Γ(a)`: from 40 on the series of Tricomi and Erdélyi (Pacific J. Math. 1 (1951) 133) in `1 / a`, there
/// good to the last digit; below by the recurrence of the gamma function.
fn gamma_ratio(a: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0,
        -1.0 / 8.0,
        1.0 / 128.0,
        5.0 / 1_024.0,
        -21.0 / 32_768.0,
        -399.0 / 262_144.0,
        869.0 / 4_194_304.0,
        39_325.0 / 33_554_432.0,
    ];
    let mut factor = 1.0;
    let mut a = a;
    while a < 40.0 {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    factor * libm::sqrt(a) * SERIES.iter().rev().fold(0.0, |sum, term| sum / a + term)
}

/// The continued fraction of the tails, `I_x(a, 1/2)` without the factor in front of it.
fn tail_fraction(a: f64, x: f64, y: f64) -> f64 {
    let b = 0.5;
    let offset = (a + b) * y - b + 1.0;
    let beta = |n: f64| {
        n + n * (b - n) * x / (a + 2.0 * n - 1.0) + (a + n) / (a + 2.0 * n + 1.0) * (offset + n * (1.0 + y))
    };
    let alpha = |n: f64| {
        let place = a + 2.0 * n - 1.0;
        (a + n - 1.0) / place * ((a + b + n - 1.0) / place) * n * (b - n) * x * x
    };
    // At n = 0 the middle term is 0 whatever its denominator.
    let mut lentz = Lentz::new(a / (a + 1.0) * offset);
    for n in (1..=TERMS_MAX).map(f64::from) {
        if lentz.step(alpha(n), beta(n)) {
            break;
        }
    }
    1.0 / lentz.value
}

/// The continued fraction of the middle, `I_y(1/2, b)` without the factor in front of it and without `1 / a = 2`.
fn middle_fraction(b: f64, y: f64) -> f64 {
    let a = 0.5;
    let mut lentz = Lentz::new(1.0);
    for n in (0..=TERMS_MAX).map(f64::from) {
        let place = a + 2.0 * n;
        let odd = -(a + n) * (a + b + n) * y / (place * (place + 1.0));
        let even = (n + 1.0) * (b - n - 1.0) * y / ((place + 1.0) * (place + 2.0));
        lentz.step(odd, 1.0);
        if lentz.step(even, 1.0) {
            break;
        }
    }
    1.0 / lentz.value
}

/// A continued fraction `b0 + a1 / (b1 + a2 / (b2 + ...))` from the front, by the modified Lentz method.
struct Lentz {
    value: f64,
    c: f64,
    d: f64,
}

impl Lentz {
    /// Stands for a 0 that would be divided by.
    const TINY: f64 = 1e-300;

    fn new(first: f64) -> Self {
        let value = nonzero(first);
        Self { value, c: value, d: 0.0 }
    }

    /// Adds a term; true once it changes nothing.
    fn step(&mut self, a: f64, b: f64) -> bool {
        self.d = 1.0 / nonzero(b + a * self.d);
        self.c = nonzero(b + a / self.c);
        let factor = self.c * self.d;
        self.value *= factor;
        (factor - 1.0).abs() <= f64::EPSILON
    }
}

fn nonzero(value: f64) -> f64 {
    if value == 0.0 { Lentz::TINY } else { value }
}
